"""资格认定查询: what a firm can apply for, its applications, what waits for whom, batches, outcomes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet

from kechuang.core.dossier.facts import asked_codes
from kechuang.core.dossier.models import Qualification
from kechuang.core.dossier.queries import facts_of
from kechuang.core.parties.models import Party
from kechuang.core.parties.queries import parties_of
from kechuang.core.policy.models import PackVersion
from kechuang.core.policy.models import Verdict as Kept
from kechuang.core.policy.queries import applies, pack_of, version_on
from kechuang.core.tiers.ladder import RULE, Rung, ladder
from kechuang.core.tiers.models import Window
from kechuang.core.tiers.queries import in_force, is_open, next_window, window_of
from kechuang.kit.rules.explain import explain
from kechuang.kit.rules.facts import cleaned
from kechuang.kit.rules.packs import Pack
from kechuang.kit.rules.verdicts import Verdict
from kechuang.services.recognition import access
from kechuang.services.recognition.models import Application, Batch


def rungs() -> list[Rung]:
    """The rungs for which one applies: those that a rule pack decides."""
    return [rung for rung in ladder().rungs if rung.decided == RULE and rung.pack]


def rung_of(code: str) -> Rung | None:
    """A rung for which one applies, by its code."""
    return next((rung for rung in rungs() if rung.code == code), None)


@dataclass(frozen=True)
class Campaign:
    """申报安排: the window of a rung for a district as far as it was announced; ``open`` None: not announced.

    ``last`` is the window of this year where it is over; drafts are then made for the next.
    """

    rung: Rung
    window: Window | None
    open: bool | None
    year: int
    last: Window | None = None


def campaign(rung: Rung, on: date, district: str) -> Campaign:
    """Whether firms of a district may apply today, and for which year."""
    window = next_window(rung.code, on, district)
    if window is not None:
        return Campaign(rung, window, is_open(window, on), window.year)
    last = window_of(rung.code, on.year, district)
    return Campaign(rung, None, None, on.year if last is None else on.year + 1, last)


def next_batch(found: Campaign, on: date) -> date | None:
    """The batch in which an application of today goes."""
    days = found.window.batches if found.window is not None else []
    return next((day for day in sorted(days) if day >= on), None)


def version_of(rung: Rung, on: date) -> PackVersion | None:
    """The rules that decide about a rung on a day."""
    return version_on(rung.pack, on)


def candidates(user: Any, rung: Rung, on: date) -> list[Party]:
    """The user's organisations that may apply for a rung: enterprises for which its rules are meant."""
    version = version_of(rung, on)
    if version is None:
        return []
    mine, pack = parties_of(user).filter(kind="enterprise").order_by("pk"), pack_of(version)
    return [party for party in mine if applies(pack, {"kind": party.kind, "district": party.district})]


def live(version: PackVersion, party: Party, on: date) -> Verdict:
    """What the rules say of a firm now, from its file."""
    return explain(pack_of(version), facts_of(party, on=on), on=on)


def again(kept: Kept) -> Verdict:
    """A kept verdict as it was computed then: the same version, facts and day."""
    pack = pack_of(kept.version)
    facts = {code: cleaned(pack.facts[code], value) for code, value in kept.facts.items() if code in pack.facts}
    return explain(pack, facts, on=kept.on)


def expert_facts(pack: Pack) -> set[str]:
    """The facts that experts decide later: those of the case alone."""
    return {code for code in pack.needed if code not in asked_codes()}


def may_go_on(verdict: Verdict) -> bool:
    """Whether an application can be handed in: met, or only experts' points and what a person must look at are open."""
    if verdict.result == "met":
        return True
    return verdict.result == "unknown" and set(verdict.missing) <= expert_facts(verdict.pack)


def held(party: Party, rung: Rung, on: date) -> Qualification | None:
    """The firm's qualification in force, if it holds one."""
    rows = Qualification.objects.filter(in_force(on), party=party, kind=rung.code)
    return rows.order_by("-valid_from").first()


def with_everything() -> QuerySet[Application]:
    """Applications with what their pages show."""
    return Application.objects.select_related(
        "case__applicant", "case__assignee", "party", "verdict__version", "checker", "recommender", "batch"
    )


FILTERS = {"state": "case__state", "rung": "rung", "district": "case__district", "year": "year", "batch": "batch"}
NUMBERS = ("year", "batch")


def chosen(parameters: Mapping[str, Any]) -> dict[str, str]:
    """The filters of an address that make sense."""
    given = {name: str(parameters.get(name, "")).strip() for name in FILTERS}
    return {name: v for name, v in given.items() if v and "\0" not in v and (name not in NUMBERS or _number(v))}


def _number(value: str) -> bool:
    return value.isascii() and value.isdigit() and len(value) < 10


def applications(user: Any, parameters: Mapping[str, Any] | None = None) -> QuerySet[Application]:
    """The applications that the user may see, under the filters of an address, the most urgent first."""
    rows = access.see_application.filter(user, with_everything())
    rows = rows.filter(**{FILTERS[name]: value for name, value in chosen(parameters or {}).items()})
    return rows.order_by("case__due_on", "-pk")


def own(user: Any, rung: str) -> QuerySet[Application]:
    """The user's own applications for a rung, the newest first."""
    mine = parties_of(user).values("pk")
    return with_everything().filter(party__in=mine, rung=rung).order_by("-pk")


def outcomes(parameters: Mapping[str, Any]) -> QuerySet[Application]:
    """Who was recognised in cases of this system, for everybody; the newest first."""
    rows = access.see_outcome.filter(None, with_everything())
    given = {name: value for name, value in chosen(parameters).items() if name in ("rung", "year", "district")}
    return rows.filter(**{FILTERS[name]: value for name, value in given.items()}).order_by("-granted_on", "-pk")


def outcome_years() -> list[int]:
    """The years in which there are outcomes, the newest first."""
    rows = access.see_outcome.filter(None, Application.objects.all())
    return list(rows.order_by("-year").values_list("year", flat=True).distinct())


def to_send(user: Any, rung: str = "") -> QuerySet[Application]:
    """What has been on notice without objection and waits to be sent to the national system."""
    rows = access.see_batch.filter(user, Application.objects.filter(case__state="noticed"))
    rows = rows.select_related("case", "party").order_by("pk")
    return rows.filter(rung=rung) if rung else rows


def batches(user: Any) -> QuerySet[Batch]:
    """The batches that were sent, the newest first."""
    return access.see_batch.filter(user, Batch.objects.select_related("by"))


def supplements_over(today: date) -> QuerySet[Application]:
    """Applications of which the time for corrections has passed."""
    return Application.objects.filter(case__state="supplement", case__due_on__lt=today).select_related("case")
