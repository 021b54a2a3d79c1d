"""梯度表: rungs and their order, validity, numbers as typed, stages of a district."""

from datetime import date

import pytest

from kechuang.core.tiers.ladder import Rung, ladder
from kechuang.kit.refusal import Refusal

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("city")]


def rung(code: str) -> Rung:
    found = ladder().rung(code)
    assert found is not None
    return found


def test_the_ladder_leads_from_technology_sme_over_hnte_to_leading_enterprise() -> None:
    assert [one.code for one in ladder().main] == ["sme", "hnte", "leader"]
    assert [one.code for one in ladder().rungs if one.side] == ["innovative"]


def test_the_next_rung_is_above_the_highest_that_is_held() -> None:
    steps = {(): "sme", ("innovative",): "sme", ("sme",): "hnte", ("hnte",): "leader", ("sme", "hnte"): "leader"}
    assert {held: getattr(ladder().next_above(held), "code", None) for held in steps} == steps
    assert ladder().next_above(["leader"]) is None


def test_a_technology_sme_holds_until_the_end_of_the_year_and_an_hnte_three_years() -> None:
    assert rung("sme").valid_to(date(2026, 6, 3)) == date(2027, 1, 1)
    assert rung("hnte").valid_to(date(2026, 11, 28)) == date(2029, 11, 28)
    assert rung("hnte").valid_to(date(2028, 2, 29)) == date(2031, 3, 1)


def test_validity_that_no_source_states_stays_open() -> None:
    assert rung("innovative").valid_to(date(2026, 6, 3)) is None
    assert rung("leader").valid_to(date(2026, 6, 3)) is None


def test_an_hnte_number_of_another_form_is_refused() -> None:
    assert rung("hnte").checked_number(" gr202637100001 ", date(2026, 11, 1)) == ("GR202637100001", "")
    for wrong in ("GR20263710001", "GX202637100001", "GR2026371000012", "GR20263710000１"):
        with pytest.raises(Refusal) as refused:
            rung("hnte").checked_number(wrong, date(2026, 11, 1))
        assert set(refused.value.fields) == {"number"}


def test_an_odd_technology_sme_number_is_kept_with_a_remark() -> None:
    sme = rung("sme")
    assert sme.checked_number("202637021200000123", date(2026, 6, 1)) == ("202637021200000123", "")
    number, remark = sme.checked_number("20263702120000012", date(2026, 6, 1))
    assert number == "20263702120000012"
    assert "18 位" in remark
    assert sme.checked_number("202537021200000123", date(2026, 6, 1))[1] != ""


def test_no_number_is_never_made_up() -> None:
    assert rung("hnte").checked_number("  ", date(2026, 6, 1)) == ("", "")


def test_a_district_has_stages_of_its_own() -> None:
    scope = ladder().scope_of("370212")
    assert scope is not None
    assert [stage.label for stage in scope.stages] == ["孵化培育", "扶持成长", "推动壮大"]
    assert scope.stage_of([]).code == "incubate"
    assert scope.stage_of(["sme"]).code == "support"
    assert scope.stage_of(["sme", "hnte"]).code == "grow"
    assert ladder().scope_of("370281") is None
