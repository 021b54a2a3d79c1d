"""BM25: the document's and the query's side of a score, so that their inner product is the whole. Pure."""

import math
from collections import Counter
from collections.abc import Mapping

from kechuang.core.search.token_ids import LARGEST_ID, token_id
from kechuang.kit.text import tokens

K1, B = 1.2, 0.75
# Length (tokens) at which a document is neither favoured nor punished. Fixed, so that weights once stored stay exact.
PIVOT = 400.0
# A sparsevec holds 16 000 entries; 8 000 characters give no more. What comes later in a text is not searched by words.
LONGEST = 8_000


def document_tokens(title: str, text: str, keywords: tuple[str, ...]) -> Counter[str]:
    """The tokens of a document with their frequencies."""
    return Counter(tokens("\n".join((title, " \n".join(keywords), text))[:LONGEST]))


def document_weights(counts: Mapping[str, int]) -> dict[int, float]:
    """Saturated frequencies tf / (tf + K) by token id: the document's side."""
    length = sum(counts.values())
    k = K1 * (1 - B + B * length / PIVOT)
    return {token_id(t): n / (n + k) for t, n in counts.items()}


def idf(df: int, total: int) -> float:
    """Inverse document frequency, never negative; ``df`` may lag behind and exceed ``total``."""
    df = min(max(df, 0), total)
    return math.log(1 + (total - df + 0.5) / (df + 0.5))


def query_weights(counts: Mapping[str, int], df: Mapping[int, int], total: int) -> dict[int, float]:
    """The query's side by token id, scaled so that the score is a share of the most that this query can reach."""
    raw = {token_id(t): n * idf(df.get(token_id(t), 0), total) for t, n in counts.items()}
    most = sum(raw.values())
    return {i: w / most for i, w in raw.items()} if most > 0 else {}


def sparse_text(weights: Mapping[int, float]) -> str:
    """The weights as pgvector reads a sparsevec."""
    return "{" + ",".join(f"{i}:{w:.6g}" for i, w in sorted(weights.items())) + "}/" + str(LARGEST_ID)
