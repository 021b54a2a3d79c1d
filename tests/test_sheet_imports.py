"""清单往返: a list comes back as it left, and one changed cell changes one record, once."""

import io
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.http import QueryDict  # noqa: TID251 - the filters of an address are part of what is asked for
from django.utils.translation import gettext, override
from python_calamine import CalamineWorkbook

from kechuang.core.audit.models import Event
from kechuang.core.cases import imports
from kechuang.core.cases.actions import advance
from kechuang.core.cases.import_queries import unfinished
from kechuang.core.cases.import_targets import is_importable, target_of
from kechuang.core.cases.import_work import work
from kechuang.core.cases.models import Case, Contact, Import, ImportRow
from kechuang.core.catalogue.models import get
from kechuang.core.market.models import Offer
from kechuang.core.matching.actions import judge
from kechuang.core.matching.models import Judgement, Match
from kechuang.core.parties.models import Mandate, Post, User
from kechuang.core.taskforces.models import Seat, TaskForce
from kechuang.kit.fields import CodeField, CodesField
from kechuang.kit.refusal import NotAllowed, Refusal
from kechuang.kit.tables import text_of
from kechuang.kit.workbooks import Table, book
from kechuang.services.introductions.actions import Said, log_contact
from kechuang.web.sheet_files import heads_of, sheet_file
from kechuang.web.sheet_imports import SheetJudge
from kechuang.web.sheets import BLANK, NEVER, Ask, Part, Sheet, sheet_of, sheets
from tests.city import NOW, listing
from tests.world import World, make

FORMULA = '=HYPERLINK("http://x.example";"请点")'
LATER = NOW + timedelta(minutes=5)
IMPORTED = [sheet.code for sheet in sheets() if any(part.change for part in sheet.parts)]
Cells = dict[str, list[list[Any]]]


@pytest.fixture
def world(db: None, tmp_path: Path, settings: Any) -> World:
    settings.DOCUMENTS_DIR = tmp_path
    made = make()
    said = Said(person="需求方 赵经理", channel="phone", result="reached", on=date(2026, 11, 18), text=FORMULA)
    log_contact(case=made.introduction, said=said, form_key="", by=made.city.broker, now=NOW)
    judge(need=made.need, offer=made.achievement, fits=False, reason="other", by=made.city.broker, now=NOW)
    _list_more(made)
    Match.objects.get_or_create(
        need=made.need, offer=made.achievement, defaults={"score": 50, "engine": "t", "at": NOW}
    )
    return made


def _list_more(world: World) -> None:
    """Something in the lists that are empty otherwise: about to expire, and on the long-term list."""
    Offer.objects.filter(pk=world.achievement.pk).update(expires_on=NOW.date() + timedelta(days=9))
    _need, case = listing(world.city, "needs", title="短期内解决不了的需求")
    advance(case=case, step="submit", by=world.city.engineer, now=NOW)
    reason = next(iter(get("needs").workflow.step("submitted", "long_term").reasons))
    advance(case=case, step="long_term", by=world.city.officer, now=NOW, reason=reason, note="要联合攻关")


def the(code: str) -> Sheet:
    found = sheet_of(code)
    assert found is not None
    return found


def exported(code: str, user: User, query: str = "") -> Cells:
    """The rows of the file, with their heads."""
    content = sheet_file(the(code), Ask(user, QueryDict(query), NOW))
    opened = CalamineWorkbook.from_filelike(io.BytesIO(content))
    names = [part.label for part in the(code).parts]
    return {name: [[_typed(v) for v in row] for row in opened.get_sheet_by_name(name).to_python()] for name in names}


