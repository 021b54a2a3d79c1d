"""批量导入: what a file would do is said row by row; what it does is done once."""

import json
from datetime import date

import pytest

from kechuang.core.cases import import_files, imports
from kechuang.core.cases.import_queries import rows_of, same_file
from kechuang.core.cases.models import Case
from kechuang.core.cases.publishing import send_form
from kechuang.core.cases.queries import publication_case
from kechuang.core.cases.tests.batches import GOOD, HEADS, TEXT, checked, entered, excel, found, lines
from kechuang.core.market.kinds import listing_kinds
from kechuang.core.market.models import Need
from kechuang.core.market.queries import content, listings
from kechuang.core.notices.queries import notices_of
from kechuang.kit.refusal import Refusal
from kechuang.kit.tables import read
from tests.city import NEED, NOW, City, cleaned, listing, published


def test_the_check_names_row_cell_and_reason_and_writes_nothing(city: City) -> None:
    row, _ = listing(city, "needs", code="M-0")
    batch = checked(
        city,
        excel(
            GOOD,
            ("M-0", NEED["title"], TEXT, "绿色能源", "", "", "", "", ""),
            ("M-2", "预算写反了的需求", TEXT, "智能装备", "", 900000, 300000, "", ""),
            ("M-3", "短", "", "智能装备；飞船", "a|b|c|d|e|f", "五十万", "", "2027/13/1", "买断"),
            ("M-1", "与第二行同号", TEXT, "智能装备", "", "", "", "", ""),
        ),
    )
    assert found(batch) == [
        (2, "create", []),
        (3, "update", []),
        (4, "error", ["G4"]),
        (5, "error", ["B5", "C5", "D5", "E5", "F5", "H5", "I5"]),
        (6, "error", ["A6"]),
    ]
    assert (batch.state, batch.created, batch.updated, batch.unchanged, batch.errors) == ("checked", 1, 1, 0, 3)
    third = batch.rows.get(number=4)
    assert (third.errors[0]["label"], third.errors[0]["reason"]) == (
        "预算上限",
        "预算上限应不低于下限。（填写的是“300000”）",
    )
    assert batch.rows.get(number=3).changes[0][0] == "详细描述"
    assert [n.title for n in Need.objects.all()] == [row.title]


def test_a_run_makes_drafts_of_the_party_with_their_cases(city: City) -> None:
    batch = entered(city, excel(GOOD, ("M-2", "短", TEXT, "", "", "", "", "", "")))
    need = Need.objects.get(code="M-1")
    assert (need.party, need.status, need.created_by) == (city.company, "draft", city.engineer)
    assert content(need) == content(need) | {
        "industry": ["smart-equipment"],
        "targets": [{"name": "寿命", "now": "3000", "wanted": "8000", "unit": "件", "method": "计数"}],
        "budget_max": "1200000",
        "deadline_on": "2027-06-30",
        "cooperation": ["service"],
    }
    case = publication_case(need)
    assert case is not None
    assert (case.state, case.applicant) == ("draft", city.company)
    assert (batch.state, batch.created, batch.errors, Need.objects.count()) == ("done", 1, 1, 1)
    assert batch.rows.get(number=2).listing == need.pk
    assert notices_of(city.engineer)[0].text == "“a.xlsx”导入完成：新增 1，更新 0，有错 1。"


def test_the_same_file_again_changes_nothing(city: City) -> None:
    data = excel(GOOD)
    first = entered(city, data)
    versions = list(Need.objects.values_list("pk", "version"))
    again = checked(city, data)
    assert found(again) == [(2, "unchanged", [])]
    assert same_file(again) == first
    with pytest.raises(Refusal, match="没有可以导入的行"):
        imports.confirm(batch=again, by=city.engineer, now=NOW)
    assert list(Need.objects.values_list("pk", "version")) == versions


def test_an_update_keeps_columns_that_the_file_lacks_and_clears_empty_cells(city: City) -> None:
    entered(city, excel(GOOD))
    batch = entered(city, excel(("M-1", "", 1500000), heads=("来源编号", "期望完成日期", "预算上限（元）")))
    need = Need.objects.get()
    now_there = content(need)
    assert [now_there[k] for k in ("title", "budget_max", "budget_min", "deadline_on")] == [
        GOOD[1],
        "1500000",
        "500000",
        None,
    ]
    row = batch.rows.get()
    assert row.changes == [["预算上限", "120 万元", "150 万元"], ["期望完成日期", "2027-06-30", ""]]
    missing = checked(city, excel(("M-9", 1500000), heads=("来源编号", "预算上限")))
    reasons = {e["label"]: (e["cell"], e["reason"]) for e in missing.rows.get().errors}
    assert reasons["名称"][0] == "第 2 行"
    assert reasons["名称"][1].endswith("（文件里没有这一列）")


