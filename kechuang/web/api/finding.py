"""查找 finding: search, lists of one kind, suggestions: what the search page finds, for programs."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from ninja import Query, Router, Schema
from pydantic import Field

from kechuang.core.market.kinds import listing_kinds
from kechuang.core.search.models import Query as SearchQuery
from kechuang.core.search.queries import DEEPEST, find
from kechuang.core.search.queries import suggest as suggestions
from kechuang.kit.text import fold, words
from kechuang.web.api.caller import ApiRequest, reads
from kechuang.web.api.problems import Invalid
from kechuang.web.api.reading import Code, Page, Paging, page_of
from kechuang.web.api.shapes import ListingCard
from kechuang.web.browse import FACETS, LONGEST_TEXT, facet_labels
from kechuang.web.cards import cards

router = Router(tags=[gettext_noop("检索")])
Codes = Annotated[list[Code], Field(max_length=50)]
Sort = Literal["relevance", "newest", "maturity", "price"]


class Filters(Schema):
    """检索条件: the search page's own; several values of one filter are alternatives."""

    q: str = Field("", max_length=LONGEST_TEXT, description=gettext_noop("检索词；空则按条件浏览"))
    industry: Codes = Field([], description=gettext_noop("产业代码"))
    maturity: Codes = Field([], description=gettext_noop("技术成熟度"))
    district: Codes = Field([], description=gettext_noop("所在区市代码"))
    cooperation: Codes = Field([], description=gettext_noop("合作方式代码"))
    price: Codes = Field([], description=gettext_noop("价格方式代码"))
    owner_type: Codes = Field([], description=gettext_noop("单位类型代码"))
    field: Codes = Field([], description=gettext_noop("技术领域代码"))
    pairing: Codes = Field([], description=gettext_noop("平台的结对意向代码"))
    sort: Sort = Field("relevance", description=gettext_noop("没有检索词时，relevance 按最新排"))


class AllFilters(Filters):
    """检索条件: of all kinds at once."""

    kind: Codes = Field([], description=gettext_noop("类别，即事项代码"))


class Found(Page[ListingCard]):
    """检索结果: a page, with how many there would be under each value of each filter."""

    counts: dict[str, dict[str, int]]


class Suggested(Schema):
    """联想: a keyword, or the title of one thing."""

    text: str
    service: str | None
    id: int | None


@router.get(
    "/search",
    response=Found,
    summary=gettext_noop("检索全部公开信息"),
    description=gettext_noop("按词和按意思一起找成果、需求、平台和经纪人；只有公开的内容。"),
    url_name="search",
)
@reads()
def search(request: ApiRequest, filters: Query[AllFilters], paging: Query[Paging]) -> Found:
    """One query over achievements, needs, platforms and brokers, as far as they are public."""
    return found(request, filters, paging, {"kind": filters.kind})


@router.get(
    "/suggest",
    response=list[Suggested],
    summary=gettext_noop("联想"),
    description=gettext_noop("以输入开头的关键词和名称，也认拼音首字母。"),
    url_name="suggest",
)
@reads()
def suggest(request: ApiRequest, q: Annotated[str, Field(max_length=40)] = "") -> list[Suggested]:
    """Keywords and titles that begin like ``q``, also by pinyin initials."""
    known = {k.service for k in listing_kinds()}
    rows = [s for s in suggestions(q) if not s.kind or s.kind in known]
    return [Suggested(text=s.text, service=s.kind or None, id=s.ref) for s in rows]


def found(request: ApiRequest, filters: Filters, paging: Paging, kinds: Mapping[str, list[str]]) -> Found:
    """What the search page would list under these filters; an unknown code is an error, not ignored."""
    chosen = {name: getattr(filters, name) for name in FACETS if getattr(filters, name, None)} | dict(kinds)
    chosen = {name: list(dict.fromkeys(values)) for name, values in chosen.items() if values}
    _require_known(chosen)
    text = " ".join(filters.q.split())
    if text and paging.offset >= DEEPEST:
        raise Invalid({"offset": _("按检索词最多看到前 {most} 条，请增加条件。").format(most=DEEPEST)})
    query = SearchQuery(
        text=text,
        kinds=tuple(chosen.get("kind", ())),
        facets={name: tuple(values) for name, values in chosen.items() if name != "kind"},
        sort=filters.sort if text or filters.sort != "relevance" else "newest",
        offset=paging.offset,
        limit=paging.limit,
    )
    result = find(query)
    items = [ListingCard.of(card) for card in cards(result.hits, words(text) or [fold(text)])]
    page = page_of(request, items, result.total, paging, end=None if result.exact else DEEPEST)
    return Found(**page, counts=_counts(result.counts))


def _require_known(chosen: Mapping[str, list[str]]) -> None:
    wrong = {}
    for name, values in chosen.items():
        known = facet_labels(name)
        if unknown := [v for v in values if v not in known]:
            scheme = FACETS[name][1]
            where = f"/api/v1/vocabularies/{scheme}" if scheme else "/api/v1/services"
            wrong[name] = _("没有代码“{code}”，可用的见 {where}。").format(code=unknown[0][:30], where=where)
    if wrong:
        raise Invalid(wrong)


def _counts(counts: Mapping[str, Mapping[str, int]]) -> dict[str, dict[str, int]]:
    return {name: dict(values) for name, values in counts.items() if name in FACETS}


def rows_page(request: ApiRequest, rows: QuerySet[Any], paging: Paging) -> tuple[list[Any], int]:
    """The rows of a page, and how many there are in all."""
    return list(rows[paging.offset : paging.offset + paging.limit]), rows.count()
