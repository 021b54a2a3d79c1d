"""对接清单 lists: a user's lists of introductions with filters, sort and pages."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from kechuang.core.cases.models import Case
from kechuang.core.cases.queries import state_of
from kechuang.core.vocab import queries as vocab
from kechuang.kit.workflow import State
from kechuang.services.introductions import queries
from kechuang.services.introductions.service import WORKFLOW
from kechuang.web.browse import Page
from kechuang.web.extend import Figure

PER_PAGE = 20
SCOPES = {
    "mine": gettext_noop("我跟进的"),
    "team": gettext_noop("我的专班"),
    "own": gettext_noop("本单位"),
    "officer": gettext_noop("辖区"),
    "proposed": gettext_noop("我撮合的"),
    "about": gettext_noop("这条信息的对接"),
}


@dataclass(frozen=True)
class Row:
    """一行: an introduction in a list."""

    case: Any
    state: State
    overdue: bool
    next_late: bool


@dataclass(frozen=True)
class Option:
    """筛选值: one value of a filter with its count."""

    code: str
    label: str
    count: int
    chosen: bool


@dataclass
class Listed:
    """对接清单: the lists that the user has, and the one that is open."""

    scopes: list[tuple[str, str, int]]
    scope: str
    filters: list[tuple[str, str, list[Option]]]
    sort: str
    late: bool
    late_count: int
    rows: list[Row] = field(default_factory=list)
    total: int = 0
    page: Page = field(default_factory=lambda: Page(1, 1))


def _here(user: Any, given: Mapping[str, str]) -> tuple[list[tuple[str, str, int]], queries.Scope]:
    """The lists that the user has, and the one that the address asks for; otherwise the first that holds something."""
    lists = queries.scopes(user)
    about = {n: int(v) for n in ("need", "offer") if (v := given.get(n, "")).isascii() and v.isdigit() and len(v) < 10}
    if about:
        lists.insert(0, queries.Scope("about", queries.visible(user).filter(**about)))
    counts = [(scope.name, _(SCOPES[scope.name]), scope.rows.count()) for scope in lists]
    wanted = "about" if about else given.get("list", "")
    here = next((s for s in lists if s.name == wanted), None) or next(
        (s for s, (_name, _label, n) in zip(lists, counts, strict=True) if n), lists[0]
    )
    return counts, here


def _chosen(given: Mapping[str, str]) -> dict[str, str]:
    chosen = {n: v for n in queries.FILTERS if (v := given.get(n, "")) and "\0" not in v}
    if not chosen.get("team", "0").isascii() or not chosen.get("team", "0").isdigit():
        del chosen["team"]
    return chosen


def _sort(given: Mapping[str, str]) -> str:
    sort = given.get("sort", "")
    return sort if sort in queries.SORTS else "due"


def asked(user: Any, given: Mapping[str, str], today: date) -> QuerySet[Case]:
    """All introductions of the list that the address asks for, under its filters and in its order."""
    rows = queries.filtered(_here(user, given)[1].rows, _chosen(given))
    rows = queries.overdue(rows, today) if given.get("overdue") == "1" else rows
    return rows.order_by(*queries.SORTS[_sort(given)])


def listed(user: Any, given: Mapping[str, str], today: date) -> Listed:
    """Lists with filters, sort and pages; what an address asks for that there is not is ignored."""
    counts, here = _here(user, given)
    chosen = _chosen(given)
    filters = _filters(queries.counts(here.rows, chosen), chosen)
    rows = queries.filtered(here.rows, chosen)
    late = queries.overdue(rows, today)
    found = Listed(
        scopes=counts,
        scope=here.name,
        filters=filters,
        sort=_sort(given),
        late=given.get("overdue") == "1",
        late_count=late.count(),
    )
    _fill(found, late if found.late else rows, given.get("page", ""), today)
    return found


def home_figures(user: Any, today: date) -> list[Figure]:
    """Open and ended introductions of each of the user's lists, for her home page; each number leads to its list."""
    if not queries.has_any(user):
        return []
    found = []
    for scope in queries.scopes(user):
        url, name = f"{reverse('introductions')}?list={scope.name}", _(SCOPES[scope.name])
        live = queries.filtered(scope.rows, {"open": "1"})
        late = queries.overdue(live, today).count()
        note = _("其中超期 {n} 件").format(n=late) if late else ""
        found.append(Figure(_("{list}：进行中").format(list=name), live.count(), f"{url}&open=1", note))
        ended = queries.filtered(scope.rows, {"open": "0"}).count()
        if ended:
            found.append(Figure(_("{list}：已结束").format(list=name), ended, f"{url}&open=0"))
    return found


def _fill(found: Listed, rows: QuerySet[Case], number: str, today: date) -> None:
    pages = Paginator(rows.order_by(*queries.SORTS[found.sort]), PER_PAGE)
    here = pages.get_page(int(number) if number.isascii() and number.isdigit() and len(number) < 6 else 1)
    found.total, found.page = pages.count, Page(here.number, pages.num_pages)
    for case in here:
        row: Any = case
        late = bool(case.owner and row.next_on and row.next_on < today)
        found.rows.append(Row(case, state_of(case), bool(case.due_on and case.due_on < today), late))


def _filters(counts: Mapping[str, Mapping[str, int]], chosen: Mapping[str, str]) -> list[tuple[str, str, list[Option]]]:
    known: dict[str, tuple[str, Mapping[str, str]]] = {
        "open": (_("进展"), {"1": _("进行中"), "0": _("已结束")}),
        "state": (_("状态"), {name: _(state.label) for name, state in WORKFLOW.states.items()}),
        "district": (_("区市"), vocab.labels("district")),
        "team": (_("专班"), queries.team_names(list(counts["team"]))),
    }
    found = []
    for name, (heading, labels) in known.items():
        options = [
            Option(code, labels.get(code, code), n, chosen.get(name) == code) for code, n in counts[name].items()
        ]
        if len(options) > 1 or name in chosen:
            found.append((name, heading, options))
    return found
