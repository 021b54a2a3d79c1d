"""测试夹具 fixtures: the small test city, and a clock that stands still."""

from collections.abc import Iterator
from datetime import datetime

import pytest
from django.conf import settings
from django.db import connection
from django.utils.translation import override

from kechuang.core.vocab.queries import forget
from tests import city as cities


@pytest.fixture
def now() -> datetime:
    """A working day, in the morning."""
    return cities.NOW


@pytest.fixture(autouse=True)
def _fresh_vocabulary() -> Iterator[None]:
    """Code lists are held in memory; a test's own lists must not outlive it."""
    forget()
    yield
    forget()


@pytest.fixture(autouse=True)
def _chinese_first() -> Iterator[None]:
    """A request in English leaves its language behind in the thread."""
    with override(settings.LANGUAGE_CODE):
        yield


@pytest.fixture
def city(db: None) -> cities.City:
    """The small test city, with the real code lists."""
    return cities.build()


@pytest.fixture
def live_city(transactional_db: None) -> Iterator[cities.City]:
    """The test city with real commits, for a live server or for threads.

    Emptying the tables afterwards is what the audit trigger forbids, so the triggers rest while that is done.
    """
    yield cities.build()
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
