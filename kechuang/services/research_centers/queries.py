"""云上研发中心查询: the register, registrations in scope, the sums of a year beside the enterprise file."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.utils.translation import gettext as _

from kechuang.core.dossier.facts import last_full_year
from kechuang.core.dossier.models import YearFigures
from kechuang.core.parties.models import Party
from kechuang.core.parties.queries import parties_of
from kechuang.core.vocab.region import region
from kechuang.services.research_centers import access
from kechuang.services.research_centers.models import Activity, Center

CONFIRM_MONTH = 3  # from this month on the last year is to be confirmed, where the region says nothing; our own choice
MONTHS = 12


def with_everything() -> QuerySet[Center]:
    """Centres with what their pages show."""
    return Center.objects.select_related("case__applicant", "case__assignee", "party", "entry")


def on_register(words: str = "", industry: str = "", district: str = "", cooperation: str = "") -> QuerySet[Center]:
    """公开登记簿: the registered centres under filters, the newest first."""
    rows = access.public_center.filter(None, with_everything())
    if words:
        rows = rows.filter(
            Q(name__icontains=words)
            | Q(party__name__icontains=words)
            | Q(direction__icontains=words)
            | Q(offers__icontains=words)
        )
    rows = rows.filter(industries__contains=[industry]) if industry else rows
    rows = rows.filter(party__district=district) if district else rows
    return rows.filter(cooperation__contains=[cooperation]) if cooperation else rows


def centers(user: Any, state: str = "") -> QuerySet[Center]:
    """The registrations that the user may see, in one state or in all, the most urgent first."""
    rows = access.see_center.filter(user, with_everything())
    return (rows.filter(case__state=state) if state else rows).order_by("case__due_on", "-pk")


def registrants(user: Any) -> list[Party]:
    """The user's enterprises that have no registration yet."""
    mine = parties_of(user).filter(kind="enterprise")
    return list(mine.exclude(pk__in=Center.objects.filter(ended_on=None).values("party")).order_by("pk"))


def own_centers(user: Any) -> QuerySet[Center]:
    """The centres whose records the user keeps."""
    return access.keep_records.filter(user, with_everything().filter(ended_on=None)).order_by("pk")


@dataclass(frozen=True)
class Sums:
    """合计: of the records of a year."""

    projects: int
    staff_months: Decimal
    spend: Decimal


def sums(center: Center, year: int) -> Sums:
    """How many projects, months of work and yuan the records of a year come to."""
    found: Mapping[str, Any] = center.activities.filter(year=year).aggregate(
        n=Count("pk"), months=Sum("staff_months"), spend=Sum("spend")
    )
    return Sums(found["n"], found["months"] or Decimal(0), found["spend"] or Decimal(0))


@dataclass(frozen=True)
class Comparison:
    """对照: a sum of the records beside the figure of the enterprise file; None where the file does not say."""

    label: str
    recorded: Decimal
    filed: Decimal | None
    money: bool
    disputed: bool

    @property
    def difference(self) -> Decimal | None:
        """The records less the file."""
        return None if self.filed is None else self.recorded - self.filed


def compared(center: Center, year: int) -> list[Comparison]:
    """The sums of a year beside the figures of the file; nothing is overwritten on either side."""
    found = sums(center, year)
    filed = YearFigures.objects.filter(party=center.party_id, year=year).first()
    years = (found.staff_months / MONTHS).quantize(Decimal("0.1"))
    rows = (
        (_("研发费用（加计扣除口径）"), found.spend, "rd_sme", True),
        (_("研发费用（高企口径）"), found.spend, "rd_hnte", True),
        (_("研发人员（科小口径），人月折合人年"), years, "rd_staff_sme", False),
    )
    return [
        Comparison(label, recorded, _decimal(filed, field), money, filed is not None and field in filed.disputed)
        for label, recorded, field, money in rows
    ]


def _decimal(filed: YearFigures | None, field: str) -> Decimal | None:
    value = None if filed is None else getattr(filed, field)
    return None if value is None else Decimal(value)


def activities(user: Any, center: int | None = None, year: int | None = None) -> QuerySet[Activity]:
    """The records that the user may see."""
    rows = access.see_activity.filter(user, Activity.objects.select_related("center__party", "center__case"))
    rows = rows.filter(center=center) if center else rows
    return rows.filter(year=year) if year else rows


def years_of(center: Center, today: date) -> list[int]:
    """This year, the last two, and every year with a record, newest first."""
    recorded = set(center.activities.values_list("year", flat=True))
    return sorted(recorded | {today.year - ago for ago in range(3)}, reverse=True)


def to_confirm(today: date) -> QuerySet[Center]:
    """Registered centres that have not confirmed the last full year, once it is time to do so."""
    month = int(region().get("research_centers", {}).get("confirm_from_month", CONFIRM_MONTH))
    if today.month < month:
        return Center.objects.none()
    year = last_full_year(today)
    rows = Center.objects.filter(case__state="registered", registered_on__lte=date(year, 12, 31))
    return rows.exclude(confirmations__year=year).select_related("case").order_by("pk")