def test_rows_can_be_handed_in_and_then_must_answer_the_blocking_questions(city: City) -> None:
    vague = ("M-2", "没有指标的需求", TEXT, "智能装备", "", "", "", date(2020, 1, 1), "")
    batch = entered(city, excel(GOOD, vague), submit=True)
    assert found(batch) == [(2, "create", []), (3, "error", ["E3", "H3"])]
    case = Case.objects.get()
    assert (case.state, case.owner, case.need and case.need.status) == ("submitted", "officer", "review")
    kept = checked(city, excel(vague))
    assert (kept.rows.get().outcome, len(kept.rows.get().notes)) == ("create", 2)


def test_a_published_record_waits_for_review_and_one_under_review_is_left_alone(city: City) -> None:
    row, _ = published(city, "needs", code="M-1")
    batch = entered(city, excel(GOOD), submit=True)
    row.refresh_from_db()
    assert (row.title, row.pending["title"]) == (NEED["title"], GOOD[1])
    assert found(batch) == [(2, "update", [])]
    assert Case.objects.get().state == "changing"
    again = checked(city, excel(GOOD))
    assert found(again) == [(2, "unchanged", [])]
    other = checked(city, excel((*GOOD[:1], "又一个新的名称", *GOOD[2:])))
    assert found(other) == [(2, "error", ["A2"])]
    assert "变更待审" in other.rows.get().errors[0]["reason"]


@pytest.mark.parametrize("kind", [import_files.EXCEL, import_files.LINES])
def test_every_export_comes_back_unchanged(city: City, kind: str) -> None:
    odd = {
        "title": "=1+1 不是公式",
        "text": "- 第一行\r\n第二行 | 竖线\t制表，“引号”，\\反斜杠；" + TEXT,
        "keywords": ["1,3-丁二烯", "A、B"],
        "field": ["biomedicine", "environment"],
    }
    indicator = {"name": "a|b", "value": "1", "unit": "%", "condition": "｜"}
    listing(city, "achievements", **odd, indicators=[indicator], price_mode="listed", price="1234567.89")
    listing(city, "achievements")
    listing(city, "needs", **odd, code="=N-1", targets=[{"name": "a", "wanted": "+5"}])
    extra = {"platforms": {"kind": "市重点实验室", "level": "市级"}, "brokers": {}}
    for service in ("platforms", "brokers"):
        form = {**odd, "industry": ["ai"], **extra[service]}
        if service == "platforms":
            form["kind"] = import_files.example(service)["kind"]
        send_form(service=service, content=cleaned(service, form), by=city.professor, now=NOW, party=city.university)
    for one in listing_kinds():
        rows = list(listings(one.service))
        data = import_files.export(one.service, [import_files.Row(r, content(r)) for r in rows], kind)
        batch = checked(city, data, service=one.service)
        assert [r.outcome for r in batch.rows.all()] == ["unchanged"] * len(rows), (one.service, batch.rows.first())
        assert len(rows) > 0


@pytest.mark.parametrize("service", [k.service for k in listing_kinds()])
def test_the_template_is_read_and_its_example_can_be_imported(city: City, service: str) -> None:
    with pytest.raises(Refusal, match="没有数据行"):
        read("a.xlsx", import_files.template(service, import_files.EXCEL))
    batch = checked(city, import_files.template(service, import_files.LINES), service=service)
    assert [r.outcome for r in batch.rows.all()] == ["create"]


def test_the_failed_rows_come_back_to_be_mended(city: City) -> None:
    bad = ("M-2", "短", TEXT, "智能装备", "", "=1+1", "", "", "")
    batch = entered(city, excel(GOOD, bad))
    rows = list(rows_of(batch, "error"))
    table = read("a.xlsx", import_files.failed(batch, rows, import_files.EXCEL))
    assert table.heads == (
        "来源编号",
        "名称",
        "详细描述",
        "产业",
        "量化指标",
        *HEADS[5:6],
        "预算上限（元）",
        *HEADS[7:],
        "错误原因",
    )
    assert len(table.rows) == 1
    assert "F3“预算下限”" in table.rows[0].values["错误原因"]
    mended = lines(
        *[
            json.loads(line) | {"title": "改好名称的需求", "budget_min": 10}
            for line in import_files.failed(batch, rows, import_files.LINES).splitlines()
        ]
    )
    assert found(entered(city, mended)) == [(1, "create", [])]
    assert {n.code for n in Need.objects.all()} == {"M-1", "M-2"}
