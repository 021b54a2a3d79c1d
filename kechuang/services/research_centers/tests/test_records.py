"""研发活动记录和覆盖率: written, compared with the file, locked, corrected; the share by district with its firms."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.http import QueryDict  # noqa: TID251 - the filters of an address are part of what is asked for
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from kechuang.core.cases.actions import advance
from kechuang.core.dossier.actions import report
from kechuang.core.dossier.entries import add_entry
from kechuang.core.parties.models import Party
from kechuang.kit.refusal import NotAllowed, Refusal
from kechuang.services.research_centers import coverage, queries, records
from kechuang.services.research_centers.models import Activity
from kechuang.services.research_centers.pack import load
from kechuang.services.research_centers.rows import RECORD as CHANGE
from kechuang.services.research_centers.rows import ROLL
from kechuang.services.research_centers.tests.lab import DEFINITION, RECORD, WAN, defined, recorded, registered
from kechuang.web.sheets import Ask, Given
from tests.city import NOW, build, party

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate(NOW)


def client(user: Any) -> Client:
    found = Client()
    found.force_login(user)
    return found


def ask(user: Any, query: str = "") -> Ask:
    return Ask(user, QueryDict(query), NOW)


def test_sums_of_a_year_stand_beside_the_file_and_change_nothing_there() -> None:
    city = build()
    center = registered(city)
    report(party=city.company, values={2025: {"rd_sme": 150 * WAN, "rd_staff_sme": 2}}, by=None, now=NOW)
    recorded(city, center)
    found = {row.label: row for row in queries.compared(center, 2025)}
    sme, hnte, staff = found.values()
    assert (sme.difference, hnte.difference, staff.difference) == (-30 * WAN, None, Decimal(0))
    page = client(city.engineer).get(f"{reverse('rd_records', args=[center.pk])}?year=2025").content.decode()
    assert "-30 万元" in page
    assert city.company.year_figures.get(year=2025).rd_sme == 150 * WAN


def test_after_the_year_is_confirmed_a_record_changes_only_with_a_reason_that_stays() -> None:
    city = build()
    center = registered(city)
    row = recorded(city, center)
    records.confirm_year(center=center, year=2025, by=city.engineer, now=NOW)
    changed: dict[str, Any] = {"activity": row, "content": RECORD | {"spend": 100 * WAN}, "version": 1}
    with pytest.raises(Refusal, match="更正原因"):
        records.change_activity(**changed, by=city.engineer, now=NOW)
    with pytest.raises(Refusal, match="更正原因"):
        recorded(city, center, project="另一个项目")
    with pytest.raises(Refusal, match="不能删除"):
        records.remove_activity(activity=row, by=city.engineer, now=NOW)
    records.change_activity(**changed, by=city.engineer, now=NOW, reason="重复计入设备折旧")
    trace = row.corrections.get()
    assert (trace.before["spend"], trace.after["spend"], trace.by) == ("1200000.00", "1000000", city.engineer)
    page = client(city.district_officer).get(f"{reverse('rd_records', args=[center.pk])}?year=2025").content.decode()
    assert "重复计入设备折旧" in page


def test_a_record_is_refused_in_words_where_it_cannot_be() -> None:
    city = build()
    center = registered(city)
    recorded(city, center)
    with pytest.raises(Refusal, match="已有同名项目"):
        recorded(city, center)
    with pytest.raises(Refusal, match="没有重合"):
        recorded(city, center, project="旧项目", ends_on=date(2024, 1, 1), starts_on=date(2023, 1, 1))
    with pytest.raises(NotAllowed):
        records.record_activity(center=center, content=RECORD, by=city.professor, now=NOW)
    url = reverse("new_rd_record", args=[center.pk])
    sent = {"year": 2026, "project": "示例新项目", "starts_on": "2026-05-01", "ends_on": "2026-04-01"}
    answer = client(city.engineer).post(url, sent)
    assert set(answer.context["form"].errors) == {"ends_on", "staff_months", "spend"}


def test_records_come_from_excel_with_a_preview_and_the_same_file_twice_adds_nothing() -> None:
    city = build()
    center = registered(city)
    mine = ask(city.engineer)
    given = Given(mine, None, ("",), RECORD | {"uscc": "", "reason": ""})
    assert CHANGE.done(given) is False
    CHANGE.plan(given)(NOW)
    assert CHANGE.done(given) is True
    row = Activity.objects.get(center=center)
    assert CHANGE.find(mine, [(str(row.pk),)]) == {(str(row.pk),): row}
    with pytest.raises(NotAllowed):
        CHANGE.require(ask(city.district_officer))


def test_a_confirmed_registration_changes_the_coverage_of_its_district() -> None:
    city = build()
    defined(city)
    party("enterprise", "示例轮胎有限公司", "91370200264574251E", "370281")  # not on the roll
    before = coverage.coverage(city.officer, 2026, TODAY)
    assert [(line.district, line.base, line.covered) for line in before] == [("370281", 1, 0), (None, 1, 0)]
    center = registered(city)
    line = coverage.coverage(city.district_officer, 2026, TODAY)[0]
    assert (line.covered, line.share) == (1, 1.0)
    advance(
        case=center.case, step="suspend", by=city.district_officer, now=NOW, reason="inactive", note="没有研发活动。"
    )
    assert coverage.coverage(city.officer, 2026, TODAY)[-1].covered == 0
    assert coverage.coverage(city.officer, 2025, TODAY)[-1].covered == 1  # it was there at the end of 2025


def test_the_definition_decides_who_counts_and_every_version_stays() -> None:
    city = build()
    first = defined(city, organisations=False)
    add_entry(
        party=city.company,
        held="research",
        content={"name": "示例技术中心", "kind": "internal", "since": date(2020, 1, 1)},
        by=None,
        now=NOW,
    )
    assert coverage.coverage(city.officer, 2025, TODAY)[-1].covered == 0
    with pytest.raises(NotAllowed):
        coverage.define(content=DEFINITION, seen=1, by=city.district_officer, now=NOW)
    coverage.define(content=DEFINITION, seen=1, by=city.officer, now=NOW)
    assert coverage.coverage(city.officer, 2025, TODAY)[-1].covered == 1
    with pytest.raises(Refusal, match="已被他人修改"):
        coverage.define(content=DEFINITION | {"base": "all"}, seen=1, by=city.officer, now=NOW)
    coverage.define(
        content=DEFINITION | {"confirmed_only": True, "organisations": False}, seen=2, by=city.officer, now=NOW
    )
    center = registered(city)
    assert coverage.coverage(city.officer, 2025, TODAY)[-1].covered == 0
    records.confirm_year(center=center, year=2025, by=city.engineer, now=NOW)
    assert coverage.coverage(city.officer, 2025, TODAY)[-1].covered == 1
    assert first.version == 1


def test_the_pack_of_the_city_gives_the_first_definition_only(settings: Any) -> None:
    folder = settings.PACKS_DIR / "qingdao"
    assert (load(folder, now=NOW), load(folder, now=NOW)) == (1, 0)
    given = coverage.definition()
    assert given is not None
    assert (given.base, given.text_status, "93%" in given.published) == ("roll", "ours", True)


def test_the_roll_comes_from_excel_and_belongs_to_the_officers_of_the_district() -> None:
    city = build()
    row = {"uscc": city.company.uscc, "year": 2025, "source": "示例统计名录", "action": ""}
    officer = ask(city.district_officer)
    ROLL.plan(Given(officer, None, ("2025", str(city.company.uscc)), row))(NOW)
    entry = coverage.roll(city.officer, 2025).get()
    far = party("enterprise", "示例远方公司", "91370200264574251E", "370212")
    with pytest.raises(NotAllowed):
        coverage.put_on_roll(party=far, year=2025, source="示例", by=city.district_officer, now=NOW)
    with pytest.raises(Refusal, match="没有登记过"):
        ROLL.plan(Given(officer, None, ("2025", "X"), row | {"uscc": "X"}))
    ROLL.plan(Given(officer, entry, ("2025", str(city.company.uscc)), row | {"action": "out"}))(NOW)
    assert not coverage.roll(city.officer).exists()


def test_every_number_of_the_coverage_opens_to_its_enterprises() -> None:
    city = build()
    defined(city)
    page = client(city.officer)
    html = page.get(f"{reverse('rd_coverage')}?year=2026").content.decode()
    assert DEFINITION["text"] in html
    url = f"{reverse('rd_coverage_firms')}?year=2026&which=uncovered&district=370281"
    assert url.replace("&", "&amp;") in html
    rows = page.get(url).context["rows"]
    assert [p.pk for p in rows] == list(Party.objects.filter(pk=city.company.pk).values_list("pk", flat=True))
