"""梯度库: certificates as national systems gave them, filters and counts, lists, corrections, imports."""

from datetime import date
from typing import Any

import pytest
from django.http import QueryDict  # noqa: TID251 - the filters of an address are part of what is asked for

from kechuang.core.audit.models import Event
from kechuang.core.cases import imports
from kechuang.core.cases.actions import advance
from kechuang.core.cases.import_work import work
from kechuang.core.cases.models import Import
from kechuang.core.dossier.entries import add_entry
from kechuang.core.dossier.models import Qualification
from kechuang.core.parties.models import Party
from kechuang.kit.refusal import NotAllowed, Refusal
from kechuang.kit.workbooks import Table, book
from kechuang.services.ladder.actions import ask_correction, enter_member, record_certificate, remove_member
from kechuang.services.ladder.queries import Chosen, certificates, counts
from kechuang.web.sheet_files import heads_of, sheet_file
from kechuang.web.sheets import Ask, sheet_of
from tests.city import NOW, City, party

pytestmark = pytest.mark.django_db
TODAY, SINCE = NOW.date(), date(2026, 5, 20)
NUMBER = "GR202637100001"


def certify(firm: Party, by: Any, rung: str = "hnte", since: date = SINCE, **content: Any) -> Qualification:
    return record_certificate(party=firm, rung=rung, valid_from=since, content=content, by=by, now=NOW)


def found(by: Any, **filters: str) -> list[str]:
    return [f"{row.party.name} {row.kind}" for row in certificates(by, Chosen.of(filters), TODAY)]


def test_an_officer_records_what_the_national_platform_says(city: City) -> None:
    row = certify(city.company, city.district_officer, number=" gr202637100001")
    assert (row.number, row.valid_to, row.source) == (NUMBER, date(2029, 5, 20), "national")
    assert Event.objects.filter(verb="add", subject_id=city.company.pk).exists()


def test_the_official_record_takes_the_place_of_what_the_firm_had_stated(city: City) -> None:
    stated = {"kind": "hnte", "number": "不详", "valid_from": SINCE}
    add_entry(party=city.company, held="qualifications", content=stated, by=city.engineer, now=NOW)
    row = certify(city.company, city.officer, number=NUMBER)
    assert Qualification.objects.get() == row
    assert (row.number, row.source) == (NUMBER, "national")
    event = Event.objects.filter(verb="confirm").get()
    assert event.before is not None
    assert event.before["number"] == "不详"


@pytest.mark.parametrize(
    ("content", "field"),
    [
        ({"number": "GR20263710000"}, "number"),
        ({"valid_to": SINCE}, "valid_to"),
        ({"revoked_on": TODAY}, "revoked_for"),
        ({"revoked_for": "示例"}, "revoked_on"),
        ({"revoked_on": date(2026, 1, 1), "revoked_for": "示例"}, "revoked_on"),
    ],
)
def test_a_certificate_that_cannot_be_is_refused_by_field(city: City, content: dict[str, Any], field: str) -> None:
    with pytest.raises(Refusal) as refused:
        certify(city.company, city.officer, **content)
    assert set(refused.value.fields) == {field}
    assert not Qualification.objects.exists()


def test_a_number_belongs_to_one_enterprise(city: City) -> None:
    certify(city.company, city.officer, number=NUMBER)
    other = party("enterprise", "示例海风新能源", "91370212MADEM3012X", "370212")
    with pytest.raises(Refusal, match="示例重锻机械有限公司"):
        certify(other, city.officer, number=NUMBER)


def test_the_firm_itself_and_officers_of_other_districts_record_nothing(city: City) -> None:
    other = party("enterprise", "示例海风新能源", "91370212MADEM3012X", "370212")
    for firm, by in ((city.company, city.engineer), (other, city.district_officer)):
        with pytest.raises(NotAllowed):
            certify(firm, by, number=NUMBER)


def test_filters_and_counts_show_an_officer_her_district(city: City) -> None:
    other = party("enterprise", "示例海风新能源", "91370212MADEM3012X", "370212")
    other.industries = ["green-energy"]
    other.save()
    certify(city.company, None)
    certify(city.company, None, "sme")
    certify(city.company, None, "hnte", date(2022, 5, 20))
    certify(other, None, "sme")
    assert found(city.district_officer) == ["示例重锻机械有限公司 sme", "示例重锻机械有限公司 hnte"]
    assert found(city.officer, rung="sme", industry="green-energy") == ["示例海风新能源 sme"]
    assert found(city.officer, state="expiring", days="50") == ["示例海风新能源 sme", "示例重锻机械有限公司 sme"]
    assert found(city.officer, state="expired") == ["示例重锻机械有限公司 hnte"]
    assert found(city.officer, state="all", year="2022") == ["示例重锻机械有限公司 hnte"]
    assert found(city.officer, district="370212", state="nonsense", days="x\0") == ["示例海风新能源 sme"]
    assert found(city.engineer) == []
    told = counts(city.officer, Chosen(rung="hnte"), TODAY)
    assert told.total == {"sme": 2, "hnte": 1}
    assert told.districts == {"370212": {"sme": 1}, "370281": {"hnte": 1, "sme": 1}}
    assert told.years == {2026: {"hnte": 1, "sme": 2}}


