"""The reader's name over PDFs and images; other files are packed with a note."""

import io
import zipfile
from typing import Any

import pytest
from PIL import Image
from pypdf import PdfReader, PdfWriter

from kechuang.kit import watermark

WORDS = "示例王工 · 示例重锻机械有限公司 · 2026-11-22 10:20"


def pdf(pages: int = 2, *, password: str = "") -> bytes:
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(595, 842)
    if password:
        writer.encrypt(password, algorithm="RC4-128")
    target = io.BytesIO()
    writer.write(target)
    return target.getvalue()


def image(kind: str, mode: str = "RGB", colour: str = "white", size: tuple[int, int] = (900, 700)) -> bytes:
    target = io.BytesIO()
    Image.new(mode, size, colour).save(target, kind)
    return target.getvalue()


def test_every_page_of_a_pdf_carries_the_words() -> None:
    marked = watermark.stamped(pdf(3), "application/pdf", WORDS)
    assert marked is not None
    read = PdfReader(io.BytesIO(marked))
    assert [bool(page.images) for page in read.pages] == [True] * 3
    assert read.metadata is not None
    assert str(read.metadata["/Keywords"]) == WORDS


@pytest.mark.parametrize(
    ("kind", "mode", "colour"), [("PNG", "RGB", "white"), ("PNG", "RGBA", "black"), ("JPEG", "L", "navy")]
)
def test_an_image_keeps_its_size_and_shows_the_words_on_bright_and_dark(kind: str, mode: str, colour: str) -> None:
    marked = watermark.stamped(image(kind, mode, colour), f"image/{kind.lower()}", WORDS)
    assert marked is not None
    with Image.open(io.BytesIO(marked)) as seen:
        assert seen.size == (900, 700)
        extremes: Any = seen.convert("L").getextrema()
        assert extremes[1] - extremes[0] > 20


@pytest.mark.parametrize(
    ("data", "media_type"),
    [
        (b"%PDF-1.4 broken", "application/pdf"),
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (image("PNG"), "image/jpeg"),
        (b"PK", "application/zip"),
        (pdf(watermark.MOST_PAGES + 1), "application/pdf"),
        (pdf(password="geheim"), "application/pdf"),
    ],
    ids=["broken", "empty", "another format", "zip", "long", "locked"],
)
def test_what_cannot_be_stamped_is_said_so(data: bytes, media_type: str) -> None:
    assert watermark.stamped(data, media_type, WORDS) is None


def test_a_huge_picture_is_not_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watermark, "MOST_PIXELS", 1000)
    assert watermark.stamped(image("PNG"), "image/png", WORDS) is None


def test_other_files_are_packed_with_a_note_that_names_the_reader() -> None:
    with zipfile.ZipFile(io.BytesIO(watermark.packed(b"PK-data", "配方.docx", WORDS))) as archive:
        assert archive.read("配方.docx") == b"PK-data"
        assert WORDS in archive.read(watermark.NOTE).decode()
