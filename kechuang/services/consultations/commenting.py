"""意见 commenting: comments with and without login, moderation, grouping, an answer to each."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kechuang.core.audit.actions import record
from kechuang.core.cases.actions import advance, open_case
from kechuang.core.cases.models import Case
from kechuang.core.notices.actions import tell
from kechuang.core.parties.access import acts_for
from kechuang.core.parties.bureaus import bureau
from kechuang.core.parties.models import Party, User
from kechuang.kit.language import main_language
from kechuang.kit.refusal import NotAllowed, Refusal, Stale
from kechuang.kit.text import noop
from kechuang.services.consultations import access
from kechuang.services.consultations.actions import locked
from kechuang.services.consultations.models import Clause, Comment, Consultation, Invitation

SERVICE = "consultation_comments"
# From one place in an hour, from one person in a day; so many of visitors may wait for moderation at once.
VISITOR_LIMIT, USER_LIMIT, HELD_LIMIT = 5, 50, 500
HEADING = noop("征求意见")


@dataclass(frozen=True)
class Said:
    """所提意见: the words, the clause that they are about (None: the whole), for which organisation, by whom."""

    text: str
    clause: Clause | None = None
    party: Party | None = None
    name: str = ""
    contact: str = ""
    origin: str = ""
    form_key: str = ""


@transaction.atomic
def comment(*, row: Consultation, said: Said, by: Any, now: datetime) -> Comment:
    """Comment while the period runs. A visitor's comment is held for moderation; the same form twice is one comment."""
    row = locked(row)
    there = Comment.objects.filter(form_key=said.form_key).first() if said.form_key else None
    if there is not None:
        return there
    user = by if by.is_authenticated else None
    _require(row, said, by, user, now)
    case = open_case(
        service=SERVICE,
        applicant=said.party or bureau(district=row.case.district, now=now),
        by=user,
        now=now,
        district=row.case.district,
        data={"title": _title(row, said), "consultation": row.pk},
        state="waiting" if user is not None else "held",
    )
    made = Comment.objects.create(
        consultation=row,
        clause=said.clause,
        case=case,
        user=user,
        party=said.party,
        name=said.name,
        contact=said.contact,
        text=said.text.strip(),
        origin=said.origin,
        token=secrets.token_hex(16),
        form_key=said.form_key or None,
        at=now,
    )
    if case.assignee is not None:
        key = f"comment:{made.pk}"
        words = f"{case.title}：{case.due_on} 前办理"
        url = f"/cases/{case.pk}/"
        tell(user=case.assignee, text=words, url=url, key=key, now=now, digest=True, heading=HEADING)
    return made


def _title(row: Consultation, said: Said) -> str:
    with main_language():
        place = str(said.clause) if said.clause is not None else _("全文")
        return _("对“%(title)s”%(place)s的意见") % {"title": row.title, "place": place}


def _require(row: Consultation, said: Said, by: Any, user: User | None, now: datetime) -> None:
    if row.case.state != "open" or row.closes_on is None or row.closes_on < timezone.localdate(now):
        raise Refusal(_("征求意见的期限已满，不能再提意见。您可以在政策页面提问或建议。"))
    if not access.see.check(by, row):
        raise NotAllowed(_("这份草案只向指定单位征求意见。"))
    if said.clause is not None and said.clause.consultation_id != row.pk:
        raise Refusal(_("所选条款不属于这份草案，请重新选择。"), fields={"clause": _("请重新选择条款。")})
    if not said.text.strip():
        raise Refusal(_("请填写意见。"), fields={"text": _("请填写意见。")})
    if said.party is not None and not acts_for.check(by, said.party):
        raise NotAllowed(_("您不是该单位的经办人，不能代其提意见。请先在“我的单位”中申请加入，或以个人名义提出。"))
    if row.audience == Consultation.Audience.INVITED:
        asked = said.party is not None and Invitation.objects.filter(consultation=row, party=said.party).exists()
        if not asked:
            words = _("这份草案只向指定单位征求意见，请以收到征求的单位名义提出。")
            raise Refusal(words, fields={"party": words})
    _require_pace(row, said, user, now)


