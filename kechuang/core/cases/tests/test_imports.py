"""批量导入: what a file would do is said row by row; what it does is done once."""

import io
import json
import threading
from datetime import date
from typing import Any

import pytest
import xlsxwriter
from django.db import connection

from kechuang.core.audit.queries import history
from kechuang.core.cases import import_files, import_work, imports
from kechuang.core.cases.import_queries import outcomes, progress, rows_of, same_file, unfinished
from kechuang.core.cases.import_work import work
from kechuang.core.cases.models import Case, Import
from kechuang.core.cases.publishing import send_form
from kechuang.core.cases.queries import publication_case
from kechuang.core.market.kinds import listing_kinds
from kechuang.core.market.models import Need, Offer
from kechuang.core.market.queries import content, listings
from kechuang.core.notices.queries import notices_of
from kechuang.core.parties.models import Mandate, Party, User
from kechuang.core.search.actions import remove
from kechuang.core.search.queries import find_text
from kechuang.kit.refusal import NotAllowed, Refusal, Stale
from kechuang.kit.tables import read
from tests.city import NEED, NOW, City, cleaned, listing, published

HEADS = ("来源编号", "名称", "详细描述", "产业", "量化指标", "预算下限（元）", "预算上限", "期望完成日期", "合作方式")
TEXT = "锻压车间的热锻模具每三千件就开裂，换模一次停产四小时，原因是冷却不均匀，去年换了六十副，影响了交货。"
GOOD = (
    "M-1",
    "热锻模具寿命太短",
    TEXT,
    "智能装备",
    "寿命|3000|8000|件|计数",
    500000,
    1200000,
    date(2027, 6, 30),
    "技术服务",
)


def excel(*rows: tuple[Any, ...], heads: tuple[str, ...] = HEADS) -> bytes:
    """A sheet with these rows below the heads."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"strings_to_formulas": False}) as book:
        sheet, day = book.add_worksheet(), book.add_format({"num_format": "yyyy-mm-dd"})
        for number, row in enumerate((heads, *rows)):
            for column, value in enumerate(row):
                if isinstance(value, date):
                    sheet.write_datetime(number, column, value, day)
                else:
                    sheet.write(number, column, value)
    return target.getvalue()


def lines(*rows: dict[str, Any]) -> bytes:
    return b"\n".join(json.dumps(row, ensure_ascii=False).encode() for row in rows)


def checked(city: City, data: bytes, *, service: str = "needs", by: User | None = None, **options: Any) -> Import:
    """An import after its check, by the company's engineer unless said otherwise."""
    who = by or (city.engineer if service == "needs" else city.professor)
    party = options.pop("party", city.company if service == "needs" else city.university)
    name = "a.jsonl" if data.startswith(b"{") else "a.xlsx"
    batch = imports.start_import(service=service, name=name, data=data, party=party, by=who, now=NOW, **options)
    return finished(batch)


def finished(batch: Import) -> Import:
    """The import after the background task has done what it can."""
    while work(batch, now=NOW):
        batch.refresh_from_db()
    batch.refresh_from_db()
    return batch


def entered(city: City, data: bytes, **options: Any) -> Import:
    batch = checked(city, data, **options)
    return finished(imports.confirm(batch=batch, by=batch.created_by, now=NOW))


def found(batch: Import) -> list[tuple[int, str, list[str]]]:
    """Number, outcome and cells with errors of every row."""
    return [(r.number, r.outcome, [e["cell"] for e in r.errors]) for r in batch.rows.all()]


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


def test_a_plain_list_of_documents_goes_in_with_a_default_industry(city: City) -> None:
    one = {"id": "d-1", "title": "钛合金表面处理", "text": TEXT, "keywords": ["钛", "表面"], "category": "材料"}
    bare = {"id": "d-2", "title": "", "text": TEXT, "keywords": [f"词{n}" for n in range(12)], "category": ""}
    long = {"id": "d-3", "title": "长" * 121, "text": TEXT, "keywords": [], "category": ""}
    data = lines(one, bare, long)
    with pytest.raises(Refusal, match="缺少必填的列：“产业”") as caught:
        checked(city, lines({"title": "没有产业", "text": TEXT}), service="achievements")
    assert "默认产业" in caught.value.fields["file"]
    strict = checked(city, data, service="achievements", industry="future")
    assert found(strict) == [(1, "create", []), (2, "error", ["第 2 行", "第 2 行"]), (3, "error", ["第 3 行"])]
    assert strict.rows.get(number=3).errors[0]["label"] == "名称"
    batch = entered(city, data, service="achievements", industry="future", mend=True)
    assert found(batch) == [(1, "create", []), (2, "create", []), (3, "error", ["第 3 行"])]
    offer = Offer.objects.get(code="d-2")
    assert (offer.title, offer.industry, len(offer.keywords)) == (TEXT, ["future"], 10)
    assert batch.rows.get(number=2).notes == ["名称取自正文第一句。", "关键词保留前 10 个，略去：词10、词11。"]


