"""测试夹具 fixtures: the small test city, and a clock that stands still."""

from collections.abc import Iterator
from datetime import datetime

import pytest

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


@pytest.fixture
def city(db: None) -> cities.City:
    """The small test city, with the real code lists."""
    return cities.build()
