"""检索: embeddings come after the save, survive a kill, and are not computed twice for the same text."""

from dataclasses import replace
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from kechuang.core.search.actions import embed_pending, pending_count, put, put_many, rebuild, remove
from kechuang.core.search.hybrid import Recipe
from kechuang.core.search.models import Doc, Meaning, TokenCount
from kechuang.core.search.queries import Query, find, find_text, nearest_sentence, nearest_sentences, similar
from kechuang.core.search.vector_cache import load_vectors, save_vectors

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 2, tzinfo=UTC)
FRUIT = Doc(
    "achievements", 1, "果蔬采后保鲜涂膜", "抑制呼吸作用，使草莓的货架期延长一倍。", NOW, (), {"district": ["a"]}
)
BRIDGE = Doc("achievements", 2, "钢桥裂缝识别", "用深度学习识别桥面裂缝。", NOW, (), {"district": ["b"]})
STEEL = Doc("achievements", 3, "模具钢渗氮工艺", "提高压铸模具的使用寿命。", NOW, (), {"district": ["a"]})


@pytest.fixture(autouse=True)
def _index() -> None:
    put_many([FRUIT, BRIDGE, STEEL], now=NOW, embed_later=False)


def test_a_saved_document_is_found_by_meaning_once_embedded() -> None:
    query = "how to keep strawberries fresh for longer"
    assert find_text(query) == []
    assert embed_pending() == 3
    best = find_text(query)[0]
    assert (best.ref, best.words) == (1, 0.0)
    assert best.meaning is not None
    assert best.tokens is not None
    assert best.score == pytest.approx(best.meaning + best.tokens, abs=1e-6)


def test_only_the_first_hits_that_are_embedded_are_compared_token_by_token() -> None:
    embed_pending(limit=2)
    found = find_text("草莓保鲜、裂缝识别、模具渗氮")
    assert {hit.ref: hit.tokens is None for hit in found} == {1: False, 2: False, 3: True}
    embed_pending()
    for compared in (1, 2, 3):
        hits = find_text("草莓保鲜、裂缝识别、模具渗氮", recipe=Recipe(compared=compared))
        assert [hit.tokens is not None for hit in hits] == [True] * compared + [False] * (3 - compared)


def test_embedding_stops_and_goes_on_where_it_stopped() -> None:
    seen: list[tuple[int, int]] = []
    assert embed_pending(limit=2, progress=lambda done, total: seen.append((done, total))) == 2
    assert (seen, pending_count(), Meaning.objects.count()) == ([(2, 3)], 1, 2)
    assert embed_pending() == 1
    assert (pending_count(), Meaning.objects.count()) == (0, 3)


def test_an_unchanged_text_keeps_its_vector_and_a_new_filter_reaches_the_meaning_leg() -> None:
    embed_pending()
    before = dict(Meaning.objects.values_list("entry__ref", "digest"))
    put(replace(FRUIT, facets={"district": ["c"]}), now=NOW)
    put(replace(BRIDGE, text="用超声波检测焊缝。"), now=NOW)
    assert embed_pending() == 2
    after = dict(Meaning.objects.values_list("entry__ref", "digest"))
    assert {ref for ref, digest in after.items() if digest != before[ref]} == {2}
    assert [h.ref for h in find_text("strawberries", facets={"district": ["c"]})] == [1]


def test_a_removed_document_is_not_embedded() -> None:
    remove("achievements", 1)
    assert (embed_pending(), pending_count()) == (3, 0)
    assert set(Meaning.objects.values_list("entry__ref", flat=True)) == {2, 3}


def test_rebuild_gives_the_same_index() -> None:
    embed_pending()
    counts = set(TokenCount.objects.filter(df__gt=0).values_list("id", "df"))
    vectors = dict(Meaning.objects.values_list("entry__ref", "digest"))
    found = find(Query("裂缝"))
    rebuild()
    embed_pending()
    assert set(TokenCount.objects.filter(df__gt=0).values_list("id", "df")) == counts
    assert dict(Meaning.objects.values_list("entry__ref", "digest")) == vectors
    assert find(Query("裂缝")) == found


def test_similar_leaves_the_thing_itself_out_and_works_before_embedding() -> None:
    assert [h.ref for h in similar("achievements", 2)] == []
    embed_pending()
    assert {h.ref for h in similar("achievements", 2)} == {1, 3}
    assert similar("achievements", 99) == []


def test_the_nearest_sentence_is_the_one_with_the_same_meaning() -> None:
    text = "本公司成立于2010年。该涂膜使草莓的货架期延长一倍。联系人为张工。"
    assert nearest_sentence("水果放几天就烂", text)[0] == "该涂膜使草莓的货架期延长一倍。"
    assert nearest_sentence("水果放几天就烂", "") == ("", 0.0)
    found = nearest_sentences("水果放几天就烂", ["联系人为张工。", "", text])
    assert [sentence for sentence, _ in found] == ["联系人为张工。", "", "该涂膜使草莓的货架期延长一倍。"]


def test_cached_vectors_are_used_instead_of_embedding(tmp_path: Path) -> None:
    embed_pending()
    digests = {m.entry_id: bytes(m.digest) for m in Meaning.objects.all()}
    save_vectors(tmp_path / "cache.vectors")
    Meaning.objects.all().delete()
    assert load_vectors(tmp_path / "cache.vectors", digests) == 3
    assert {m.entry_id: bytes(m.digest) for m in Meaning.objects.all()} == digests
    assert load_vectors(tmp_path / "none.vectors", digests) == 0


def test_vectors_of_another_embedder_are_computed_anew() -> None:
    embed_pending()
    before = dict(Meaning.objects.values_list("entry__ref", "digest"))
    Meaning.objects.filter(entry__ref=2).update(space="another", digest=b"x")
    assert embed_pending() == 1
    assert dict(Meaning.objects.values_list("entry__ref", "digest")) == before
    assert embed_pending() == 0


def test_reindex_reports_what_it_did() -> None:
    out, err = StringIO(), StringIO()
    call_command("reindex", "--all", stdout=out, stderr=err)
    assert out.getvalue() == "完成，向量 6 篇\n"
    assert "关键词 3/3" in err.getvalue()
    assert "向量 6/6" in err.getvalue()
    assert pending_count() == 0
