"""研发活动写入 records: record, change, take out; confirm a year; corrections after that leave a trace."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kechuang.core.audit.actions import record
from kechuang.core.cases.actions import advance
from kechuang.core.dossier.facts import last_full_year
from kechuang.kit.refusal import NotAllowed, Refusal, Stale
from kechuang.services.research_centers import access, queries
from kechuang.services.research_centers.actions import locked
from kechuang.services.research_centers.models import Activity, Center, Confirmation, Correction

CONTENT = ("year", "project", "starts_on", "ends_on", "staff_months", "spend", "results", "partner")


def _said(row: Activity) -> dict[str, Any]:
    values = {name: getattr(row, name) for name in CONTENT}
    return {
        name: value if isinstance(value, int | str) or value is None else str(value) for name, value in values.items()
    }


def _require(center: Center, by: Any) -> None:
    if by is not None and not access.keep_records.check(by, center):
        raise NotAllowed(_("研发活动由已登记中心的企业经办人填写。"))


def _locked_year(center: Center, years: set[int], reason: str) -> bool:
    """Whether one of the years is confirmed; refused without a reason for the correction."""
    is_locked = center.confirmations.filter(year__in=years).exists()
    if is_locked and not reason.strip():
        words = _("该年度已经确认并锁定。确需更正的，请填写更正原因，会留下记录。")
        raise Refusal(words, fields={"reason": words})
    return is_locked


def _checked(content: Mapping[str, Any], now: datetime) -> None:
    year, start, end = content["year"], content["starts_on"], content["ends_on"]
    today = timezone.localdate(now)
    if year > today.year:
        raise Refusal(_("还没有到这个年度。"), fields={"year": _("还没有到这个年度。")})
    if start.year > year or (end is not None and end.year < year):
        words = _("项目的起止日期与所填年度没有重合，请核对。")
        raise Refusal(words, fields={"year": words})


def _save(row: Activity) -> None:
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        if "activity_once" not in str(error):
            raise
        words = _("该年度已有同名项目，请在原记录里修改。")
        raise Refusal(words, fields={"project": words}) from error


@transaction.atomic
def record_activity(
    *, center: Center, content: Mapping[str, Any], by: Any, now: datetime, reason: str = ""
) -> Activity:
    """Record what a project did in a year; in a year that is confirmed only as a correction with a reason."""
    _require(center, by)
    center = locked(center)
    _checked(content, now)
    is_locked = _locked_year(center, {content["year"]}, reason)
    row = Activity(center=center, entered_at=now, entered_by=by, **{name: content[name] for name in CONTENT})
    _save(row)
    record(center.case, "activity", by=by, now=now, after=_said(row), note=reason)
    if is_locked:
        _trace(row, {}, reason, by, now)
    return row


@transaction.atomic
def change_activity(
    *, activity: Activity, content: Mapping[str, Any], version: int | None, by: Any, now: datetime, reason: str = ""
) -> Activity:
    """Change a record; after its year was confirmed with a reason that stays beside it."""
    _require(activity.center, by)
    center = locked(activity.center)
    row = Activity.objects.select_for_update(of=("self",)).get(pk=activity.pk)
    if version is not None and version != row.version:
        raise Stale(_("您打开页面之后，这条记录已被同事保存。您填写的内容还在，请对照后再次保存。"))
    _checked(content, now)
    is_locked = _locked_year(center, {row.year, content["year"]}, reason)
    before = _said(row)
    for name in CONTENT:
        setattr(row, name, content[name])
    after = _said(row)
    if after == before:
        return row
    row.version += 1
    row.entered_at, row.entered_by = now, by
    _save(row)
    record(center.case, "activity_changed", by=by, now=now, before=before, after=after, note=reason)
    if is_locked:
        _trace(row, before, reason, by, now)
    return row


def _trace(row: Activity, before: dict[str, Any], reason: str, by: Any, now: datetime) -> None:
    Correction.objects.create(activity=row, at=now, by=by, reason=reason.strip(), before=before, after=_said(row))


@transaction.atomic
def remove_activity(*, activity: Activity, by: Any, now: datetime) -> None:
    """Take a record out; not after its year was confirmed, when it can only be corrected."""
    _require(activity.center, by)
    center = locked(activity.center)
    row = Activity.objects.select_for_update(of=("self",)).filter(pk=activity.pk).first()
    if row is None:
        raise Refusal(_("这条记录已经删除。"))
    if center.confirmations.filter(year=row.year).exists() or row.corrections.exists():
        raise Refusal(_("该年度已经确认，不能删除。请打开记录更正，例如把支出改为 0，并写明原因。"))
    said = _said(row)
    row.delete()
    record(center.case, "activity_removed", by=by, now=now, before=said)


@transaction.atomic
def confirm_year(*, center: Center, year: int, by: Any, now: datetime, quiet: bool = False) -> Confirmation:
    """The records of a year are complete, or there was no R&D in it; from then on they are locked.

    ``quiet`` enters what happened some time ago and tells nobody.
    """
    if not access.own_center.check(by, center):
        raise NotAllowed(_("年度研发活动由本企业的经办人确认。"))
    row = locked(center)
    if year > last_full_year(timezone.localdate(now)):
        raise Refusal(_("%(year)s 年还没有结束，不能确认。") % {"year": year}, fields={"year": _("这一年还没有结束。")})
    if row.confirmations.filter(year=year).exists():
        raise Refusal(_("%(year)s 年已经确认过。") % {"year": year})
    found = queries.sums(row, year)
    totals: dict[str, Any] = {
        "projects": found.projects,
        "staff_months": str(found.staff_months),
        "spend": str(found.spend or Decimal(0)),
    }
    kept = Confirmation.objects.create(center=row, year=year, at=now, by=by, totals=totals)
    advance(case=row.case, step="confirm_year", by=by, now=now, note=f"{year} 年", quiet=quiet)
    return kept
