"""申诉 appeals: a firm against its result; upheld, the rule is run again for it with the facts of today."""

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kechuang.core.audit.actions import record
from kechuang.core.cases.actions import open_case
from kechuang.core.cases.models import Case
from kechuang.core.policy.actions import keep_verdict
from kechuang.core.policy.queries import pack_of
from kechuang.kit.refusal import NotAllowed, Refusal
from kechuang.services.credit import access, queries
from kechuang.services.credit.judging import judge_all
from kechuang.services.credit.models import Appeal, Entry

SERVICE = "credit"


def result_of(entry: Entry) -> dict[str, Any]:
    """What an entry says now, as an appeal keeps it."""
    return {
        "group": str(entry.group),
        "failed": entry.failed,
        "unknown": entry.unknown,
        "missing": entry.missing,
        "blocked": entry.blocked or entry.left_at is not None,
    }


@transaction.atomic
def appeal(*, entry: Entry, text: str, by: Any, now: datetime) -> Appeal:
    """Open the case; the officers of the city have the clock. One appeal for each result, unless it is withdrawn."""
    row = Entry.objects.select_related("edition__version", "party").get(pk=entry.pk)
    if not access.own_entry.check(by, row):
        raise NotAllowed(_("申诉由本单位的经办人提出。"))
    today = timezone.localdate(now)
    last, found = queries.appeal_until(row.edition), queries.current(today)
    if found is None or found.pk != row.edition_id or last is None:
        raise Refusal(_("这一版名单已经不在有效期内，不能申诉；请看最新一版的结果。"))
    if today > last:
        raise Refusal(_("申诉期限已过（%(last)s）。请更正企业档案，下一次运行时重新判断。") % {"last": last})
    if row.group == Entry.Group.IN and row.left_at is None:
        raise Refusal(_("本单位已入选，不需要申诉。"))
    if not text.strip():
        words = _("请写明哪一项事实不符、已经怎样更正。")
        raise Refusal(words, fields={"text": words})
    data = {"title": f"{row.edition}申诉：{row.party.name}"[:200], "entry": row.pk, "text": text.strip()}
    try:
        with transaction.atomic():
            case = open_case(service=SERVICE, applicant=row.party, by=by, now=now, data=data)
            return Appeal.objects.create(case=case, entry=row, text=text.strip(), before=result_of(row))
    except IntegrityError as error:
        raise Refusal(_("对这一结果已经申诉过，请在原办件里查看。")) from error


def uphold(case: Case, *, by: Any, now: datetime) -> None:
    """Run the rule again for this firm with its corrected file; effect of upholding."""
    found = Appeal.objects.select_for_update(of=("self",)).select_related("entry__edition__version").get(case=case)
    today = timezone.localdate(now)
    valid = queries.current(today)
    entry = Entry.objects.select_for_update(of=("self",)).filter(edition=valid, party=case.applicant_id).first()
    if valid is None or entry is None:
        raise Refusal(_("现在没有有效的名单可以更正。请先运行并发布新的一版，再处理这件申诉。"))
    judged = next(
        judge_all(pack_of(valid.version), on=today, barred=queries.barred(today), parties=[case.applicant_id]), None
    )
    before = result_of(entry)
    if judged is None or judged.result() == before:
        raise Refusal(_("按今天的档案重新运行，结果没有变化。请先由企业或主管部门更正档案，或者以“维持原结果”答复。"))
    entry.group, entry.grounds, entry.blocked = judged.group, judged.grounds, judged.blocked
    entry.failed, entry.unknown, entry.missing = judged.failed, judged.unknown, judged.missing
    entry.left_at, entry.revised_at = None, now
    entry.save()
    found.after = judged.result()
    found.verdict = keep_verdict(version=valid.version, party=case.applicant, on=today, by=by, now=now)
    found.save(update_fields=["after", "verdict"])
    after = {"party": entry.party_id, **judged.result()}
    record(valid, "revise", by=by, now=now, before=before, after=after, note=case.note)


def take_back(case: Case, *, by: Any, now: datetime) -> None:
    """The firm may appeal anew while the time runs; effect of withdrawing."""
    Appeal.objects.filter(case=case).update(withdrawn_at=now)
