"""资金账的夹具."""

import pytest

from kechuang.core.ledger.tests.money import Office, office
from tests.city import City


@pytest.fixture
def desk(city: City) -> Office:
    """The office of the test city."""
    return office(city)


@pytest.fixture
def live_desk(live_city: City) -> Office:
    """The office, with real commits."""
    return office(live_city)
