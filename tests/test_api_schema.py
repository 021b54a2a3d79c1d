"""接口与它的描述: calls that the OpenAPI description allows, or forbids, are answered as it says, never with 5xx."""

import os
from pathlib import Path
from typing import Any

import schemathesis
from django.test import Client
from pytest_django.live_server_helper import LiveServer

from kechuang.core.keys.models import Scope
from kechuang.core.market.kinds import listing_kinds
from kechuang.core.search.kinds import all_kinds
from kechuang.web.api.finding import AllFilters
from kechuang.web.api.site import api
from kechuang.web.browse import FACETS
from tests.api_attack import attack, records
from tests.city import City

CALLS = int(os.environ.get("FUZZ_CALLS", "200"))


def test_made_up_calls_by_all_roles_meet_no_fault_and_get_what_the_description_says(
    live_city: City, live_server: LiveServer, settings: Any, tmp_path: Path
) -> None:
    settings.API_CALLS_PER_MINUTE = 1_000_000
    settings.DOCUMENTS_DIR = tmp_path
    outcome = attack(live_server.url, records(live_city), CALLS)
    print(f"\n{outcome}")
    assert outcome.failures == []
    assert outcome.calls >= CALLS


def test_the_description_is_valid_and_says_who_may(db: None, client: Client) -> None:
    described = client.get("/api/v1/openapi.json").json()
    assert described["openapi"].startswith("3.1")
    schemathesis.openapi.from_dict(described).validate()
    calls = [call for methods in described["paths"].values() for call in methods.values()]
    assert {call["x-scope"] for call in calls} == set(Scope.values)
    assert all("429" in call["responses"] for call in calls)
    for kind in listing_kinds():
        assert f"content_{kind.service}" in described["components"]["schemas"]


def test_the_filters_are_those_of_the_search_page() -> None:
    assert set(FACETS) <= set(AllFilters.model_fields)
    assert len(all_kinds()) >= len(listing_kinds())


def test_operations_have_names_of_their_own(db: None) -> None:
    names = [call["operationId"] for methods in api.get_openapi_schema()["paths"].values() for call in methods.values()]
    assert len(names) == len(set(names))