def test_an_officer_of_the_city_takes_over_a_register(city: City) -> None:
    row = ("统一社会信用代码", *HEADS)
    rows = [
        (city.company.uscc, *GOOD),
        ("", "M-2", *GOOD[1:]),
        ("91370202MA3XXXXXX0", "M-3", *GOOD[1:]),
        ("不是代码", "M-4", *GOOD[1:]),
    ]
    batch = entered(city, excel(*rows, heads=row), by=city.officer, party=None, register=True)
    assert found(batch) == [(2, "create", []), (3, "error", ["A3"]), (4, "error", ["A4"]), (5, "error", ["A5"])]
    need = Need.objects.get()
    case = publication_case(need)
    assert case is not None
    assert (need.party, need.status, case.state) == (city.company, "public", "published")
    assert [h.ref for h in find_text("热锻模具寿命", kinds=("needs",))] == [need.pk]
    assert history(case).get(verb="open").note == "接收登记簿“a.xlsx”第 2 行"
    changed = (city.company.uscc, "M-1", "热锻模具寿命还是太短", *GOOD[2:])
    entered(city, excel(changed, heads=row), by=city.officer, party=None, register=True)
    need.refresh_from_db()
    assert (need.title, need.status, need.pending) == ("热锻模具寿命还是太短", "public", None)


def test_what_a_crash_kept_out_of_the_index_is_put_in_later(city: City) -> None:
    batch = entered(city, excel(GOOD), by=city.officer, register=True)
    need = Need.objects.get()
    remove("needs", need.pk)
    batch.rows.update(unindexed=True)
    assert list(unfinished()) == [batch]
    assert work(batch, now=NOW) is False
    assert [h.ref for h in find_text("热锻模具寿命", kinds=("needs",))] == [need.pk]
    assert list(unfinished()) == []


def test_a_register_does_not_touch_what_the_party_is_working_on(city: City) -> None:
    listing(city, "needs", code="M-1")
    batch = checked(city, excel(GOOD), by=city.officer, register=True)
    assert found(batch) == [(2, "error", ["A2"])]
    assert "草稿" in batch.rows.get().errors[0]["reason"]


def test_the_wrong_role_cannot_import(city: City) -> None:
    for who, party, register in (
        (city.stranger, city.company, False),
        (city.professor, city.company, False),
        (city.engineer, city.company, True),
        (city.district_officer, city.company, True),
        (city.officer, city.company, False),
    ):
        with pytest.raises(NotAllowed):
            checked(city, excel(GOOD), by=who, party=party, register=register)
    batch = checked(city, excel(GOOD))
    for step in (imports.confirm, imports.cancel):
        with pytest.raises(NotAllowed):
            step(batch=batch, by=city.colleague, now=NOW)
    assert Import.objects.count() == 1


def test_rows_of_other_parties_are_refused(city: City) -> None:
    theirs, _ = listing(city, "achievements")
    heads = ("系统编号", "统一社会信用代码", *HEADS)
    batch = checked(
        city,
        excel(
            (str(theirs.pk), "", *GOOD),
            ("", city.university.uscc, "M-2", *GOOD[1:]),
            ("", city.company.uscc, "M-3", *GOOD[1:]),
            heads=heads,
        ),
    )
    assert found(batch) == [(2, "error", ["A2"]), (3, "error", ["B3"]), (4, "create", [])]


def test_columns_must_be_known_and_complete(city: City) -> None:
    def said(*heads: str) -> str:
        with pytest.raises(Refusal) as caught:
            checked(city, excel(tuple("x" for _ in heads), heads=heads))
        return caught.value.fields["file"]

    assert "“预算上线”（是不是“预算上限（元）”？）" in said("名称", "详细描述", "产业", "预算上线")
    assert "缺少必填的列：“详细描述”、“产业”" in said("名称", "预算上限")
    assert "没有认出任何一列" in said("张三", "李四")
    assert "是同一列" in said("名称", "title", "详细描述", "产业")
    assert Import.objects.count() == 0
    with pytest.raises(Refusal, match="是不是“title”"):
        checked(city, lines({"titel": "x", "text": TEXT, "industry": ["ai"]}))


