"""浏览 browse: what a list page shows: filters with counts, chips, marked cards, pages, and help when it is empty."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import ceil
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from kechuang.core.search.models import Query, Result
from kechuang.core.search.queries import DEEPEST, find
from kechuang.core.vocab import queries as vocab
from kechuang.kit.text import fold, words
from kechuang.web.cards import Card, cards
from kechuang.web.navigation import kinds
from kechuang.web.templatetags.kc import kind_label

PAGE = 20
LONGEST_TEXT = 500
SHOWN_OPTIONS = 7
# Facet of the index -> heading and code list; the parameters of the address have the same names.
FACETS: dict[str, tuple[str, str]] = {
    "kind": (gettext_noop("类别"), ""),
    "industry": (gettext_noop("产业"), "industry"),
    "maturity": (gettext_noop("技术成熟度"), "maturity"),
    "district": (gettext_noop("所在区市"), "district"),
    "cooperation": (gettext_noop("合作方式"), "cooperation"),
    "price": (gettext_noop("价格方式"), "price_mode"),
    "owner_type": (gettext_noop("单位类型"), "party_kind"),
    "field": (gettext_noop("技术领域"), "field"),
    "pairing": (gettext_noop("结对意向"), "pairing_intent"),
}
# Sort -> label, and the facet without which it makes no sense.
SORTS: dict[str, tuple[str, str]] = {
    "relevance": (gettext_noop("相关"), ""),
    "newest": (gettext_noop("最新"), ""),
    "maturity": (gettext_noop("成熟度从高到低"), "maturity"),
    "price": (gettext_noop("价格从低到高"), "price"),
}


@dataclass(frozen=True)
class Option:
    """筛选值: one value of a filter with the number of things that it would leave."""

    code: str
    label: str
    count: int
    chosen: bool


@dataclass(frozen=True)
class Facet:
    """筛选项: its values; the first few, and those chosen, are in sight."""

    name: str
    label: str
    options: list[Option]

    @property
    def shown(self) -> list[Option]:
        """Values in sight."""
        return [o for i, o in enumerate(self.options) if i < SHOWN_OPTIONS or o.chosen]

    @property
    def rest(self) -> list[Option]:
        """Values behind 更多."""
        return [o for i, o in enumerate(self.options) if i >= SHOWN_OPTIONS and not o.chosen]


@dataclass(frozen=True)
class Chip:
    """已选条件: ``without`` are the values of its facet that stay when it is dropped.

    ``total`` is what would then be found; only where nothing is found with it.
    """

    facet: str
    label: str
    without: list[str]
    total: int = 0


@dataclass(frozen=True)
class Page:
    """页码: numbers from 1; a 0 in ``shown`` is a gap."""

    number: int
    pages: int

    @property
    def previous(self) -> int:
        """The page before."""
        return self.number - 1

    @property
    def next(self) -> int:
        """The page after."""
        return self.number + 1

    @property
    def shown(self) -> list[int]:
        """First, last and neighbouring pages."""
        near = {1, self.pages, *range(max(1, self.number - 2), min(self.pages, self.number + 2) + 1)}
        found: list[int] = []
        for number in sorted(near):
            if found and number - found[-1] > 1:
                found.append(0)
            found.append(number)
        return found


@dataclass(frozen=True)
class Browse:
    """列表页: everything that ``web/search.html`` shows."""

    text: str
    result: Result
    cards: list[Card]
    facets: list[Facet]
    chips: list[Chip]
    sort: str
    sorts: list[tuple[str, str]]
    page: Page
    relax: list[Chip] = field(default_factory=list)

    @property
    def only_near(self) -> bool:
        """Whether nothing contains a word of the text, so that what is shown is only near in meaning."""
        hits = self.result.hits if self.text and self.page.number == 1 else []
        return bool(hits) and all(hit.words <= 0 for hit in hits)


def asked(parameters: QueryDict, service: str = "") -> Query:
    """What an address asks for; ``service`` fixes the kind. Unknown codes in the address are ignored."""
    text = " ".join(parameters.get("q", "").replace("\0", "").split())[:LONGEST_TEXT]
    chosen = _chosen(parameters, service)
    sort = parameters.get("sort", "")
    return Query(
        text=text,
        kinds=tuple(chosen.get("kind", ())),
        facets={k: tuple(v) for k, v in chosen.items() if k != "kind"},
        sort=sort if sort in SORTS and (text or sort != "relevance") else "relevance" if text else "newest",
        offset=(_number(parameters.get("page", "1")) - 1) * PAGE,
        limit=PAGE,
    )


def browse(parameters: QueryDict, service: str = "") -> Browse:
    """The list for an address."""
    query, chosen = asked(parameters, service), _chosen(parameters, service)
    text = query.text
    result = find(query)
    pages = max(1, ceil(min(result.total, DEEPEST) / PAGE))
    if not result.hits and query.offset and result.total:
        query = replace(query, offset=(pages - 1) * PAGE)
        result = find(query)
    chips = _chips(chosen, service)
    return Browse(
        text=text,
        result=result,
        cards=cards(result.hits, words(text) or [fold(text)]),
        facets=_facets(result.counts, chosen, service),
        chips=chips,
        sort=query.sort,
        sorts=[(k, _(v)) for k, (v, needs) in SORTS.items() if _has_sort(k, needs, text, result)],
        page=Page(query.offset // PAGE + 1, pages),
        relax=[] if result.total else _relax(query, chips),
    )


def _has_sort(name: str, facet: str, text: str, result: Result) -> bool:
    return bool(text) if name == "relevance" else not facet or len(result.counts.get(facet, {})) > 0


def _number(value: str) -> int:
    return max(1, int(value)) if value.isascii() and value.isdigit() and len(value) < 6 else 1


def facet_labels(facet: str) -> dict[str, str]:
    """The values of a filter with their labels."""
    scheme = FACETS[facet][1]
    return vocab.labels(scheme) if scheme else {k.service: kind_label(k.service) for k in kinds()}


def _chosen(parameters: QueryDict, service: str) -> dict[str, list[str]]:
    found = {
        name: [v for v in dict.fromkeys(parameters.getlist(name)) if v in facet_labels(name)]
        for name in FACETS
        if name in parameters
    }
    if service:
        found["kind"] = [service]
    return {name: values for name, values in found.items() if values}


def _facets(counts: Mapping[str, Mapping[str, int]], chosen: Mapping[str, Sequence[str]], service: str) -> list[Facet]:
    found = []
    for name, (label, _scheme) in FACETS.items():
        if name == "kind" and service:
            continue
        counted, mine = counts.get(name, {}), chosen.get(name, ())
        options = [
            Option(code, shown, counted.get(code, 0), code in mine)
            for code, shown in facet_labels(name).items()
            if counted.get(code) or code in mine
        ]
        if options:
            found.append(Facet(name, _(label), options))
    return found


def _chips(chosen: Mapping[str, list[str]], service: str) -> list[Chip]:
    return [
        Chip(
            name,
            _("{label}：{value}").format(label=_(FACETS[name][0]), value=facet_labels(name)[value]),
            [v for v in values if v != value],
        )
        for name, values in chosen.items()
        if not (name == "kind" and service)
        for value in values
    ]


def _relax(query: Query, chips: list[Chip]) -> list[Chip]:
    """Which single condition to drop, and what would then be found."""
    found: list[Chip] = []
    for chip in chips:
        facets: dict[str, Any] = {**query.facets}
        wanted = query.kinds
        if chip.facet == "kind":
            wanted = tuple(chip.without)
        else:
            facets[chip.facet] = tuple(chip.without)
        total = find(replace(query, facets=facets, kinds=wanted, offset=0, limit=1)).total
        if total:
            found.append(replace(chip, total=total))
    return sorted(found, key=lambda c: -c.total)
