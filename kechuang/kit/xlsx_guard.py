"""Excel 安检 xlsx guard: is a file a sound .xlsx of bounded size? Asked before any reader opens it.

What the archive says about itself is not believed: every part is unpacked and counted, and every sheet is walked cell
by cell, since one cell in the last corner makes a reader reserve room for all cells before it.
"""

import io
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import NoReturn
from xml.parsers import expat

from django.utils.translation import gettext as _

from kechuang.kit.refusal import Refusal

PIECE = 1 << 18
MOST_PARTS = 2_000
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIP = b"PK"
_FILLED = frozenset(("v", "is", "f"))  # children of a cell that has something in it
_CELLS = frozenset(("c", "row", "t", "si")) | _FILLED


@dataclass(frozen=True)
class Limits:
    """上限: bytes of the file, bytes unpacked, data rows and columns."""

    size: int = 50 * 1024 * 1024
    unpacked: int = 300 * 1024 * 1024
    rows: int = 20_000
    columns: int = 100


def refuse(message: str) -> NoReturn:
    """Say no to the file that was sent."""
    raise Refusal(message, fields={"file": message})


def letter(column: int) -> str:
    """The name of a column, counted from 0: A … Z, AA …"""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def check(data: bytes, limits: Limits) -> None:
    """Raise Refusal for anything but a sound, unprotected .xlsx within the limits."""
    if data.startswith(OLE):
        if "EncryptedPackage".encode("utf-16-le") in data:
            refuse(_("这个 Excel 文件有打开密码。请在 Excel 中“文件—信息—保护工作簿”里取消密码，另存后再上传。"))
        refuse(_("这是旧版 .xls 文件。请在 Excel 或 WPS 中“另存为”选择 .xlsx 格式后再上传。"))
    if not data.startswith(ZIP):
        refuse(_("这不是 Excel（.xlsx）文件。请下载模板填写，或在 Excel、WPS 中另存为 .xlsx。"))
    try:
        parts = zipfile.ZipFile(io.BytesIO(data)).infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        refuse(_("文件已损坏，无法打开。请用 Excel 或 WPS 打开后另存为 .xlsx，再重新上传。"))
    names = {p.filename for p in parts}
    if "xl/workbook.xml" not in names:
        refuse(_("这不是 Excel（.xlsx）文件，里面没有工作簿。请在 Excel、WPS 中另存为 .xlsx。"))
    if len(names) < len(parts) or len(parts) > MOST_PARTS or any(p.flag_bits & 1 for p in parts):
        refuse(_("文件结构不正常（部件重名、过多或加密）。请用 Excel 或 WPS 打开后另存为 .xlsx，再重新上传。"))
    left = limits.unpacked
    if sum(p.file_size for p in parts) > left:
        _too_large(limits)
    for part in parts:
        left -= _walk(data, part, left, limits)


def _too_large(limits: Limits) -> NoReturn:
    refuse(
        _("文件展开后超过 %(size)s MB，已拒绝。请删去图片和多余的工作表，或分成几个文件。")
        % {"size": limits.unpacked // 1024 // 1024}
    )


def _walk(data: bytes, part: zipfile.ZipInfo, left: int, limits: Limits) -> int:
    """Unpack one part piece by piece, walking it when it is XML; returns its true size in bytes."""
    size, sheet = 0, None
    for piece in _pieces(data, part):
        if size == 0 and piece.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
            sheet = _Sheet(part.filename, limits)
        size += len(piece)
        if size > left:
            _too_large(limits)
        if sheet:
            sheet.feed(piece)
    if size != part.file_size:
        refuse(_("文件已损坏：内容与目录不符。请用 Excel 或 WPS 打开后另存为 .xlsx，再重新上传。"))
    return size


def _pieces(data: bytes, part: zipfile.ZipInfo) -> Iterator[bytes]:
    """The unpacked bytes of a part, out of the archive's own bytes: ``zipfile`` would stop at the size it is told."""
    head = data[part.header_offset : part.header_offset + 30]
    start = part.header_offset + 30 + int.from_bytes(head[26:28], "little") + int.from_bytes(head[28:30], "little")
    packed = memoryview(data)[start : start + part.compress_size]
    if part.compress_type == zipfile.ZIP_STORED:
        for at in range(0, len(packed), PIECE):
            yield bytes(packed[at : at + PIECE])
        return
    if part.compress_type != zipfile.ZIP_DEFLATED:
        refuse(_("文件用了少见的压缩方式。请用 Excel 或 WPS 打开后另存为 .xlsx，再重新上传。"))
    unpack = zlib.decompressobj(-15)
    try:
        rest = unpack.decompress(packed, PIECE)
        while rest:
            yield rest
            rest = unpack.decompress(unpack.unconsumed_tail, PIECE)
    except zlib.error:
        refuse(_("文件已损坏，无法解压。请用 Excel 或 WPS 打开后另存为 .xlsx，再重新上传。"))


class _Sheet:
    """Counts the rows and columns of a sheet while its XML goes by; other XML has no cells."""

    def __init__(self, name: str, limits: Limits) -> None:
        self.name, self.limits = name, limits
        self.row = self.column = 0
        self.parser = expat.ParserCreate()
        self.parser.StartElementHandler = self._start
        self.parser.StartDoctypeDeclHandler = self._doctype

    def feed(self, piece: bytes) -> None:
        """Walk on; raises Refusal as soon as a limit is passed or the XML is broken."""
        try:
            self.parser.Parse(piece)
        except expat.ExpatError:
            refuse(_("文件已损坏：内容不是正确的 XML。请用 Excel 或 WPS 打开后另存为 .xlsx，再重新上传。"))

    def _doctype(self, *_given: object) -> None:
        refuse(_("文件含有不允许的声明（DOCTYPE）。请用 Excel 或 WPS 打开后另存为 .xlsx，再重新上传。"))

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        kind = name if name in _CELLS else name.rpartition(":")[2]
        if kind == "c":
            self.column += 1
            if place := attributes.get("r"):
                self._place(place)
        elif kind in _FILLED and self.column:
            if self.row > self.limits.rows + 1 or self.column > self.limits.columns:
                self._refuse()
        elif kind == "row":
            self.row = int(attributes["r"]) if attributes.get("r", "").isdecimal() else self.row + 1
            self.column = 0

    def _place(self, place: str) -> None:
        letters = place.rstrip("0123456789")
        digits = place[len(letters) :]
        if len(digits) in range(1, 8) and (column := _number(letters)):
            self.row, self.column = int(digits), column

    def _refuse(self) -> None:
        limits = self.limits
        if self.row > limits.rows + 1:
            refuse(
                _(
                    "有工作表在第 %(row)s 行仍有内容，超过 %(rows)s 行数据的上限。请分成几个文件，"
                    "或删去下方多余的行和不需要的工作表。"
                )
                % {"row": self.row, "rows": limits.rows}
            )
        where = f"{letter(self.column - 1)}{self.row}"
        refuse(
            _("有工作表在 %(where)s 仍有内容，超过 %(columns)s 列的上限。请删去右侧多余的列和不需要的工作表。")
            % {"where": where, "columns": limits.columns}
        )


@lru_cache(maxsize=20_000)
def _number(letters: str) -> int:
    """The number of a column, counted from 1; 0 for what is none."""
    number = 0
    for character in letters:
        if not "A" <= character <= "Z":
            return 0
        number = number * 26 + ord(character) - 64
    return number if len(letters) in range(1, 4) else 0