def test_a_list_is_kept_by_decision_and_an_entry_leaves_with_its_reason(city: City) -> None:
    said = {"number": "示例科字〔2026〕1号", "granted_on": SINCE}
    with pytest.raises(NotAllowed):
        enter_member(
            party=city.company, rung="leader", valid_from=SINCE, content=said, by=city.district_officer, now=NOW
        )
    with pytest.raises(Refusal):
        enter_member(party=city.company, rung="leader", valid_from=SINCE, content={}, by=city.officer, now=NOW)
    with pytest.raises(Refusal):
        certify(city.company, city.officer, "leader")
    row = enter_member(party=city.company, rung="leader", valid_from=SINCE, content=said, by=city.officer, now=NOW)
    assert (row.valid_to, row.source) == (None, "authority")
    with pytest.raises(Refusal):
        enter_member(party=city.company, rung="leader", valid_from=SINCE, content=said, by=city.officer, now=NOW)
    gone = remove_member(entry=row, on=TODAY, reason="企业注销", by=city.officer, now=NOW)
    assert (gone.revoked_on, gone.revoked_for) == (TODAY, "企业注销")
    with pytest.raises(Refusal):
        remove_member(entry=row, on=TODAY, reason="再次", by=city.officer, now=NOW)


def test_a_correction_is_asked_once_and_answered_by_the_district(city: City) -> None:
    case = ask_correction(party=city.company, rung="hnte", text="日期不对", by=city.engineer, now=NOW)
    assert (case.assignee, case.owner) == (city.district_officer, "officer")
    with pytest.raises(Refusal):
        ask_correction(party=city.company, rung="hnte", text="又一次", by=city.colleague, now=NOW)
    with pytest.raises(NotAllowed):
        ask_correction(party=city.company, rung="sme", text="外人", by=city.professor, now=NOW)
    done = advance(case=case, step="correct", by=city.district_officer, now=NOW, note="已按证书更正")
    assert done.state == "corrected"


# --- a file of the national platform

HEADS = ("统一社会信用代码", "资格", "生效日期", "编号")


def imported(by: Any, *rows: tuple[Any, ...]) -> Import:
    sheet = sheet_of("ladder")
    assert sheet is not None
    heads = {head.label: head for head in heads_of(sheet.parts[0])}
    data = book([Table("梯度库", [heads[name] for name in HEADS], rows)])
    batch = imports.start_sheet_import(sheet="ladder", name="a.xlsx", data=data, language="zh-hans", by=by, now=NOW)
    while work(batch, now=NOW):
        batch.refresh_from_db()
    batch.refresh_from_db()
    return batch


def finished(batch: Import, by: Any) -> Import:
    batch = imports.confirm(batch=batch, by=by, now=NOW)
    while work(batch, now=NOW):
        batch.refresh_from_db()
    batch.refresh_from_db()
    return batch


def test_numbers_are_imported_with_a_preview_and_once(city: City) -> None:
    row = (city.company.uscc, "高新技术企业", SINCE, NUMBER)
    batch = imported(city.district_officer, row)
    assert (batch.created, batch.errors) == (1, 0)
    assert not Qualification.objects.exists()
    assert finished(batch, city.district_officer).created == 1
    held = Qualification.objects.get()
    assert (held.number, held.valid_to, held.source) == (NUMBER, date(2029, 5, 20), "national")
    again = imported(city.district_officer, row)
    assert (again.created, again.updated, again.unchanged) == (0, 0, 1)


def test_rows_that_cannot_be_are_told_apart_by_cell(city: City) -> None:
    other = party("enterprise", "示例海风新能源", "91370212MADEM3012X", "370212")
    batch = imported(
        city.district_officer,
        (city.company.uscc, "高新技术企业", SINCE, "GR1"),
        (other.uscc, "高新技术企业", SINCE, ""),
        ("91370202MADEM2099A", "高新技术企业", SINCE, ""),
        (city.company.uscc, "科技领军企业", SINCE, "示例"),
        (city.company.uscc, "科技型中小企业", "去年", ""),
        (city.company.uscc, "科技型中小企业", SINCE, "123"),
    )
    wrong = [[e["column"] for e in row.errors] for row in batch.rows.order_by("number")]
    assert wrong == [["number"], ["uscc"], ["uscc"], ["rung"], ["valid_from"], []]
    assert (batch.errors, batch.created) == (5, 1)


def test_the_export_takes_the_filters_of_the_page(city: City) -> None:
    certify(city.company, None)
    certify(city.company, None, "sme", number="123")
    sheet = sheet_of("ladder")
    assert sheet is not None
    rows = list(sheet.parts[0].rows(Ask(city.officer, QueryDict("rung=sme"), NOW)))
    assert [row[1] for row in rows] == ["科技型中小企业"]
    assert "18 位" in rows[0][-2]
    assert sheet_file(sheet, Ask(city.officer, QueryDict(""), NOW))[:2] == b"PK"
