"""账户的夹具 fixtures: nobody is slowed down, and Anna."""

import pytest
from django.core.cache import cache

from kechuang.core.parties.models import User
from tests.city import person


@pytest.fixture(autouse=True)
def _no_rates() -> None:
    cache.clear()


@pytest.fixture
def anna(db: None) -> User:
    return person("anna")
