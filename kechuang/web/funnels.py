"""漏斗页 funnels: what the address of a funnel asks for, and the page: numbers that lead to their lists."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop, pgettext_lazy

from kechuang.core.indicators import funnel
from kechuang.core.vocab import queries as vocab
from kechuang.kit.workbooks import Head, Table, book
from kechuang.web.sheet_files import GUIDE_NAME
from kechuang.web.templatetags.kc import kind_label

MONTHS = 12  # shown unless others are asked for
LABELS = {
    "collected": gettext_lazy("征集"),
    "evaluated": gettext_lazy("评估"),
    "published": pgettext_lazy("阶段", "发布"),
    "matched": pgettext_lazy("阶段", "匹配"),
    "met": gettext_lazy("见面"),
    "signed": gettext_lazy("签约"),
}
HEADS = {"month": gettext_noop("月份"), "district": gettext_noop("区市"), "industry": gettext_noop("产业")}


@dataclass(frozen=True)
class Cell:
    """一个数: with the address of the list behind it."""

    count: int
    url: str


@dataclass(frozen=True)
class StageRow:
    """一个阶段: in words, with its number, the share of the stage before and the median of working days."""

    label: str
    cell: Cell
    share: str
    days: str


@dataclass
class FunnelPage:
    """漏斗页: ``problems`` say what in the address could not be used; then the usual period is shown."""

    asked: funnel.Asked
    group: str
    last: date  # the last month of the period
    problems: list[str] = field(default_factory=list)
    stages: list[StageRow] = field(default_factory=list)
    heads: list[str] = field(default_factory=list)
    head: str = ""
    table: list[tuple[str, list[Cell]]] = field(default_factory=list)
    districts: list[tuple[str, str]] = field(default_factory=list)
    industries: list[tuple[str, str]] = field(default_factory=list)
    chart: list[dict[str, Any]] = field(default_factory=list)

    @property
    def query(self) -> dict[str, str]:
        """The parameters of this page, for its links."""
        given = {
            "what": self.asked.what,
            "from": f"{self.asked.since:%Y-%m}",
            "to": f"{self.last:%Y-%m}",
            "by": self.group,
            "district": self.asked.district,
            "industry": self.asked.industry,
        }
        return {name: value for name, value in given.items() if value}

    @property
    def export_url(self) -> str:
        """The same table as an Excel file."""
        return f"{reverse('funnel_export')}?{urlencode(self.query)}"


def months_on(month: date, count: int) -> date:
    """The first of the month so many months later (or earlier)."""
    number = month.year * 12 + month.month - 1 + count
    return date(number // 12, number % 12 + 1, 1)


def asked_for(given: Mapping[str, str], today: date) -> FunnelPage:
    """What an address asks for; a period that makes no sense is named and replaced by the last twelve months."""
    problems: list[str] = []
    this = today.replace(day=1)
    last = _month(given.get("to", ""), this, _("结束月份"), problems)
    since = _month(given.get("from", ""), months_on(last, 1 - MONTHS), _("开始月份"), problems)
    if since > last:
        problems.append(_("开始月份晚于结束月份，已改为显示到结束月份为止的十二个月。"))
        since = months_on(last, 1 - MONTHS)
    what, group = given.get("what", ""), given.get("by", "")
    asked = funnel.Asked(
        what=what if what in funnel.WHAT else "needs",
        since=since,
        until=months_on(last, 1),
        district=_code("district", given.get("district", "")),
        industry=_code("industry", given.get("industry", "")),
    )
    return FunnelPage(asked, group if group in funnel.GROUPS else "month", last, problems)


def _month(text: str, usual: date, name: str, problems: list[str]) -> date:
    if not text:
        return usual
    try:
        found = date.fromisoformat(f"{text}-01")
    except ValueError:
        found = date.min
    if not 2000 <= found.year <= 2100:
        problems.append(_("{name}“{text}”不是月份，请写成 2026-11 的样子。").format(name=name, text=text[:20]))
        return usual
    return found


def _code(scheme: str, code: str) -> str:
    return code if code == funnel.NONE or code in vocab.labels(scheme) else ""


def funnel_page(user: Any, given: Mapping[str, str], today: date) -> FunnelPage:
    """The funnel with its totals, its table and what can be chosen."""
    page = asked_for(given, today)
    rows = funnel.followed(user, page.asked)
    page.heads = [str(LABELS[name]) for name in funnel.STAGES]
    page.head = _(HEADS[page.group])
    page.stages = [
        StageRow(
            label=str(LABELS[stage.name]),
            cell=Cell(stage.count, list_url(page, stage.name)),
            share="—" if stage.share is None else f"{stage.share:.0%}",
            days="—" if stage.days is None else f"{stage.days:g}",
        )
        for stage in funnel.stages(rows)
    ]
    groups = funnel.grouped(rows, page.group)
    page.table = [
        (label, [Cell(groups[key][name], list_url(page, name, key)) for name in funnel.STAGES])
        for key, label in _named(page.group, groups)
    ]
    page.districts, page.industries = vocab.choices("district"), vocab.choices("industry")
    page.chart = [{"label": row.label, "count": row.cell.count, "url": row.cell.url} for row in page.stages]
    return page


def _named(group: str, groups: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The groups that there are with their labels: months backwards, codes in the order of their list."""
    if group == "month":
        return [(month, month) for month in sorted(groups, reverse=True)]
    known = [(code, label) for code, label in vocab.labels(group).items() if code in groups]
    strange = sorted(set(groups) - {code for code, _label in known} - {funnel.NONE})
    rest = [(funnel.NONE, _("未填"))] if funnel.NONE in groups else []
    return known + [(code, code) for code in strange] + rest


