"""对接接口: lists of introductions, one with its task force and contacts, proposing one, logging a contact."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from ninja import Query, Router, Schema
from pydantic import Field

from kechuang.core.cases.models import Case, Contact
from kechuang.core.keys.models import Scope
from kechuang.core.market.models import Need, Offer
from kechuang.services.introductions import actions, forms, queries
from kechuang.services.introductions.models import Introduction
from kechuang.web import clock
from kechuang.web.api.caller import ApiRequest, reads
from kechuang.web.api.finding import rows_page
from kechuang.web.api.problems import Invalid
from kechuang.web.api.reading import Code, Number, Page, Paging, page_of
from kechuang.web.api.shapes import CaseShape, PartyRef, SubjectRef, etag_of_case
from kechuang.web.api.writing import answer, writes

router = Router(tags=[gettext_noop("对接")])
Ref = Annotated[int, Field(ge=1, le=2**63 - 1)]


class Which(Schema):
    """哪些对接: the filters of the page."""

    scope: Literal["all", "mine", "team", "own", "officer", "proposed"] = Field(
        "all", description=gettext_noop("全部能看的、我跟进的、我的专班、本单位、辖区、我撮合的")
    )
    open: Literal["", "0", "1"] = Field("", description=gettext_noop("1 进行中，0 已结束；空为不限"))
    state: Code = ""
    district: Code = ""
    team: int | None = Field(None, ge=1, le=2**63 - 1, description=gettext_noop("专班编号"))
    overdue: bool = Field(default=False, description=gettext_noop("只看超期的"))
    sort: Literal["due", "-due", "touched", "-touched", "opened", "-opened"] = "due"


class IntroductionCard(CaseShape):
    """对接（列表）."""

    need: SubjectRef
    offer: SubjectRef
    owner_party: PartyRef = Field(description=gettext_noop("成果方；需求方见 applicant"))
    team: str | None = Field(description=gettext_noop("服务专班"))
    next_step: str | None
    next_on: date | None
    touched_at: datetime | None

    @classmethod
    def of(cls, case: Case, user: Any) -> "IntroductionCard":
        """As lists show it."""
        return cls(**_card(case, user))


class ReasonShort(Schema):
    """匹配理由."""

    words: str
    speaks: str


class Member(Schema):
    """专班成员."""

    name: str
    role: str


class ContactShape(Schema):
    """跟进记录."""

    at: datetime
    by: str
    person: str
    channel: str
    result: str
    text: str
    next_step: str
    next_on: date | None

    @classmethod
    def of(cls, contact: Contact) -> "ContactShape":
        """As both sides see it."""
        names = ("at", "person", "channel", "result", "text", "next_step", "next_on")
        return cls(by=str(contact.by), **{name: getattr(contact, name) for name in names})


class IntroductionShape(IntroductionCard):
    """对接: private remarks of the task force are not in it, whoever asks."""

    origin: str
    words: str
    score: float | None
    reasons: list[ReasonShort]
    routed: list[str] = Field(description=gettext_noop("为什么是这个专班"))
    members: list[Member]
    nda_wanted: bool
    nda_at: datetime | None
    signed_on: date | None
    contacts: list[ContactShape]

    @classmethod
    def of(cls, case: Case, user: Any) -> "IntroductionShape":
        """Everything that the page shows to both sides and the task force."""
        row: Introduction = case.introduction
        seats = queries.team(case) if case.task_force_id else []
        return cls(
            **_card(case, user),
            origin=row.origin,
            words=row.words,
            score=row.score,
            reasons=[ReasonShort(words=r["words"], speaks=r["speaks"]) for r in queries.reasons(case)],
            routed=row.routed,
            members=[Member(name=str(seat.user), role=seat.role) for seat in seats],
            nda_wanted=row.nda_wanted,
            nda_at=row.nda_at,
            signed_on=row.signed_on,
            contacts=[ContactShape.of(contact) for contact in queries.contacts(case)],
        )


class Proposed(Schema):
    """请求对接."""

    need: Ref
    offer: Ref
    words: str = Field("", max_length=1000, description=gettext_noop("希望怎样对接，对方和专班会看到"))
    nda_wanted: bool = Field(default=False, description=gettext_noop("洽谈前先签保密协议"))


class ContactSent(Schema):
    """联系记录: checked by the form of the page."""

    person: str
    channel: Code = Field(description=gettext_noop("代码表 contact_channel"))
    result: Code = Field(description=gettext_noop("代码表 contact_result"))
    on: date
    text: str = ""
    next_step: str = ""
    next_on: date | None = None
    move: bool = Field(default=False, description=gettext_noop("按结果办理相应的一步"))


@router.get(
    "/introductions",
    response=Page[IntroductionCard],
    summary=gettext_noop("对接列表"),
    description=gettext_noop("您能看到的对接；scope 选我跟进的、我的专班、本单位、辖区或我撮合的。"),
    url_name="introductions",
)
@reads(Scope.READ_OWN)
def introductions(request: ApiRequest, which: Query[Which], paging: Query[Paging]) -> dict[str, Any]:
    """The lists of the page, one at a time."""
    user = request.auth.user
    lists = {scope.name: scope.rows for scope in queries.scopes(user)}
    rows = queries.visible(user) if which.scope == "all" else lists.get(which.scope, queries.introductions().none())
    chosen = {name: str(value) for name in queries.FILTERS if (value := getattr(which, name))}
    found = queries.filtered(request.auth.cases(rows), chosen)
    found = queries.overdue(found, clock.today()) if which.overdue else found
    page, total = rows_page(request, found.order_by(*queries.SORTS[which.sort]), paging)
    return page_of(request, [IntroductionCard.of(case, user) for case in page], total, paging)


@router.get(
    "/introductions/{int:pk}",
    response=IntroductionShape,
    summary=gettext_noop("一个对接"),
    description=gettext_noop("双方、专班、匹配理由和跟进记录；步骤用办件接口办理。专班备注不在其中。"),
    url_name="introduction",
)
@reads(Scope.READ_OWN)
def introduction(request: ApiRequest, pk: Number) -> HttpResponse:
    """For both sides, the task force and the officers."""
    return _shown(request, pk)


@router.post(
    "/introductions",
    response={201: IntroductionShape},
    summary=gettext_noop("请求对接"),
    description=gettext_noop("需求方、成果方、技术经纪人或主管部门可以提出；同一对需求和成果只有一个进行中的对接。"),
    url_name="introductions",
)
@writes(Scope.WRITE_CASES)
def propose(request: ApiRequest, sent: Proposed) -> HttpResponse:
    """A need and an achievement that the caller may see."""
    need = request.auth.listings(Need.objects.all(), own=True).filter(pk=sent.need).first()
    offer = request.auth.listings(Offer.objects.all(), own=True).filter(pk=sent.offer).first()
    if need is None or offer is None:
        words = _("没有您可以看到的这一条。")
        raise Invalid({name: words for name, row in (("need", need), ("offer", offer)) if row is None})
    case = actions.propose(
        need=need, offer=offer, words=sent.words, nda_wanted=sent.nda_wanted, by=request.auth.user, now=clock.now()
    )
    return _shown(request, case.pk, 201)


@router.post(
    "/introductions/{int:pk}/contacts",
    response={201: IntroductionShape},
    summary=gettext_noop("记录一次联系"),
    description=gettext_noop("由专班成员和主管部门记录；move 为 true 时按结果同时办理相应的一步。"),
    url_name="introduction_contacts",
)
@writes(Scope.WRITE_CASES)
def log_contact(request: ApiRequest, pk: Number, sent: ContactSent) -> HttpResponse:
    """By the task force and the officers; both sides read it."""
    case = _one(request, pk)
    form = forms.ContactForm(sent.model_dump(mode="json"))
    if not form.is_valid():
        raise Invalid({name: " ".join(str(e) for e in errors) for name, errors in form.errors.items()})
    actions.log_contact(case=case, said=form.said(), form_key="", by=request.auth.user, now=clock.now())
    return _shown(request, pk, 201)


def _one(request: ApiRequest, pk: int) -> Case:
    return get_object_or_404(request.auth.cases(queries.introductions()), pk=pk)


def _shown(request: ApiRequest, pk: int, status: int = 200) -> HttpResponse:
    case = _one(request, pk)
    body = IntroductionShape.of(case, request.auth.user)
    return answer(body, status=status, headers={"ETag": etag_of_case(case)})


def _card(case: Any, user: Any) -> dict[str, Any]:
    return CaseShape.of(case, user).model_dump() | {
        "need": SubjectRef(service=case.need.service, id=case.need.pk, title=case.need.title),
        "offer": SubjectRef(service=case.offer.service, id=case.offer.pk, title=case.offer.title),
        "owner_party": PartyRef.of(case.offer.party),
        "team": case.task_force.name if case.task_force else None,
        "next_step": case.next_step,
        "next_on": case.next_on,
        "touched_at": case.touched_at,
    }
