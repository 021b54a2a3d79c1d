"""接口的夹具 fixtures: the program of an engineer."""

import pytest

from tests.api.programs import Program
from tests.city import City


@pytest.fixture
def engineer(city: City) -> Program:
    return Program(city.engineer)
