"""资格认定的夹具."""

from pathlib import Path
from typing import Any

import pytest

from kechuang.services.recognition.tests.desk import Desk
from kechuang.services.recognition.tests.desk import desk as make
from tests.city import City


@pytest.fixture(autouse=True)
def _documents(tmp_path: Path, settings: Any) -> None:
    settings.DOCUMENTS_DIR = tmp_path


@pytest.fixture
def desk(city: City) -> Desk:
    """The desk of the test city."""
    return make(city)


@pytest.fixture
def live_desk(live_city: City) -> Desk:
    """The desk, with real commits."""
    return make(live_city)
