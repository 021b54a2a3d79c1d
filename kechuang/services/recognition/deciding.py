"""资格认定办理 deciding: what the steps do: corrections, pre-check, recommendation, notice, outcome, revoking."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kechuang.core.cases.actions import advance
from kechuang.core.cases.models import Case
from kechuang.core.cases.queries import said
from kechuang.core.dossier.entries import add_entry, change_entry
from kechuang.core.dossier.models import Qualification
from kechuang.core.publicity import actions as publicity
from kechuang.kit.refusal import NotAllowed, Refusal
from kechuang.services.recognition import access
from kechuang.services.recognition.actions import locked, rung_of
from kechuang.services.recognition.integrity import YEAR_BARRED, require_clear
from kechuang.services.recognition.models import Application, Batch

# 科小 and 高企: 10 working days; the sources do not say for 创新型中小企业, for which we take the same.
NOTICE_DAYS = 10


@dataclass(frozen=True)
class Outcome:
    """认定结果: as the announcement says."""

    number: str
    granted_on: date
    announcement: str
    valid_to: date | None = None


def ask_supplement(case: Case, *, by: Any, now: datetime) -> None:
    """一次性补正: everything that is wanted, named once; effect of the request."""
    row = locked(case.recognition)
    if row.supplement:
        raise Refusal(_("已经要求过一次补正，不能再次要求。请按现有材料办理。"))
    row.supplement = case.note
    row.save(update_fields=["supplement"])


def go_back(case: Case, *, by: Any, now: datetime) -> None:
    """Return what was not corrected in time; handed in again it counts as handed in for the first time."""
    row = locked(case.recognition)
    row.supplement, row.checker = "", None
    row.save(update_fields=["supplement", "checker"])


def note_check(case: Case, *, by: Any, now: datetime) -> None:
    """Who pre-checked; effect of the pre-check."""
    row = locked(case.recognition)
    require_clear(row.party, timezone.localdate(now))
    row.checker = by
    row.save(update_fields=["checker"])


def to_notice(case: Case, *, by: Any, now: datetime) -> None:
    """Begin the public notice of 10 working days; effect of the recommendation by another person than the checker."""
    row = locked(case.recognition)
    if row.checker_id == by.pk:
        raise NotAllowed(_("预审和推荐须由两位工作人员分别办理。"))
    require_clear(row.party, timezone.localdate(now))
    row.recommender = by
    row.save(update_fields=["recommender"])
    publicity.begin(case=case, days=NOTICE_DAYS, matter=f"拟推荐：{case.title}", now=now)


def send(case: Case, *, by: Any, now: datetime) -> None:
    """A batch of its own where it was not sent with others; effect of sending."""
    row = locked(case.recognition)
    require_clear(row.party, timezone.localdate(now))
    if row.batch is None:
        row.batch = Batch.objects.create(rung=row.rung, year=row.year, by=by, at=now)
        row.save(update_fields=["batch"])


def close(case: Case, *, by: Any, now: datetime) -> None:
    """Ended without recognition: the firm may apply again; effect of every such step."""
    row = locked(case.recognition)
    row.ended_at = now
    row.save(update_fields=["ended_at"])


@transaction.atomic
def record_outcome(*, application: Application, outcome: Outcome, by: Any, now: datetime) -> tuple[Application, str]:
    """Enter what was announced; returns a remark where the number looks unusual. Numbers are never made up."""
    row = locked(application)
    if not access.city_desk.check(by, row.case):
        raise NotAllowed(_("认定结果由市级主管部门登记。"))
    row.number, remark = require_plausible(row, outcome, timezone.localdate(now))
    row.granted_on, row.announcement = outcome.granted_on, outcome.announcement.strip()
    row.valid_to = outcome.valid_to or rung_of(row).valid_to(outcome.granted_on)
    try:
        with transaction.atomic():
            row.save(update_fields=["number", "granted_on", "valid_to", "announcement"])
    except IntegrityError as error:
        words = _("编号“%(number)s”已登记在另一份申报里，请核对。") % {"number": row.number}
        raise Refusal(words, fields={"number": words}) from error
    advance(case=row.case, step="recognise", by=by, now=now)
    return Application.objects.get(pk=row.pk), remark


def require_plausible(row: Application, outcome: Outcome, today: date) -> tuple[str, str]:
    """The number in its usual form and a remark on it; raises Refusal for what cannot be."""
    rung = rung_of(row)
    if outcome.granted_on > today:
        _refuse("granted_on", _("取得日期不能晚于今天。"))
    if outcome.valid_to is not None and outcome.valid_to <= outcome.granted_on:
        _refuse("valid_to", _("失效日期应晚于取得日期。"))
    if not outcome.announcement.strip():
        _refuse("announcement", _("请写明公告的名称或文号。"))
    number, remark = rung.checked_number(outcome.number, outcome.granted_on)
    if not number and rung.number_form:
        _refuse("number", _("请照公告或证书填写编号（%(form)s），系统不会生成编号。") % {"form": rung.number_form})
    return number, remark


def _refuse(field: str, words: str) -> None:
    raise Refusal(words, fields={field: words})


def into_file(case: Case, *, by: Any, now: datetime) -> None:
    """Write the qualification into the enterprise file; effect of the recognition."""
    row = locked(case.recognition)
    if row.granted_on is None:
        raise Refusal(_("请在“登记结果”页填写编号、日期和公告。"))
    there = Qualification.objects.filter(party=row.party, kind=row.rung, valid_from=row.granted_on).first()
    if there is not None and there.number not in ("", row.number):
        words = _("企业档案里同一天已登记编号“%(number)s”，与这次填写的不同，请核对。") % {"number": there.number}
        raise Refusal(words, fields={"number": words})
    content = {"number": row.number, "granted_on": row.granted_on, "valid_to": row.valid_to}
    if there is not None:
        row.qualification = change_entry(entry=there, content=content, by=by, now=now)
    else:
        content |= {"kind": row.rung, "valid_from": row.granted_on}
        row.qualification = add_entry(
            party=row.party, held="qualifications", content=content, by=by, now=now, source="case"
        )
    row.save(update_fields=["qualification"])


def revoke(case: Case, *, by: Any, now: datetime) -> None:
    """Take the qualification back with the reason, which the firm is told; effect of the revocation."""
    row, today = locked(case.recognition), timezone.localdate(now)
    if row.granted_on is not None and today < row.granted_on:
        raise Refusal(_("还没有取得资格，不能撤销。"))
    row.revoked_on = today
    row.ended_at = None if row.rung in YEAR_BARRED else now
    row.save(update_fields=["revoked_on", "ended_at"])
    if row.qualification is not None:
        content = {"revoked_on": today, "revoked_for": said(case)[:200]}
        change_entry(entry=row.qualification, content=content, by=by, now=now)
