"""词项编号 token ids: one number per token without a table of tokens, for sparse vectors. Pure.

A Han character and a Han bigram have exact numbers (28 096 characters in three blocks, so that pairs of them end at
789 413 312); a Latin word is hashed into the rest of pgvector's 10⁹ dimensions.
"""

import hashlib
from functools import lru_cache

LARGEST_ID = 1_000_000_000  # pgvector: the most dimensions of a sparsevec
_BLOCKS = ((0x4E00, 0x9FFF), (0x3400, 0x4DBF), (0xF900, 0xFAFF))
_HAN = sum(last - first + 1 for first, last in _BLOCKS)
_LATIN = _HAN + _HAN * _HAN


def _position(character: str) -> int | None:
    """The place of a Han character among the 28 096, or None for any other character."""
    code, before = ord(character), 0
    for first, last in _BLOCKS:
        if first <= code <= last:
            return before + code - first
        before += last - first + 1
    return None


@lru_cache(maxsize=200_000)
def token_id(token: str) -> int:
    """The number (from 1) of a token: a Han character, a Han bigram, or anything else by hash."""
    if len(token) <= 2:
        places = [_position(c) for c in token]
        if places[0] is not None and places[-1] is not None:
            first, last = places[0], places[-1]
            return 1 + first if len(token) == 1 else 1 + _HAN + first * _HAN + last
    digest = int.from_bytes(hashlib.blake2b(token.encode(), digest_size=8).digest(), "big")
    return 1 + _LATIN + digest % (LARGEST_ID - _LATIN)
