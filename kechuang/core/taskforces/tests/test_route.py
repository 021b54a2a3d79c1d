"""专班分派: by platform, industry and district, with reasons in words."""

import pytest

from kechuang.core.taskforces.models import Seat, TaskForce
from kechuang.core.taskforces.queries import Route, members, route, teams_of
from tests.city import NOW, City

pytestmark = pytest.mark.django_db


def team(code: str, **what: object) -> TaskForce:
    return TaskForce.objects.create(code=code, name=f"示例{code}服务专班", **what)


def chosen(found: Route | None) -> str:
    assert found is not None
    return found.task_force.code


@pytest.fixture
def teams(city: City) -> dict[str, TaskForce]:
    rows = (
        team("ai", industry=["ai"]),
        team("energy", industry=["green-energy"]),
        team("energy-jiaozhou", industry=["green-energy"], districts=["370281"]),
        team("jiaozhou", districts=["370281"]),
        team("platform", industry=["ai"], districts=["370212"], platform=city.university),
        team("general"),
    )
    return {row.code: row for row in rows}


@pytest.mark.usefixtures("teams")
def test_industry_and_district_together_beat_one_of_them(city: City) -> None:
    found = route(industry=["green-energy"], district="370281", party=city.company)
    assert chosen(found) == "energy-jiaozhou"
    assert found is not None
    assert found.reasons == ["产业：绿色能源", "区市：胶州市"]
    assert chosen(route(industry=["green-energy"], district="370202", party=None)) == "energy"
    assert chosen(route(industry=["life-health"], district="370281", party=None)) == "jiaozhou"


@pytest.mark.usefixtures("teams")
def test_the_team_of_the_platform_comes_first_even_in_another_industry(city: City) -> None:
    found = route(industry=["green-energy"], district="370281", party=city.university)
    assert chosen(found) == "platform"
    assert found is not None
    assert found.reasons == ["专班服务于示例海岸理工大学"]


@pytest.mark.usefixtures("teams")
def test_the_general_team_is_the_last_resort() -> None:
    found = route(industry=["life-health"], district="370202", party=None)
    assert chosen(found) == "general"
    assert found is not None
    assert found.reasons == ["没有更对口的专班，由综合专班跟进"]


def test_a_team_of_a_foreign_platform_comes_after_a_plain_team_of_the_industry(teams: dict[str, TaskForce]) -> None:
    teams["ai"].districts = ["370212"]
    teams["ai"].save()
    assert chosen(route(industry=["ai"], district="370212", party=None)) == "ai"


def test_a_retired_team_gets_nothing_and_without_a_team_there_is_no_route(teams: dict[str, TaskForce]) -> None:
    TaskForce.objects.filter(code="ai").update(retired=True)
    assert chosen(route(industry=["ai"], district="370202", party=None)) == "general"
    TaskForce.objects.update(retired=True)
    assert route(industry=["ai"], district="370202", party=None) is None


def test_members_are_those_who_sit_now_and_can_log_in(teams: dict[str, TaskForce], city: City) -> None:
    for user, role, until in (
        (city.broker, "broker", None),
        (city.expert, "broker", NOW),
        (city.officer, "section", None),
        (city.stranger, "broker", None),
    ):
        Seat.objects.create(task_force=teams["ai"], user=user, role=role, since=NOW, until=until)
    city.stranger.is_active = False
    city.stranger.save()
    assert {seat.user for seat in members(teams["ai"])} == {city.broker, city.officer}
    assert [seat.user for seat in members(teams["ai"], Seat.Role.BROKER)] == [city.broker]
    assert list(teams_of(city.broker)) == [teams["ai"]]
    assert list(teams_of(city.expert)) == []
