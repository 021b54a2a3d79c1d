"""政策查询: the packs in force on a day, their parsed form, and what they say to a set of facts."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from django.db.models import Q, QuerySet

from kechuang.core.dossier.facts import catalogue
from kechuang.core.policy import access
from kechuang.core.policy.models import PackVersion
from kechuang.kit.rules.explain import explain
from kechuang.kit.rules.facts import Fact
from kechuang.kit.rules.packs import Pack
from kechuang.kit.rules.reading import read_pack
from kechuang.kit.rules.stacking import beaten
from kechuang.kit.rules.verdicts import Verdict


@lru_cache(maxsize=512)
def _parsed(digest: str, text: str, name: str) -> Pack:
    return read_pack(text, catalogue(), file=name)


def pack_of(version: PackVersion) -> Pack:
    """The rules of a version; raises PackRefused for a draft with faults."""
    return _parsed(version.digest, version.text, f"{version.code}.toml")


def in_force(on: date, rows: QuerySet[PackVersion] | None = None) -> list[PackVersion]:
    """Of every pack the published version that applies on a day: the latest to take effect, then the highest number."""
    rows = PackVersion.objects.all() if rows is None else rows
    rows = rows.filter(state=PackVersion.State.PUBLISHED, effective_from__lte=on).select_related("document")
    rows = rows.order_by("code", "-effective_from", "-number").distinct("code")
    return [version for version in rows if version.effective_to is None or on < version.effective_to]


def version_on(code: str, on: date) -> PackVersion | None:
    """The version of one pack that applies on a day; None where it is not in force."""
    return next(iter(in_force(on, PackVersion.objects.filter(code=code))), None)


def latest(code: str) -> PackVersion | None:
    """The newest published version of a pack, in force or not."""
    rows = PackVersion.objects.filter(code=code, state=PackVersion.State.PUBLISHED)
    return rows.order_by("-effective_from", "-number").select_related("document").first()


def history(code: str) -> QuerySet[PackVersion]:
    """All published versions of a pack, the newest first."""
    rows = PackVersion.objects.filter(code=code, state=PackVersion.State.PUBLISHED)
    return rows.select_related("author", "approver", "document").order_by("-effective_from", "-number")


def asked_codes(versions: Iterable[PackVersion]) -> dict[str, Fact]:
    """The facts that these packs need, by code, in the order of the catalogue, case facts last."""
    needed: dict[str, Fact] = {}
    for version in versions:
        pack = pack_of(version)
        needed |= {code: pack.facts[code] for code in pack.needed}
    order = {code: at for at, code in enumerate(catalogue())}
    return dict(sorted(needed.items(), key=lambda entry: (order.get(entry[0], len(order)), entry[0])))


def applies(pack: Pack, facts: Mapping[str, Any]) -> bool:
    """Whether a pack is meant for this kind of organisation and this district, as far as they are known."""
    kinds, district = pack.about.get("applicants"), pack.about.get("district")
    if kinds and facts.get("kind") and facts["kind"] not in kinds:
        return False
    return not (district and facts.get("district") and facts["district"] != district)


@dataclass(frozen=True)
class Standing:
    """政策结论: a version, what it says, and the pack that beats it in its exclusion group 就高不重复."""

    version: PackVersion
    pack: Pack
    verdict: Verdict
    beaten_by: str = ""


def calculate(facts: Mapping[str, Any], *, on: date, versions: Iterable[PackVersion] | None = None) -> list[Standing]:
    """What every pack in force says to these facts; packs in words only, and those for others, are left out."""
    chosen = [(v, pack_of(v)) for v in (in_force(on) if versions is None else versions)]
    chosen = [(v, pack) for v, pack in chosen if pack.kind != "text" and applies(pack, facts)]
    verdicts = {v.code: explain(pack, facts, on=on) for v, pack in chosen}
    losing = beaten(list(verdicts.values()))
    return [Standing(v, pack, verdicts[v.code], losing.get(v.code, "")) for v, pack in chosen]


def nearness(standing: Standing) -> tuple[int, int, str]:
    """The order among what is not met: ways with one change first, then few points lacking."""
    gap = standing.verdict.score.gap if standing.verdict.score is not None else 0
    return (0 if standing.verdict.near else 1, gap, standing.version.code)


def grouped(standings: Iterable[Standing]) -> dict[str, list[Standing]]:
    """Three groups: what one gets, what hangs on missing facts, what is not met (nearest first)."""
    groups: dict[str, list[Standing]] = {"met": [], "unknown": [], "unmet": []}
    for standing in standings:
        if standing.verdict.result in groups:
            groups[standing.verdict.result].append(standing)
    groups["met"].sort(key=lambda s: -(s.verdict.amount.payable if s.verdict.amount else 0))
    groups["unknown"].sort(key=lambda s: (len(s.verdict.missing), s.version.code))
    groups["unmet"].sort(key=nearness)
    return groups


def to_approve(user: Any) -> QuerySet[PackVersion]:
    """The versions that wait for the user's approval."""
    return access.approve_draft.filter(user, PackVersion.objects.all())


def under_way(rows: QuerySet[PackVersion]) -> QuerySet[PackVersion]:
    """Of these, drafts and those waiting for approval, the newest first."""
    open_states = (PackVersion.State.DRAFT, PackVersion.State.SUBMITTED)
    return (
        rows.filter(Q(state__in=open_states)).select_related("author", "based_on", "assignee").order_by("-created_at")
    )
