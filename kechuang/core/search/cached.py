"""检索缓存 cached: what was made from the index, kept until the index changes, and for a minute at most."""

import hashlib
from collections.abc import Callable
from typing import TypeVar

from django.core.cache import cache
from django.db import connection

T = TypeVar("T")
_VERSION = "SELECT last_value FROM search_change_id_seq"  # every save that changes a text or a filter takes a number
# For the save that takes its number before, and ends after, something was made.
SECONDS = 60


def version() -> int:
    """The number of the last change of the index."""
    with connection.cursor() as cursor:
        cursor.execute(_VERSION)
        return int(cursor.fetchone()[0])


def cached(name: str, make: Callable[[], T]) -> T:
    """What ``make`` gives, from the cache of this process where the index has not changed since.

    ``name`` tells everything that the result depends on beside the index: parameters, language.
    """
    full = f"{connection.settings_dict['NAME']}/{version()}/{name}"
    key = "search." + hashlib.blake2b(full.encode(), digest_size=16).hexdigest()
    found: T | None = cache.get(key)
    if found is None:
        found = make()
        cache.set(key, found, SECONDS)
    return found
