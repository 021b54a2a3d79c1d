"""兑付查询: clauses that pay, what a claimant gets, what waits."""

from collections.abc import Collection, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from kechuang.core.dossier.facts import asked_codes
from kechuang.core.dossier.queries import facts_of
from kechuang.core.ledger.actions.caps import CapKey
from kechuang.core.ledger.models import BudgetLine, CapUse, PaymentOrder
from kechuang.core.ledger.queries import for_case, lines
from kechuang.core.parties.models import Party
from kechuang.core.parties.queries import parties_of
from kechuang.core.policy.models import PackVersion
from kechuang.core.policy.models import Verdict as Kept
from kechuang.core.policy.queries import applies, in_force, pack_of
from kechuang.core.vocab.region import region
from kechuang.kit.rules.explain import explain
from kechuang.kit.rules.facts import Fact, cleaned
from kechuang.kit.rules.packs import Pack, money
from kechuang.kit.rules.packs import facts_of as facts_of_formula
from kechuang.kit.rules.verdicts import Verdict
from kechuang.services.benefits import access
from kechuang.services.benefits.models import BankFile, Benefit, Run

NIL = Decimal(0)
REQUESTED = "requested"  # the fact that packs use where the sum is asked for and decided by review
NOTICE_DAYS = 5  # where neither the clause nor the region states the days of the public notice; our own choice


def paying(on: date) -> list[PackVersion]:
    """The clauses in force that pay by a formula; those that reward only the first of a ranking run as batches."""
    rows = PackVersion.objects.filter(kind="benefit")
    return [version for version in in_force(on, rows) if pays(pack_of(version))]


def pays(pack: Pack) -> bool:
    """Whether the city or a district pays a sum that the rules compute; what a review sets is no such sum."""
    benefit = pack.benefit
    if benefit is None or benefit.kind not in ("grant", "reward", "subsidy"):
        return False
    return pack.about.get("level") != "national" and REQUESTED not in facts_of_formula(pack, benefit.formula.expression)


def claimable(pack: Pack) -> bool:
    """Whether a party claims by itself; a ranking is decided for all at once."""
    return pays(pack) and pack.benefit is not None and pack.benefit.ranking is None


def for_batch(pack: Pack) -> bool:
    """Whether a pack can be decided for all: every fact comes from the file."""
    return pays(pack) and not own_facts(pack)


def own_facts(pack: Pack) -> list[Fact]:
    """The facts of the case alone, which the claimant states in the application."""
    return [pack.facts[code] for code in pack.facts if code in pack.needed and code not in asked_codes()]


def claimants(user: Any, version: PackVersion, on: date) -> list[Party]:
    """The user's organisations for which the clause is meant."""
    pack = pack_of(version)
    mine = parties_of(user).exclude(kind="person").order_by("pk")
    return [party for party in mine if applies(pack, {"kind": party.kind, "district": party.district})]


def cap_key(pack: Pack, party: Party, year: int, item: str) -> CapKey | None:
    """The cap that a claim takes from: of its item, of the party in the year, or of the party in all years."""
    benefit = pack.benefit
    if benefit is None or not benefit.cap:
        return None
    scopes = {"item": f"item:{year}:{item}", "entity-year": str(year), "total": "total"}
    label = pack.parameters[benefit.cap].label
    return CapKey(clause=pack.code, scope=scopes[benefit.cap_scope][:80], label=label[:160], party=party)


def cap_of(pack: Pack, on: date) -> Decimal | None:
    """The cap in force on a day; None where there is none."""
    benefit = pack.benefit
    return money(pack.parameters[benefit.cap].on(on)) if benefit is not None and benefit.cap else None


def used(key: CapKey | None) -> Decimal:
    """What already counts against a cap."""
    if key is None:
        return NIL
    row = CapUse.objects.filter(clause=key.clause, party=key.party, scope=key.scope).first()
    return row.used if row is not None else NIL


def live(version: PackVersion, party: Party, facts: Mapping[str, Any], item: str, on: date) -> Verdict:
    """What the clause says now of a party with these facts of the case, after what the cap has given already."""
    pack = pack_of(version)
    key = cap_key(pack, party, on.year, item)
    return explain(pack, {**facts_of(party, on=on), **facts}, on=on, used=used(key))


def again(kept: Kept) -> Verdict:
    """A kept verdict as it was computed then: the same version, facts and day."""
    pack = pack_of(kept.version)
    facts = {code: cleaned(pack.facts[code], value) for code, value in kept.facts.items() if code in pack.facts}
    before = Decimal((kept.outcome.get("amount") or {}).get("used") or 0)
    return explain(pack, facts, on=kept.on, used=before)


def notice_days(pack: Pack) -> int:
    """Working days of the public notice: as the clause says, as the region says, or our own choice."""
    return int(pack.about.get("notice_days") or region().get("benefits", {}).get("notice_days") or NOTICE_DAYS)


def lines_for(user: Any, benefit: Benefit) -> QuerySet[BudgetLine]:
    """The lines of the year from which this user can pay a benefit: those of the body whose clause it is."""
    return lines(user).filter(year=benefit.year, district=benefit.version.district)


def with_everything() -> QuerySet[Benefit]:
    """Benefits with what their pages show."""
    return Benefit.objects.select_related(
        "case__applicant", "case__assignee", "party", "version__document", "verdict__version", "line", "run"
    )


def benefits(user: Any, state: str = "", run: int | None = None) -> QuerySet[Benefit]:
    """The benefits that the user may see, in one state or in all, the most urgent first."""
    rows = access.see_benefit.filter(user, with_everything())
    rows = rows.filter(case__state=state) if state else rows
    rows = rows.filter(run=run) if run else rows
    return rows.order_by("case__due_on", "-pk")


def over(state: str, today: date) -> QuerySet[Benefit]:
    """Benefits that wait in a state and whose time is over."""
    return Benefit.objects.filter(case__state=state, case__due_on__lt=today).select_related("case")


def due(states: Collection[str], until: date) -> QuerySet[Benefit]:
    """Benefits that wait in these states and are due by a day."""
    return Benefit.objects.filter(case__state__in=states, case__due_on__lte=until).select_related("case__applicant")


def unsettled() -> QuerySet[Benefit]:
    """Benefits whose order may have moved on: under way, or paid and perhaps sent back."""
    return Benefit.objects.filter(case__state__in=("paying", "paid")).select_related("case")


def order_of(benefit: Benefit) -> PaymentOrder | None:
    """The newest order of a benefit."""
    return for_case(benefit.case_id).order_by("-pk").first()


def runs(user: Any) -> QuerySet[Run]:
    """The runs in the user's scope."""
    return access.see_run.filter(user, Run.objects.select_related("version", "line", "by", "confirmed_by"))


def bank_files(user: Any) -> QuerySet[BankFile]:
    """The results that the user has uploaded."""
    return access.own_file.filter(user, BankFile.objects.defer("data"))
