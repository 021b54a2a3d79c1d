"""形状 shapes: parties, listings and cases as JSON."""

from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from ninja import Schema
from pydantic import Field

from kechuang.core.cases import access as case_access
from kechuang.core.cases.models import Case
from kechuang.core.cases.queries import publication_case, said, state_of, steps_for
from kechuang.core.catalogue.models import get
from kechuang.core.market.models import Listing, Status
from kechuang.core.parties.models import Party
from kechuang.kit.language import main_language
from kechuang.kit.workflow import Step
from kechuang.web import clock
from kechuang.web.api.contents import shown_to
from kechuang.web.cards import Card


class PartyRef(Schema):
    """单位."""

    id: int
    name: str
    kind: str

    @classmethod
    def of(cls, party: Party) -> "PartyRef":
        """As others name it."""
        return cls(id=party.pk, name=party.name, kind=party.kind)


class ListingCard(Schema):
    """发布信息（列表）."""

    service: str
    id: int
    title: str
    lead: str = Field(description=gettext_noop("摘要，或最贴近检索词的一句"))
    party: PartyRef
    keywords: list[str]
    industry: list[str]
    field: list[str]
    cooperation: list[str]
    district: str
    published_at: datetime | None
    expires_on: date | None
    fictional: bool = Field(description=gettext_noop("演示数据，虚构"))
    url: str

    @classmethod
    def of(cls, card: Card) -> "ListingCard":
        """As lists show it."""
        return cls(lead=card.lead, **_head(card.listing))


class StepShape(Schema):
    """可办理的步骤."""

    name: str
    label: str
    target: str
    reasons: dict[str, str] = Field(description=gettext_noop("须选其一的原因代码；空表示不需要"))
    note_required: bool
    remarks: bool = Field(description=gettext_noop("可以逐栏写意见"))

    @classmethod
    def of(cls, step: Step) -> "StepShape":
        """As a button, in JSON."""
        return cls(
            name=step.name,
            label=_(step.label),
            target=step.target,
            reasons={code: _(words) for code, words in step.reasons.items()},
            note_required=step.note_required,
            remarks=step.remarks,
        )


class SubjectRef(Schema):
    """办件所涉的成果或需求."""

    service: str
    id: int
    title: str


class CaseShape(Schema):
    """办件."""

    id: int
    service: str
    service_name: str
    state: str
    state_label: str
    owner: str = Field(description=gettext_noop("等谁办；空表示不等人"))
    assignee: str | None = Field(description=gettext_noop("经办人"))
    due_on: date | None
    overdue: bool
    since: datetime
    opened_at: datetime
    applicant: PartyRef
    subject: SubjectRef | None
    district: str
    said: str = Field(description=gettext_noop("上一步的原因和说明"))
    steps: list[StepShape] = Field(description=gettext_noop("调用者现在可以办理的步骤"))
    url: str

    @classmethod
    def of(cls, case: Case, user: Any) -> "CaseShape":
        """Where it stands, and what this user can do."""
        thing, state = case.subject, state_of(case)
        return cls(
            id=case.pk,
            service=case.service,
            service_name=get(case.service).title,
            state=case.state,
            state_label=_(state.label),
            owner=case.owner,
            assignee=str(case.assignee) if case.assignee else None,
            due_on=case.due_on,
            overdue=bool(case.due_on and case.due_on < clock.today()),
            since=case.since,
            opened_at=case.opened_at,
            applicant=PartyRef.of(case.applicant),
            subject=SubjectRef(service=thing.service, id=thing.pk, title=thing.title) if thing else None,
            district=case.district,
            said=said(case),
            steps=[StepShape.of(step) for step in steps_for(user, case)],
            url=settings.SITE_URL + reverse("case", args=[case.pk]),
        )


class ListingShape(ListingCard):
    """发布信息（全部）: ``content`` has the fields of the kind's form; ``pending`` waits for review."""

    status: str
    version: int
    content: dict[str, Any]
    pending: dict[str, Any] | None = Field(description=gettext_noop("待审的变更，只给本单位和主管部门"))
    case: CaseShape | None = Field(description=gettext_noop("发布办件，只给能看的人"))

    @classmethod
    def of_reader(cls, listing: Any, user: Any) -> "ListingShape":
        """One listing as this reader may see it."""
        case = publication_case(listing)
        mine = case is not None and case_access.view_case.check(user, case)
        content, pending = shown_to(user, listing)
        return cls(
            **_head(listing),
            lead=getattr(listing, "summary", "") or listing.text[:120],
            status=listing.status,
            version=listing.version,
            content=content,
            pending=pending,
            case=CaseShape.of(case, user) if case and mine else None,
        )


def _head(listing: Any) -> dict[str, Any]:
    return {
        "service": listing.service,
        "id": listing.pk,
        "title": listing.title,
        "party": PartyRef.of(listing.party),
        "keywords": listing.keywords,
        "industry": listing.industry,
        "field": listing.field,
        "cooperation": listing.cooperation,
        "district": listing.district,
        "published_at": listing.published_at,
        "expires_on": listing.expires_on,
        "fictional": listing.fictional,
        "url": settings.SITE_URL + reverse("listing", args=[listing.service, listing.pk]),
    }


def etag_of(listing: Listing) -> str:
    """The version of a listing as an ETag."""
    return f'"{listing.service}-{listing.pk}-{listing.version}"'


def etag_of_case(case: Case) -> str:
    """The state of a case as an ETag: it changes with every step."""
    return f'"case-{case.pk}-{case.state}-{case.since.timestamp():.6f}"'


with main_language():
    STATUSES = "、".join(f"{value} {label}" for value, label in Status.choices)
