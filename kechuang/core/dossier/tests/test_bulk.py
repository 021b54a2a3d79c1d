"""批量导入: a yearly file is checked row by row, entered in slices, and changes nothing the second time."""

import csv
import io
from decimal import Decimal
from typing import Any

import pytest

from kechuang.core.dossier import bulk
from kechuang.core.dossier.actions import report
from kechuang.core.dossier.models import Dispute, FigureFile, FigureLine, YearReport
from kechuang.core.dossier.queries import facts_of
from kechuang.kit.refusal import NotAllowed, Refusal
from tests.city import NOW, City

ON = NOW.date()
COMPANY, UNIVERSITY = "91370202MADEM2017B", "91370212MATE2T1256"


def sheet(*rows: dict[str, Any]) -> bytes:
    heads = list(dict.fromkeys(head for row in rows for head in row))
    target = io.StringIO()
    writer = csv.DictWriter(target, heads)
    writer.writeheader()
    writer.writerows(rows)
    return target.getvalue().encode()


def checked(city: City, *rows: dict[str, Any], by: Any = None) -> FigureFile:
    by = by or city.officer
    file = bulk.upload(name="税务.csv", data=sheet(*rows), source="tax", by=by, now=NOW)
    return bulk.check(file=file, now=NOW)


def entered(city: City, *rows: dict[str, Any]) -> FigureFile:
    file = bulk.confirm(file=checked(city, *rows), by=city.officer, now=NOW)
    return bulk.work(file, NOW)


def row(code: str = COMPANY, **values: Any) -> dict[str, Any]:
    return {"统一社会信用代码": code, "年度": "2025", **values}


def test_a_file_is_previewed_and_nothing_is_written_before_it_is_confirmed(city: City) -> None:
    report(party=city.company, values={2025: {"revenue": Decimal(5)}}, by=city.engineer, now=NOW)
    file = checked(city, row(销售收入="6", 职工总数="", rd_staff_sme="3"))
    line = file.lines.get()
    assert (file.state, line.outcome, file.strange) == ("checked", "change", ["职工总数"])
    assert line.changes == [[2025, "revenue", None, "6.00"], [2025, "rd_staff_sme", None, "3"]]
    assert line.disputes == 1
    assert not YearReport.objects.filter(source="tax").exists()


def test_entered_rows_count_open_disputes_and_the_same_file_again_changes_nothing(city: City) -> None:
    report(party=city.company, values={2025: {"revenue": Decimal(5)}}, by=city.engineer, now=NOW)
    rows = [row(销售收入="6", 纳税额="1,000.50", 成立日期="2015-03-01", 企业规模="小型")]
    file = entered(city, *rows)
    assert (file.state, file.changed, file.opened) == ("done", 4, 1)
    facts = facts_of(city.company, on=ON)
    assert (facts["tax_paid"], facts["scale"], str(facts["founded_on"])) == (Decimal("1000.50"), "small", "2015-03-01")
    assert "revenue" not in facts
    again = entered(city, *rows)
    assert (again.changed, again.opened, again.lines.get().outcome) == (0, 0, "same")
    assert Dispute.objects.count() == 1


def test_years_may_stand_in_the_heads_so_that_one_row_holds_several(city: City) -> None:
    entered(city, {"统一社会信用代码": COMPANY, "销售收入 2025": "7", "revenue_2024": "6", "销售收入（2023）": "5"})
    facts = facts_of(city.company, on=ON)
    assert [facts[name] for name in ("revenue", "revenue_y1", "revenue_y2")] == [7, 6, 5]


def test_wrong_cells_are_named_with_their_column_and_the_row_is_not_entered(city: City) -> None:
    file = checked(
        city,
        row(销售收入="abc"),
        row(销售收入="-1"),
        row(staff_sme="1.5"),
        row("91370200264574251E", 销售收入="1"),
        row(年度="2027", 销售收入="1") | {"年度": "2027"},
        row(resident="也许"),
        row(founded_on="去年"),
        row(scale="巨型"),
    )
    errors = [line.errors[0] for line in file.lines.all()]
    assert [e[0] for e in errors] == [
        "销售收入", "销售收入", "staff_sme", "统一社会信用代码", "年度", "resident", "founded_on", "scale",
    ]  # fmt: skip
    assert [e[1][:4] for e in errors[:3]] == ["“abc", "“-1”", "“1.5"]
    assert set(file.lines.values_list("outcome", flat=True)) == {FigureLine.Outcome.ERROR}
    done = bulk.work(bulk.confirm(file=file, by=city.officer, now=NOW), NOW)
    assert done.changed == 0


def test_what_can_hardly_be_right_is_a_warning(city: City) -> None:
    file = checked(city, row(staff_sme="5", rd_staff_sme="6", 单位名称="别的名字"))
    line = file.lines.get()
    assert line.outcome == "change"
    assert [d[0] for d in line.doubts] == ["科技人员（科小口径）", "单位名称"]


def test_a_district_officer_enters_only_her_district_and_nobody_enters_for_the_enterprise(city: City) -> None:
    file = checked(city, row(销售收入="1"), row(UNIVERSITY, 销售收入="1"), by=city.district_officer)
    assert list(file.lines.values_list("outcome", flat=True)) == ["change", "error"]
    with pytest.raises(NotAllowed):
        bulk.confirm(file=file, by=city.officer, now=NOW)
    with pytest.raises(NotAllowed):
        bulk.upload(name="x.csv", data=b"", source="tax", by=city.engineer, now=NOW)
    with pytest.raises(Refusal, match="企业自己的填报"):
        bulk.upload(name="x.csv", data=b"", source="enterprise", by=city.officer, now=NOW)


def test_the_same_organisation_and_year_twice_in_one_file_is_an_error(city: City) -> None:
    file = checked(city, row(销售收入="1"), row(销售收入="2"))
    assert list(file.lines.values_list("outcome", flat=True)) == ["change", "error"]


def test_a_file_that_is_no_table_of_figures_is_refused_with_the_reason(city: City) -> None:
    assert "统一社会信用代码" in checked(city, {"名称": "x"}).problem
    assert "没有认识的数据列" in checked(city, {"统一社会信用代码": COMPANY, "备注": "x"}).problem
    assert "年度" in checked(city, {"统一社会信用代码": COMPANY, "销售收入": "1"}).problem


def test_after_a_kill_the_rest_is_entered_and_nothing_twice(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "SLICE", 1)
    file = checked(city, row(销售收入="1"), row(UNIVERSITY, 销售收入="2"))
    bulk.confirm(file=file, by=city.officer, now=NOW)
    assert bulk.enter_slice(file=file, now=NOW)  # and here the worker dies
    assert YearReport.objects.count() == 1
    done = bulk.work(FigureFile.objects.get(), NOW)
    assert (done.state, done.changed) == ("done", 2)
    assert bulk.cancel(file=done, by=city.officer, now=NOW).state == "done"
