"""加密 seal: bytes that must not lie open in the database or in its backups.

The first key seals; every key opens, so that a key can be replaced: put the new one first and keep the old one.
"""

import base64
from collections.abc import Sequence
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


@lru_cache(maxsize=4)
def _box(keys: tuple[str, ...]) -> MultiFernet:
    def made(key: str) -> Fernet:
        derived = HKDF(SHA256(), length=32, salt=None, info=b"kechuang seal").derive(key.encode())
        return Fernet(base64.urlsafe_b64encode(derived))

    return MultiFernet([made(key) for key in keys])


def seal(data: bytes, keys: Sequence[str]) -> bytes:
    """The data, to be opened with one of the keys only."""
    return _box(tuple(keys)).encrypt(data)


def unseal(sealed: bytes, keys: Sequence[str]) -> bytes | None:
    """The data again; None where no key fits or a byte was changed."""
    try:
        return _box(tuple(keys)).decrypt(sealed)
    except InvalidToken:
        return None
