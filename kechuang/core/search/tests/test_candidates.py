"""检索: which tokens bring candidates, and which numbers tokens have."""

from itertools import product

import pytest

from kechuang.core.search.bm25 import document_tokens, document_weights, query_weights
from kechuang.core.search.candidates import candidate_text, filter_text, indexed_terms, lexeme
from kechuang.core.search.token_ids import LARGEST_ID, token_id


def test_rare_tokens_bring_candidates_until_the_budget_is_spent() -> None:
    df = {"膜": 900, "反渗": 3, "渗透": 40, "系统": 5_000, "系": 9_000}
    assert candidate_text(df, 1.0, 50) == "'反渗' | '渗透'"
    assert candidate_text(df, 0.001, 50) == "'反渗' | '渗透' | '系统'"


def test_common_tokens_bring_candidates_in_pairs_and_a_lone_one_alone() -> None:
    assert candidate_text({"系统": 500, "研究": 800, "方法": 900}, 1.0, 50) == (
        "('系统' & '研究') | ('系统' & '方法') | ('研究' & '方法')"
    )
    assert candidate_text({"系统": 500, "系": 900}, 1.0, 50) == "'系统'"
    assert candidate_text({"膜": 500, "x": 3}, 1.0, 50) == "'膜':* | 'x'"
    assert candidate_text({}, 1.0, 50) == ""


def test_a_character_is_indexed_alone_only_where_no_bigram_begins_with_it() -> None:
    assert set(indexed_terms(["反", "渗", "膜", "反渗", "渗膜", "pm2.5", "x"])) == {"膜", "反渗", "渗膜", "pm2.5", "x"}


def test_filters_are_any_within_a_facet_and_all_across_facets() -> None:
    assert filter_text({"kind": ("a", "b"), "industry": ("x'y",), "field": ()}) == (
        "('kind:a' | 'kind:b') & ('industry:x''y')"
    )
    assert lexeme("a\\'\0") == "'a\\\\'''"


def test_han_characters_and_bigrams_have_numbers_of_their_own() -> None:
    characters = "㐀䶿一丁鿿膜豈\ufaff"
    tokens = [*characters, *("".join(pair) for pair in product(characters, repeat=2))]
    ids = [token_id(t) for t in tokens]
    assert len(set(ids)) == len(tokens)
    assert (min(ids), max(ids) <= 789_413_312) == (1, True)
    assert 789_413_312 < token_id("graphene") <= LARGEST_ID


def test_a_document_that_is_its_own_query_scores_below_one_and_another_scores_nothing() -> None:
    counts = document_tokens("海水淡化膜", "", ())
    weights = query_weights(counts, {}, 10)
    own = document_weights(counts)
    assert sum(weights.values()) == pytest.approx(1.0)
    assert 0 < sum(w * own.get(i, 0.0) for i, w in weights.items()) < 1
    other = document_weights(document_tokens("裂缝", "", ()))
    assert sum(w * other.get(i, 0.0) for i, w in weights.items()) == 0
