"""Lists by file"""

from datetime import date
from typing import Any

import pytest
from django.utils.translation import gettext, override

from kechuang.core.audit.models import Event
from kechuang.core.cases import imports
from kechuang.core.cases.actions import advance
from kechuang.core.cases.import_queries import unfinished
from kechuang.core.cases.models import Case, Contact, ImportRow
from kechuang.core.matching.models import Judgement
from kechuang.core.parties.models import Mandate, Post
from kechuang.core.taskforces.models import Seat, TaskForce
from kechuang.kit.refusal import NotAllowed, Refusal
from kechuang.kit.workbooks import Table, book
from kechuang.web.sheet_files import heads_of
from kechuang.web.sheet_imports import SheetJudge
from kechuang.web.sheets import BLANK, NEVER, sheets
from tests.city import NOW
from tests.sheets.files import (
    FORMULA,
    IMPORTED,
    LATER,
    Cells,
    checked,
    entered,
    exported,
    finished,
    outcome,
    reasons,
    the,
)
from tests.world import World


def cell(cells: Cells, part: str, row: int, column: str, value: Any) -> Cells:
    """The same with one cell changed."""
    at = cells[part][0].index(column)
    rows = [list(line) for line in cells[part]]
    rows[row][at] = value
    return cells | {part: rows}


def test_the_review_queue_is_worked_off_by_a_file(world: World) -> None:
    officer, case = world.city.officer, world.submitted_case
    cells = exported("cases-review", officer)
    row = next(n for n, line in enumerate(cells["审核队列"]) if line[0] == case.pk)
    sent_back = cell(cells, "审核队列", row, "办理步骤", "退回修改")
    assert "请从列表中选择一个原因" in reasons(checked("cases-review", officer, sent_back))
    sent_back = cell(sent_back, "审核队列", row, "原因", "表述不清楚")
    assert "请写明具体情况" in reasons(checked("cases-review", officer, sent_back))
    sent_back = cell(sent_back, "审核队列", row, "说明", FORMULA)
    batch = entered("cases-review", officer, sent_back)
    case.refresh_from_db()
    assert (outcome(batch)["update"], case.state, case.reason, case.note) == (1, "returned", "unclear", FORMULA)
    assert Event.objects.filter(subject="cases.case", subject_id=case.pk).last().by_id == officer.pk  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("step", "words"),
    [
        ("到期下架", "不能办“到期下架”"),
        ("提交审核", "不能办“提交审核”"),
        ("建议新的措辞", "请在办件的页面上办理"),
        ("取回修改", "您的身份不能执行"),
        ("飞起来", "不在可选范围内"),
    ],
)
def test_steps_that_a_list_cannot_take_are_refused_in_words(world: World, step: str, words: str) -> None:
    officer = world.city.officer
    cells = exported("cases-review", officer)
    row = next(n for n, line in enumerate(cells["审核队列"]) if line[0] == world.submitted_case.pk)
    assert words in reasons(checked("cases-review", officer, cell(cells, "审核队列", row, "办理步骤", step)))


def test_what_somebody_else_has_changed_since_the_export_is_not_overwritten(world: World) -> None:
    officer, case = world.city.officer, world.submitted_case
    cells = exported("cases-review", officer)
    row = next(n for n, line in enumerate(cells["审核队列"]) if line[0] == case.pk)
    changed = cell(cells, "审核队列", row, "办理步骤", "审核通过并发布")
    ready = checked("cases-review", officer, changed)
    assert outcome(ready)["update"] == 1
    advance(case=case, step="recall", by=world.city.engineer, now=LATER)
    advance(case=case, step="submit", by=world.city.engineer, now=LATER)
    late = finished(imports.confirm(batch=ready, by=officer, now=LATER))
    assert "导出以后这条记录已被改动" in reasons(late)
    assert Case.objects.get(pk=case.pk).state == "submitted"
    assert "导出以后这条记录已被改动" in reasons(checked("cases-review", officer, changed))


def test_a_member_who_was_taken_out_meanwhile_does_not_come_back(world: World) -> None:
    officer = world.city.officer
    cells = exported("teams", officer)
    Seat.objects.filter(pk=world.seat.pk).update(until=NOW)
    batch = checked("teams", officer, cells)
    assert (batch.errors, batch.created) == (1, 0)
    assert "改动或删去" in reasons(batch)


def test_teams_and_their_members_are_set_up_by_a_file(world: World) -> None:
    city = world.city
    cells = exported("teams", city.officer)
    cells["专班"].append(["new", "示例新专班", "", "人工智能", "", "", "", "", "", ""])
    assert outcome(entered("teams", city.officer, cells))["create"] == 1
    team = TaskForce.objects.get(code="new")
    cells = exported("teams", city.officer)
    cells["成员"].append(["new", "", "技术经纪人", "", city.broker.email.upper(), "", "", ""])
    cells["成员"].append(["new", "", "业务处室", "", city.broker.email, "", "", ""])
    batch = entered("teams", city.officer, cells)
    assert outcome(batch)["create"] == 1
    assert "需要市级主管部门岗位" in reasons(batch)
    assert reasons(batch).startswith("成员!")
    assert Seat.objects.filter(task_force=team, user=city.broker, role="broker", until=None).count() == 1
    with pytest.raises(NotAllowed):
        checked("teams", city.broker, cells)


