"""列表的场面 builders: files exported, changed, checked and entered."""

import io
from datetime import timedelta
from typing import Any

from django.http import QueryDict  # noqa: TID251 - the filters of an address are part of what is asked for
from python_calamine import CalamineWorkbook

from kechuang.core.cases import imports
from kechuang.core.cases.actions import advance
from kechuang.core.cases.import_work import work
from kechuang.core.cases.models import Import
from kechuang.core.catalogue.models import get
from kechuang.core.market.models import Offer
from kechuang.core.parties.models import User
from kechuang.kit.workbooks import Table, book
from kechuang.web.sheet_files import heads_of, sheet_file
from kechuang.web.sheets import Ask, Sheet, sheet_of, sheets
from tests.city import NOW, listing
from tests.world import World

FORMULA = '=HYPERLINK("http://x.example";"请点")'


LATER = NOW + timedelta(minutes=5)


IMPORTED = [sheet.code for sheet in sheets() if any(part.change for part in sheet.parts)]


Cells = dict[str, list[list[Any]]]


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
