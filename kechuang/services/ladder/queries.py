"""梯度库查询: the register of certificates under filters, and how many there are by rung, district and year."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, F, Q, QuerySet

from kechuang.core.cases.models import Case
from kechuang.core.dossier.models import Qualification
from kechuang.core.parties.access import acts_for
from kechuang.core.parties.models import Party
from kechuang.core.tiers.ladder import ladder
from kechuang.services.ladder import access
from kechuang.services.ladder.certificates import EXPIRED, FUTURE, REVOKED, VALID, entries, state_rule

EXPIRING = "expiring"
STATES = (VALID, EXPIRING, EXPIRED, REVOKED, FUTURE)
ALL = "all"
DAYS, MOST_DAYS = 90, 1100


@dataclass(frozen=True)
class Chosen:
    """筛选: as the address has it; anything unknown counts as not chosen."""

    text: str = ""
    rung: str = ""
    district: str = ""
    industry: str = ""
    state: str = VALID
    year: int = 0
    days: int = DAYS

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> "Chosen":
        """The filters of an address."""
        plain = {
            n: str(given.get(n, "")).replace("\0", "").strip()[:60] for n in ("text", "rung", "district", "industry")
        }
        state = given.get("state", "")
        return cls(
            **plain,
            state=state if state in (*STATES, ALL) else VALID,
            year=_number(given.get("year", ""), 9999),
            days=_number(given.get("days", ""), MOST_DAYS) or DAYS,
        )


def _number(text: str, most: int) -> int:
    return min(int(text), most) if text.isascii() and text.isdigit() and len(text) < 6 else 0


def certificates(user: Any, chosen: Chosen, on: date) -> QuerySet[Qualification]:
    """The certificates in an officer's scope under the filters; those that end first come first."""
    rows = access.register.filter(user, entries()).filter(_rule(chosen, on))
    order = F("valid_to").asc(nulls_last=True)
    return rows.select_related("party").order_by(order, "party__name", "kind", "pk")


def _rule(chosen: Chosen, on: date) -> Q:
    rule = Q()
    if chosen.text:
        rule &= (
            Q(party__name__icontains=chosen.text) | Q(party__uscc=chosen.text.upper()) | Q(number=chosen.text.upper())
        )
    if chosen.rung:
        rule &= Q(kind=chosen.rung)
    if chosen.district:
        rule &= Q(party__district=chosen.district)
    if chosen.industry:
        rule &= Q(party__industries__contains=[chosen.industry])
    if chosen.year:
        rule &= Q(valid_from__year=chosen.year)
    if chosen.state == EXPIRING:
        rule &= state_rule(VALID, on) & Q(valid_to__lte=on + timedelta(days=chosen.days))
    elif chosen.state != ALL:
        rule &= state_rule(chosen.state, on)
    return rule


@dataclass(frozen=True)
class Counts:
    """计数: enterprises by rung in each district and in each year of entry; ``total`` by rung."""

    rungs: list[str]
    districts: dict[str, dict[str, int]]
    years: dict[int, dict[str, int]]
    total: dict[str, int]


def counts(user: Any, chosen: Chosen, on: date) -> Counts:
    """How many enterprises the list has, by what its own filters of rung, district and year would give."""
    plain = Chosen(text=chosen.text, industry=chosen.industry, state=chosen.state, days=chosen.days)
    rows = access.register.filter(user, entries()).filter(_rule(plain, on)).order_by()
    districts: dict[str, dict[str, int]] = {}
    years: dict[int, dict[str, int]] = {}
    firms = Count("party", distinct=True)
    for district, kind, n in rows.values_list("party__district", "kind").annotate(n=firms):
        districts.setdefault(district, {})[kind] = n
    for year, kind, n in rows.values_list("valid_from__year", "kind").annotate(n=firms):
        years.setdefault(year, {})[kind] = n
    total = dict(rows.values_list("kind").annotate(n=firms))
    rungs = [rung.code for rung in ladder().rungs]
    return Counts(rungs, dict(sorted(districts.items())), dict(sorted(years.items(), reverse=True)), total)


def expiring(user: Any, on: date) -> int:
    """How many certificates in an officer's scope end soon."""
    return certificates(user, Chosen(state=EXPIRING), on).count()


def own(user: Any) -> QuerySet[Party]:
    """The enterprises for which the user acts."""
    return acts_for.filter(user, Party.objects.filter(kind="enterprise"))


def shown(user: Any, on: date) -> QuerySet[Party]:
    """The organisations whose place on the ladder the user may see."""
    return access.see_rungs(on).filter(user, Party.objects.exclude(kind="person"))


def corrections(party: Party) -> QuerySet[Case]:
    """Corrections that an enterprise has asked for, the newest first."""
    return Case.objects.filter(service="ladder", applicant=party).order_by("-opened_at")


def members(rung: str) -> QuerySet[Qualification]:
    """The entries of a list, those in force first."""
    rows = Qualification.objects.filter(kind=rung).select_related("party", "entered_by")
    return rows.order_by(F("revoked_on").asc(nulls_first=True), "party__name", "-valid_from")
