"""清单公式"""

import io
import zipfile

import pytest

from kechuang.core.cases import imports
from kechuang.core.cases.import_targets import target_of
from tests.sheets.edits import writers
from tests.sheets.files import (
    FORMULA,
    IMPORTED,
    LATER,
    checked,
    exported,
    finished,
    outcome,
    the,
)
from tests.world import World


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
