"""对接的夹具 fixtures: a team, and a need with an offer that fits."""

from pathlib import Path
from typing import Any

import pytest

from kechuang.core.market.models import Need, Offer
from kechuang.core.taskforces.models import TaskForce
from tests.city import City, published, task_force


@pytest.fixture(autouse=True)
def _documents(tmp_path: Path, settings: Any) -> None:
    settings.DOCUMENTS_DIR = tmp_path


@pytest.fixture
def team(city: City) -> TaskForce:
    return task_force(city)


@pytest.fixture
def pair(city: City, team: TaskForce) -> tuple[Need, Offer]:
    offer, _ = published(city, "achievements")
    need, _ = published(city, "needs")
    return need, offer
