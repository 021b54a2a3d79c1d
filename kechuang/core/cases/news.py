"""动态 news: what others did since a moment in the cases that concern a person."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Max, QuerySet

from kechuang.core.audit.models import Event
from kechuang.core.cases import access
from kechuang.core.cases.models import Case
from kechuang.core.cases.queries import state_of, verb_label

# Her own and her organisations' cases, those of her task forces, and for officers those in their scope.
concerns = access.applicant | access.counterpart | access.assignee | access.team | access.officer


@dataclass(frozen=True)
class Change:
    """变化: a case, what was done last, by whom and when, and where it stands now."""

    case: Case
    what: str
    by: str
    at: datetime
    state: str


def changed(user: Any, since: datetime) -> QuerySet[Any, Any]:
    """The cases that concern the user and in which others, or the clock, did something: number and last event."""
    cases = concerns.filter(user, Case.objects.filter(touched_at__gte=since)).values("pk")
    rows = Event.objects.filter(subject=Case._meta.label_lower, at__gte=since, subject_id__in=cases)
    return rows.exclude(by_id=user.pk).order_by().values("subject_id").annotate(last=Max("pk"))


def latest(user: Any, since: datetime, limit: int) -> tuple[int, list[Change]]:
    """How many cases have changed, and the last few, the newest first."""
    rows = changed(user, since)
    events = {e.pk: e for e in Event.objects.filter(pk__in=[r["last"] for r in rows.order_by("-last")[:limit]])}
    wanted = [e.subject_id for e in events.values() if e.subject_id is not None]
    cases = Case.objects.select_related("applicant", "offer", "need").in_bulk(wanted)
    found = [
        Change(case, verb_label(case.service, e.verb), e.by_name, e.at, state_of(case).label)
        for e in sorted(events.values(), key=lambda e: -e.pk)
        if e.subject_id is not None and (case := cases.get(e.subject_id))
    ]
    return rows.count(), found
