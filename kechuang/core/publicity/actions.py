"""公示写入: begin a notice, object to it, decide; an objection stops the notice and a dismissed one lets it go on."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kechuang.core.audit.actions import record
from kechuang.core.cases.actions import advance
from kechuang.core.cases.models import Case
from kechuang.core.notices.actions import tell
from kechuang.core.parties.access import my_parties
from kechuang.core.publicity import access
from kechuang.core.publicity.models import Objection, PublicNotice
from kechuang.core.vocab.calendar import calendar
from kechuang.kit.refusal import NotAllowed, Refusal


def begin(*, case: Case, days: int, matter: str, now: datetime, amount: Decimal | None = None) -> PublicNotice:
    """Put a case before the public from today on for so many working days; part of a step into the state ``notice``.

    The case's clock becomes that of the notice.
    """
    today = timezone.localdate(now)
    until = calendar().after(today, days)
    _run_until(case, until)
    return PublicNotice.objects.create(case=case, matter=matter[:200], amount=amount, since=today, until=until)


def go_on(case: Case, *, by: Any, now: datetime) -> None:
    """Let the notice run for the days that were left; effect of a dismissed objection."""
    notice = PublicNotice.objects.select_for_update(of=("self",)).get(case=case)
    notice.until = calendar().after(timezone.localdate(now), notice.left or 0)
    notice.left = None
    notice.save(update_fields=["until", "left"])
    _run_until(case, notice.until)


def _run_until(case: Case, until: date) -> None:
    case.due_on = until
    case.save(update_fields=["due_on"])


def _locked(notice: PublicNotice) -> PublicNotice:
    """The notice as it is now; whoever else changes its case waits."""
    Case.objects.select_for_update(of=("self",)).get(pk=notice.case_id)
    return PublicNotice.objects.select_for_update(of=("self",)).select_related("case__applicant").get(pk=notice.pk)


@transaction.atomic
def object_to(*, notice: PublicNotice, text: str, by: Any, now: datetime) -> Objection:
    """Object; the first open objection stops the notice and keeps the days that were left."""
    row = _locked(notice)
    today = timezone.localdate(now)
    if row.case.state != access.OBJECTED and (row.case.state != access.NOTICE or row.until < today):
        raise Refusal(_("公示已经结束，不能再提异议。如发现问题，请直接联系主管部门。"))
    if row.case.applicant_id in set(my_parties(by)):
        raise NotAllowed(_("这是本单位自己的公示；如需更正，请在办件里撤回或联系主管部门。"))
    if not text.strip():
        words = _("请写明异议的事实和理由。")
        raise Refusal(words, fields={"text": words})
    try:
        with transaction.atomic():
            made = Objection.objects.create(notice=row, by=by, at=now, text=text.strip())
    except IntegrityError as error:
        raise Refusal(_("您的异议已经收到，正在处理。")) from error
    # Beside the case, not in its way: there the applicant would read who objects.
    record(made, "object", by=by, now=now, after={"notice": row.pk})
    if row.case.state == access.NOTICE:
        row.left = calendar().between(today, row.until) if row.until > today else 0
        row.save(update_fields=["left"])
        advance(case=row.case, step="object", by=None, now=now)
    return made


@transaction.atomic
def decide(*, objection: Objection, upheld: bool, answer: str, by: Any, now: datetime) -> Objection:
    """Decide with a reason, which the objector is told. Upheld ends the case; else the notice goes on."""
    row = _locked(objection.notice)
    made = Objection.objects.select_for_update(of=("self",)).select_related("by").get(pk=objection.pk)
    if not access.decide_objection.check(by, made):
        raise NotAllowed(_("异议由受理的主管部门处理，提出人自己不能处理。"))
    if made.decision:
        raise Refusal(_("这条异议已经处理。"))
    if not answer.strip():
        words = _("请写明处理理由，提出人会看到。")
        raise Refusal(words, fields={"answer": words})
    made.decision = Objection.Decision.UPHELD if upheld else Objection.Decision.DISMISSED
    made.answer, made.decided_by, made.decided_at = answer.strip(), by, now
    made.save()
    record(row.case, "objection_decided", by=by, now=now, after={"decision": made.decision}, note=made.answer)
    label = "成立" if upheld else "不成立"
    text = f"您对“{row.case.applicant} {row.matter}”公示的异议{label}：{made.answer}"
    tell(user=made.by, text=text, url="/notices/", key=f"objection:{made.pk}", now=now)
    if upheld and row.case.state == access.OBJECTED:
        advance(case=row.case, step="uphold", by=None, now=now, note=made.answer)
    elif row.case.state == access.OBJECTED and not row.objections.filter(decision="").exists():
        advance(case=row.case, step="resume", by=None, now=now)
    return made
