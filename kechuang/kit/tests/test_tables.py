"""表格: real files, sound and unsound, made here byte by byte."""

import io
import json
import zipfile
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import xlsxwriter

from kechuang.kit.refusal import Refusal
from kechuang.kit.tables import cell, decode, read
from kechuang.kit.workbooks import Head, csv_table, json_lines, workbook
from kechuang.kit.xlsx_guard import OLE, Limits

SMALL = Limits(size=1_000_000, unpacked=2_000_000, rows=10, columns=5)


def sheet(*rows: tuple[Any, ...], write: Any = None) -> bytes:
    """A workbook with these rows on its first sheet."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"strings_to_formulas": False}) as book:
        first = book.add_worksheet("数据")
        for number, row in enumerate(rows):
            for column, value in enumerate(row):
                first.write(number, column, value)
        if write:
            write(book, first)
    return target.getvalue()


def repacked(data: bytes, **parts: bytes) -> bytes:
    """The same archive with some parts replaced or added."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in parts:
                new.writestr(name, old.read(name))
        for name, content in parts.items():
            new.writestr(name, content)
    return target.getvalue()


def said(name: str, data: bytes, limits: Limits = SMALL) -> str:
    """What a refusal says; it is about the field ``file``."""
    with pytest.raises(Refusal) as caught:
        read(name, data, limits)
    assert caught.value.fields == {"file": caught.value.message}
    return caught.value.message


def test_cells_are_read_as_people_see_them() -> None:
    def write(book: Any, first: Any) -> None:
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        first.write_datetime(1, 2, date(2027, 6, 30), day)
        first.write(1, 3, bool(1))

    table = read("a.xlsx", sheet((" 名称 ", "预算", "日期", "是否"), ("泵", 300000.0, "", ""), write=write))
    assert table.heads == ("名称", "预算", "日期", "是否")
    assert [(r.number, r.values) for r in table.rows] == [
        (2, {"名称": "泵", "预算": "300000", "日期": "2027-06-30", "是否": "是"})
    ]
    assert cell(table.kind, table.heads, "日期", 2) == "C2"


def test_a_formula_gives_its_stored_value_and_is_never_computed() -> None:
    def write(book: Any, first: Any) -> None:
        first.write_formula(1, 0, '=WEBSERVICE("http://127.0.0.1/")', None, "存下的文字")
        first.write_formula(1, 1, "=1+1", None, 7)
        first.write_string(1, 2, "=1+1")

    table = read("a.xlsx", sheet(("甲", "乙", "丙"), write=write))
    assert table.rows[0].values == {"甲": "存下的文字", "乙": "7", "丙": "=1+1"}


def test_written_values_come_back_and_none_is_a_formula() -> None:
    texts = [
        "=1+1",
        "+86 532",
        "-5 ℃",
        "@cmd",
        "\t=1",
        "\r=1",
        '=HYPERLINK("http://x","y")',
        "http://x.example",
        "_x0041_",
    ]
    rows = [(text, Decimal("12.5"), date(2027, 6, 30)) for text in texts]
    heads = [Head("文字", choices=("甲", "乙")), Head("数"), Head("日")]
    data = workbook(sheet="数据", heads=heads, rows=rows, guide=["说明"])
    table = read("a.xlsx", data)
    assert [r.values for r in table.rows] == [{"文字": t, "数": "12.5", "日": "2027-06-30"} for t in texts]
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        sheets = [archive.read(n).decode() for n in archive.namelist() if n.startswith("xl/worksheets/sheet")]
        styles = archive.read("xl/styles.xml").decode()
    assert not any("<f>" in s for s in sheets)
    assert 'quotePrefix="1"' in styles
    assert 'state="frozen"' in sheets[0]
    assert "'代码表'!$A$1:$A$2" in sheets[0]


def test_the_guide_and_hidden_sheets_are_not_read() -> None:
    def write(book: Any, first: Any) -> None:
        first.hide()
        guide = book.add_worksheet("填写说明")
        guide.write(0, 0, "说明")
        guide.activate()
        book.add_worksheet("清单").write_column(0, 0, ["名称", "泵"])

    table = read("a.xlsx", sheet(("不读",), ("不读",), write=write))
    assert table.rows[0].values == {"名称": "泵"}


def test_empty_files_are_refused() -> None:
    assert "空的" in said("a.xlsx", b"")
    assert "空的" in said("a.jsonl", b" \r\n\n")
    assert "空的" in said("a.xlsx", sheet())
    assert "没有数据行" in said("a.xlsx", sheet(("名称", "正文")))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"PK\x03\x04 broken", "已损坏"),
        (OLE + b"\0" * 600, "旧版 .xls"),
        (OLE + b"\0" * 64 + "EncryptedPackage".encode("utf-16-le"), "打开密码"),
        (b"%PDF-1.7 something", "认不出"),
        (b"\x89PNG\r\n\x1a\n\0\0\0", "编码"),
    ],
)
def test_what_is_not_an_excel_file_is_named(data: bytes, words: str) -> None:
    assert words in said("a.xlsx", data)


