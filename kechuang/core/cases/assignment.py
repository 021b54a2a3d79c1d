"""经办分配 assignment: the one person in whose to-do a wait stands, by rule, with deputies for those who are away."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date

from django.db.models import Count

from kechuang.core.cases.models import Case
from kechuang.core.catalogue.models import get
from kechuang.core.parties.models import Mandate, Party
from kechuang.core.parties.presence import acting, away, present
from kechuang.core.parties.queries import officers
from kechuang.core.taskforces.models import Seat
from kechuang.core.taskforces.queries import members

# Numbers of users; those of an earlier tier come first, within a tier the one with the fewest open cases.
Tiers = list[list[int]]
# Who of a team does its work, in this order.
LADDER = (Seat.Role.BROKER, Seat.Role.LIAISON, Seat.Role.SECTION)


def assign(case: Case, today: date) -> None:
    """Set whose turn it is: exactly one person for a wait, nobody where nobody waits. Does not save.

    The one who has cared for the case on this side before comes first, so that it does not change hands with every
    step. Who is away is stood in for by her deputy, if he may act as well. Where nobody acts for the side, an officer
    of the city cares for it.
    """
    former = None if case.on_behalf_of_id else case.assignee_id
    case.assignee_id = case.on_behalf_of_id = None
    if not case.owner:
        return
    own = tiers(case)
    able = own if any(own) else [_city()]
    gone, everyone = away(today), _flat(able)
    principal = next((pk for pk in (case.carers.get(case.owner), former) if pk in everyone), None)
    if principal is None:
        rested = (pk for pk in _by_load(able) if present(pk, gone, everyone))
        principal = next(rested, None) or next(iter(everyone), None)
    if principal is None:  # a city without officers: the first one who is appointed gets it with the nightly sweep
        return
    case.assignee_id = _acting(principal, able, gone)
    case.on_behalf_of_id = principal if case.assignee_id != principal else None
    if able is own:
        case.carers = case.carers | {case.owner: principal}


def _acting(principal: int, able: Tiers, gone: Mapping[int, int]) -> int:
    """Who does it today: she, her deputy, the next one who is there; she after all where everybody is away."""
    everyone = _flat(able)
    if found := present(principal, gone, everyone):
        return found
    others = _flat([*able, city := _city()])
    order = [*_by_load(able), *city]
    return acting(order, gone, others) or principal


def tiers(case: Case) -> Tiers:
    """Who may be given the case while it waits as it does, those nearest to it first; empty where nobody may."""
    people = _WHO.get(case.owner)
    return people(case) if people else []


def may_take(case: Case) -> set[int]:
    """Everybody to whom the case could be handed: those nearest to it, or the officers of the city."""
    return set(_flat(tiers(case)) or _city())


def somebody_else(case: Case, than: int) -> int | None:
    """Who could have the case instead of one person, nearest and least loaded first; None where there is nobody."""
    return next((pk for pk in _by_load(tiers(case)) if pk != than), None)


def _officers(case: Case) -> Tiers:
    rows = officers(case.district).filter(user__is_active=True).values_list("district", "user_id")
    return [[user for district, user in rows if district], [user for district, user in rows if not district]]


def _city_tier(_case: Case) -> Tiers:
    return [_city()]


def _city() -> list[int]:
    return list(officers("").filter(user__is_active=True).order_by("pk").values_list("user_id", flat=True))


def _people(party: Party | int, first: int | None) -> Tiers:
    rows = Mandate.objects.filter(party=party, state=Mandate.State.ACTIVE, user__is_active=True).order_by("pk")
    roles = dict(rows.values_list("user_id", "role"))
    admins = [user for user, role in roles.items() if role == Mandate.Role.ADMIN]
    return [[first] if first in roles else [], admins, list(roles)]


def _applicant(case: Case) -> Tiers:
    return _people(case.applicant_id, case.opened_by_id)


def _counterpart(case: Case) -> Tiers:
    return _people(case.offer.party_id, case.offer.created_by_id) if case.offer is not None else []


def _host(case: Case) -> Tiers:
    """The people of the party that runs the row, and the officers where it has none."""
    host = get(case.service).host
    party = host(case) if host is not None else None
    return [*(_people(party, None) if party is not None else []), *_officers(case)]


def _team(case: Case) -> Tiers:
    seats: list[tuple[str, int]] = []
    if case.task_force is not None:
        seats = list(members(case.task_force).values_list("role", "user_id"))
    return [[user for role, user in seats if role == wanted] for wanted in LADDER] + _officers(case)


_WHO: Mapping[str, Callable[[Case], Tiers]] = {
    "officer": _officers,
    "city": _city_tier,
    "applicant": _applicant,
    "counterpart": _counterpart,
    "broker": _team,
    "host": _host,
}


def _flat(found: Tiers) -> list[int]:
    return list(dict.fromkeys(pk for tier in found for pk in tier))


def _by_load(found: Tiers) -> Iterator[int]:
    """Tier by tier, those with the fewest open cases first."""
    seen: set[int] = set()
    for tier in found:
        fresh = [pk for pk in dict.fromkeys(tier) if pk not in seen]
        load: dict[int | None, int] = {}
        if len(fresh) > 1:
            counted = Case.objects.filter(assignee__in=fresh).order_by().values_list("assignee")
            load = dict(counted.annotate(n=Count("pk")))
        seen.update(fresh)
        yield from sorted(fresh, key=lambda pk: load.get(pk, 0))
