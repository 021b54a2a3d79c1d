"""导入的场面 builders: files, checked and entered batches, what was found."""

import io
import json
from datetime import date
from typing import Any

import xlsxwriter

from kechuang.core.cases import imports
from kechuang.core.cases.import_work import work
from kechuang.core.cases.models import Import
from kechuang.core.parties.models import User
from tests.city import NOW, City

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
