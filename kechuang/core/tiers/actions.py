"""梯度写入: enter what was announced about a campaign, take it back, set or end a threshold."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from kechuang.core.audit.actions import record
from kechuang.core.dossier.facts import catalogue
from kechuang.core.tiers import access
from kechuang.core.tiers.ladder import LIST, Rung, ladder
from kechuang.core.tiers.models import Threshold, Window
from kechuang.core.tiers.thresholds import boundable
from kechuang.kit.refusal import Refusal, Stale

FIELDS = ("opens", "closes", "batches", "source")
FIRST_YEAR, LAST_YEAR = 2000, 2100


def _rung(code: str) -> Rung:
    rung = ladder().rung(code)
    if rung is None:
        raise Refusal(_("请从列表中选择资格。"), fields={"rung": _("请从列表中选择资格。")})
    return rung


def _refuse(field: str, words: str) -> None:
    raise Refusal(words, fields={field: words})


@transaction.atomic
def set_window(
    *,
    rung: str,
    year: int,
    content: Mapping[str, Any],
    by: Any,
    now: datetime,
    district: str = "",
    seen: int | None = None,
) -> Window:
    """Enter or change the window of a rung in a year; ``seen`` is the revision when the form was shown, 0 for none."""
    if by is not None:
        access.require_keeper(by, district)
    _rung(rung)
    said = {name: content.get(name) for name in FIELDS}
    said["batches"] = sorted(set(said["batches"] or ()))
    said["source"] = (said["source"] or "").strip()
    _check_window(year, said)
    row = Window.objects.select_for_update(of=("self",)).filter(rung=rung, year=year, district=district).first()
    if seen is not None and seen != (row.revision if row is not None else 0):
        raise Stale(_("您打开页面之后，这个窗口已被同事修改。您填写的内容还在，请对照后再次保存。"))
    before = {name: getattr(row, name) for name in FIELDS} if row is not None else None
    if row is not None and before == said:
        return row
    row = row or Window(rung=rung, year=year, district=district)
    for name, value in said.items():
        setattr(row, name, value)
    row.revision, row.entered_at, row.entered_by = row.revision + 1, now, by
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        if "tiers_window_once" in str(error):
            raise Stale(_("同事刚刚填写了这个窗口，请刷新页面后再改。")) from error
        raise
    record(row, "set_window", by=by, now=now, before=before, after={"rung": rung, "year": year, **said})
    return row


def _check_window(year: int, said: Mapping[str, Any]) -> None:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        _refuse("year", _("年度应是四位年份，如 2026。"))
    if not said["source"]:
        _refuse("source", _("请写明来源：通知的名称、文号或网址。没有公布的不要填。"))
    opens, closes, batches = said["opens"], said["closes"], said["batches"]
    if opens is None and closes is None and not batches:
        _refuse("opens", _("开始日期、截止日期、批次日期至少填一项；都没有公布的，不用填写这个窗口。"))
    if opens is not None and closes is not None and closes < opens:
        _refuse("closes", _("截止日期不能早于开始日期。"))
    if opens is not None and opens.year not in (year - 1, year):
        _refuse("opens", _("开始日期应在该年度，或提前在上一年。"))
    strange = [day for day in batches if (opens and day < opens) or day.year not in (year, year + 1)]
    if strange:
        _refuse("batches", _("批次日期 %(day)s 早于开始日期，或不在该年度和下一年。") % {"day": strange[0]})


@transaction.atomic
def drop_window(*, window: Window, by: Any, now: datetime) -> None:
    """Take back a window that was entered by mistake; what it said stays in the history."""
    row = Window.objects.select_for_update(of=("self",)).filter(pk=window.pk).first()
    if row is None:
        raise Stale(_("这个窗口已经删除。"))
    if by is not None:
        access.require_keeper(by, row.district)
    said = {name: getattr(row, name) for name in ("rung", "year", "district", *FIELDS)}
    record(row, "drop_window", by=by, now=now, before=said)
    row.delete()


@transaction.atomic
def set_threshold(
    *, rung: str, fact: str, direction: str, value: Decimal | None, since: date, source: str, by: Any, now: datetime
) -> Threshold:
    """Set a threshold of a list from a day on; without value it ends on that day. Earlier days keep what held then."""
    if by is not None:
        access.require_city(by)
    if _rung(rung).decided != LIST:
        _refuse("rung", _("这一级按规则包计算；要改条件，请在政策库起草规则包的新版本。"))
    if fact not in {one.code for one in boundable(catalogue().values())}:
        _refuse("fact", _("请从列表中选择可以用数字比较的事实。"))
    if direction not in Threshold.Direction.values:
        _refuse("direction", _("请选择“不低于”或“不超过”。"))
    if not source.strip():
        _refuse("source", _("请写明门槛的来源：决定或文件的名称、文号。"))
    if value is not None and value < 0:
        _refuse("value", _("数值不能小于 0。"))
    where: dict[str, Any] = {"rung": rung, "fact": fact, "direction": direction}
    if value is None and not Threshold.objects.filter(**where, since__lt=since).exists():
        _refuse("value", _("这一天之前没有这条门槛，不用停用；要设立门槛，请填写数值。"))
    row = Threshold.objects.select_for_update(of=("self",)).filter(**where, since=since).first()
    before = {"value": row.value, "source": row.source} if row is not None else None
    said = {"value": value, "source": source.strip(), "entered_at": now, "entered_by": by}
    row, _new = Threshold.objects.update_or_create(**where, since=since, defaults=said)
    after = {**where, "since": since, "value": value, "source": source.strip()}
    record(row, "set_threshold", by=by, now=now, before=before, after=after)
    return row
