"""本单位的年度数据表 sheet: three years of one enterprise as an Excel file, and back."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from kechuang.core.dossier.facts import facts
from kechuang.core.dossier.models import MONEY, YEARLY
from kechuang.kit.language import main_language
from kechuang.kit.refusal import Refusal
from kechuang.kit.rules.facts import Fact
from kechuang.kit.tables import read
from kechuang.kit.workbooks import Head, workbook

CODE, NAME, UNIT = "代码", "栏目", "单位"


def asked() -> list[Fact]:
    """The yearly facts, in order."""
    return [fact for fact in facts().values() if fact.code in YEARLY]


def figures_workbook(name: str, stated: Mapping[int, Mapping[str, Any]], years: Sequence[int]) -> bytes:
    """One row for each fact, one column for each year; money in yuan."""
    heads = [Head(CODE, width=20), Head(NAME, width=36), Head(UNIT, width=8)]
    heads += [Head(str(year), width=18) for year in years]
    rows = [
        [f.code, f.label, "元" if f.code in MONEY else f.unit, *(stated.get(y, {}).get(f.code) for y in years)]
        for f in asked()
    ]
    guide = ["金额以元为单位。不要改动“代码”列；空格表示没有填写。改好后在一企一档页面上传，核对后保存。"]
    with main_language():  # like all files of records that are read again
        return workbook(sheet=name, heads=heads, rows=rows, guide=guide)


def figures_of(name: str, data: bytes, years: Sequence[int]) -> dict[str, Any]:
    """What a file says, as the form takes it: ``code_2025`` to text; money in 万元. Raises Refusal for another file."""
    table = read(name, data)
    if CODE not in table.heads or not any(str(year) in table.heads for year in years):
        words = _("这不是年度数据表：缺少“代码”列或年度列。请先下载本单位的表格，填好再上传。")
        raise Refusal(words, fields={"file": words})
    known = {fact.code: fact for fact in asked()}
    found: dict[str, Any] = {}
    for row in table.rows:
        code = str(row.values.get(CODE, "")).strip()
        if code not in known:
            words = _("第 %(row)s 行的代码“%(code)s”不认识，请保留原来的“代码”列。") % {
                "row": row.number,
                "code": code[:30],
            }
            raise Refusal(words, fields={"file": words})
        for year in years:
            found[f"{code}_{year}"] = _cell(known[code], str(row.values.get(str(year), "")).strip())
    return found


def _cell(fact: Fact, typed: str) -> str:
    if fact.code not in MONEY or not typed:
        return typed
    try:
        number = Decimal(typed.replace(",", "")) / 10_000
    except ArithmeticError:
        return typed
    return format(number, "f") if number.is_finite() and len(typed) < 30 else typed
