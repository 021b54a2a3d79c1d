"""梯度查询: windows of a year, which is open, certificates in force, and the rules that decide about a rung."""

from datetime import date
from functools import lru_cache

from django.db.models import Q, QuerySet

from kechuang.core.dossier.facts import catalogue
from kechuang.core.policy.queries import pack_of, version_on
from kechuang.core.tiers.ladder import LIST, Rung
from kechuang.core.tiers.models import Threshold, Window
from kechuang.core.tiers.thresholds import Limit, text_of
from kechuang.kit.rules.packs import Pack
from kechuang.kit.rules.reading import read_pack


def in_force(on: date) -> Q:
    """The certificates (qualifications of the file) that hold on a day."""
    runs = Q(valid_to=None) | Q(valid_to__gt=on)
    return Q(valid_from__lte=on) & runs & (Q(revoked_on=None) | Q(revoked_on__gt=on))


def windows(year: int | None = None) -> QuerySet[Window]:
    """The windows that were announced, of one year or of all, the newest year first."""
    rows = Window.objects.select_related("entered_by")
    return rows if year is None else rows.filter(year=year)


def window_of(rung: str, year: int, district: str = "") -> Window | None:
    """The window of a rung in a year: the district's own where there is one, else the city's; None: not announced."""
    rows = windows(year).filter(rung=rung, district__in={"", district})
    return rows.order_by("-district").first()


def next_window(rung: str, on: date, district: str = "") -> Window | None:
    """The window that is open on a day or the next one to come, as far as announced."""
    for year in (on.year, on.year + 1):
        found = window_of(rung, year, district)
        if found is not None and (found.closes is None or found.closes >= on):
            return found
    return None


def latest_window(rung: str, on: date, district: str = "") -> Window | None:
    """The window that is open or to come, else the one of this year that is over."""
    return next_window(rung, on, district) or window_of(rung, on.year, district)


def is_open(window: Window | None, on: date) -> bool | None:
    """Whether firms may apply on a day; None where the announcement does not say so."""
    if window is None or window.opens is None:
        return None
    return window.opens <= on and (window.closes is None or on <= window.closes)


def thresholds(rung: str) -> QuerySet[Threshold]:
    """All thresholds of a rung that ever were, the newest first within a fact."""
    return Threshold.objects.filter(rung=rung).select_related("entered_by")


def thresholds_on(rung: str, on: date) -> list[Threshold]:
    """The thresholds of a rung in force on a day."""
    rows = thresholds(rung).filter(since__lte=on).order_by("fact", "direction", "-since").distinct("fact", "direction")
    return [row for row in rows if row.value is not None]


def pack_on(rung: Rung, on: date) -> Pack | None:
    """The rules that decide about a rung on a day; None where there are none, such as a list without thresholds."""
    if rung.decided != LIST:
        version = version_on(rung.pack, on)
        return pack_of(version) if version is not None else None
    rows = thresholds_on(rung.code, on)
    if not rows:
        return None
    return _parsed(text_of(rung, [Limit.of(row, catalogue()[row.fact]) for row in rows if row.fact in catalogue()]))


@lru_cache(maxsize=64)
def _parsed(text: str) -> Pack:
    return read_pack(text, catalogue(), file="thresholds.toml")
