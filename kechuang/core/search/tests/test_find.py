"""检索: a document is found by words, filters and initials as soon as it is put in."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from kechuang.core.search.actions import put, put_many, remove
from kechuang.core.search.models import Change, Doc, Entry, TokenCount
from kechuang.core.search.queries import Query, Suggestion, find, find_text, near_duplicates, suggest
from kechuang.core.search.statistics import absorb_changes

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 2, tzinfo=UTC)

MEMBRANE = Doc(
    "achievements",
    1,
    "一种耐污染的反渗透膜及其制备方法",
    "在聚砜支撑层上制备聚酰胺功能层，添加纳米粒子，提高海水淡化的通量和抗污染性能。",
    NOW,
    ("反渗透膜", "海水淡化"),
    {"industry": ["materials"], "district": ["370202"]},
    7,
    Decimal(500000),
)
CRACKS = Doc(
    "achievements",
    2,
    "桥梁裂缝的自动识别",
    "针对人工巡检效率低的问题，用深度学习识别钢桥表面裂缝，准确率达到百分之九十五。",
    NOW + timedelta(days=1),
    ("裂缝", "深度学习"),
    {"industry": ["ai"], "district": ["370202", "370203"]},
    5,
)
SALT = Doc(
    "needs",
    1,
    "海水淡化膜寿命太短",
    "我厂的海水淡化装置每半年就要换膜，希望延长到两年。",
    NOW + timedelta(days=2),
    (),
    {"industry": ["materials"], "district": ["370203"]},
)


@pytest.fixture(autouse=True)
def _index() -> None:
    put_many([MEMBRANE, CRACKS, SALT], now=NOW, embed_later=False)


def _found(query: Query) -> list[tuple[str, int]]:
    return [(hit.kind, hit.ref) for hit in find(query).hits]


def test_traditional_and_full_width_text_finds_simplified() -> None:
    assert _found(Query("橋樑裂縫", kinds=("achievements",)))[0] == ("achievements", 2)


def test_words_filters_and_kinds_narrow_what_is_found() -> None:
    assert set(_found(Query("海水淡化"))) == {("achievements", 1), ("needs", 1)}
    assert _found(Query("海水淡化", kinds=("needs",))) == [("needs", 1)]
    assert _found(Query("海水淡化", facets={"district": ("370202",)})) == [("achievements", 1)]
    assert _found(Query("海水淡化", facets={"district": ("370202", "370203")}, sort="newest"))[0] == ("needs", 1)


def test_browsing_counts_each_facet_without_its_own_filter() -> None:
    result = find(Query(kinds=("achievements",), facets={"industry": ("ai",)}))
    assert (result.total, result.exact, [(h.kind, h.ref) for h in result.hits]) == (1, True, [("achievements", 2)])
    assert result.counts == {
        "kind": {"achievements": 1},
        "industry": {"ai": 1, "materials": 1},
        "district": {"370202": 1, "370203": 1},
    }


def test_browsing_sorts_and_pages() -> None:
    assert _found(Query()) == [("needs", 1), ("achievements", 2), ("achievements", 1)]
    assert _found(Query(sort="maturity")) == [("achievements", 1), ("achievements", 2), ("needs", 1)]
    assert _found(Query(sort="price"))[0] == ("achievements", 1)
    assert _found(Query(offset=1, limit=1)) == [("achievements", 2)]


def test_a_changed_document_is_found_by_its_new_words_and_filters_only() -> None:
    put(
        replace(CRACKS, title="隧道渗水监测", text="用光纤监测渗水。", keywords=(), facets={"industry": ["ocean"]}),
        now=NOW,
    )
    absorb_changes()
    assert ("achievements", 2) not in _found(Query("桥梁裂缝"))
    assert _found(Query("隧道渗水"))[0] == ("achievements", 2)
    assert _found(Query(facets={"industry": ("ocean",)})) == [("achievements", 2)]
    assert suggest("桥梁") == []


def test_a_removed_document_leaves_no_trace_in_the_index_or_the_counts() -> None:
    for doc in (MEMBRANE, CRACKS, SALT):
        remove(doc.kind, doc.ref)
    absorb_changes()
    assert not Entry.objects.exists()
    assert not TokenCount.objects.exclude(df=0).exists()
    assert find(Query("海水淡化")).hits == []


def test_counts_stay_exact_through_changes() -> None:
    absorb_changes()
    put(replace(SALT, text="换了说法"), now=NOW)
    absorb_changes()
    kept = {row.id: row.df for row in TokenCount.objects.filter(df__gt=0)}
    TokenCount.objects.all().delete()
    for doc in (MEMBRANE, CRACKS, SALT):
        remove(doc.kind, doc.ref)
    Change.objects.all().delete()
    put_many([MEMBRANE, CRACKS, replace(SALT, text="换了说法")], now=NOW, embed_later=False)
    absorb_changes()
    assert kept == {row.id: row.df for row in TokenCount.objects.filter(df__gt=0)}


def test_suggestions_by_prefix_traditional_and_pinyin_initials() -> None:
    word = Suggestion("反渗透膜", "", None)
    title = Suggestion(MEMBRANE.title, "achievements", 1)
    assert suggest("反渗") == [word, title]
    assert suggest("反滲") == [word, title]
    assert suggest("fst") == [word, title]
    assert suggest("裂")[0] == Suggestion("裂缝", "", None)
    assert suggest("%") == suggest(" ") == []


def test_near_duplicates_need_no_embedding() -> None:
    found = near_duplicates("桥梁裂缝自动识别", "完全不同的文字", "achievements")
    assert [(h.ref, h.similarity > 0.6) for h in found] == [(2, True)]
    assert near_duplicates("桥梁裂缝自动识别", CRACKS.text, "achievements")[0].similarity == 1.0
    assert near_duplicates("一种润滑油脂", "高温下仍然润滑", "achievements") == []


@pytest.mark.parametrize(
    "text", ["'", "\\", "a\0b", "' | 'x", "&!()", "%s", "{}", "   ", "膜" * 20_000, "a" * 9_000, "𠀀"]
)
def test_odd_queries_neither_fail_nor_inject(text: str) -> None:
    put(replace(SALT, ref=9, title=text, text=text, keywords=(text[:50],), facets={"industry": [text[:40]]}), now=NOW)
    find(Query(text, facets={"industry": (text[:40],)}))
    find_text(text)
    suggest(text)
    near_duplicates(text, text, "needs")
    assert _found(Query(facets={"industry": ("materials",)})) == [("needs", 1), ("achievements", 1)]
