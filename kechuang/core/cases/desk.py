"""工作台查询 desk: what a person's work desk lists: own listings, the review queue, the long-term list."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet

from kechuang.core.cases import access
from kechuang.core.cases.models import Case
from kechuang.core.cases.publication import PROPOSE
from kechuang.core.cases.queries import state_of, steps_for
from kechuang.core.catalogue.models import all_services
from kechuang.core.market.kinds import listing_kinds
from kechuang.core.market.models import Status
from kechuang.core.parties.access import is_city_officer
from kechuang.kit.workflow import State, Step

EXPIRING_DAYS = 30
SORTS = {
    "due": ("due_on", "since", "id"),
    "-due": ("-due_on", "-since", "-id"),
    "since": ("since", "id"),
    "-since": ("-since", "-id"),
}
# Columns by which a list of cases is filtered.
FILTERS = ("service", "district", "state")
# Steps that a list offers as buttons, since they need no look at the case.
AT_ONCE = ("renew", "extend", "reopen")


@dataclass(frozen=True)
class Row:
    """一行: a case with its state in words."""

    case: Case
    state: State
    overdue: bool
    expiring: bool
    steps: tuple[Step, ...] = ()


def _cases(rows: QuerySet[Case]) -> QuerySet[Case]:
    return rows.select_related("applicant", "offer", "need", "assignee", "on_behalf_of")


def own(user: Any) -> QuerySet[Case]:
    """Publications of the user's organisations."""
    listed = [kind.service for kind in listing_kinds()]
    return _cases(access.applicant.filter(user, Case.objects.filter(service__in=listed)))


def expiring(user: Any, today: date) -> QuerySet[Case]:
    """Own publications whose validity ends soon, and those that have ended and can be renewed."""
    last = today + timedelta(days=EXPIRING_DAYS)
    ends = Q(offer__expires_on__lte=last) | Q(need__expires_on__lte=last)
    return own(user).filter(Q(state="expired") | (Q(state="published") & ends))


def review_queue(user: Any) -> QuerySet[Case]:
    """Cases that wait for the officers in whose scope they lie; the long-term list is not among them."""
    owners = ("officer", "city") if is_city_officer(user) else ("officer",)
    rows = access.officer.filter(user, Case.objects.filter(owner__in=owners))
    return _cases(rows.exclude(need__status=Status.LONG_TERM))


def long_term(user: Any) -> QuerySet[Case]:
    """The long-term list 长期攻关清单 as far as the user may see it."""
    visible = access.officer | access.need_broker
    return _cases(visible.filter(user, Case.objects.filter(need__status=Status.LONG_TERM, offer=None)))


def to_word(user: Any) -> QuerySet[Case]:
    """Needs under review for which a broker may propose a better wording."""
    open_states = Q(pk__in=())
    for service in all_services():
        for step in service.workflow.steps:
            if step.name == PROPOSE:
                open_states |= Q(service=service.code, state__in=step.sources)
    return _cases(access.need_broker.filter(user, Case.objects.filter(open_states)))


def filtered(rows: QuerySet[Case], chosen: Mapping[str, str]) -> QuerySet[Case]:
    """Those of the cases that have the chosen service, district and state."""
    return rows.filter(**{name: chosen[name] for name in FILTERS if chosen.get(name)})


def facet_counts(rows: QuerySet[Case], chosen: Mapping[str, str]) -> dict[str, dict[str, int]]:
    """For each filter how many cases each of its values would leave, the other filters being kept."""
    found = {}
    for name in FILTERS:
        others = {k: v for k, v in chosen.items() if k != name}
        groups = filtered(rows, others).order_by().values_list(name).annotate(n=Count("pk"))
        found[name] = dict(groups.order_by("-n", name))
    return found


def row_of(case: Case, today: date, user: Any = None) -> Row:
    """The case as a row; with a user, the steps that she can take at once from a list."""
    listing = case.subject
    ends = listing.expires_on if listing is not None else None
    soon = case.state == "published" and ends is not None and ends <= today + timedelta(days=EXPIRING_DAYS)
    steps = [s for s in steps_for(user, case) if s.name in AT_ONCE] if user is not None else []
    return Row(
        case=case,
        state=state_of(case),
        overdue=bool(case.due_on and case.due_on < today),
        expiring=soon,
        steps=tuple(s for s in steps if s.name != "extend" or soon),
    )
