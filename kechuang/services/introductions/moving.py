"""改派专班 moving: an introduction that runs goes to another task force, by hand and with a reason."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kechuang.core.audit.actions import record
from kechuang.core.cases.actions import people_of
from kechuang.core.cases.assignment import assign
from kechuang.core.cases.models import Case
from kechuang.core.notices.actions import tell
from kechuang.core.parties.models import User
from kechuang.core.taskforces.models import Seat, TaskForce
from kechuang.core.taskforces.queries import live_teams
from kechuang.kit.refusal import NotAllowed, Refusal, Stale
from kechuang.services.introductions import access
from kechuang.services.introductions.holding import locked, require_open


def other_teams(case: Case) -> tuple[list[TaskForce], list[TaskForce]]:
    """The teams to which the introduction can go: those for an industry of the need, and all others."""
    wanted = set(case.need.industry) if case.need is not None else set()
    teams = list(live_teams().exclude(pk=case.task_force_id or 0).order_by("name"))
    near = [team for team in teams if wanted & set(team.industry)]
    return near, [team for team in teams if team not in near]


@transaction.atomic
def move(*, case: Case, to: TaskForce, seen: int | None, by: User, now: datetime, note: str) -> Case:
    """Give a running introduction to another team. ``seen`` is the team that the page showed (None: none yet).

    Whoever had taken it up no longer has; a broker of the new team can take it up. What was logged stays. Both sides
    and both teams are told, with the reason.
    """
    case = locked(case)
    require_open(case)
    if not access.move_team.check(by, case):
        raise NotAllowed(_("改派专班由市级主管部门或本专班的业务处室办理。"))
    if case.task_force_id != seen:
        name = case.task_force.name if case.task_force else _("无专班")
        raise Stale(_("这件对接刚被改派，现在的专班是“{name}”。请核对后再改派。").format(name=name))
    _check(case, to, note)
    former, case.task_force = case.task_force, to
    former_holder = case.carers.get("broker")
    _hand_to_team(case, note.strip(), now)
    before = {"task_force": former.pk if former else None, "by": former_holder}
    words = f"{former or '无专班'} → {to}，原因：{note.strip()}"
    record(case, "move_team", by=by, now=now, before=before, after={"task_force": to.pk}, note=words)
    _tell(case, [team for team in (former, to) if team is not None], words, by=by, now=now)
    return case


def _check(case: Case, to: TaskForce, note: str) -> None:
    if to.retired or to.pk == case.task_force_id:
        message = _("请选择另一个在用的专班。")
        raise Refusal(message, fields={"to": message})
    if not note.strip():
        raise Refusal(_("请写明改派的原因，双方和两个专班都会看到。"), fields={"note": _("请写明原因。")})


def _hand_to_team(case: Case, note: str, now: datetime) -> None:
    """Nobody of the new team has taken it up yet: it waits for the one with the fewest."""
    case.introduction.claimed_at, case.introduction.routed = None, [f"改派：{note}"]
    case.introduction.save(update_fields=["claimed_at", "routed"])
    case.carers = {side: carer for side, carer in case.carers.items() if side != "broker"}
    if case.owner == "broker":
        case.assignee = case.on_behalf_of = None
    case.touched_at = now
    assign(case, timezone.localtime(now).date())
    case.save(update_fields=["task_force", "assignee", "on_behalf_of", "carers", "touched_at"])


def _tell(case: Case, teams: Sequence[TaskForce], words: str, *, by: User, now: datetime) -> None:
    seats = Seat.objects.filter(task_force__in=teams, until=None).select_related("user")
    audience = people_of(case) | {seat.user for seat in seats} | ({case.assignee} if case.assignee else set())
    text = f"对接改由其他专班跟进：{case.title}（{words}）"
    key = f"moved:{case.pk}:{now:%y%m%d%H%M%S}"
    for user in audience:
        if user.pk != by.pk:
            tell(user=user, text=text, url=f"/cases/{case.pk}/", key=key, now=now)
