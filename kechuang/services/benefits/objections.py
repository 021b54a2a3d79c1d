"""异议 objections: anyone signed in objects during the notice; that stops it until an officer has decided."""

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kechuang.core.audit.actions import record
from kechuang.core.cases.actions import advance
from kechuang.core.notices.actions import tell
from kechuang.core.parties.access import my_parties
from kechuang.core.vocab.calendar import calendar
from kechuang.kit.refusal import NotAllowed, Refusal
from kechuang.services.benefits import access
from kechuang.services.benefits.actions import locked
from kechuang.services.benefits.models import Benefit, Objection


@transaction.atomic
def object_to(*, benefit: Benefit, text: str, by: Any, now: datetime) -> Objection:
    """Object; the first open objection stops the notice and keeps the days that were left."""
    row = locked(benefit)
    if row.case.state not in ("notice", "objected"):
        raise Refusal(_("公示已经结束，不能再提异议。如发现问题，请直接联系主管部门。"))
    if row.party_id in set(my_parties(by)):
        raise NotAllowed(_("这是本单位自己的公示；如需更正，请在办件里撤回或联系主管部门。"))
    if not text.strip():
        words = _("请写明异议的事实和理由。")
        raise Refusal(words, fields={"text": words})
    try:
        with transaction.atomic():
            made = Objection.objects.create(benefit=row, by=by, at=now, text=text.strip())
    except IntegrityError as error:
        raise Refusal(_("您的异议已经收到，正在处理。")) from error
    record(row.case, "objection", by=by, now=now, after={"objection": made.pk})
    if row.case.state == "notice":
        today = timezone.localdate(now)
        left = calendar().between(today, row.notice_until) if row.notice_until and row.notice_until > today else 0
        row.notice_left = max(left, 0)
        row.save(update_fields=["notice_left"])
        advance(case=row.case, step="object", by=None, now=now)
    return made


@transaction.atomic
def decide(*, objection: Objection, upheld: bool, answer: str, by: Any, now: datetime) -> Objection:
    """Decide with a reason, which the objector is told. Upheld ends the benefit; else the notice goes on."""
    row = locked(objection.benefit)
    made = Objection.objects.select_for_update(of=("self",)).select_related("by").get(pk=objection.pk)
    if not access.decide_objection.check(by, made):
        raise NotAllowed(_("异议由受理的主管部门处理。"))
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
    text = f"您对“{row.party} {row.version.title}”公示的异议{label}：{made.answer}"
    tell(user=made.by, text=text, url="/benefits/notices/", key=f"objection:{made.pk}", now=now)
    if upheld and row.case.state == "objected":
        advance(case=row.case, step="uphold", by=None, now=now, note=made.answer)
    elif row.case.state == "objected" and not row.objections.filter(decision="").exists():
        advance(case=row.case, step="resume", by=None, now=now)
    return made