def test_a_cut_or_changed_archive_is_refused() -> None:
    whole = sheet(("名称",), ("泵",))
    assert "已损坏" in said("a.xlsx", whole[: len(whole) // 2])
    other = io.BytesIO()
    with zipfile.ZipFile(other, "w") as archive:
        archive.writestr("a.txt", "x")
    assert "没有工作簿" in said("a.xlsx", other.getvalue())
    broken = repacked(whole, **{"xl/worksheets/sheet1.xml": b"<worksheet><sheetData><row r='1'><c r='A1'>"})
    assert "已损坏" in said("a.xlsx", broken)
    doctype = b'<!DOCTYPE x [<!ENTITY a "aaaa">]><worksheet/>'
    assert "DOCTYPE" in said("a.xlsx", repacked(whole, **{"xl/worksheets/sheet1.xml": doctype}))


def test_a_zip_bomb_is_refused_before_it_is_unpacked() -> None:
    bomb = repacked(sheet(("名称",), ("泵",)), **{"xl/media/image1.png": b"\0" * 3_000_000})
    assert len(bomb) < 20_000
    assert "展开后超过" in said("a.xlsx", bomb)


def test_a_zip_bomb_that_lies_about_its_size_is_refused() -> None:
    bomb = bytearray(repacked(sheet(("名称",), ("泵",)), **{"xl/media/image1.png": b"\0" * 3_000_000}))
    true, told = (3_000_000).to_bytes(4, "little"), (1000).to_bytes(4, "little")
    assert bomb.count(true) == 2  # beside the part and in the directory
    assert "展开后超过" in said("a.xlsx", bytes(bomb.replace(true, told)))


def test_one_cell_in_the_last_corner_is_refused() -> None:
    def write(book: Any, first: Any) -> None:
        first.write_string(1_048_575, 0, "x")

    assert "第 1048576 行" in said("a.xlsx", sheet(("名称",), ("泵",), write=write))
    assert "XFD1" in said("a.xlsx", sheet(("名称",), write=lambda _, first: first.write_string(0, 16_383, "x")))
    formatted = sheet(
        ("名称",), ("泵",), write=lambda book, first: first.write_blank(99_999, 0, None, book.add_format())
    )
    assert len(read("a.xlsx", formatted, SMALL).rows) == 1


def test_too_much_is_refused_with_the_limit() -> None:
    assert "10 行" in said("a.xlsx", sheet(("名称",), *[("泵",)] * 11))
    assert "5 列" in said("a.xlsx", sheet(tuple("甲乙丙丁戊己"), tuple("甲乙丙丁戊己")))
    assert "10 行" in said("a.jsonl", b'{"a": 1}\n' * 11)
    assert "1 MB" in said("a.jsonl", b'{"a": 1}\n' * 200_000, Limits(size=1024 * 1024))


def test_heads_must_be_there_once() -> None:
    assert "“名称”出现了 2 次（A1、C1）" in said("a.xlsx", sheet(("名称", "正文", "名称"), ("泵", "x", "y")))
    assert "C2 有内容，但这一列没有表头" in said("a.xlsx", sheet(("名称", "正文"), ("泵", "x", "y")))


def test_texts_are_read_in_utf8_and_gb18030() -> None:
    line = json.dumps({"title": "镕铁工艺", "text": "㐂、𠮷"}, ensure_ascii=False)
    for data in (line.encode(), b"\xef\xbb\xbf" + line.encode(), line.encode("gb18030"), line.encode("utf-16")):
        assert read("a.jsonl", data).rows[0].values == {"title": "镕铁工艺", "text": "㐂、𠮷"}
    lines = '名称,正文\r\n"镕铁,工艺","第一行\n第二行"\r\n'
    for data in (lines.encode("gb18030"), lines.encode("utf-8-sig")):
        table = read("a.csv", data)
        assert table.rows[0].values == {"名称": "镕铁,工艺", "正文": "第一行\n第二行"}
        assert cell(table.kind, table.heads, "正文", 2) == "B2"
    assert decode(b"a\tb") == "a\tb"


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('{"a": 1', "第 2 行"),
        ("[1, 2]", "不是 JSON 对象"),
        ('"text"', "不是 JSON 对象"),
        ('{"a": 1, "a": 2}', "“a”出现了两次"),
        ('{"a": NaN}', "数字"),
        ('{"a": ' + "9" * 5000 + "}", "数字"),
        ('{"a": "\\u0000"}', "控制字符"),
        ('{"a": "\\ud800"}', "残缺"),
        ('{"a": ' + "[" * 50 + "]" * 50 + "}", "嵌套"),
        ('{"a": ' + "[" * 100_000 + "]" * 100_000 + "}", "嵌套"),
    ],
)
def test_a_wrong_line_is_named(line: str, words: str) -> None:
    message = said("a.jsonl", f'{{"a": 1}}\n{line}\n'.encode())
    assert "第 2 行" in message
    assert words in message


def test_wrong_csv_is_named() -> None:
    assert "第 3 行" in said("a.csv", '名称,正文\n"泵",x\n"未完'.encode())
    assert "认不出" in said("a.doc", "名称,正文\n泵,x\n".encode())


def test_json_lines_keep_chinese_readable() -> None:
    assert json_lines([{"名称": "泵", "价": Decimal("1.5")}]) == '{"名称": "泵", "价": "1.5"}\n'.encode()


def test_csv_keeps_long_numbers_and_holds_no_formula() -> None:
    made = csv_table(["账号", "说明"], [["6222021234567890123", '=1+1,"x"'], [None, "@cmd"]])
    rows = read("x.csv", made).rows
    assert made.startswith(b"\xef\xbb\xbf")
    assert [r.values for r in rows] == [
        {"账号": "6222021234567890123", "说明": '\'=1+1,"x"'},
        {"账号": "", "说明": "'@cmd"},
    ]