def _require_pace(row: Consultation, said: Said, user: User | None, now: datetime) -> None:
    rows = row.comments.filter(text=said.text.strip(), clause=said.clause)
    if user is not None:
        if rows.filter(user=user, case__state="waiting").exists():
            raise Refusal(_("同样的意见您已经提过，正在等待答复。"))
        if Comment.objects.filter(user=user, at__gt=now - timedelta(days=1)).count() >= USER_LIMIT:
            raise Refusal(_("一天最多提 %(most)s 条意见，请明天再提。") % {"most": USER_LIMIT})
        return
    lately = Comment.objects.filter(origin=said.origin, user=None, at__gt=now - timedelta(hours=1))
    if said.origin and lately.count() >= VISITOR_LIMIT:
        words = _("同一网络一小时内最多提 %(most)s 条意见，请过一会儿再提，或登录后提。您填写的内容还在下面。")
        raise Refusal(words % {"most": VISITOR_LIMIT})
    if row.comments.filter(case__state="held").count() >= HELD_LIMIT:
        raise Refusal(_("待审核的访客意见太多，请登录后提，或过几天再来。您填写的内容还在下面。"))


@transaction.atomic
def moderate(*, comment: Comment, show: bool, by: User, now: datetime, reason: str = "", note: str = "") -> Comment:
    """Let a visitor's comment be shown and answered, or keep it from the public with a reason."""
    step = "show" if show else "hide"
    advance(case=comment.case, step=step, by=by, now=now, reason="" if show else reason, note=note, quiet=True)
    return Comment.objects.select_related("case").get(pk=comment.pk)


@transaction.atomic
def answer(*, comments: Sequence[Comment], outcome: str, text: str, by: User, now: datetime) -> list[Comment]:
    """Answer comments, several in the same words; an answer may be changed until the table is published."""
    if outcome not in Comment.Outcome.values:
        raise Refusal(_("请选择采纳情况。"), fields={"outcome": _("请选择采纳情况。")})
    text = text.strip()
    if not text and outcome != Comment.Outcome.ADOPTED:
        words = _("部分采纳或未采纳，请写明理由，会向社会公布。")
        raise Refusal(words, fields={"answer": words})
    return [_answer(one, outcome, text, by=by, now=now) for one in sorted(comments, key=lambda c: c.pk)]


def _answer(one: Comment, outcome: str, text: str, *, by: User, now: datetime) -> Comment:
    Case.objects.select_for_update(of=("self",)).get(pk=one.case_id)
    row = Comment.objects.select_for_update(of=("self",)).select_related("case", "user", "consultation").get(pk=one.pk)
    first = row.case.state == "waiting"
    if not first and (row.outcome, row.answer) == (outcome, text):
        return row
    step = "answer" if first else "revise"
    advance(case=row.case, step=step, by=by, now=now, note=text or str(Comment.Outcome(outcome).label), quiet=True)
    row.outcome, row.answer, row.answered_by, row.answered_at = outcome, text, by, now
    row.save()
    record(row.case, "change", by=by, now=now, after={"outcome": outcome})
    _tell_author(row, now)
    return row


def _tell_author(row: Comment, now: datetime) -> None:
    if row.user is None:
        return
    with main_language():
        said = {"title": row.consultation.title, "outcome": row.get_outcome_display(), "why": row.answer}
        words = _("您对“%(title)s”的意见：%(outcome)s。%(why)s") % said
    key = f"comment:{row.pk}:{row.outcome}:{now.isoformat()}"
    tell(user=row.user, text=words, url=f"/consultations/comments/{row.token}/", key=key, now=now)


@transaction.atomic
def group(*, comments: Sequence[Comment], topic: str, by: User, now: datetime) -> int:
    """Put comments that say the same under one heading, or take them out of it (empty ``topic``)."""
    topic = " ".join(topic.split())[:80]
    if len({one.consultation_id for one in comments}) > 1:
        raise Refusal(_("只能归并同一份草案的意见。"))
    for one in comments:
        if not access.answers.check(by, one):
            raise NotAllowed(_("意见由主管部门归并和答复。"))
        if one.case.state not in ("waiting", "answered") or one.consultation.case.state == "published":
            raise Stale(_("有的意见还没有通过审核，或采纳情况已经公布，不能归并。请刷新页面。"))
        if one.topic != topic:
            before, one.topic = one.topic, topic
            one.save(update_fields=["topic"])
            record(one.case, "change", by=by, now=now, before={"topic": before}, after={"topic": topic})
    return len(comments)