def test_contacts_are_added_once_and_never_changed(world: World) -> None:
    broker, case = world.city.broker, world.introduction
    cells = exported("introductions", broker)
    assert "不能修改" in reasons(checked("introductions", broker, cell(cells, "联系记录", 1, "内容", "改过的话")))
    row = ["", case.pk, date(2026, 11, 17), "", "成果方 钱教授", "电话", "已联系上，有意向", "看了样品", "再约", "", ""]
    cells["联系记录"] += [row, row]
    batch = entered("introductions", broker, cells)
    assert outcome(batch)["create"] in (1, 2)
    assert Contact.objects.filter(case=case, person="成果方 钱教授").count() == 1
    assert "create" not in outcome(checked("introductions", broker, cells))
    cells["联系记录"][-1] = ["", 999_999, *row[2:]]
    assert "没有这件对接" in reasons(checked("introductions", broker, cells))


def test_organisations_are_verified_and_sent_back_by_a_file(world: World) -> None:
    officer, party = world.city.district_officer, world.newcomer
    cells = exported("organisations", officer)
    row = next(n for n, line in enumerate(cells["待核验单位"]) if line[0] == party.pk)
    back = cell(cells, "待核验单位", row, "处理", "退回更正")
    assert "请填退回的原因" in reasons(checked("organisations", officer, back))
    assert outcome(entered("organisations", officer, cell(cells, "待核验单位", row, "处理", "通过核验")))["update"] == 1
    party.refresh_from_db()
    assert party.verified_at == LATER


def test_posts_and_mandates_change_by_a_file(world: World) -> None:
    city = world.city
    cells = exported("posts", city.officer)
    cells["在任岗位"].append(["", city.stranger.email, "主管部门", "胶州市", "", "", "", "", ""])
    assert outcome(entered("posts", city.officer, cells))["create"] == 1
    assert Post.objects.get(user=city.stranger, until=None).district == "370281"
    cells = exported("people", city.engineer)
    row = next(n for n, line in enumerate(cells["经办人"]) if line[0] == world.request.pk)
    entered("people", city.engineer, cell(cells, "经办人", row, "处理", "同意加入"))
    assert Mandate.objects.get(pk=world.request.pk).state == "active"
    last = next(n for n, line in enumerate(cells["经办人"]) if line[4] == city.engineer.email)
    assert "唯一的管理员" in reasons(entered("people", city.engineer, cell(cells, "经办人", last, "角色", "经办人")))


def test_matches_are_judged_by_a_file(world: World) -> None:
    engineer = world.city.engineer
    cells = exported("matches", engineer, f"need={world.need.pk}")
    changed = cell(cells, "匹配结果", 1, "结论", "不合适")
    assert "请填不合适的原因" in reasons(checked("matches", engineer, changed))
    changed = cell(changed, "匹配结果", 1, "原因", "技术还不成熟")
    assert outcome(entered("matches", engineer, changed)) == {"update": 1}
    said = Judgement.objects.get(by=engineer)
    assert (said.need_id, said.fits, said.reason) == (world.need.pk, False, "immature")
    cells = exported("matches", engineer, f"need={world.need.pk}")
    for column in ("结论", "原因"):
        cells = cell(cells, "匹配结果", 1, column, "")
    entered("matches", engineer, cells)
    assert not Judgement.objects.filter(by=engineer).exists()


def test_files_that_are_not_of_this_list_are_refused(world: World) -> None:
    officer = world.city.officer

    def refused(cells: list[list[Any]], name: str = "a") -> str:
        table = Table(name, heads_of(the("posts").parts[0])[:0], ())
        data = book([table], guide=["一", "二"]) if not cells else "\n".join(",".join(r) for r in cells).encode()
        with pytest.raises(Refusal) as caught:
            imports.start_sheet_import(
                sheet="posts", name="a.csv" if cells else "a.xlsx", data=data, language="", by=officer, now=NOW
            )
        return caught.value.fields["file"]

    assert "没有找到可以导入的内容" in refused([])
    assert "没有找到可以导入的内容" in refused([["名称", "描述"], ["甲", "乙"]])
    heads = ["登录邮箱", "岗位", "辖区", "统一社会信用代码"]
    assert "不认识的列：“心情”" in refused([[*heads, "心情"], ["a@b.example", "", "", "", "好"]])


def test_a_killed_import_goes_on_where_it_was(world: World) -> None:
    officer = world.city.officer
    cells = exported("teams", officer)
    for number in range(3):
        cells["专班"].append([f"n{number}", f"示例新专班{number}", *[""] * 8])
    batch = imports.confirm(batch=checked("teams", officer, cells), by=officer, now=LATER)
    row = batch.rows.filter(outcome="create").first()
    assert row is not None
    ImportRow.objects.filter(batch=batch).exclude(pk=row.pk).update(double=None)
    judge_ = SheetJudge(the("teams"), batch, LATER)
    judge_.write(row, judge_.judge(row, judge_.existing([row])), LATER)  # and then the worker is killed
    assert batch in unfinished()
    finished(batch)
    assert TaskForce.objects.filter(code__startswith="n").count() == 3


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_columns_and_parts_of_a_list_have_names_of_their_own(language: str) -> None:
    with override(language):
        for sheet in sheets():
            parts = [gettext(part.label) for part in sheet.parts]
            assert len(parts) == len(set(parts)), sheet.code
            for part in sheet.parts:
                heads = [gettext(column.label) for column in part.columns]
                assert len(heads) == len(set(heads)), (sheet.code, sorted(heads))


def test_nothing_is_declared_that_cannot_be_reached() -> None:
    for code in IMPORTED:
        for part in the(code).parts:
            names = [column.name for column in part.columns if column.name]
            assert len(names) == len(set(names))
            if part.change:
                assert names[-1] == "version"
                assert any(column.key for column in part.columns)
                assert part.change.adds in (NEVER, BLANK) or set(part.change.form.base_fields) >= {
                    column.name for column in part.columns if column.key
                }
