"""办结 closing: nothing is published while a comment lacks its answer; what is dropped ends its comments."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from kechuang.core.cases.actions import advance
from kechuang.core.cases.models import Case
from kechuang.core.notices.actions import mail_of, tell, tell_visitor
from kechuang.kit.language import main_language
from kechuang.kit.refusal import Refusal
from kechuang.services.consultations.access import WAITING
from kechuang.services.consultations.models import Comment, Consultation


def require_answers(case: Case, *, by: Any, now: datetime) -> None:
    """Every comment has been moderated and answered; whoever has commented is told where the table is."""
    row = case.consultation
    lacking = row.comments.filter(case__state__in=WAITING).count()
    if lacking:
        raise Refusal(_("还有 %(count)s 条意见没有审核或答复，全部答复后才能公布。") % {"count": lacking})
    with main_language():
        words = _("您提过意见的“%(title)s”已公布采纳情况。") % {"title": row.title}
    key = f"consultation:{row.pk}:published"
    for comment in (
        row.comments.filter(user__isnull=False).select_related("user").order_by("user", "id").distinct("user")
    ):
        if comment.user is not None:
            tell(user=comment.user, text=words, url=f"/consultations/{row.pk}/", key=key, now=now)
    _write_visitors(row, now)


def _write_visitors(row: Consultation, now: datetime) -> None:
    """One mail to each visitor who left an address, with the receipts of all that she said."""
    receipts: dict[str, list[Comment]] = {}
    for comment in row.comments.filter(user=None, case__state="answered").order_by("pk"):
        receipts.setdefault(mail_of(comment.contact).casefold(), []).append(comment)
    with main_language():
        words = _("您对“%(title)s”的意见已经答复，采纳情况已公布。请凭回执查看：") % {"title": row.title}
    for said in receipts.values():
        urls = [f"/consultations/comments/{one.token}/" for one in said]
        key = f"consultation:{row.pk}:visitor:{said[0].pk}"
        tell_visitor(contact=said[0].contact, text=words, urls=urls, key=key, now=now)


def end_comments(case: Case, *, by: Any, now: datetime) -> None:
    """What waits for an answer waits no longer; its authors are told why."""
    row = case.consultation
    for comment in row.comments.filter(case__state__in=WAITING).select_related("case", "user"):
        advance(case=comment.case, step="end", by=None, now=now, note=case.note, quiet=True)
        if comment.user is not None:
            with main_language():
                words = _("“%(title)s”征求意见已终止：%(why)s") % {"title": row.title, "why": case.note}
            tell(
                user=comment.user,
                text=words,
                url=f"/consultations/comments/{comment.token}/",
                key=f"consultation:{row.pk}:dropped",
                now=now,
            )
