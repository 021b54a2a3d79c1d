"""办件页 casework: what the page of a case shows to a given user."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from kechuang.core.cases import access
from kechuang.core.cases.listing_gone import ending, farewell
from kechuang.core.cases.models import Case, Material
from kechuang.core.cases.publication import close_listing, questions
from kechuang.core.cases.queries import events, state_of, steps_for
from kechuang.core.disclosure import queries as disclosure
from kechuang.core.disclosure.actions import seen
from kechuang.core.market import queries
from kechuang.core.market.kinds import listing_kind
from kechuang.core.market.models import Listing, Status, Tier
from kechuang.core.market.questions import Question
from kechuang.core.market.wording import Change, Line, changes, lines
from kechuang.kit.workflow import State, Step
from kechuang.web.case_forms import MaterialForm, StepForm


@dataclass(frozen=True)
class Passage:
    """经过: one event of a case in words; ``remarks`` are pairs of a field's label and what was said about it."""

    at: datetime
    who: str
    label: str
    words: str
    remarks: list[tuple[str, str]]


@dataclass(frozen=True)
class Proposal:
    """建议措辞: an officer's or broker's wording beside the asker's."""

    by: str
    at: datetime
    changes: list[Change]


@dataclass(frozen=True)
class Ending:
    """随之结束: the cases of one row that end when the listing leaves the market, and what both sides are told.

    ``shown`` are those of them that the reader may open.
    """

    service: str
    count: int
    words: str
    shown: list[Case]


@dataclass
class CasePage:
    """办件页: ``original`` is what has changed since the form was submitted; ``endings`` what ends with the listing.

    ``removable`` and ``own_tier`` are the numbers of the materials that the user may take back, or show to others.

    ``refusal`` says why the last step was not taken, ``done`` which one was.
    """

    case: Case
    listing: Any
    state: State
    overdue: bool
    forms: list[StepForm]
    passages: list[Passage]
    evidence: list[tuple[str, list[Line]]]
    original: list[Change]
    pending: list[Change]
    proposal: Proposal | None
    asked: list[Question]
    materials: list[Material]
    may_add: bool
    removable: set[int]
    own_tier: set[int]
    endings: list[Ending]
    upload: MaterialForm = field(default_factory=MaterialForm)
    refusal: str = ""
    done: str = ""

    @property
    def steps(self) -> list[Step]:
        """The steps that the user may take."""
        return [form.step for form in self.forms]

    @property
    def main(self) -> str:
        """The step that is most likely wanted of the one who must act; empty where nobody waits for the user."""
        side = [s for s in self.steps if (s.by is access.applicant) == (self.case.owner == "applicant")]
        wanted = sorted((s for s in side if self.case.owner and not s.danger), key=lambda s: s.target != "published")
        return wanted[0].name if wanted else ""

    @property
    def closing(self) -> set[str]:
        """The steps by which the listing leaves the market and dealings end with it."""
        return {step.name for step in self.steps if self.endings and step.effect is close_listing}

    @property
    def remarkable(self) -> bool:
        """Whether one of the steps takes remarks on single fields."""
        return any(step.remarks for step in self.steps)


def case_page(user: Any, case: Case, now: datetime, today: Any, tried: StepForm | None = None) -> CasePage:
    """The page of a case that the user may see; ``tried`` is the step's form that was not accepted."""
    listing, service = case.subject, case.service
    whole = queries.content(listing) if listing is not None else {}
    tiers = disclosure.tiers_for(user, listing) if listing is not None else frozenset[str]()
    waits = (listing.pending or {}) if listing is not None and listing.status == Status.PUBLIC else {}
    content, waiting, sent = (disclosure.open_part(c, tiers) for c in (whole, waits, case.data))
    labels = disclosure.open_part(field_labels(service), tiers)
    if listing is not None:
        shown = disclosure.protected_in(content) | disclosure.protected_in(waiting) | disclosure.protected_in(sent)
        seen(listing=listing, tiers=shown, by=user, now=now, place="case")
    files = Material.objects.filter(case=case, removed_at=None)
    may_name = (access.applicant | access.officer).check(user, case)
    forms = [
        tried if tried is not None and tried.step == step else StepForm(step=step, fields=lambda: list(labels.items()))
        for step in steps_for(user, case)
    ]
    return CasePage(
        case=case,
        listing=listing,
        state=state_of(case),
        overdue=bool(case.due_on and case.due_on < today),
        forms=forms,
        passages=[passage(event, label, labels, names=may_name) for event, label in reversed(events(case))],
        evidence=lines(service, content),
        original=changes(service, sent, content) if case.data else [],
        pending=changes(service, content, content | waiting) if waiting else [],
        proposal=_proposal(case, content),
        asked=questions(service, whole | waits, now) if case.owner == "officer" else [],
        materials=materials_of(user, case),
        may_add=may_name,
        removable=set(access.remove_material.filter(user, files).values_list("pk", flat=True)),
        own_tier=set(access.change_tier.filter(user, files).values_list("pk", flat=True)),
        endings=endings(user, listing) if listing is not None and may_name else [],
    )


def endings(user: Any, listing: Listing) -> list[Ending]:
    """What would end with a listing, by row."""
    found = ending(listing)
    rows = Case.objects.filter(pk__in=[case.pk for case in found])
    open_to_user = set(access.view_case.filter(user, rows).values_list("pk", flat=True)) if found else set()
    by_row: dict[str, list[Case]] = {}
    for case in found:
        by_row.setdefault(case.service, []).append(case)
    return [
        Ending(service, len(cases), farewell(listing, cases[0]), [case for case in cases if case.pk in open_to_user])
        for service, cases in by_row.items()
    ]


def field_labels(service: str) -> dict[str, str]:
    """The labels of the form of a kind, by field."""
    return {name: str(f.label) for name, f in listing_kind(service).form().fields.items()}


def materials_of(user: Any, case: Case) -> list[Material]:
    """The materials of a case that the user may open."""
    rows = Material.objects.filter(case=case, removed_at=None).select_related("document")
    return list(access.view_material.filter(user, rows))


def passage(event: Any, label: str, labels: Mapping[str, str], *, names: bool) -> Passage:
    """An event of a case with the label of its step; ``labels`` are those of the form's fields.

    ``names``: whether the reader may know what the materials are called.
    """
    after = event.after or {}
    said = after.get("fields") or {}
    remarks = [(label, said[name]) for name, label in labels.items() if name in said]
    named = (after.get("label") or (event.before or {}).get("label")) if names else ""
    if named and event.verb == "material_tier":
        named += _("（{before} → {after}）").format(
            before=Tier(event.before["tier"]).label, after=Tier(after["tier"]).label
        )
    return Passage(
        event.at,
        event.by_name,
        _("{label}：{value}").format(label=label, value=named) if named else label,
        event.note,
        remarks,
    )


def _proposal(case: Case, content: Mapping[str, Any]) -> Proposal | None:
    proposed = case.need.proposed if case.need is not None else None
    if not proposed:
        return None
    return Proposal(
        by=proposed["by"],
        at=datetime.fromisoformat(proposed["at"]),
        changes=changes(case.service, content, {**content, **proposed["content"]}),
    )
