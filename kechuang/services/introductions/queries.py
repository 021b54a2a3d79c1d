"""对接查询: the open introduction of a pair, contacts and remarks, lists with filters, what can be chosen."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Case as Choice
from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery, Value, When

from kechuang.core.cases import access as cases
from kechuang.core.cases.models import Case, Contact, Remark
from kechuang.core.market import access as market
from kechuang.core.market.models import Need, Offer, Status
from kechuang.core.matching.queries import MAIN
from kechuang.core.matching.wording import said_anew
from kechuang.core.parties.models import User
from kechuang.core.taskforces.models import Seat, TaskForce
from kechuang.core.vocab.queries import terms
from kechuang.services.introductions import access

CODE = "introductions"
SORTS = {
    "due": ("due_on", "since", "pk"),
    "-due": (F("due_on").desc(nulls_last=True), "-pk"),
    "touched": ("touched_at", "pk"),
    "-touched": ("-touched_at", "-pk"),
    "opened": ("opened_at", "pk"),
    "-opened": ("-opened_at", "-pk"),
}
# Columns by which the lists are filtered.
FILTERS = {"open": "is_open", "state": "state", "district": "district", "team": "task_force"}


def reasons(case: Case) -> list[dict[str, Any]]:
    """Why the two fit, as matching said when it was proposed, in the reader's language."""
    kept: list[dict[str, Any]] = case.introduction.reasons
    if case.need is None or case.offer is None:
        return kept
    return said_anew(kept, need=case.need, offer=case.offer, at=case.opened_at)


def introductions() -> QuerySet[Case]:
    """All introductions with what lists and pages show of them, and the date of the next step that was agreed last."""
    latest = Contact.objects.filter(case=OuterRef("pk")).order_by("-at", "-pk")
    rows = Case.objects.filter(service=CODE).select_related(
        "applicant", "need__party", "offer__party", "task_force", "assignee", "introduction"
    )
    return rows.annotate(
        next_on=Subquery(latest.values("next_on")[:1]),
        next_step=Subquery(latest.values("next_step")[:1]),
        is_open=Choice(When(owner="", then=Value("0")), default=Value("1")),
    )


def open_between(needs: Iterable[int], offers: Iterable[int]) -> dict[tuple[int, int], Case]:
    """The open introductions between these needs and offers, by the numbers of both."""
    rows = Case.objects.filter(service=CODE, need__in=needs, offer__in=offers).exclude(owner="")
    return {(row.need_id or 0, row.offer_id or 0): row for row in rows}


def own_needs(user: Any, offer: Offer) -> QuerySet[Need]:
    """The user's public needs for which she may ask for this offer."""
    mine = market.owner.filter(user, Need.objects.filter(status=Status.PUBLIC))
    return mine.exclude(party=offer.party_id).select_related("party")


def own_offers(user: Any, need: Need) -> QuerySet[Offer]:
    """The user's public achievements that she may offer for this need."""
    mine = market.owner.filter(user, Offer.objects.filter(status=Status.PUBLIC, service=MAIN))
    return mine.exclude(party=need.party_id).select_related("party")


def contacts(case: Case) -> list[Contact]:
    """The contact log, the newest first."""
    return list(Contact.objects.filter(case=case).select_related("by"))


def remarks(user: Any, case: Case) -> list[Remark]:
    """The private remarks, for the task force and the officers alone."""
    if not access.worker.check(user, case):
        return []
    return list(Remark.objects.filter(case=case).select_related("by"))


def colleagues(case: Case) -> list[Seat]:
    """The task force's brokers to whom the introduction can be passed on."""
    rows = Seat.objects.filter(task_force=case.task_force_id, role=Seat.Role.BROKER, until=None, user__is_active=True)
    return list(rows.select_related("user").order_by("user__name", "pk"))


def team(case: Case) -> list[Seat]:
    """Everybody who sits in the task force, in the order 1+1+1+N."""
    order = list(Seat.Role.values)
    rows = Seat.objects.filter(task_force=case.task_force_id, until=None).select_related("user")
    return sorted(rows, key=lambda seat: (order.index(seat.role), seat.pk))


