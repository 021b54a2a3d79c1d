"""测试夹具 fixtures: the small test city, and a clock that stands still."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test.utils import setup_databases
from django.utils.translation import override
from pytest_django.plugin import blocking_manager_key

from kechuang.core.parties.models import User
from kechuang.core.vocab.queries import forget
from tests import city as cities

ROOT_TESTS = Path(__file__).parent / "tests"


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The slow modules first, so that no worker is left alone with one of them at the end."""
    items.sort(key=lambda item: (item.get_closest_marker("browser") is None, ROOT_TESTS not in item.path.parents))


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None, django_db_modify_db_settings: None, django_db_blocker: Any, django_db_createdb: bool
) -> None:
    """The test database, whatever the tests ask for; what a killed run has left goes; code lists are read once."""
    with django_db_blocker.unblock():
        setup_databases(verbosity=0, interactive=False, aliases={"default": None}, keepdb=not django_db_createdb)
        if User.objects.exists():
            with connection.cursor() as cursor:
                cursor.execute("SET session_replication_role = replica")
                call_command("flush", interactive=False, verbosity=0)
                cursor.execute("SET session_replication_role = DEFAULT")
        cities.load_lists()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Iterator[None]:
    """A test with real commits leaves empty tables behind; the next one finds the code lists again."""
    yield
    marker = item.get_closest_marker("django_db")
    if "transactional_db" in getattr(item, "fixturenames", ()) or (marker and marker.kwargs.get("transaction")):
        with item.config.stash[blocking_manager_key].unblock():
            cities.load_lists()


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
