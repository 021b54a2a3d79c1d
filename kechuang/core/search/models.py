"""检索 search: narrow tables for words and meaning, and the shapes that go in and come out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from pgvector.django import HalfVectorField, HnswIndex, SparseVectorField

from kechuang.core.search.token_ids import LARGEST_ID

DIMENSIONS = 384  # of multilingual-e5-small
_INNER = ("halfvec_ip_ops",)


@dataclass(frozen=True)
class Doc:
    """检索文档: what an owner hands over; only what the public may read.

    ``facets`` maps a filter to its codes, such as ``{"industry": ["ai"]}``; ``at``, ``maturity`` (level) and
    ``price`` (yuan) are for sorting.
    """

    kind: str
    ref: int
    title: str
    text: str
    at: datetime
    keywords: tuple[str, ...] = ()
    facets: Mapping[str, Sequence[str]] = field(default_factory=dict)
    maturity: int | None = None
    price: Decimal | None = None


@dataclass(frozen=True)
class Query:
    """查询: what is looked for. Empty text browses by filters; ``sort``: relevance, newest, maturity or price."""

    text: str = ""
    kinds: tuple[str, ...] = ()
    facets: Mapping[str, Sequence[str]] = field(default_factory=dict)
    sort: str = "relevance"
    offset: int = 0
    limit: int = 20


@dataclass(frozen=True)
class Hit:
    """命中: one thing found.

    ``meaning`` is the centred cosine (None while the embedding is still to come), ``words`` the BM25 score as a
    share of the most that the query could reach, ``tokens`` how well it was covered token by token (None: not
    compared); the three make ``score``. ``similarity`` (0–1) is for near duplicates only.
    """

    kind: str
    ref: int
    title: str = ""
    score: float = 0.0
    meaning: float | None = None
    words: float = 0.0
    tokens: float | None = None
    similarity: float = 0.0


@dataclass(frozen=True)
class Result:
    """结果: a page of hits; ``counts`` of a facet ignore that facet's own filter.

    ``total`` is exact when browsing; with text it is the number of candidates (``exact`` says which).
    """

    hits: list[Hit]
    total: int
    counts: dict[str, dict[str, int]]
    exact: bool


@dataclass(frozen=True)
class Suggestion:
    """联想: a completion; ``ref`` is None for a keyword, which leads to a search instead of to one thing."""

    text: str
    kind: str
    ref: int | None


class Entry(models.Model):
    """检索条目: one findable thing, its filters and sort keys. The text lies out of line, so that rows are narrow."""

    kind = models.CharField("类别", max_length=40)
    ref = models.BigIntegerField("编号")
    title = models.TextField("标题")
    text = models.TextField("正文")
    keywords = models.JSONField("关键词", default=list)
    facets = SearchVectorField("筛选项")
    at = models.DateTimeField("时间")
    maturity = models.IntegerField("成熟度", null=True)
    price = models.DecimalField("价格", max_digits=16, decimal_places=2, null=True)
    indexed_at = models.DateTimeField("入库时间")

    class Meta:
        verbose_name = verbose_name_plural = "检索条目"
        constraints = (models.UniqueConstraint(fields=("kind", "ref"), name="search_entry_once"),)
        indexes = (GinIndex(fields=("facets",), name="search_entry_facets"),)


class Keyword(models.Model):
    """关键词索引: tokens and facets of an entry, and the document's side of BM25 (idf is the query's side)."""

    entry = models.OneToOneField(Entry, models.CASCADE, primary_key=True)
    terms = SearchVectorField("词项")
    weights = SparseVectorField("词权", dimensions=LARGEST_ID)
    length = models.IntegerField("词数")

    class Meta:
        verbose_name = verbose_name_plural = "关键词索引"
        indexes = (GinIndex(fields=("terms",), name="search_keyword_terms", gin_pending_list_limit=256),)


class Meaning(models.Model):
    """语义索引: centred unit vectors of an entry, with its facets; ``digest`` says of which text, ``space`` by whom.

    ``body`` is of the whole text; ``title``, of the title alone, is for queries in another language; ``tokens``, of
    each token, are for putting the first hits in order.
    """

    entry = models.OneToOneField(Entry, models.CASCADE, primary_key=True)
    facets = SearchVectorField("筛选项")
    body = HalfVectorField("全文向量", dimensions=DIMENSIONS)
    title = HalfVectorField("标题向量", dimensions=DIMENSIONS, null=True)
    tokens = models.BinaryField("词元向量", default=b"")
    digest = models.BinaryField("指纹", max_length=16)
    space = models.CharField("向量空间", max_length=200, default="")

    class Meta:
        verbose_name = verbose_name_plural = "语义索引"
        indexes = (
            GinIndex(fields=("facets",), name="search_meaning_facets"),
            HnswIndex(name="search_meaning_body", fields=("body",), m=16, ef_construction=64, opclasses=_INNER),
            HnswIndex(name="search_meaning_title", fields=("title",), m=16, ef_construction=64, opclasses=_INNER),
        )


class Pending(models.Model):
    """待嵌入队列: an entry whose embedding is to be checked. A queue of its own, so that a save never waits for it.

    Nor does a removal: the entry may be gone when its turn comes.
    """

    entry = models.ForeignKey(Entry, models.DO_NOTHING, db_constraint=False)

    class Meta:
        verbose_name = verbose_name_plural = "待嵌入"


class TokenCount(models.Model):
    """词频统计: in how many documents a token occurs. Id 0 counts the documents, id -1 their tokens."""

    id = models.IntegerField(primary_key=True)
    df = models.BigIntegerField("文档数")

    class Meta:
        verbose_name = verbose_name_plural = "词频统计"


class Change(models.Model):
    """统计变更: what a save adds to the counts; summed up later, so that two saves never wait for each other."""

    added = ArrayField(models.IntegerField(), verbose_name="新增词")
    removed = ArrayField(models.IntegerField(), verbose_name="移除词")
    documents = models.SmallIntegerField("文档增减")
    length = models.IntegerField("词数增减")

    class Meta:
        verbose_name = verbose_name_plural = "统计变更"


class Completion(models.Model):
    """联想词: a key (folded text or pinyin initials) that leads to a title or a keyword."""

    entry = models.ForeignKey(Entry, models.CASCADE)
    key = models.CharField("键", max_length=48)
    text = models.TextField("文本")
    is_title = models.BooleanField("是否标题")

    class Meta:
        verbose_name = verbose_name_plural = "联想词"
        indexes = (models.Index(fields=("key",), name="search_completion_key", opclasses=("text_pattern_ops",)),)
