"""世界夹具 fixtures: a city in which every row has something to show, built once for a module and left as it was."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.test import override_settings
from django.utils.translation import override

from tests.world import World, make


@pytest.fixture(scope="module")
def built(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The world of a module, in a transaction that its end takes back."""
    folder = tmp_path_factory.mktemp("documents")
    with (
        django_db_blocker.unblock(),
        override(settings.LANGUAGE_CODE),
        override_settings(DOCUMENTS_DIR=folder),
        transaction.atomic(),
    ):
        yield make()
        transaction.set_rollback(True)


@pytest.fixture
def world(built: World) -> Iterator[World]:
    """The world, for one test: what the test writes is taken back."""
    cache.clear()
    with transaction.atomic():
        yield deepcopy(built)
        transaction.set_rollback(True)
