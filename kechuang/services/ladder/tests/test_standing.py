"""我的梯度: where an enterprise stands, what lacks, the least costly step."""

from datetime import date
from decimal import Decimal

import pytest

from kechuang.core.dossier.actions import report
from kechuang.core.dossier.entries import add_entry, change_entry
from kechuang.core.tiers.actions import set_threshold, set_window
from kechuang.services.ladder.actions import record_certificate
from kechuang.services.ladder.beside import home_figures
from kechuang.services.ladder.nearness import Wanted, distances, explained, nearest
from kechuang.services.ladder.standing import Standing, standing
from kechuang.services.ladder.tests.town import fill, firm, load_rules
from tests.city import NOW, City

pytestmark = pytest.mark.django_db
TODAY = NOW.date()


@pytest.fixture
def town(city: City) -> City:
    load_rules()
    fill(city.company)
    return city


def place(city: City) -> Standing:
    return standing(city.company, TODAY, own=True)


def test_the_next_rung_says_how_many_points_lack_and_the_one_change_that_helps(town: City) -> None:
    step = place(town).next
    assert step is not None
    assert step.gap is not None
    assert (step.rung.code, step.gap.result, step.gap.ready) == ("sme", "unmet", False)
    assert "56 分" in step.gap.headline
    assert "差 4 分" in step.gap.headline
    assert "科技人员（科小口径）再增加 1 人（19 人 → 20 人）即符合，得分增加 4 分" in step.gap.near


def test_the_desk_counts_what_lacks_like_the_list_of_the_nearest(town: City) -> None:
    figure = next(f for f in home_figures(town.engineer, NOW.date()) if f.label == "离下一级还差（项）")
    table = distances([town.company.pk], NOW.date())
    assert figure.value == table["steps"].to_list()[0] == 1


def test_a_missing_fact_is_unknown_and_leads_to_where_it_is_filled_in(town: City) -> None:
    report(party=town.company, values={2025: {"rd_staff_sme": None}}, by=None, now=NOW)
    step = place(town).next
    assert step is not None
    assert step.gap is not None
    assert step.gap.result == "unknown"
    assert [lack.label for lack in step.gap.missing] == ["科技人员（科小口径）"]
    assert step.gap.missing[0].url == f"/dossiers/{town.company.pk}/years/staff/#id_rd_staff_sme_2025"
    officers = standing(town.company, TODAY).next
    assert officers is not None
    assert officers.gap is not None
    assert officers.gap.missing[0].url == f"/dossiers/{town.company.pk}/?group=staff#rd_staff_sme"


def test_a_certificate_lifts_to_the_rung_above_until_it_ends(town: City) -> None:
    since = date(2026, 5, 20)
    held = record_certificate(party=town.company, rung="sme", valid_from=since, content={}, by=town.officer, now=NOW)
    assert (held.valid_to, held.number) == (date(2027, 1, 1), "")
    found = place(town)
    assert found.next is not None
    assert found.next.rung.code == "hnte"
    assert found.steps[0].held is not None
    assert found.steps[0].held.days_left == 44
    assert found.steps[0].held.last_day == date(2026, 12, 31)
    later = standing(town.company, date(2027, 1, 1), own=True)
    assert later.next is not None
    assert later.next.rung.code == "sme"
    change_entry(entry=held, content={"revoked_on": TODAY, "revoked_for": "抽查不符"}, by=town.officer, now=NOW)
    assert getattr(place(town).next, "rung", None) == found.steps[0].rung


def test_what_another_row_writes_into_the_file_stands_on_the_ladder_at_once(town: City) -> None:
    content = {"kind": "hnte", "number": "GR202637100001", "valid_from": TODAY, "valid_to": date(2029, 11, 18)}
    add_entry(party=town.company, held="qualifications", content=content, by=None, now=NOW, source="authority")
    found = place(town)
    assert [one.rung.code for one in found.certificates] == ["hnte"]
    assert found.next is not None
    assert found.next.by_list
    assert found.next.gap is None


def test_a_list_has_a_gap_once_the_city_has_set_thresholds(town: City) -> None:
    record_certificate(
        party=town.company, rung="hnte", valid_from=TODAY, content={"number": "GR202637100001"}, by=None, now=NOW
    )
    said = {"rung": "leader", "fact": "revenue", "direction": "least", "source": "示例决定"}
    set_threshold(**said, value=Decimal(120_000_000), since=TODAY, by=town.officer, now=NOW)
    step = place(town).next
    assert step is not None
    assert step.gap is not None
    assert [line.text for line in step.gap.failed] == ["销售收入不低于 1.2 亿元"]
    assert "再增加 2,000 万元" in step.gap.near[0]


def test_a_district_with_a_ladder_of_its_own_shows_its_stage(town: City) -> None:
    assert place(town).stage is None
    other = firm("示例崂山企业", "370212")
    found = standing(other, TODAY)
    assert found.stage is not None
    assert found.stage.label == "孵化培育"
    record_certificate(party=other, rung="sme", valid_from=TODAY, content={}, by=None, now=NOW)
    assert getattr(standing(other, TODAY).stage, "label", "") == "扶持成长"


def test_the_window_of_the_own_district_counts_before_that_of_the_city(town: City) -> None:
    for district, closes in (("", date(2026, 12, 1)), ("370281", date(2026, 11, 25))):
        content = {"opens": date(2026, 11, 1), "closes": closes, "source": "示例通知"}
        set_window(rung="sme", year=2026, district=district, content=content, by=None, now=NOW)
    step = place(town).next
    assert step is not None
    assert step.window is not None
    assert step.window.closes == date(2026, 11, 25)


def test_the_nearest_come_first_and_each_with_what_it_lacks(town: City) -> None:
    ready = firm("示例已具备企业", "370281", rd_staff_sme=20)
    lacking = firm("示例缺两项企业", "370281", rd_staff_sme=None, assets=None)
    far = firm("示例很远企业", "370281", staff_sme=900, revenue=900_000_000, rd_sme=0)
    elsewhere = firm("示例外区企业", "370212")
    table = nearest(town.district_officer, Wanted(), TODAY)
    assert table["party"].to_list() == [ready.pk, town.company.pk, lacking.pk, far.pk]
    assert table["steps"].to_list()[:3] == [0, 1, 2]
    rows = explained(table, TODAY)
    assert [row.steps for row in rows] == [row.gap.steps for row in rows]
    assert rows[0].gap.ready
    assert "再增加 1 人" in rows[1].gap.near[0]
    assert {lack.label for lack in rows[2].gap.missing} == {"科技人员（科小口径）", "资产总额"}
    assert elsewhere.pk in nearest(town.officer, Wanted(), TODAY)["party"].to_list()
    assert nearest(town.officer, Wanted(district="370212", state="close"), TODAY)["party"].to_list() == [elsewhere.pk]
    assert nearest(town.officer, Wanted(rung="hnte"), TODAY).is_empty()


def test_the_batch_agrees_with_the_explanation_of_each(town: City) -> None:
    firm("示例已具备企业", "370281", rd_staff_sme=20)
    firm("示例缺数据企业", "370281", rd_staff_sme=None)
    table = distances(None, TODAY)
    told = {row["party"]: row["result"] for row in table.iter_rows(named=True)}
    words = {True: "met", False: "unmet", None: "unknown"}
    assert {row.party.pk: row.gap.result for row in explained(table, TODAY)} == {
        party: words[result] for party, result in told.items()
    }