def list_url(page: FunnelPage, stage: str, key: str = "") -> str:
    """The address of the list behind a number."""
    more = {"stage": stage, **({"key": key} if key else {})}
    return f"{reverse('funnel_list')}?{urlencode(page.query | more)}"


@dataclass(frozen=True)
class ListPage:
    """漏斗清单: the listings behind one number; ``words`` say which."""

    page: FunnelPage
    words: str
    rows: list[funnel.Followed]
    back: str


def list_page(user: Any, given: Mapping[str, str], today: date) -> ListPage:
    """The list behind a number, by the same definition."""
    page = asked_for(given, today)
    stage = given.get("stage", "") if given.get("stage", "") in funnel.STAGES else funnel.STAGES[0]
    key = given.get("key", "")
    rows = funnel.at_stage(funnel.followed(user, page.asked), stage, page.group if key else "", key)
    named = dict(_named(page.group, {key: None})).get(key, "") if key else ""
    filters = [vocab.label("district", page.asked.district), vocab.label("industry", page.asked.industry), named]
    period = f"{page.asked.since:%Y-%m} — {page.last:%Y-%m}"
    words = " · ".join([_("到达“{stage}”").format(stage=str(LABELS[stage])), period, *(f for f in filters if f)])
    return ListPage(page, words, rows, f"{reverse('funnel')}?{urlencode(page.query)}")


def funnel_file(user: Any, given: Mapping[str, str], today: date) -> tuple[str, bytes]:
    """The table as an Excel file, with the totals, and its name."""
    page = funnel_page(user, given, today)
    heads = [Head(page.head), *(Head(label, width=10) for label in page.heads)]
    rows: list[list[Any]] = [[label, *(cell.count for cell in cells)] for label, cells in page.table]
    rows.append([_("合计（每条只计一次）"), *(row.cell.count for row in page.stages)])
    rows.append([_("占上一阶段"), *(row.share for row in page.stages)])
    rows.append([_("距上一阶段的工作日（中位数）"), *(row.days for row in page.stages)])
    name = f"{_('漏斗')}-{kind_label(page.asked.what)}-{page.asked.since:%Y%m}-{page.last:%Y%m}-{page.head}.xlsx"
    guide = [
        _("漏斗"),
        _("本表由系统按办件经过的阶段统计得出，不能导入。每个数字在页面上都能点开对应的清单。"),
    ]
    return name, book([Table(_("漏斗"), heads, rows)], guide=guide, guide_name=_(GUIDE_NAME))
