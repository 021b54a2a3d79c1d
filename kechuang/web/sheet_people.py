"""人员清单表: teams with their members, posts, and the people of organisations as sheets."""

from collections.abc import Iterator
from typing import Any

from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from kechuang.core.cases.teams import team_rows
from kechuang.core.parties import access, queries
from kechuang.core.parties.models import Party, Post
from kechuang.core.vocab import queries as vocab
from kechuang.web.sheets import Ask, Column, Part, Sheet, day, register_sheet
from kechuang.web.team_forms import chosen_teams


def _labels(scheme: str, codes: list[str], otherwise: str) -> str:
    return _("；").join(vocab.label(scheme, code) for code in codes) or otherwise


def _teams(ask: Ask) -> Iterator[list[Any]]:
    for row in team_rows(ask.user, chosen_teams(ask.parameters)):
        team = row.team
        yield [
            team.code,
            team.name,
            team.section,
            _labels("industry", team.industry, _("所有产业")),
            _labels("district", team.districts, _("全市")),
            team.platform.name if team.platform else "",
            row.gap_labels,
            row.cases,
        ]


def _seats(ask: Ask) -> Iterator[list[Any]]:
    manages = access.is_city_officer(ask.user)
    for row in team_rows(ask.user, chosen_teams(ask.parameters)):
        for role, seats in row.roles:
            for seat in seats:
                email = seat.user.email if manages else ""
                yield [row.team.code, row.team.name, role, seat.user, email, day(seat.since)]


def _posts(ask: Ask) -> Iterator[list[Any]]:
    for post in queries.posts_in_force(ask.user):
        district = vocab.label("district", post.district) if post.district else ""
        whole_city = _("全市") if post.role == Post.Role.OFFICER else ""
        party = post.party.name if post.party else ""
        role = post.get_role_display()
        yield [post.user, post.user.email, role, district or whole_city, party, day(post.since)]


def _parties(ask: Ask) -> list[Party]:
    """The organisation that the address names, otherwise all for which the user acts."""
    number = ask.parameters.get("party", "")
    if not number:
        return list(queries.parties_of(ask.user).order_by("name", "pk"))
    rows = access.see_people.filter(ask.user, Party.objects.all())
    known = number.isascii() and number.isdigit() and len(number) < 10
    found = rows.filter(pk=int(number)).first() if known else None
    if found is None:
        raise Http404
    return [found]


def _people(ask: Ask) -> Iterator[list[Any]]:
    for party in _parties(ask):
        for mandate in queries.colleagues(party):
            user, state = mandate.user, mandate.get_state_display()
            at = day(mandate.decided_at or mandate.requested_at)
            yield [party.name, party.uscc or "", user, user.email, mandate.get_role_display(), state, at]


register_sheet(
    Sheet(
        "teams",
        gettext_noop("服务专班"),
        (
            Part(
                gettext_noop("专班"),
                (
                    Column(gettext_noop("编号"), width=14),
                    Column(gettext_noop("专班"), width=32),
                    Column(gettext_noop("业务处室"), width=18),
                    Column(gettext_noop("产业"), width=32),
                    Column(gettext_noop("区市"), width=24),
                    Column(gettext_noop("平台单位"), width=30),
                    Column(gettext_noop("空缺"), gettext_noop("没有人担任的角色。"), 24),
                    Column(gettext_noop("在办"), gettext_noop("正在办理的件数。"), 8),
                ),
                _teams,
            ),
            Part(
                gettext_noop("成员"),
                (
                    Column(gettext_noop("专班编号"), width=14),
                    Column(gettext_noop("专班"), width=32),
                    Column(gettext_noop("角色"), width=16),
                    Column(gettext_noop("姓名"), width=14),
                    Column(gettext_noop("登录邮箱"), gettext_noop("只有市级主管部门能看到。"), 30),
                    Column(gettext_noop("加入时间"), width=12),
                ),
                _seats,
            ),
        ),
    )
)
register_sheet(
    Sheet(
        "posts",
        gettext_noop("在任岗位"),
        (
            Part(
                gettext_noop("在任岗位"),
                (
                    Column(gettext_noop("姓名"), width=14),
                    Column(gettext_noop("登录邮箱"), width=30),
                    Column(gettext_noop("岗位"), width=16),
                    Column(gettext_noop("辖区"), width=14),
                    Column(gettext_noop("单位"), width=30),
                    Column(gettext_noop("任职时间"), width=12),
                ),
                _posts,
            ),
        ),
        lambda ask: access.require_city_officer(ask.user),
    )
)
register_sheet(
    Sheet(
        "people",
        gettext_noop("经办人"),
        (
            Part(
                gettext_noop("经办人"),
                (
                    Column(gettext_noop("单位"), width=30),
                    Column(gettext_noop("统一社会信用代码"), width=22),
                    Column(gettext_noop("姓名"), width=14),
                    Column(gettext_noop("登录邮箱"), width=30),
                    Column(gettext_noop("角色"), width=12),
                    Column(gettext_noop("状态"), width=12),
                    Column(gettext_noop("日期"), gettext_noop("确认的日期；待确认的是申请的日期。"), 12),
                ),
                _people,
            ),
        ),
    )
)
