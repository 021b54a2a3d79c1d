"""表单字段: one field reads a page, a JSON value and an Excel cell alike."""

from decimal import Decimal
from typing import Any

import pytest
from django import forms
from django.http import QueryDict  # noqa: TID251 - what a browser sends

from kechuang.kit.fields import CodeField, CodesField, Column, RowsField, TagsField, YuanField

INDUSTRIES = [("ai", "人工智能"), ("energy", "绿色能源"), ("materials", "高端化工、新材料")]


class Sample(forms.Form):
    """All fields once."""

    tags = TagsField(required=False, most=3)
    one = CodeField(choices=lambda: INDUSTRIES, required=False)
    many = CodesField(choices=lambda: INDUSTRIES, required=False, most=2)
    price = YuanField(required=False)
    rows = RowsField(
        required=False,
        most=2,
        columns=(
            Column("name", "指标", required=True),
            Column("kind", "类别", choices=lambda: INDUSTRIES),
            Column("note", "说明", width=5),
        ),
    )


def cleaned(data: Any) -> Any:
    """What the form makes of the data, or its errors."""
    form = Sample(data)
    return form.cleaned_data if form.is_valid() else {k: v[0] for k, v in form.errors.items()}


def page(query: str) -> QueryDict:
    return QueryDict(query)


EXPECTED = {
    "tags": ["钙钛矿", "封装"],
    "one": "ai",
    "many": ["energy", "materials"],
    "price": Decimal("805000"),
    "rows": [{"name": "效率", "kind": "ai", "note": "85℃"}, {"name": "寿命", "kind": "", "note": ""}],
}


def test_a_page_gives_repeated_inputs_and_money_in_wan() -> None:
    data = QueryDict(mutable=True)
    data.update({"tags": "钙钛矿、封装", "one": "ai", "price": " 80.5 "})
    data.setlist("many", ["energy", "materials"])
    for column, values in {"name": ["效率", "", "寿命"], "kind": ["ai", "", ""], "note": ["85℃", "", ""]}.items():
        data.setlist(f"rows.{column}", values)
    assert cleaned(data) == EXPECTED


def test_json_gives_lists_objects_and_money_in_yuan() -> None:
    rows = [{"name": "效率", "kind": "人工智能", "note": "85℃"}, {"name": "寿命", "kind": None}]
    data = {
        "tags": ["钙钛矿", "封装"],
        "one": "人工智能",
        "many": ["energy", "materials"],
        "price": 805000.0,
        "rows": rows,
    }
    assert cleaned(data) == EXPECTED


def test_an_excel_cell_gives_text() -> None:
    data = {
        "tags": "钙钛矿，封装；钙钛矿",
        "one": "人工智能",
        "many": "绿色能源、高端化工、新材料",
        "price": "805,000",
        "rows": "效率|人工智能|85℃\n\n寿命｜",
    }
    assert cleaned(data) == EXPECTED


def test_rows_written_into_a_cell_come_back_the_same() -> None:
    field = Sample().fields["rows"]
    assert isinstance(field, RowsField)
    rows = [{"name": "效率|峰值", "kind": "ai", "note": "a｜b"}, {"name": "寿命", "kind": "", "note": ""}]
    assert field.clean(field.as_cell(rows)) == rows


@pytest.mark.parametrize(
    ("typed", "yuan"),
    [("80", Decimal(800000)), ("0.0001", Decimal(1)), ("1,200", Decimal(12_000_000)), ("", None), ("0", Decimal(0))],
)
def test_money_typed_in_wan_is_kept_in_yuan_and_shown_in_wan_again(typed: str, yuan: Decimal | None) -> None:
    form = Sample(page(f"price={typed}"))
    assert form.is_valid(), form.errors
    assert form.cleaned_data["price"] == yuan
    shown = Sample(initial={"price": yuan})["price"]
    assert f'value="{typed.replace(",", "")}"' in str(shown) if typed else "value" not in str(shown)


@pytest.mark.parametrize(
    "typed", ["八十", "-1", "NaN", "sNaN", "Infinity", "1e999999999", "1e40", "9" * 40, "1.2345678", "1 000"]
)
def test_what_is_no_money_is_an_error_and_stays_on_the_page(typed: str) -> None:
    form = Sample(page(f"price={typed}"))
    assert list(form.errors) == ["price"]
    assert len(str(form["price"])) < 1000


@pytest.mark.parametrize("value", [[1], {"a": 1}, True, "=1+1", 10**16, "1e-9"])
def test_wrong_types_of_money_are_errors(value: Any) -> None:
    assert list(cleaned({"price": value})) == ["price"]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"tags": "甲、乙、丙、丁"}, "最多 3 个，现有 4 个，请删减。"),
        ({"tags": "长" * 41}, "超过 40 个字"),
        ({"tags": ["a\x00b"]}, "控制字符"),
        ({"one": "量子"}, "“量子”不在可选范围内，请从列表中选择。"),
        ({"one": ["ai"]}, "不在可选范围内"),
        ({"many": "ai、量子"}, "“量子”不在可选范围内，请从列表中选择。"),
        ({"many": "ai、energy、materials"}, "最多选 2 项。"),
        ({"rows": 5}, "格式不正确"),
        ({"rows": [1]}, "格式不正确"),
        ({"rows": [{"kind": "ai"}]}, "第 1 行缺少“指标”。"),
        ({"rows": [{"name": "效率", "x": "1"}]}, "第 1 行有不认识的列：x。"),
        ({"rows": "效率|量子"}, "第 1 行“类别”填写的“量子”不在可选范围内。"),
        ({"rows": "效率|ai|说明超过五个字"}, "第 1 行“说明”超过 5 个字"),
        ({"rows": "a\nb\nc"}, "最多 2 行，现有 3 行。"),
        ({"rows": "效率|ai|好|多一列"}, "多于 3 列"),
        ({"rows": [{"name": "a\x00"}]}, "控制字符"),
    ],
)
def test_errors_name_the_row_the_column_and_the_remedy(data: dict[str, Any], message: str) -> None:
    assert [message in text for text in cleaned(data).values()] == [True]


def test_a_megabyte_of_text_is_refused_not_kept() -> None:
    assert list(cleaned({"tags": "x" * 1_000_000})) == ["tags"]
    assert list(cleaned({"rows": "x" * 1_000_000})) == ["rows"]


def test_the_table_shows_its_rows_and_an_empty_one_and_escapes_them() -> None:
    html = str(Sample(initial={"rows": [{"name": "<b>", "kind": "ai"}]})["rows"])
    assert html.count('name="rows.name"') == 2
    assert "&lt;b&gt;" in html
    assert "<b>" not in html
