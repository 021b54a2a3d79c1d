"""任命命令: the first officer of a city."""

import pytest
from django.core.management import CommandError, call_command

from kechuang.core.parties.access import is_city_officer
from tests.city import City


def test_a_person_who_has_signed_up_becomes_officer_of_the_city(city: City) -> None:
    for _ in range(2):
        call_command("appoint", "Stranger@test.example")
    assert is_city_officer(city.stranger)


def test_an_unknown_address_is_told(city: City) -> None:
    with pytest.raises(CommandError, match="请先请本人注册"):
        call_command("appoint", "nobody@test.example")
