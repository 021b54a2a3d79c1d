"""专班清单表: teams with their members as a sheet; officers of the city set up, change and staff teams by an import."""

from collections.abc import Collection, Iterator
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from kechuang.core.cases import leaving
from kechuang.core.cases.teams import team_rows
from kechuang.core.parties import access
from kechuang.core.taskforces.access import require_manager
from kechuang.core.taskforces.actions import change_team, create_team, require_seat, retire_team, seat
from kechuang.core.taskforces.models import Seat, TaskForce
from kechuang.core.vocab import queries as vocab
from kechuang.kit.fields import CodeField
from kechuang.kit.refusal import Refusal
from kechuang.web.sheets import (
    UNKNOWN,
    VERSION,
    Act,
    Ask,
    Change,
    Column,
    Given,
    Key,
    Part,
    Sheet,
    day,
    register_sheet,
)
from kechuang.web.team_forms import SeatForm, TeamForm, chosen_teams, content_of

OUT = "out"
RETIRE, RESUME = "retire", "resume"


class TeamCells(TeamForm):
    """专班列: what a team cares for; ``action`` retires it or takes it into service again."""

    action = CodeField(
        label=gettext_lazy("处理"), choices=lambda: [(RETIRE, _("停用")), (RESUME, _("恢复"))], required=False
    )


class SeatCells(SeatForm):
    """成员列: who sits where; ``action`` takes her out."""

    team = forms.CharField(label=gettext_lazy("专班编号"), max_length=40)
    role = CodeField(label=gettext_lazy("角色"), choices=lambda: [(c, str(w)) for c, w in Seat.Role.choices])
    action = CodeField(label=gettext_lazy("处理"), choices=lambda: [(OUT, _("移出"))], required=False)

    def clean_team(self) -> TaskForce:
        """The team."""
        team = TaskForce.objects.filter(code=self.cleaned_data["team"]).first()
        if team is None:
            raise forms.ValidationError(_("没有这个编号的专班。新设的专班请先导入，再导入它的成员。"))
        return team


# --- teams


def _teams(ask: Ask) -> Iterator[list[Any]]:
    for row in team_rows(ask.user, chosen_teams(ask.parameters)):
        team = row.team
        yield [
            team.code,
            team.name,
            team.section,
            [vocab.label("industry", code) for code in team.industry],
            [vocab.label("district", code) for code in team.districts],
            team.platform.uscc if team.platform else "",
            team.platform.name if team.platform else "",
            row.gap_labels,
            row.cases,
            _("已停用") if team.retired else "",
            None,
            TEAM.stamp(team),
        ]


def _find_teams(ask: Ask, keys: Collection[Key]) -> dict[Key, TaskForce]:
    rows = TaskForce.objects.filter(code__in=[code for (code,) in keys]).select_related("platform")
    return {(team.code,): team for team in rows}


def _plan_team(given: Given) -> Act:
    team, action, by = given.record, given.data["action"], given.ask.user
    content = {name: value for name, value in given.data.items() if name not in ("code", "action")}
    if action:
        _require_action(given)
        return lambda now: retire_team(task_force=team, retired=action == RETIRE, by=by, now=now)
    if team is None:
        return lambda now: create_team(code=given.data["code"], **content, by=by, now=now)
    return lambda now: change_team(task_force=team, **content, by=by, now=now)


def _require_action(given: Given) -> None:
    """Raise Refusal unless the row does nothing else than to retire or resume a team that is not yet so."""
    team, words = given.record, ""
    if team is None:
        words = _("新设的专班不用填“处理”。")
    elif given.changed != {"action"}:
        words = _("一行一次只办一件事：请先导入其他改动，再停用或恢复。")
    elif team.retired == (given.data["action"] == RETIRE):
        words = _("这个专班已经停用。") if team.retired else _("这个专班没有停用。")
    if words:
        raise Refusal(words, fields={"action": words})


def _is_so(given: Given) -> bool:
    """Whether a team that is to be retired or resumed has been."""
    team, action = given.record, given.data["action"]
    return bool(team and given.changed == {"action"} and team.retired == (action == RETIRE))


TEAM = Change(
    form=TeamCells,
    find=_find_teams,
    content=content_of,
    version=lambda team: f"{content_of(team)} {team.retired}",
    plan=_plan_team,
    done=_is_so,
    adds=UNKNOWN,
    require=lambda ask: require_manager(ask.user),
    link=lambda team: reverse("team", args=[team.pk]),
)


