"""工作清单 worklists: the lists of the work desk: to do, own publications, drafts, review queue, long-term list."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from kechuang.core.cases import desk
from kechuang.core.cases.models import Case
from kechuang.core.cases.publication import questions
from kechuang.core.cases.queries import waiting_for
from kechuang.core.catalogue.models import all_services, get
from kechuang.core.market.models import Draft
from kechuang.core.market.queries import content, drafts
from kechuang.core.parties.models import Post
from kechuang.core.parties.queries import parties_of, roles_of
from kechuang.core.vocab import queries as vocab
from kechuang.web.browse import Page
from kechuang.web.extend import desk_lists

PAGE = 20
HOME = "home"  # what the desk opens with
# List -> label, and the roles that have it; an empty tuple: everybody who acts for an organisation, or all (COMMON).
TABS: dict[str, tuple[str, tuple[str, ...]]] = {
    "todo": (gettext_noop("我的待办"), ()),
    "review": (gettext_noop("审核队列"), (Post.Role.OFFICER,)),
    "own": (gettext_noop("本单位的发布"), ()),
    "expiring": (gettext_noop("即将到期"), ()),
    "drafts": (gettext_noop("自动保存的草稿"), ()),
    "word": (gettext_noop("可以改写的需求"), (Post.Role.BROKER,)),
    "long_term": (gettext_noop("长期攻关清单"), (Post.Role.OFFICER, Post.Role.BROKER)),
}
COMMON = ("todo", "drafts")
_ROWS: dict[str, Callable[[Any, date], QuerySet[Case]]] = {
    "review": lambda user, _today: desk.review_queue(user),
    "todo": lambda user, _today: waiting_for(user),
    "own": lambda user, _today: desk.own(user),
    "expiring": desk.expiring,
    "word": lambda user, _today: desk.to_word(user),
    "long_term": lambda user, _today: desk.long_term(user),
}
_FIRST_SORT = {"own": "-since"}
_FILTERED = ("todo", "review", "own", "long_term")
_SHARED = ("review", "long_term")  # lists of all in scope, with whose turn it is


@dataclass(frozen=True)
class Tab:
    """清单: one list with how much is in it; ``url`` of a list that a row keeps on its own page."""

    name: str
    label: str
    count: int
    url: str = ""


@dataclass(frozen=True)
class Item:
    """一行: a case, and how many questions its wording leaves open."""

    row: desk.Row
    open_questions: int = 0


@dataclass(frozen=True)
class DraftItem:
    """草稿: what was typed, where to go on."""

    draft: Draft
    kind: str
    title: str
    url: str
    is_new: bool


@dataclass(frozen=True)
class Option:
    """筛选值: one value of a filter with its count."""

    code: str
    label: str
    count: int
    chosen: bool


@dataclass
class Worklist:
    """工作台页: the lists that the user has, and the one that is open.

    A ``shared`` list shows whose turn it is; ``mine`` of its cases are the user's, ``only_mine`` leaves out the others.
    """

    tabs: list[Tab]
    tab: str
    sort: str = ""
    items: list[Item] = field(default_factory=list)
    drafts: list[DraftItem] = field(default_factory=list)
    filters: list[tuple[str, str, list[Option]]] = field(default_factory=list)
    shared: bool = False
    mine: int = 0
    only_mine: bool = False
    page: Page = field(default_factory=lambda: Page(1, 1))
    total: int = 0
    overdue: int = 0
    may_publish: bool = False


def worklist(user: Any, parameters: QueryDict, now: datetime, today: date) -> Worklist:
    """The work desk of a user; unknown lists and filters in the address are ignored."""
    names = names_of(user)
    tabs = [Tab(n, _(TABS[n][0]), _count(n, user, today)) for n in names]
    tabs += [Tab(row.url_name, _(row.label), n, reverse(row.url_name)) for row, n in desk_lists(user, today)]
    tab = HOME if not parameters else parameters.get("tab", "")
    tab = tab if tab in (HOME, *names) else next((t.name for t in tabs if t.count), names[0])
    found = Worklist(tabs, tab, may_publish="own" in names)
    found.overdue = waiting_for(user).filter(due_on__lt=today).count()
    if tab == HOME:
        return found
    number = parameters.get("page", "1")
    number = number if number.isascii() and number.isdigit() and len(number) < 6 else "1"
    if tab == "drafts":
        found.drafts = draft_items(user)
        found.total = len(found.drafts)
    else:
        _fill(found, user, parameters, int(number), now, today)
    return found


def names_of(user: Any) -> list[str]:
    """The lists of the work desk that the user has."""
    roles, acting = roles_of(user), parties_of(user).exists()
    return [n for n, (_label, needed) in TABS.items() if n in COMMON or (roles & set(needed) if needed else acting)]


def listed_cases(name: str, user: Any, parameters: QueryDict, today: date) -> QuerySet[Case]:
    """All cases of a list under the filters of its address, in its order."""
    rows, sort = _ROWS[name](user, today), _sort(name, parameters)
    rows = desk.filtered(rows, _chosen(parameters)) if name in _FILTERED else rows
    rows = rows.filter(assignee=user) if name in _SHARED and parameters.get("mine") == "1" else rows
    return rows.order_by(*desk.SORTS[sort])


def _chosen(parameters: QueryDict) -> dict[str, str]:
    given = {n: str(parameters.get(n, "")) for n in desk.FILTERS}
    return {n: value for n, value in given.items() if value and "\0" not in value}


def _sort(name: str, parameters: QueryDict) -> str:
    sort = parameters.get("sort", "")
    return sort if sort in desk.SORTS else _FIRST_SORT.get(name, "due")


def _count(name: str, user: Any, today: date) -> int:
    return drafts(user).count() if name == "drafts" else _ROWS[name](user, today).count()


def _fill(found: Worklist, user: Any, parameters: QueryDict, number: int, now: datetime, today: date) -> None:
    if found.tab in _FILTERED:
        chosen = _chosen(parameters)
        found.filters = _filters(desk.facet_counts(_ROWS[found.tab](user, today), chosen), chosen)
    rows = listed_cases(found.tab, user, parameters, today)
    if found.tab in _SHARED:
        found.shared, found.only_mine = True, parameters.get("mine") == "1"
        found.mine = _mine(found.tab, user, parameters, today)
    found.sort = _sort(found.tab, parameters)
    pages = Paginator(rows, PAGE)
    here = pages.get_page(number)
    found.total, found.page = pages.count, Page(here.number, pages.num_pages)
    own = found.tab in ("own", "expiring", "todo")
    for case in here:
        row = desk.row_of(case, today, user if own else None)
        found.items.append(Item(row, _open(case, now) if found.tab in ("review", "word") else 0))


def _mine(name: str, user: Any, parameters: QueryDict, today: date) -> int:
    """How many of a list's cases are the user's, under its filters."""
    return desk.filtered(_ROWS[name](user, today), _chosen(parameters)).filter(assignee=user).count()


def _open(case: Case, now: datetime) -> int:
    listing = case.subject
    return len(questions(case.service, content(listing), now)) if listing is not None else 0


def _filters(counts: Mapping[str, Mapping[str, int]], chosen: Mapping[str, str]) -> list[tuple[str, str, list[Option]]]:
    labels: dict[str, tuple[str, Mapping[str, str]]] = {
        "service": (_("事项"), {s.code: s.title for s in all_services()}),
        "district": (_("区市"), vocab.labels("district")),
        "state": (_("状态"), {n: _(s.label) for row in all_services() for n, s in row.workflow.states.items()}),
    }
    found = []
    for name, (heading, known) in labels.items():
        options = [
            Option(code, known.get(code, code) or _("未填"), count, chosen.get(name) == code)
            for code, count in counts[name].items()
        ]
        if len(options) > 1 or name in chosen:
            found.append((name, heading, options))
    return found


def draft_items(user: Any) -> list[DraftItem]:
    """What the user has begun to write, the last first."""
    known = {service.code for service in all_services()}
    return [_draft(d) for d in drafts(user)[:50] if d.subject.partition(":")[0] in known]


def _draft(draft: Draft) -> DraftItem:
    service, number, key = draft.subject.split(":")
    is_new = number == "new"
    url = reverse("new_listing", args=[service]) if is_new else reverse("edit_listing", args=[service, number])
    title = next(iter(draft.data.get("title", [])), "") or _("（未填名称）")
    return DraftItem(draft, get(service).title, title, f"{url}?draft={key}", is_new)
