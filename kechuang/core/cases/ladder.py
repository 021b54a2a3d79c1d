"""催办阶梯 ladder: a case that nobody touches: a reminder, a last chance, the end. Runs with an injected ``now``.

A case climbs whose workflow has an automatic step ``lapse`` out of its state. Each rung is told once in an untouched
spell, which the case's own history records; a step or a contact begins a new spell.
"""

import logging
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from kechuang.core.audit.actions import record
from kechuang.core.audit.models import Event
from kechuang.core.cases.actions import advance
from kechuang.core.cases.models import Case
from kechuang.core.catalogue.models import all_services, get
from kechuang.core.notices.actions import tell
from kechuang.core.notices.queries import told
from kechuang.core.parties.models import User
from kechuang.core.parties.queries import officers
from kechuang.core.taskforces.models import Seat
from kechuang.core.vocab.calendar import calendar, uncounted
from kechuang.core.vocab.region import region
from kechuang.kit.language import english
from kechuang.kit.text import noop

LAPSE = "lapse"  # the step that ends an untouched case, where a workflow has it
REMIND, LAST = "remind", "last_chance"
HEADINGS = {REMIND: noop("催办"), LAST: noop("最后提醒")}
OVERDUE = noop("已超期")
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Rungs:
    """阶梯: after how many untouched working days what happens; ``grace`` lies between the last chance and the end."""

    remind: int
    last: int
    close: int
    grace: int

    def due(self, quiet: int, *, reminded: bool, warned: int | None) -> str:
        """What is due for a case that was ``quiet`` so long; its last chance was told ``warned`` days ago, or not."""
        if warned is not None:
            return LAPSE if quiet >= self.close and warned >= self.grace else ""
        if quiet >= self.last:
            return LAST
        return REMIND if quiet >= self.remind and not reminded else ""


def rungs() -> Rungs:
    """The figures of the region."""
    given = region()["clock"]
    return Rungs(given["remind"], given["last"], given["close"], given["grace"])


@dataclass(frozen=True)
class Climbed:
    """What one run did."""

    reminded: int = 0
    warned: int = 0
    closed: int = 0
    overdue: int = 0


def climb(*, now: datetime) -> Climbed:
    """Take every untouched case one rung up, at most one a day; tell of promises that were not kept.

    Only on working days. Running twice changes nothing; after days without a run nobody gets more than one reminder a
    case, and no case ends before its last chance has been told long enough ago.
    """
    today = timezone.localtime(now).date()
    if not calendar().is_working_day(today):
        return Climbed()
    steps = rungs()
    done = [_look_at(pk, steps, today, now) for pk in _quiet(now - timedelta(days=steps.remind))]
    return Climbed(done.count(REMIND), done.count(LAST), done.count(LAPSE), _tell_overdue(today, now))


def lapsing() -> Q:
    """Cases in a state out of which their workflow has the step ``lapse``."""
    found = Q(pk__in=())
    for service in all_services():
        for step in service.workflow.steps:
            if step.name == LAPSE and step.automatic:
                found |= Q(service=service.code, state__in=step.sources)
    return found


def touched(case: Case) -> datetime:
    """When somebody last did something about a case."""
    return case.touched_at or case.since


def quiet_days(case: Case, today: date) -> int:
    """How many working days nobody has touched a case."""
    return calendar().between(timezone.localtime(touched(case)).date(), today)


def _quiet(before: datetime) -> list[int]:
    """Candidates, roughly: so many working days are at least as many days."""
    rows = Case.objects.filter(lapsing()).annotate(touched=Coalesce("touched_at", "since"))
    return list(rows.filter(touched__lte=before).order_by("pk").values_list("pk", flat=True))


def _look_at(pk: int, steps: Rungs, today: date, now: datetime) -> str:
    """One case in a transaction of its own; one that cannot be moved must not hold up the others."""
    try:
        with transaction.atomic():
            rows = Case.objects.select_for_update(of=("self",), skip_locked=True)
            case = rows.filter(lapsing(), pk=pk).select_related("offer", "need", "assignee").first()
            return "" if case is None else _climb_one(case, steps, today, now)
    except Exception:
        log.exception("case %s cannot be moved by the clock", pk)
        return ""


