"""征求意见查询: what is open, comments with their counts by clause, what is to be answered."""

from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet

from kechuang.core.cases.models import Case
from kechuang.core.parties.models import Party
from kechuang.core.parties.queries import parties_of
from kechuang.services.consultations import access
from kechuang.services.consultations.models import Clause, Comment, Consultation

FILTERS = ("clause", "outcome", "topic")
UNANSWERED, WHOLE = "none", "0"


def consultations(user: Any, state: str = "", q: str = "") -> QuerySet[Consultation]:
    """Those that the user sees, the newest first, with the number of comments that are shown."""
    rows = access.see.filter(user, Consultation.objects.select_related("case"))
    rows = rows.filter(case__state=state) if state else rows
    for word in q.split():
        rows = rows.filter(Q(title__icontains=word) | Q(summary__icontains=word))
    counted = Count("comments", filter=~Q(comments__case__state__in=access.HIDDEN), distinct=True)
    return rows.annotate(said=counted).order_by("-opened_on", "-id")


def with_everything() -> QuerySet[Consultation]:
    """For pages of one consultation."""
    return Consultation.objects.select_related("case__applicant", "case__assignee", "version", "document")


def clauses(row: Consultation) -> QuerySet[Clause]:
    """The clauses with the number of comments shown on each."""
    counted = Count("comments", filter=~Q(comments__case__state__in=access.HIDDEN))
    return row.clauses.annotate(said=counted).order_by("number")


def comments(user: Any, row: Consultation, given: dict[str, str] | None = None) -> QuerySet[Comment]:
    """The comments that the user sees, under filters of an address; unknown ones find nothing."""
    rows = Comment.objects.filter(consultation=row)
    rows = access.see_comment.filter(user, rows).select_related("clause", "case__assignee", "party", "consultation")
    given = given or {}
    if clause := given.get("clause", ""):
        rows = rows.filter(clause=None) if clause == WHOLE else rows.filter(clause__number=_number(clause))
    if outcome := given.get("outcome", ""):
        rows = rows.filter(outcome="" if outcome == UNANSWERED else outcome)
    if topic := given.get("topic", ""):
        rows = rows.filter(topic=topic)
    return rows.order_by("clause__number", "topic", "id")


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 5 else -1


def counts(row: Consultation) -> dict[str, int]:
    """How many comments were adopted, partly adopted, declined, and wait, of those that are shown."""
    shown = access.shown.q(None)
    found = row.comments.filter(shown).order_by().values_list("outcome").annotate(n=Count("pk"))
    known: dict[str, int] = dict(found)
    return {name: known.get(name, 0) for name in (*Comment.Outcome.values, "")}


def together(comment: Comment) -> list[Comment]:
    """The comments that are answered with this one: of the same topic, without an answer."""
    if not comment.topic:
        return []
    rows = Comment.objects.filter(consultation=comment.consultation_id, topic=comment.topic, case__state="waiting")
    return list(rows.exclude(pk=comment.pk).select_related("case"))


def to_answer(user: Any) -> QuerySet[Case]:
    """Comments that wait for the user to be moderated or answered."""
    rows = Case.objects.filter(service="consultation_comments", state__in=access.WAITING, assignee=user)
    return rows.select_related("comment__consultation", "comment__clause").order_by("due_on")


def askers(user: Any, row: Consultation) -> QuerySet[Party]:
    """The organisations for which the user may comment: all of hers, or those that were asked."""
    rows = parties_of(user).order_by("name")
    if row.audience == Consultation.Audience.INVITED:
        rows = rows.filter(pk__in=row.invitations.values("party"))
    return rows


def ending(today: date) -> QuerySet[Consultation]:
    """Consultations whose period is over."""
    return Consultation.objects.filter(case__state="open", closes_on__lt=today).select_related("case")


def closing_by(day: date) -> QuerySet[Consultation]:
    """Consultations that run and end by a day."""
    rows = Consultation.objects.filter(case__state="open", closes_on__lte=day)
    return rows.select_related("case__assignee")
