"""联想键 completions: under which keys a title or a keyword is suggested. Pure."""

from collections.abc import Iterator
from functools import lru_cache

from kechuang.kit.text import fold, initials, words

LONGEST_KEY, MOST_STARTS = 40, 6


@lru_cache(maxsize=50_000)
def _initials(piece: str) -> str:
    return initials(piece)


def key_of(text: str) -> str:
    """The text as keys hold it: folded, without blanks."""
    return "".join(fold(text).replace("\0", "").split())[:LONGEST_KEY]


def _pieces(title: str) -> list[str]:
    """The folded title cut at the starts of its first words, so that a prefix finds a word inside a title."""
    folded, starts, at = fold(title), [0], 0
    for word in words(title):
        at = folded.find(word, at)
        if at < 0 or len(starts) > MOST_STARTS:
            break
        starts.append(at)
        at += len(word)
    cuts = sorted(set(starts))
    return [folded[a:b] for a, b in zip(cuts, [*cuts[1:], len(folded)], strict=True)]


def keys(title: str, keywords: tuple[str, ...]) -> Iterator[tuple[str, str, bool]]:
    """Triples (key, text to show, is it the title) of one document, each once."""
    seen = set()
    pieces = _pieces(title)
    shortened = [_initials(p) for p in pieces]
    for i in range(len(pieces)):
        seen |= {(key_of("".join(pieces[i:])), title, True), ("".join(shortened[i:])[:LONGEST_KEY], title, True)}
    for word in keywords:
        seen |= {(key_of(word), word, False), (_initials(word)[:LONGEST_KEY], word, False)}
    return (k for k in sorted(seen) if k[0])