def _typed(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value


def packed(code: str, cells: Cells) -> bytes:
    """The rows as a file again."""
    parts = {part.label: part for part in the(code).parts}
    return book([Table(name, heads_of(parts[name]), rows[1:]) for name, rows in cells.items()])


def finished(batch: Import) -> Import:
    while work(batch, now=LATER):
        batch.refresh_from_db()
    batch.refresh_from_db()
    return batch


def checked(code: str, user: User, cells: Cells) -> Import:
    data = packed(code, cells)
    started = imports.start_sheet_import(sheet=code, name="a.xlsx", data=data, language="zh-hans", by=user, now=LATER)
    return finished(started)


def entered(code: str, user: User, cells: Cells) -> Import:
    batch = imports.confirm(batch=checked(code, user, cells), by=user, now=LATER)
    return finished(batch)


def outcome(batch: Import) -> dict[str, int]:
    counts = {"create": batch.created, "update": batch.updated, "unchanged": batch.unchanged, "error": batch.errors}
    return {name: n for name, n in counts.items() if n}


def reasons(batch: Import) -> str:
    return "；".join(f"{e['cell']}:{e['reason']}" for row in batch.rows.all() for e in row.errors)


def cell(cells: Cells, part: str, row: int, column: str, value: Any) -> Cells:
    """The same with one cell changed."""
    at = cells[part][0].index(column)
    rows = [list(line) for line in cells[part]]
    rows[row][at] = value
    return cells | {part: rows}


def writers(code: str, world: World) -> Iterator[User]:
    """Those of the city who may import the list, with something in it."""
    for user in world.city.people().values():
        try:
            target_of(code).require(user, NOW)
        except NotAllowed:
            continue
        if sum(len(rows) - 1 for rows in exported(code, user).values()):
            yield user


@dataclass
class Edit:
    """一处改动: what is typed into one row, or into a copy of it below all others."""

    part: Part
    row: int
    values: dict[str, str]  # by the label of the column
    is_new: bool

    def apply(self, cells: Cells) -> Cells:
        line = list(cells[self.part.label][self.row])
        for at, column in enumerate(self.part.columns):
            if self.is_new and (column.key or column.name == "version"):
                line[at] = ""
            if column.label in self.values:
                line[at] = self.values[column.label]
        rows = list(cells[self.part.label])
        return cells | {
            self.part.label: [*rows, line] if self.is_new else [*rows[: self.row], line, *rows[self.row + 1 :]]
        }


def edits(part: Part, cells: Cells) -> Iterator[Edit]:
    """Whatever a person might type into one cell; then, where a step asks for more, into several of one row."""
    change = part.change
    assert change is not None
    is_new = change.adds == BLANK
    words = {c.label: typed(change.form.base_fields.get(c.name)) for c in part.columns if c.name and not c.key}
    rows = range(1, len(cells[part.label]))
    for row in rows:
        for column, values in words.items():
            for value in values:
                yield Edit(part, row, {column: value}, is_new)
    told = {column: values for column, values in words.items() if values}
    for row in rows:
        for together in product(*told.values()):
            yield Edit(part, row, dict(zip(told, together, strict=True)), is_new)


def typed(field: Any) -> list[str]:
    """What may stand in the cells of a column."""
    if isinstance(field, CodeField | CodesField):
        return [label for _code, label in getattr(field, "offered", field.source)()]
    return ["另一个说法"] if field is not None else []


def judged(code: str, user: User, edit: Edit, cells: Cells) -> str:
    """What one row would do, and whether it can be done."""
    number = the(code).parts.index(edit.part)
    names = [column.name for column in edit.part.columns]
    batch = Import(
        sheet=code, created_by=user, language="zh-hans", format="xlsx", heads={str(number): names},
        columns={str(number): names},
    )  # fmt: skip
    line = edit.apply(cells)[edit.part.label][-1 if edit.is_new else edit.row]
    raw = {name: text_of(v) for name, v in zip(names, line, strict=True) if name}
    row = ImportRow(batch=batch, part=number, number=2, raw=raw)
    judge_ = SheetJudge(the(code), batch, LATER)
    found = judge_.judge(row, judge_.existing([row]))
    with transaction.atomic():
        works = False
        with suppress(Refusal):
            judge_.write(row, found, LATER)
            works = True
        transaction.set_rollback(True)
    return str(found.outcome) if works else "error"


@pytest.mark.parametrize("sheet", sheets(), ids=lambda sheet: sheet.code)
def test_a_list_can_be_imported_or_says_why_not(sheet: Sheet) -> None:
    assert is_importable(sheet.code) or "不能导入" in sheet.about


@pytest.mark.parametrize("code", IMPORTED)
def test_an_export_that_nobody_changed_changes_nothing(world: World, code: str) -> None:
    users = list(writers(code, world))
    assert users
    for user in users:
        with override("en" if user == world.city.officer else "zh-hans"):
            content = sheet_file(the(code), Ask(user, QueryDict(), NOW))
        batch = imports.start_sheet_import(
            sheet=code, name="a.xlsx", data=content, language="zh-hans", by=user, now=LATER
        )
        batch = finished(batch)
        assert outcome(batch) == {"unchanged": batch.total}, (user, reasons(batch))
        with pytest.raises(Refusal):
            imports.confirm(batch=batch, by=user, now=LATER)


@pytest.mark.parametrize(
    ("code", "number"), [(c, n) for c in IMPORTED for n, part in enumerate(the(c).parts) if part.change]
)
def test_one_changed_row_changes_one_record_once(world: World, code: str, number: int) -> None:
    part = the(code).parts[number]
    for user in writers(code, world):
        cells = exported(code, user)
        edit = next((e for e in edits(part, cells) if judged(code, user, e, cells) in ("create", "update")), None)
        if edit is not None:
            break
    else:
        pytest.fail("nothing in this list can be changed")
    changed = edit.apply(cells)
    rows = sum(len(cells[other.label]) - 1 for other in the(code).parts if other.change)
    before = Event.objects.count()
    batch = entered(code, user, changed)
    wanted = {"create": 1, "unchanged": rows} if edit.is_new else {"update": 1, "unchanged": rows - 1}
    assert outcome(batch) == {name: n for name, n in wanted.items() if n}, reasons(batch)
    assert batch.state == "done"
    assert Event.objects.filter(by_id=user.pk).exclude(subject="cases.import").count() > 0
    assert Event.objects.count() > before + 3, "the action leaves its own event beside those of the import"
    again = checked(code, user, changed)
    assert outcome(again) == {"unchanged": again.total}, reasons(again)


@pytest.mark.parametrize("code", IMPORTED)
def test_formulas_in_a_file_stay_texts(world: World, code: str) -> None:
    user = next(writers(code, world))
    cells = exported(code, user)
    for part in the(code).parts:
        for at, column in enumerate(part.columns):
            if not column.name:
                for line in cells[part.label][1:]:
                    line[at] = FORMULA
    assert outcome(checked(code, user, cells)).keys() == {"unchanged"}
    for part in the(code).parts:
        texts = [c for c in part.columns if c.name and not c.key and part.change]
        for line in cells[part.label][1:]:
            for column in texts:
                line[cells[part.label][0].index(column.label)] = FORMULA
    batch = checked(code, user, cells)
    assert batch.errors
    content = target_of(code).failed(batch, batch.rows.filter(outcome="error"), "xlsx")
    with zipfile.ZipFile(io.BytesIO(content)) as opened:
        pages = [opened.read(n).decode() for n in opened.namelist() if n.startswith("xl/worksheets/sheet")]
    assert not any("<f>" in page or "<f " in page or "<hyperlink" in page for page in pages)
    again = imports.start_sheet_import(sheet=code, name="b.xlsx", data=content, language="zh-hans", by=user, now=LATER)
    assert outcome(finished(again)) == {"error": batch.errors}, "what failed can be mended and uploaded as it is"


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