# --- members


def _seats(ask: Ask) -> Iterator[list[Any]]:
    manages = access.is_city_officer(ask.user)
    for row in team_rows(ask.user, chosen_teams(ask.parameters)):
        for role, seats in row.roles:
            for one in seats:
                email = one.user.email if manages else ""
                yield [row.team.code, row.team.name, role, one.user, email, day(one.since), None, SEAT.stamp(one)]


def _find_seats(ask: Ask, keys: Collection[Key]) -> dict[Key, Seat]:
    rows = Seat.objects.filter(until=None, task_force__code__in={team for team, _role, _email in keys})
    found = {(s.task_force.code, s.role, s.user.email.lower()): s for s in rows.select_related("task_force", "user")}
    return {key: found[key] for key in keys if key in found}


def _said_of_seat(one: Seat) -> dict[str, str]:
    return {"team": one.task_force.code, "role": one.role, "email": one.user.email}


def _plan_seat(given: Given) -> Act:
    data, by = given.data, given.ask.user
    if given.record is not None:
        return lambda now: leaving.unseat(seat=given.record, by=by, now=now)
    if data["action"]:
        words = _("这个人现在不在专班里，不用移出。")
        raise Refusal(words, fields={"action": words})
    require_seat(data["team"], data["email"], data["role"])
    return lambda now: seat(task_force=data["team"], user=data["email"], role=data["role"], by=by, now=now)


def _gone(given: Given) -> bool:
    """Whether somebody who is to leave has left already."""
    data = given.data
    if given.record is not None or data["action"] != OUT:
        return False
    left = Seat.objects.filter(task_force=data["team"], user=data["email"], role=data["role"])
    return left.exclude(until=None).exists()


SEAT = Change(
    form=SeatCells,
    find=_find_seats,
    content=_said_of_seat,
    version=lambda one: str(one.pk),
    plan=_plan_seat,
    done=_gone,
    adds=UNKNOWN,
    require=lambda ask: require_manager(ask.user),
    title=lambda one: f"{one.user} · {one.task_force.name}",
    link=lambda one: reverse("team", args=[one.task_force_id]),
)

register_sheet(
    Sheet(
        "teams",
        gettext_noop("服务专班"),
        (
            Part(
                gettext_noop("专班"),
                (
                    Column(gettext_noop("编号"), gettext_noop("新编号就是新设一个专班。"), 14, "code", key=True),
                    Column(gettext_noop("专班"), gettext_noop("专班的名称。"), 32, "name"),
                    Column(gettext_noop("业务处室"), width=18, name="section"),
                    Column(gettext_noop("产业"), gettext_noop("空白表示所有产业。"), 32, "industry"),
                    Column(gettext_noop("区市"), gettext_noop("空白表示全市。"), 24, "districts"),
                    Column(gettext_noop("平台单位代码"), gettext_noop("平台单位的统一社会信用代码。"), 22, "platform"),
                    Column(gettext_noop("平台单位"), width=30),
                    Column(gettext_noop("空缺"), gettext_noop("没有人担任的角色。"), 24),
                    Column(gettext_noop("在办"), gettext_noop("正在办理的件数。"), 8),
                    Column(gettext_noop("状态"), width=10),
                    Column(
                        gettext_noop("处理"), gettext_noop("填“停用”或“恢复”；停用后在办的继续办完。"), 10, "action"
                    ),
                    VERSION,
                ),
                _teams,
                TEAM,
            ),
            Part(
                gettext_noop("成员"),
                (
                    Column(gettext_noop("专班编号"), gettext_noop("与“专班”表的编号相同。"), 14, "team", key=True),
                    Column(gettext_noop("专班"), width=32),
                    Column(gettext_noop("角色"), gettext_noop("新的一行就是新增一位成员。"), 16, "role", key=True),
                    Column(gettext_noop("姓名"), width=14),
                    Column(gettext_noop("登录邮箱"), gettext_noop("只有市级主管部门能看到。"), 30, "email", key=True),
                    Column(gettext_noop("加入时间"), width=12),
                    Column(gettext_noop("处理"), gettext_noop("填“移出”，在办的事项随即转给别人。"), 10, "action"),
                    VERSION,
                ),
                _seats,
                SEAT,
            ),
        ),
        about=gettext_noop("由市级主管部门导入。停用的专班先按“已停用”筛选再导出，可以恢复。"),
    )
)
