"""申报窗口与遴选门槛: entered by officers with a source, never invented, computed like any rule."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from kechuang.core.audit.models import Event
from kechuang.core.tiers.actions import drop_window, set_threshold, set_window
from kechuang.core.tiers.ladder import Rung, ladder
from kechuang.core.tiers.models import Threshold, Window
from kechuang.core.tiers.queries import is_open, next_window, pack_on, thresholds_on, window_of
from kechuang.kit.refusal import NotAllowed, Refusal, Stale
from kechuang.kit.rules.explain import explain
from kechuang.kit.rules.wording import Words, conditions
from tests.city import NOW, City

pytestmark = pytest.mark.django_db

SAID: dict[str, Any] = {
    "opens": date(2026, 6, 1),
    "closes": date(2026, 8, 31),
    "batches": [date(2026, 7, 17)],
    "source": "示例通知〔2026〕1号",
}


def enter(by: Any, district: str = "", **changes: Any) -> Window:
    return set_window(rung="sme", year=2026, district=district, content=SAID | changes, by=by, now=NOW)


def leader() -> Rung:
    found = ladder().rung("leader")
    assert found is not None
    return found


def limit(by: Any, **changes: Any) -> Threshold:
    said: dict[str, Any] = {"fact": "revenue", "direction": "least", "value": Decimal(500_000_000)}
    said |= {"since": date(2026, 1, 1), "source": "示例决定〔2026〕2号"}
    return set_threshold(rung="leader", by=by, now=NOW, **(said | changes))


def test_nothing_is_announced_until_an_officer_enters_it(city: City) -> None:
    assert window_of("sme", 2026) is None
    window = enter(city.officer)
    assert window_of("sme", 2026) == window
    assert Event.objects.filter(verb="set_window", subject_id=window.pk).count() == 1


def test_a_window_is_open_from_its_first_to_its_last_day(city: City) -> None:
    window = enter(city.officer)
    days = {date(2026, 5, 31): False, date(2026, 6, 1): True, date(2026, 8, 31): True, date(2026, 9, 1): False}
    assert {day: is_open(window, day) for day in days} == days
    assert next_window("sme", date(2026, 9, 1)) is None
    assert is_open(enter(city.officer, opens=None, closes=None), date(2026, 7, 1)) is None


def test_a_district_sees_its_own_window_before_that_of_the_city(city: City) -> None:
    enter(city.officer)
    own = enter(city.district_officer, "370281", closes=date(2026, 8, 1))
    assert window_of("sme", 2026, "370281") == own
    assert getattr(window_of("sme", 2026, "370212"), "closes", None) == date(2026, 8, 31)


def test_a_district_officer_keeps_the_windows_of_her_district_alone(city: City) -> None:
    for by, district in ((city.district_officer, ""), (city.district_officer, "370212"), (city.engineer, "370281")):
        with pytest.raises(NotAllowed):
            enter(by, district)
    assert not Window.objects.exists()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"source": " "}, "source"),
        ({"opens": None, "closes": None, "batches": []}, "opens"),
        ({"closes": date(2026, 5, 1)}, "closes"),
        ({"batches": [date(2026, 5, 1)]}, "batches"),
        ({"opens": date(2024, 6, 1)}, "opens"),
    ],
)
def test_a_window_that_cannot_be_is_refused_by_field(city: City, changes: dict[str, Any], field: str) -> None:
    with pytest.raises(Refusal) as refused:
        enter(city.officer, **changes)
    assert set(refused.value.fields) == {field}


def test_a_colleagues_change_is_not_overwritten(city: City) -> None:
    enter(city.officer)
    with pytest.raises(Stale):
        set_window(rung="sme", year=2026, content=SAID | {"source": "x"}, by=city.officer, now=NOW, seen=0)
    window = Window.objects.get()
    assert (window.source, window.revision) == ("示例通知〔2026〕1号", 1)
    drop_window(window=window, by=city.officer, now=NOW)
    with pytest.raises(Stale):
        drop_window(window=window, by=city.officer, now=NOW)


def test_a_list_without_thresholds_has_no_rules(city: City) -> None:
    assert pack_on(leader(), date(2026, 6, 1)) is None


def test_thresholds_explain_themselves_like_any_rule(city: City) -> None:
    limit(city.officer)
    limit(city.officer, fact="rd_staff_hnte", value=Decimal(100), since=date(2026, 3, 1))
    assert len(thresholds_on("leader", date(2026, 2, 1))) == 1
    pack = pack_on(leader(), date(2026, 6, 1))
    assert pack is not None
    facts = {"revenue": Decimal(600_000_000), "rd_staff_hnte": 93}
    verdict = explain(pack, facts, on=date(2026, 6, 1))
    assert verdict.result == "unmet"
    assert [(one.fact, one.now, one.then) for one in verdict.near] == [("rd_staff_hnte", 93, 100)]
    assert explain(pack, facts | {"rd_staff_hnte": 100}, on=date(2026, 6, 1)).result == "met"
    assert explain(pack, {"rd_staff_hnte": 100}, on=date(2026, 6, 1)).missing == ("revenue",)
    assert "不低于 5 亿元" in conditions(verdict, Words())[1].text


def test_a_threshold_ends_on_a_day_and_holds_before_it(city: City) -> None:
    limit(city.officer)
    limit(city.officer, value=None, since=date(2026, 9, 1))
    assert pack_on(leader(), date(2026, 8, 31)) is not None
    assert pack_on(leader(), date(2026, 9, 1)) is None


def test_thresholds_are_set_by_the_city_for_lists_with_a_source(city: City) -> None:
    with pytest.raises(NotAllowed):
        limit(city.district_officer)
    wrong: list[dict[str, Any]] = [{"source": ""}, {"fact": "resident"}, {"direction": "near"}, {"value": None}]
    for changes in wrong:
        with pytest.raises(Refusal) as refused:
            limit(city.officer, **changes)
        assert set(refused.value.fields) == set(changes)
    with pytest.raises(Refusal):
        set_threshold(
            rung="hnte",
            fact="revenue",
            direction="least",
            value=Decimal(1),
            since=NOW.date(),
            source="示例",
            by=city.officer,
            now=NOW,
        )
    assert not Threshold.objects.exists()
