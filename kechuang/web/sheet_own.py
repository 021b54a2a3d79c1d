"""个人清单表: notices, saved searches and what is muted as sheets."""

from collections.abc import Collection, Iterator
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy, gettext_noop

from kechuang.core.alerts.actions import change_search
from kechuang.core.alerts.models import SavedSearch
from kechuang.core.alerts.queries import searches_of
from kechuang.core.notices.queries import notices_of
from kechuang.kit.fields import CodeField
from kechuang.web.saved_searches import NAME, muted_rows, rows
from kechuang.web.sheets import VERSION, Act, Ask, Change, Column, Given, Key, Part, Sheet, day, register_sheet


def _notices(ask: Ask) -> Iterator[list[Any]]:
    found = notices_of(ask.user)
    for row in found.filter(read_at=None) if ask.parameters.get("unread") == "1" else found:
        yield [row.at, row.text, row.read_at]


def _searches(ask: Ask) -> Iterator[list[Any]]:
    for row in rows(ask.user):
        search = row.search
        often = search.get_frequency_display()
        yield [
            *(search.pk, search.name, search.text, row.words, often, row.new),
            *(search.created_at, search.told_at, SEARCH.stamp(search)),
        ]


def _muted(ask: Ask) -> Iterator[list[Any]]:
    for row in muted_rows(ask.user):
        yield [row.words, day(row.mute.at)]


class SearchCells(forms.Form):
    """订阅列: what a saved search is called, and how often it is told."""

    name = forms.CharField(label=gettext_lazy("名称"), max_length=NAME)
    frequency = CodeField(
        label=gettext_lazy("邮件频率"), choices=lambda: [(c, str(w)) for c, w in SavedSearch.Frequency.choices]
    )


def _find(ask: Ask, keys: Collection[Key]) -> dict[Key, SavedSearch]:
    numbers = {int(key[0]): key for key in keys if key[0].isascii() and key[0].isdigit() and len(key[0]) < 18}
    return {numbers[row.pk]: row for row in searches_of(ask.user).filter(pk__in=numbers)}


def _plan(given: Given) -> Act:
    search, data, by = given.record, given.data, given.ask.user
    return lambda now: change_search(search=search, name=data["name"], frequency=data["frequency"], by=by, now=now)


SEARCH = Change(
    form=SearchCells,
    find=_find,
    content=lambda search: {"name": search.name, "frequency": search.frequency},
    version=lambda search: f"{search.name} {search.frequency}",
    plan=_plan,
    title=lambda search: str(search.name),
    link=lambda _search: reverse("saved_searches"),
)

register_sheet(
    Sheet(
        "notices",
        gettext_noop("我的通知"),
        (
            Part(
                gettext_noop("通知"),
                (
                    Column(gettext_noop("时间"), width=17),
                    Column(gettext_noop("内容"), width=80),
                    Column(gettext_noop("阅读时间"), gettext_noop("空白表示未读。"), 17),
                ),
                _notices,
            ),
        ),
        about=gettext_noop("通知由系统发出，不能导入。"),
    )
)
register_sheet(
    Sheet(
        "searches",
        gettext_noop("我的订阅"),
        (
            Part(
                gettext_noop("保存的检索"),
                (
                    Column(gettext_noop("编号"), gettext_noop("系统中的编号，不变。"), 10, "search", key=True),
                    Column(gettext_noop("名称"), width=32, name="name"),
                    Column(gettext_noop("检索词"), width=32),
                    Column(gettext_noop("筛选"), gettext_noop("名称里没有写明的部分。"), 32),
                    Column(gettext_noop("邮件频率"), width=16, name="frequency"),
                    Column(gettext_noop("新结果"), gettext_noop("上次查看以后新出现的，最多数到 100。"), 10),
                    Column(gettext_noop("保存时间"), width=17),
                    Column(gettext_noop("上次发信"), width=17),
                    VERSION,
                ),
                _searches,
                SEARCH,
            ),
            Part(
                gettext_noop("不再提起的"),
                (Column(gettext_noop("内容"), width=60), Column(gettext_noop("日期"), width=12)),
                _muted,
            ),
        ),
        about=gettext_noop("“不再提起的”不能导入：请在页面上恢复。"),
    )
)
