"""满意度 satisfaction: after a service has ended its applicant is asked once, and may answer or decline.

Answers go into figures; the words go to the officers alone, never to the unit that is spoken of.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from kechuang.core.audit.actions import record
from kechuang.core.audit.models import Event
from kechuang.core.cases import access
from kechuang.core.cases.models import Case, Satisfaction
from kechuang.core.catalogue.models import all_services, get
from kechuang.core.notices.actions import tell
from kechuang.core.notices.models import Notice
from kechuang.core.parties.models import Mandate, Party, User
from kechuang.core.vocab.region import region
from kechuang.kit.refusal import NotAllowed, Refusal
from kechuang.kit.text import noop

LOOK_BACK = timedelta(days=14)  # ends older than that are not asked about any more
BATCH = 500
HEADING = noop("请您评价")


@dataclass(frozen=True)
class Limits:
    """界限: the smallest sample that is shown; how often a person is asked; how long an answer may be changed."""

    smallest: int
    most: int
    within: timedelta
    open: timedelta


def limits() -> Limits:
    """The figures of the region."""
    given = region()["satisfaction"]
    return Limits(given["smallest"], given["most"], timedelta(given["within"]), timedelta(given["open"]))


def ended() -> Q:
    """Cases in an end state of their workflow."""
    found = Q(pk__in=())
    for service in all_services():
        names = [name for name, state in service.workflow.states.items() if state.end]
        found |= Q(service=service.code, state__in=names)
    return found


def ask_ended(*, now: datetime) -> int:
    """Ask the applicants of what has ended lately and was not asked about; returns how many. Can be run at any time."""
    rows = Case.objects.filter(ended(), satisfaction=None, since__gte=now - LOOK_BACK)
    cases = list(rows.select_related("applicant", "offer__party", "need").order_by("since"))
    asked = 0
    for start in range(0, len(cases), BATCH):
        batch = cases[start : start + BATCH]
        steps, people = _steps(batch), _people(batch)
        for case in batch:
            if _was_served(case, steps.get(case.pk, []), people.get(case.applicant_id, set())):
                asked += ask(case=case, now=now) is not None
    return asked


def _steps(cases: Sequence[Case]) -> Mapping[int, list[tuple[str, int | None]]]:
    """Verb and person of the steps of each case, oldest first."""
    found: dict[int, list[tuple[str, int | None]]] = {}
    events = Event.objects.filter(subject=Case._meta.label_lower, subject_id__in=[c.pk for c in cases])
    names = {c.pk: {s.name for s in get(c.service).workflow.steps} for c in cases}
    for pk, verb, by in events.order_by("id").values_list("subject_id", "verb", "by_id"):
        if pk is not None and verb in names[pk]:
            found.setdefault(pk, []).append((verb, by))
    return found


def _people(cases: Iterable[Case]) -> Mapping[int, set[int]]:
    """Everybody who acts or has acted for the applicants."""
    found: dict[int, set[int]] = {}
    rows = Mandate.objects.filter(party__in={c.applicant_id for c in cases})
    for party, user in rows.values_list("party_id", "user_id"):
        found.setdefault(party, set()).add(user)
    return found


def _was_served(case: Case, steps: Sequence[tuple[str, int | None]], own: set[int]) -> bool:
    """Whether the applicant waited for somebody, and did not give up herself (which is a step of ``danger``)."""
    if all(by in own for _verb, by in steps):
        return False
    verb, by = steps[-1]
    dangerous = {s.name for s in get(case.service).workflow.steps if s.danger}
    return not (by in own and verb in dangerous)


@transaction.atomic
def ask(*, case: Case, now: datetime, quiet: bool = False) -> Satisfaction | None:
    """Ask the person who opened the case, or another of the applicant's; None where nobody is to be asked (again).

    ``quiet`` enters a question of some time ago 补录 and tells nobody.
    """
    user = _respondent(case)
    key = f"satisfaction:{case.service}:"
    bounds = limits()
    lately = Notice.objects.filter(user=user, key__startswith=key, at__gt=now - bounds.within)
    if user is None or (not quiet and lately.count() >= bounds.most):
        return None
    unit = unit_of(case)
    row, new = Satisfaction.objects.get_or_create(
        case=case, defaults={"unit": unit, "district": case.district, "asked_at": now}
    )
    if not new or quiet:
        return row if new else None
    text = f"{get(case.service).name}“{case.title}”已办结。联系及时吗？有帮助吗？点两下就好。"
    tell(
        user=user,
        text=text,
        url=f"/cases/{case.pk}/satisfaction/",
        key=f"{key}{case.pk}",
        now=now,
        digest=True,
        heading=HEADING,
    )
    return row


def unit_of(case: Case) -> Party | None:
    """Who served the applicant: the other side of the case; None where that is the bureau."""
    offer = case.offer
    return offer.party if offer is not None and offer.party_id != case.applicant_id else None


def _respondent(case: Case) -> User | None:
    """Who opened the case if she still acts for the applicant, else its first admin or agent."""
    rows = Mandate.objects.filter(party=case.applicant_id, state=Mandate.State.ACTIVE, user__is_active=True)
    people = [m.user for m in rows.select_related("user").order_by("role", "pk")]
    return next((u for u in people if u.pk == case.opened_by_id), people[0] if people else None)


def answerable(user: Any) -> QuerySet[Satisfaction]:
    """The questions that the user may answer or has answered: those to the parties that she acts for."""
    return access.answer_satisfaction.filter(user, Satisfaction.objects.select_related("case", "unit", "by"))


def is_open(row: Satisfaction, now: datetime) -> bool:
    """Whether the answer can still be given or changed."""
    return now <= open_until(row)


def open_until(row: Satisfaction) -> datetime:
    """Until when the answer can be given or changed."""
    return (row.answered_at or row.asked_at) + limits().open


@transaction.atomic
def answer(
    *,
    row: Satisfaction,
    by: User,
    now: datetime,
    in_time: bool | None = None,
    useful: bool | None = None,
    text: str | None = None,
) -> Satisfaction:
    """Answer one or more of the questions; what is None stays as it was. The last answer counts."""
    given = {"in_time": in_time, "useful": useful, "text": None if text is None else text.strip()[:500]}
    return _change(row, {k: v for k, v in given.items() if v is not None}, by=by, now=now)


@transaction.atomic
def decline(*, row: Satisfaction, by: User, now: datetime) -> Satisfaction:
    """Rather not say: takes back what was said."""
    return _change(row, {"in_time": None, "useful": None, "text": ""}, by=by, now=now)


def _change(row: Satisfaction, given: Mapping[str, Any], *, by: User, now: datetime) -> Satisfaction:
    row = Satisfaction.objects.select_for_update(of=("self",)).select_related("case").get(pk=row.pk)
    if not access.answer_satisfaction.check(by, row):
        raise NotAllowed(_("只有申请单位的经办人可以评价。"))
    if not is_open(row, now):
        raise Refusal(_("评价期限已过。如有意见，请直接联系主管部门。"))
    before = {name: getattr(row, name) for name in given}
    for name, value in given.items():
        setattr(row, name, value)
    row.answered_at, row.by = row.answered_at or now, by
    row.save()
    # Not an event of the case: its history is read by those who are spoken of.
    record(row, "answer", by=by, now=now, before=before, after=dict(given))
    return row
