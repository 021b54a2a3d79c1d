"""候选预算 candidates: which documents are worth scoring by words. Pure.

Rare tokens bring candidates alone, common ones only in pairs, until about ``BUDGET`` documents are to be scored;
BM25 then scores every token of these. Characters do not bring candidates where there are bigrams or Latin words.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations

BUDGET = 4_000
MOST_TERMS, MOST_PAIRED = 64, 14


def lexeme(text: str) -> str:
    """A lexeme as ``tsvector`` and ``tsquery`` literals take it, whatever it contains."""
    # PostgreSQL takes lexemes up to 2 046 bytes, and no NUL.
    return "'" + text[:500].replace("\0", "").replace("\\", "\\\\").replace("'", "''") + "'"


def vector_text(lexemes: Iterable[str]) -> str:
    """A ``tsvector`` literal without positions."""
    return " ".join(lexeme(x) for x in lexemes)


def filter_text(facets: Mapping[str, Sequence[str]]) -> str:
    """A ``tsquery`` literal: any of the values of each facet; empty when nothing is filtered."""
    groups = (" | ".join(lexeme(f"{name}:{v}") for v in values) for name, values in facets.items() if values)
    return " & ".join(f"({g})" for g in groups)


def candidate_text(df: Mapping[str, int], total: int, share: float) -> str:
    """A ``tsquery`` literal for the tokens of a query with their document counts; empty when nothing can match.

    ``share`` is the part of all documents that the filter leaves: the counts shrink accordingly.
    """
    wide = [t for t in df if len(t) > 1] or list(df)
    ordered = sorted(wide, key=lambda t: df[t])[:MOST_TERMS]
    spent = 0.0
    alone: list[str] = []
    common: list[str] = []
    for token in ordered:
        cost = df[token] * share
        if not alone or spent + cost <= BUDGET:
            alone.append(token)
            spent += cost
        else:
            common.append(token)
    parts = [lexeme(t) for t in alone] + _pairs(common, df, total, (BUDGET - spent) / max(share, 1e-9))
    return " | ".join(parts)


def _pairs(common: list[str], df: Mapping[str, int], total: int, left: float) -> list[str]:
    """Pairs of common tokens, the rarest first, while the expected number of documents fits into ``left``."""
    if not total:
        return []
    rated = sorted((df[a] * df[b] / total, a, b) for a, b in combinations(common[:MOST_PAIRED], 2))
    chosen = []
    for cost, a, b in rated:
        left -= cost
        if left < 0:
            break
        chosen.append(f"({lexeme(a)} & {lexeme(b)})")
    return chosen
