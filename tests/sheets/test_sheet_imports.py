"""清单往返: a list comes back as it left, and one changed cell changes one record, once."""

import pytest
from django.http import QueryDict  # noqa: TID251 - the filters of an address are part of what is asked for
from django.utils.translation import override

from kechuang.core.cases import imports
from kechuang.core.cases.import_targets import is_importable
from kechuang.kit.refusal import Refusal
from kechuang.web.sheet_files import sheet_file
from kechuang.web.sheets import Ask, Sheet, sheets
from tests.city import NOW
from tests.sheets.edits import writers
from tests.sheets.files import (
    IMPORTED,
    LATER,
    finished,
    outcome,
    reasons,
    the,
)
from tests.world import World


@pytest.mark.parametrize("sheet", sheets(), ids=lambda sheet: sheet.code)
def test_a_list_can_be_imported_or_says_why_not(sheet: Sheet) -> None:
    assert all(part.change for part in sheet.parts) or "不能导入" in sheet.about
    assert is_importable(sheet.code) == any(part.change for part in sheet.parts)


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
