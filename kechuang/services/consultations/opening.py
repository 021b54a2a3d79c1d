"""开始与延长 opening: a consultation begins, its period is extended; those invited are told."""

from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from kechuang.core.cases.models import Case
from kechuang.core.notices.actions import tell
from kechuang.core.parties.models import Mandate, User
from kechuang.core.vocab.calendar import calendar
from kechuang.kit.language import main_language
from kechuang.kit.refusal import Refusal
from kechuang.services.consultations.models import Consultation


def begin(case: Case, *, by: Any, now: datetime) -> None:
    """The draft has clauses, somebody is asked, the drafting is on record; then the period begins today."""
    row = case.consultation
    if not row.clauses.exists():
        raise Refusal(_("还没有条文。请先填写草案正文。"))
    if row.audience == Consultation.Audience.INVITED and not row.invitations.exists():
        raise Refusal(_("只向指定单位征求意见时，请先填写征求哪些单位。"))
    if not row.stages.filter(removed_at=None).exists():
        raise Refusal(_("请先登记调研、专家论证或风险评估等起草步骤，至少一项。"))
    row.opened_on = timezone.localdate(now)
    _close_on(case, row, calendar().after(row.opened_on, row.days))
    with main_language():
        words = _("请对“%(title)s”提出意见，%(day)s 截止。") % {"title": row.title, "day": row.closes_on}
    tell_invited(row, words, key="opened", now=now)


def move_end(case: Case, *, by: Any, now: datetime) -> None:
    """The period ends ``days`` working days after its beginning."""
    row = case.consultation
    if row.opened_on is None:
        raise Refusal(_("征求意见还没有开始。"))
    _close_on(case, row, calendar().after(row.opened_on, row.days))
    with main_language():
        words = _("“%(title)s”征求意见延长到 %(day)s：%(why)s") % {
            "title": row.title,
            "day": row.closes_on,
            "why": case.note,
        }
    tell_invited(row, words, key=f"extended:{row.closes_on}", now=now)


def _close_on(case: Case, row: Consultation, day: date) -> None:
    row.closes_on = case.due_on = day
    row.save(update_fields=["opened_on", "closes_on"])
    case.save(update_fields=["due_on"])


def tell_invited(row: Consultation, words: str, *, key: str, now: datetime, silent: bool = False) -> int:
    """Tell the people of those invited; with ``silent`` only of those who have not said anything yet."""
    parties = row.invitations.values("party")
    if silent:
        said = row.comments.filter(party__isnull=False).values("party")
        parties = row.invitations.exclude(party__in=said).values("party")
    rows = Mandate.objects.filter(party__in=parties, state=Mandate.State.ACTIVE).values("user")
    people = User.objects.filter(pk__in=rows, is_active=True).order_by("pk")
    url, name = f"/consultations/{row.pk}/", f"consultation:{row.pk}:{key}"
    return sum(tell(user=user, text=words, url=url, key=name, now=now) is not None for user in people)
