"""覆盖率 coverage: the share of enterprises with an R&D organisation, by district and year, and who is behind it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Max, Q, QuerySet
from django.utils.translation import gettext as _

from kechuang.core.audit.actions import record
from kechuang.core.dossier.models import Profile, ResearchOrg
from kechuang.core.parties.access import require_city_officer, require_officer
from kechuang.core.parties.models import Party
from kechuang.kit.refusal import NotAllowed, Refusal
from kechuang.services.research_centers import access
from kechuang.services.research_centers.models import Center, Definition, RollEntry

WHICH = ("all", "covered", "uncovered")
CLOUD = "cloud"
CONTENT = ("text", "base", "scales", "confirmed_only", "organisations", "published", "source", "text_status")


@dataclass(frozen=True)
class Line:
    """一行: a district (empty: without one; None: all together) with the numbers below and above the line."""

    district: str | None
    base: int
    covered: int

    @property
    def share(self) -> float | None:
        """The share; None where nobody counts below the line."""
        return self.covered / self.base if self.base else None

    @property
    def uncovered(self) -> int:
        """How many have none."""
        return self.base - self.covered


def definition() -> Definition | None:
    """The definition in force."""
    return Definition.objects.order_by("-version").first()


def base_of(user: Any, given: Definition, year: int) -> QuerySet[Party]:
    """分母: the enterprises in the officer's scope that count below the line in a year."""
    rows = access.count_enterprise.filter(user, Party.objects.filter(kind="enterprise"))
    if given.base == Definition.Base.ROLL:
        return rows.filter(pk__in=RollEntry.objects.filter(year=year).values("party"))
    if given.base == Definition.Base.SCALE:
        return rows.filter(pk__in=Profile.objects.filter(scale__in=given.scales).values("party"))
    return rows


def counted(given: Definition, year: int, today: date) -> Q:
    """分子: which enterprises count above the line, at the end of the year or today, whichever is earlier."""
    on = min(date(year, 12, 31), today)
    centers = Center.objects.filter(registered_on__lte=on)
    centers = centers.filter(Q(ended_on=None) | Q(ended_on__gt=on), Q(suspended_on=None) | Q(suspended_on__gt=on))
    if given.confirmed_only:
        centers = centers.filter(confirmations__year=year)
    found = Q(pk__in=centers.values("party"))
    if given.organisations:
        others = ResearchOrg.objects.exclude(kind=CLOUD).filter(Q(until=None) | Q(until__gt=on), since__lte=on)
        found |= Q(pk__in=others.values("party"))
    return found


def coverage(user: Any, year: int, today: date) -> list[Line]:
    """The lines of all districts in scope, then all together; empty without a definition."""
    given = definition()
    if given is None:
        return []
    base = dict(base_of(user, given, year).order_by().values_list("pk", "district"))
    covered = set(Party.objects.filter(counted(given, year, today), pk__in=base).values_list("pk", flat=True))
    tally: dict[str, list[int]] = {}
    for pk, district in base.items():
        numbers = tally.setdefault(district, [0, 0])
        numbers[0] += 1
        numbers[1] += pk in covered
    lines = [Line(district, *numbers) for district, numbers in sorted(tally.items())]
    return [*lines, Line(None, len(base), len(covered))]


def firms(user: Any, year: int, today: date, district: str | None = None, which: str = "all") -> QuerySet[Party]:
    """The enterprises behind one number."""
    given = definition()
    if given is None:
        return Party.objects.none()
    rows = base_of(user, given, year)
    rows = rows if district is None else rows.filter(district=district)
    above = counted(given, year, today)
    if which == "covered":
        rows = rows.filter(above)
    elif which == "uncovered":
        rows = rows.exclude(above)
    return rows.order_by("district", "name")


@transaction.atomic
def define(*, content: Mapping[str, Any], seen: int, by: Any, now: datetime) -> Definition:
    """A new version of the definition; the old ones stay. ``by`` None is the pack of the region."""
    if by is not None:
        require_city_officer(by)
    last = Definition.objects.select_for_update().order_by("-version").first()
    if (last.version if last else 0) != seen:
        raise Refusal(_("您打开页面之后，口径已被他人修改。请对照最新口径后再次保存。"))
    given = {name: content[name] for name in CONTENT}
    if given["base"] == Definition.Base.SCALE and not given["scales"]:
        words = _("请至少选择一种企业规模。")
        raise Refusal(words, fields={"scales": words})
    if last is not None and all(getattr(last, name) == value for name, value in given.items()):
        return last
    number = (Definition.objects.aggregate(n=Max("version"))["n"] or 0) + 1
    row = Definition.objects.create(version=number, at=now, by=by, **given)
    before = {name: getattr(last, name) for name in CONTENT} if last is not None else None
    record(row, "define", by=by, now=now, before=before, after=given)
    return row


@transaction.atomic
def put_on_roll(*, party: Party, year: int, source: str, by: Any, now: datetime) -> RollEntry:
    """An enterprise counts below the line in a year, as the named list says. ``by`` None is the demo."""
    if by is not None:
        _require(party, by)
    row, created = RollEntry.objects.get_or_create(
        party=party, year=year, defaults={"source": source, "entered_at": now, "entered_by": by}
    )
    if not created and row.source != source:
        row.source, row.entered_at, row.entered_by = source, now, by
        row.save()
    record(party, "roll", by=by, now=now, after={"year": year, "source": source})
    return row


@transaction.atomic
def take_off_roll(*, entry: RollEntry, by: Any, now: datetime) -> None:
    """An enterprise does not count in that year after all."""
    _require(entry.party, by)
    record(entry.party, "roll_removed", by=by, now=now, before={"year": entry.year, "source": entry.source})
    entry.delete()


def _require(party: Party, by: Any) -> None:
    require_officer(by)
    if not access.count_enterprise.check(by, party):
        raise NotAllowed(_("名录由该企业所在区市或市级主管部门维护。"))


def roll(user: Any, year: int | None = None) -> QuerySet[RollEntry]:
    """The roll in the officer's scope."""
    rows = access.see_roll.filter(user, RollEntry.objects.select_related("party"))
    return rows.filter(year=year) if year else rows