def test_json_of_the_wrong_shape_is_an_error_of_its_row(city: City) -> None:
    base = {"title": "形状不对的记录", "text": TEXT, "industry": ["ai"]}
    batch = checked(
        city,
        lines(
            base | {"title": ["a"]},
            base | {"targets": [{"name": {"a": 1}}]},
            base | {"targets": "x" * 300},
            base | {"keywords": [["a"]]},
            base | {"budget_min": {"a": 1}},
            base | {"text": "x" * 1_000_000},
            base | {"title": None, "industry": None},
            base | {"targets": [{"name": "寿命", "wanted": 5, "未知": 1}], "budget_min": -1, "deadline_on": 5},
        ),
    )
    labels = [[e["label"] for e in row.errors] for row in batch.rows.all()]
    assert labels == [
        ["名称"],
        ["量化指标"],
        ["量化指标"],
        ["关键词"],
        ["预算下限"],
        ["详细描述"],
        ["名称", "产业"],
        ["量化指标", "预算下限", "期望完成日期"],
    ]


def test_confirmed_twice_it_runs_once_and_a_cancelled_one_does_not_run(city: City) -> None:
    batch = checked(city, excel(GOOD))
    for _ in range(2):
        batch = imports.confirm(batch=batch, by=city.engineer, now=NOW)
    finished(batch)
    assert imports.confirm(batch=batch, by=city.engineer, now=NOW).state == "done"
    finished(batch)
    assert Need.objects.count() == 1
    with pytest.raises(Stale, match="不能再取消"):
        imports.cancel(batch=batch, by=city.engineer, now=NOW)
    other = checked(city, excel((*GOOD[:1], "另一个名称的需求", *GOOD[2:])))
    imports.cancel(batch=other, by=city.engineer, now=NOW)
    with pytest.raises(Stale, match="已取消"):
        imports.confirm(batch=other, by=city.engineer, now=NOW)
    assert work(Import.objects.get(pk=other.pk), now=NOW) is False
    assert Need.objects.get().title == GOOD[1]


def test_a_run_that_was_cut_off_goes_on_without_doubles(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    batch = checked(city, excel(*[(f"M-{n}", *GOOD[1:]) for n in range(7)]))
    imports.confirm(batch=batch, by=city.engineer, now=NOW)
    batch.refresh_from_db()
    monkeypatch.setattr(import_work, "RUN_SLICE", 3)
    assert work(batch, now=NOW) is True
    assert (progress(batch).done, Need.objects.count(), batch.state) == (3, 3, "running")
    finished(batch)
    assert (batch.state, batch.created, Need.objects.count()) == ("done", 7, 7)
    assert Case.objects.count() == 7


def test_what_changed_since_the_check_is_seen_by_the_run(city: City) -> None:
    batch = checked(city, excel(GOOD, ("M-2", *GOOD[1:])))
    imports.confirm(batch=batch, by=city.engineer, now=NOW)
    published(city, "needs", code="M-1")
    batch.refresh_from_db()
    Mandate.objects.filter(user=city.engineer).update(state="ended")
    finished(batch)
    assert (batch.state, batch.errors) == ("done", 2)
    assert [r.errors[0]["reason"][:3] for r in batch.rows.all()] == ["只有发", "请选择"]
    assert outcomes(batch)["error"] == 2


def test_two_workers_at_once_enter_every_row_once(live_city: City) -> None:
    batch = checked(live_city, excel(*[(f"M-{n}", *GOOD[1:]) for n in range(12)]))
    imports.confirm(batch=batch, by=live_city.engineer, now=NOW)

    def run() -> None:
        try:
            finished(Import.objects.select_related("party", "created_by").get(pk=batch.pk))
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    batch.refresh_from_db()
    assert (batch.state, batch.created, Need.objects.count(), Case.objects.count()) == ("done", 12, 12, 12)
    assert batch.rows.exclude(entered_at=None).count() == 12


def test_an_import_that_fails_says_so(city: City) -> None:
    batch = checked(city, excel(GOOD))
    imports.fail(batch=batch, note="系统错误：KeyError", now=NOW)
    batch.refresh_from_db()
    assert (batch.state, batch.note) == ("failed", "系统错误：KeyError")
    assert "导入中断" in notices_of(city.engineer)[0].text
    assert Party.objects.count() == 2
