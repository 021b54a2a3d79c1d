"""清单改动"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import product
from typing import Any

import pytest
from django.db import transaction

from kechuang.core.audit.models import Event
from kechuang.core.cases.models import Import, ImportRow
from kechuang.core.catalogue.models import all_services
from kechuang.core.parties.models import User
from kechuang.kit.fields import CodeField, CodesField, split
from kechuang.kit.refusal import Refusal
from kechuang.kit.tables import text_of
from kechuang.web.people_forms import UsccField
from kechuang.web.sheet_imports import SheetJudge
from kechuang.web.sheet_steps import STEPS
from kechuang.web.sheets import BLANK, Part
from tests.sheets.edits import writers
from tests.sheets.files import (
    IMPORTED,
    LATER,
    Cells,
    checked,
    entered,
    exported,
    outcome,
    reasons,
    the,
)
from tests.world import World

FRESH = "91370202MADEM3001Y"  # fictional, of nobody in the test city


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
        told = {column: values for column, values in (words | steps(part, cells, row)).items() if values}
        for column, values in told.items():
            for value in values:
                yield Edit(part, row, {column: value}, is_new)
        for together in product(*told.values()):
            yield Edit(part, row, dict(zip(told, together, strict=True)), is_new)


def typed(field: Any) -> list[str]:
    """What may stand in the cells of a column."""
    if isinstance(field, CodeField | CodesField):
        return [label for _code, label in field.source()]
    if isinstance(field, UsccField):
        return [FRESH]
    return ["另一个说法"] if field is not None else []


def steps(part: Part, cells: Cells, row: int) -> dict[str, list[str]]:
    """In a list of cases: the steps that the row says can be taken, and their reasons; others are refused."""
    if part.change is not STEPS:
        return {}
    said = cells[part.label][row][next(at for at, c in enumerate(part.columns) if c.label == "可办理")]
    labels = split(said)
    moves = [step for service in all_services() for step in service.workflow.steps if step.label in labels]
    reasons_ = dict.fromkeys(words for move in moves for words in move.reasons.values())
    return {"办理步骤": labels, "原因": ["", *reasons_]}


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
