"""我的梯度 standing: where one enterprise stands, what it lacks for each rung, and the least costly way there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import F
from django.urls import reverse

from kechuang.core.dossier.facts import asked_codes, last_full_year
from kechuang.core.dossier.models import PROFILE, YEARLY
from kechuang.core.dossier.queries import facts_of
from kechuang.core.dossier.wording import words
from kechuang.core.parties.models import Party
from kechuang.core.policy.queries import version_on
from kechuang.core.tiers.ladder import LIST, Rung, Scope, Stage, ladder
from kechuang.core.tiers.models import Window
from kechuang.core.tiers.queries import latest_window, pack_on
from kechuang.kit.rules.explain import explain
from kechuang.kit.rules.packs import Pack
from kechuang.kit.rules.verdicts import Verdict
from kechuang.kit.rules.wording import Line, tell
from kechuang.services.ladder.certificates import VALID, Certificate, certificate, entries


@dataclass(frozen=True)
class Lack:
    """缺的事实: what it is called and where it is filled in; no address for what experts give."""

    label: str
    url: str


@dataclass(frozen=True)
class Gap:
    """差距: what the rules of a rung say to the file: ``failed`` are the conditions that do not hold.

    ``steps`` counts what lacks: conditions, facts, and the score (or a way around it) as one.
    """

    result: str
    headline: str
    lines: Sequence[Line]
    failed: Sequence[Line]
    missing: Sequence[Lack]
    by_experts: bool
    near: Sequence[str]
    manual: bool
    ready: bool
    steps: int


@dataclass(frozen=True)
class Step:
    """一级: with the certificate that holds (or the last one), the gap, and the window to apply in."""

    rung: Rung
    held: Certificate | None
    last: Certificate | None
    gap: Gap | None
    policy: str
    window: Window | None

    @property
    def by_list(self) -> bool:
        """Whether people decide about this rung."""
        return self.rung.decided == LIST


@dataclass(frozen=True)
class Standing:
    """所处位置: all rungs, the next one, the stage of the district's own ladder, every certificate there ever was."""

    party: Party
    on: date
    steps: Sequence[Step]
    next: Step | None
    scope: Scope | None
    stage: Stage | None
    certificates: Sequence[Certificate]


def certificates_of(party: Party, on: date) -> list[Certificate]:
    """Every certificate of an organisation, what holds longest first."""
    rows = entries().filter(party=party).order_by(F("valid_to").desc(nulls_first=True), "-valid_from", "pk")
    return [found for row in rows if (found := certificate(row, on)) is not None]


def standing(party: Party, on: date, *, own: bool = False, gaps: bool = True) -> Standing:
    """Where an enterprise stands on a day; without ``gaps`` only its certificates."""
    held = certificates_of(party, on)
    facts = facts_of(party, on=on) if gaps else {}
    steps = [_step(rung, held, facts if gaps else None, party, on, own) for rung in ladder().rungs]
    codes = {one.rung.code for one in held if one.state == VALID}
    above = ladder().next_above(codes)
    scope = ladder().scope_of(party.district)
    return Standing(
        party=party,
        on=on,
        steps=steps,
        next=next((step for step in steps if step.rung == above), None),
        scope=scope,
        stage=scope.stage_of(codes) if scope is not None else None,
        certificates=held,
    )


def _step(rung: Rung, held: Sequence[Certificate], facts: Any, party: Party, on: date, own: bool) -> Step:
    mine = [one for one in held if one.rung == rung]
    version = version_on(rung.pack, on) if rung.pack else None
    return Step(
        rung=rung,
        held=next((one for one in mine if one.state == VALID), None),
        last=next((one for one in mine if one.state != VALID), None),
        gap=None if facts is None else gap_of(pack_on(rung, on), facts, party, on, own=own),
        policy=reverse("policy", args=[version.code]) if version is not None else "",
        window=latest_window(rung.code, on, party.district),
    )


def verdict_of(rung: Rung, facts: Any, on: date) -> Verdict | None:
    """What the rules of a rung say; None where there are none."""
    pack = pack_on(rung, on)
    return None if pack is None else explain(pack, facts, on=on)


def gap_of(pack: Pack | None, facts: Any, party: Party, on: date, *, own: bool) -> Gap | None:
    """What the rules say, in the reader's words; None where there are no rules, such as a list without thresholds."""
    if pack is None:
        return None
    verdict = explain(pack, facts, on=on)
    told = tell(verdict, words())
    in_file = [(code, label) for code, label in told.missing if code in asked_codes()]
    experts = len(in_file) < len(told.missing)
    failed = [line for line in told.lines[: len(verdict.conditions)] if line.truth is False]
    return Gap(
        result=told.result,
        headline=told.headline,
        lines=told.lines,
        failed=failed,
        missing=[Lack(label, fill_url(party, code, on, own=own)) for code, label in in_file],
        by_experts=experts,
        near=told.near,
        manual=told.manual,
        ready=told.result == "met" or (experts and not in_file and told.result == "unknown"),
        steps=len(failed) + len(in_file) + _short(verdict),
    )


def _short(verdict: Verdict) -> bool:
    """Whether neither the score nor any of the routes, which are ways of their own, can be reached."""
    ways = [finding.truth for finding in verdict.routes]
    ways += [verdict.score.truth] if verdict.score is not None else []
    return bool(ways) and all(truth is False for truth in ways)


def fill_url(party: Party, code: str, on: date, *, own: bool) -> str:
    """Where the enterprise fills a fact in; where an officer sees it."""
    fact, ago = asked_codes()[code]
    page = f"{reverse('dossier', args=[party.pk])}?group={fact.group}"
    if not own:
        return f"{page}#{fact.code}"
    if fact.code in PROFILE:
        return f"{reverse('dossier_profile', args=[party.pk, fact.group])}#id_{fact.code}"
    if fact.code in YEARLY:
        year = last_full_year(on) - ago
        return f"{reverse('dossier_years', args=[party.pk, fact.group])}#id_{fact.code}_{year}"
    return f"{page}#lists"