def holder(case: Case) -> User | None:
    """Who has taken the introduction up and still sits in the task force; None where anybody there may take it."""
    if case.introduction.claimed_at is None:
        return None
    seats = Seat.objects.filter(task_force=case.task_force_id, user=case.carers.get("broker"), until=None)
    seat = seats.filter(user__is_active=True).select_related("user").first()
    return seat.user if seat is not None else None


def step_of(result: str) -> str:
    """The step that fits a contact's result; empty where none does."""
    return str(next((t.extra.get("step", "") for t in terms("contact_result") if t.code == result), ""))


@dataclass(frozen=True)
class Scope:
    """范围: one of the lists: mine, those of my task forces, of my organisations, of my district."""

    name: str
    rows: QuerySet[Case]


def mine(user: Any) -> QuerySet[Case]:
    """What the user follows up: open, and hers to act on or taken up by her."""
    return introductions().exclude(owner="").filter(Q(assignee=user) | access.holder.q(user))


def scopes(user: Any) -> list[Scope]:
    """The lists that the user has, each only where it can hold something for her."""
    rows = introductions()
    found = [
        Scope("mine", mine(user)),
        Scope("team", cases.team.filter(user, rows)),
        Scope("own", access.side.filter(user, rows)),
        Scope("officer", cases.officer.filter(user, rows)),
        Scope("proposed", cases.proposer.filter(user, rows)),
    ]
    return [scope for scope in found if scope.name == "mine" or scope.rows.exists()]


def visible(user: Any) -> QuerySet[Case]:
    """All introductions that the user may see."""
    return cases.view_case.filter(user, introductions())


def filtered(rows: QuerySet[Case], chosen: Mapping[str, str]) -> QuerySet[Case]:
    """Those with the chosen state, district and task force."""
    return rows.filter(**{FILTERS[name]: value for name, value in chosen.items() if name in FILTERS})


def overdue(rows: QuerySet[Case], today: date) -> QuerySet[Case]:
    """Those whose term has passed, and those whose agreed next step has."""
    return rows.exclude(owner="").filter(Q(due_on__lt=today) | Q(next_on__lt=today))


def counts(rows: QuerySet[Case], chosen: Mapping[str, str]) -> dict[str, dict[str, int]]:
    """For each filter how many introductions each of its values would leave, the others being kept."""
    found = {}
    for name, column in FILTERS.items():
        others = {k: v for k, v in chosen.items() if k != name}
        groups = filtered(rows, others).order_by().values_list(column).annotate(n=Count("pk")).order_by("-n", column)
        found[name] = {str(value): n for value, n in groups if value not in (None, "")}
    return found


def team_names(numbers: Sequence[str]) -> dict[str, str]:
    """The names of task forces by number."""
    return {str(pk): name for pk, name in TaskForce.objects.filter(pk__in=numbers).values_list("pk", "name")}


def counted(user: Any, rows: Sequence[Need | Offer]) -> dict[tuple[str, int], tuple[int, int]]:
    """How many introductions that the user may see hang on each need or offer: all of them, and those still open."""
    found: dict[tuple[str, int], tuple[int, int]] = {}
    for column, model in (("need", Need), ("offer", Offer)):
        numbers = [row.pk for row in rows if isinstance(row, model)]
        if not numbers:
            continue
        seen = cases.view_case.filter(user, Case.objects.filter(service=CODE, **{f"{column}__in": numbers}))
        groups = seen.order_by().values_list(column).annotate(n=Count("pk"), live=Count("pk", filter=~Q(owner="")))
        found |= {(column, pk): (n, live) for pk, n, live in groups}
    return found


def has_any(user: Any) -> bool:
    """Whether there is an introduction that the user may see, or a task force in which she sits."""
    return bool(Seat.objects.filter(user=user, until=None).exists() or visible(user).exists())
