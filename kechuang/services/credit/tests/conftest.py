"""白名单的夹具."""

import pytest

from kechuang.services.credit.tests.bureau import Bureau
from kechuang.services.credit.tests.bureau import bureau as make
from tests.city import City


@pytest.fixture
def bureau(city: City) -> Bureau:
    """The bureau of the test city."""
    return make(city)
