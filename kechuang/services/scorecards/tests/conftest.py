"""国企创新评价的夹具."""

import pytest

from kechuang.services.scorecards.tests.holding import Group
from kechuang.services.scorecards.tests.holding import group as make
from tests.city import City


@pytest.fixture
def group(city: City) -> Group:
    """The firms of the test city's owner."""
    return make(city)
