"""分级内容 tiers: what a page shows of each protected tier: the content, or what is behind it and what to do."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from kechuang.core.audit.models import Event
from kechuang.core.cases import access as cases
from kechuang.core.cases.models import Case, Material
from kechuang.core.cases.queries import publication_case
from kechuang.core.disclosure import queries
from kechuang.core.disclosure.access import in_force_for
from kechuang.core.disclosure.actions import seen
from kechuang.core.disclosure.models import NdaAcceptance
from kechuang.core.market import access as market
from kechuang.core.market.models import PROTECTED, Listing, Revision, Tier
from kechuang.core.market.wording import Change, changes

_FIELDS = {tier: name for name, tier in PROTECTED.items()}
_ROUNDING = 50
_PLACES = {
    "page": gettext_noop("信息页"),
    "protected": gettext_noop("受保护内容页"),
    "case": gettext_noop("办件页"),
    "history": gettext_noop("修改历史"),
    "export": gettext_noop("导出"),
    "material": gettext_noop("下载材料"),
    "api": gettext_noop("数据接口"),
}


@dataclass(frozen=True)
class Panel:
    """一级: one protected tier of a listing; ``text`` and ``materials`` are filled only for those who may read it.

    ``letters`` is rounded to 50 (0: no text); ``behind`` counts the materials. ``accepted`` is the reader's acceptance,
    ``outdated`` one of an earlier text, ``ended`` one that the owner has ended.
    """

    tier: str
    label: str
    open: bool
    letters: int
    behind: int
    text: str = ""
    materials: list[Material] = field(default_factory=list)
    accepted: NdaAcceptance | None = None
    outdated: NdaAcceptance | None = None
    ended: NdaAcceptance | None = None


def panels(user: Any, listing: Any, now: datetime) -> list[Panel]:
    """The protected tiers of a listing that hold anything; what is shown of the first is recorded as a view."""
    tiers = queries.tiers_for(user, listing)
    case = publication_case(listing)
    found = [_panel(user, listing, case, tier, shown=tier in tiers) for tier in _FIELDS]
    inline = {p.tier for p in found if p.open and p.text and p.tier == Tier.SIGNED_IN}
    seen(listing=listing, tiers=inline, by=user, now=now, place="page")
    return [p for p in found if p.letters or p.behind]


def protected(user: Any, listing: Any, now: datetime) -> Panel | None:
    """What lies behind the agreement, recorded as a view; None for those who may not read it."""
    if Tier.NDA not in queries.tiers_for(user, listing):
        return None
    seen(listing=listing, tiers=[Tier.NDA], by=user, now=now, place="protected")
    return _panel(user, listing, publication_case(listing), Tier.NDA, shown=True)


def _panel(user: Any, listing: Any, case: Case | None, tier: str, *, shown: bool) -> Panel:
    text = str(getattr(listing, _FIELDS[Tier(tier)]) or "")
    rows = Material.objects.filter(case=case, tier=tier, removed_at=None) if case else Material.objects.none()
    public = market.public.check(user, listing) or shown
    asks = tier == Tier.NDA and user.is_authenticated and not market.owner.check(user, listing)
    return Panel(
        tier=tier,
        label=str(Tier(tier).label),
        open=shown,
        letters=_rounded(len(text)) if public else 0,
        behind=rows.count() if public else 0,
        text=text if shown else "",
        materials=list(cases.view_material.filter(user, rows.select_related("document"))) if shown else [],
        accepted=queries.current(user, listing.party) if asks else None,
        outdated=queries.accepted_before(user, listing.party) if asks and not shown else None,
        ended=queries.shut_out(user, listing.party) if asks and not shown else None,
    )


def _rounded(letters: int) -> int:
    """To the next 50, so that the length tells little."""
    return -(-letters // _ROUNDING) * _ROUNDING


def compared(listing: Listing, old: Revision, new: Revision, *, by: Any, now: datetime) -> list[Change]:
    """What differs between two versions, as far as the reader may see it; a protected difference counts as a view."""
    tiers = queries.tiers_for(by, listing)
    before, after = (queries.open_part(version.content, tiers) for version in (old, new))
    found = changes(listing.service, before, after)
    shown = {str(PROTECTED[c.name]) for c in found if c.name in PROTECTED}
    seen(listing=listing, tiers=shown, by=by, now=now, place="history")
    return found


@dataclass(frozen=True)
class View:
    """一次查看: who read which tier when and where; ``material`` is what the downloaded material is called."""

    at: datetime
    who: str
    tier: str
    place: str
    material: str


def view_of(event: Event) -> View:
    """An event in words, for the owner's people."""
    said = event.after or {}
    number = said.get("material")
    labels = Material.objects.filter(pk=number).values_list("label", flat=True) if number else ()
    place = _PLACES.get(said.get("place", ""), "")
    return View(
        event.at, event.by_name, str(Tier(said["tier"]).label), _(place) if place else "", next(iter(labels), "")
    )


def opening(user: Any) -> set[int]:
    """The numbers of the user's acceptances that open something now."""
    return set(in_force_for(user).values_list("pk", flat=True))