def _climb_one(case: Case, steps: Rungs, today: date, now: datetime) -> str:
    stamp = touched(case).isoformat()
    events = Event.objects.filter(subject=case._meta.label_lower, subject_id=case.pk, after__touched=stamp)
    said = {verb: timezone.localtime(at).date() for verb, at in events.values_list("verb", "at")}
    warned = calendar().between(said[LAST], today) if LAST in said else None
    quiet = quiet_days(case, today)
    rung = steps.due(quiet, reminded=REMIND in said, warned=warned)
    if rung == LAPSE:
        _close(case, quiet, now)
    elif rung:
        words = _words(case, rung, quiet, steps, today)
        record(case, rung, by=None, now=now, after={"touched": stamp, "days": quiet}, note=words)
        for user in _audience(case, rung):
            key = f"ladder:{case.pk}:{rung}:{stamp}"
            url = f"/cases/{case.pk}/"
            tell(user=user, text=words, url=url, key=key, now=now, digest=True, heading=HEADINGS[rung])
    return rung


def name_of(case: Case) -> str:
    """The case as a person knows it: its service and what it is about."""
    return f"{get(case.service).title} “{case.title}”" if english() else f"{get(case.service).name}“{case.title}”"


def _words(case: Case, rung: str, quiet: int, steps: Rungs, today: date) -> str:
    start = timezone.localtime(touched(case)).date()
    end = max(calendar().after(start, steps.close), calendar().after(today, steps.grace))
    note = uncounted(start, end)
    note = f"（{note}）" if note else ""
    said = f"{name_of(case)}已 {quiet} 个工作日没有跟进"
    if rung == REMIND:
        return f"{said}。请联系对方并记下结果；满 {steps.close} 个工作日无人跟进将自动结束。{note}"
    return f"{said}。这是最后一次提醒：{end} 前仍无人跟进，将自动结束并告知申请单位。{note}"


def _audience(case: Case, rung: str) -> list[User]:
    """Whom a rung is told: the person in charge; the last chance also her section."""
    people = [case.assignee] if case.assignee and case.assignee.is_active else []
    if rung == LAST or not people:
        people += _section(case)
    return list({user.pk: user for user in people}.values())


def _section(case: Case) -> list[User]:
    """The section of the task force; else the officers of the district, else those of the city."""
    seats = Seat.objects.filter(task_force=case.task_force_id, role=Seat.Role.SECTION, until=None)
    people = [s.user for s in seats.select_related("user") if s.user.is_active]
    if people:
        return people
    posts = [p for p in officers(case.district).select_related("user") if p.user.is_active]
    return [p.user for p in posts if p.district == posts[0].district]


def _close(case: Case, quiet: int, now: datetime) -> None:
    step = get(case.service).workflow.step(case.state, LAPSE)
    words = f"{quiet} 个工作日无人跟进。仍有需要可以再次提出" + ("，匹配页还有其他选择。" if case.is_pair else "。")
    advance(case=case, step=LAPSE, by=None, now=now, reason=next(iter(step.reasons), ""), note=words)


def _tell_overdue(today: date, now: datetime) -> int:
    """Remind of promised dates that have passed, each once."""
    rows = Case.objects.filter(due_on__lt=today, assignee__is_active=True)
    late = list(rows.select_related("assignee", "offer", "need"))
    known = {key for _user, key in told([_overdue_key(case) for case in late])}
    return sum(_tell_late(case, today, now) for case in late if _overdue_key(case) not in known)


def _overdue_key(case: Case) -> str:
    return f"due:{case.pk}:{case.assignee_id}:{case.due_on}"


def _tell_late(case: Case, today: date, now: datetime) -> bool:
    if case.assignee is None or case.due_on is None:
        return False
    days = calendar().between(case.due_on, today)
    text = f"{name_of(case)}应于 {case.due_on} 前办理，已超期 {days} 个工作日。"
    url, key = f"/cases/{case.pk}/", _overdue_key(case)
    return tell(user=case.assignee, text=text, url=url, key=key, now=now, digest=True, heading=OVERDUE) is not None
