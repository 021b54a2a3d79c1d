"""水印 watermark: puts a reader's name over every page of a PDF and over an image; packs other files with a note."""

import io
import logging
import zipfile
from functools import lru_cache
from importlib.resources import files

from django.utils.translation import gettext as _
from PIL import Image, ImageDraw, ImageFont, ImageOps
from pypdf import PageObject, PdfReader, PdfWriter, Transformation
from pypdf.generic import DictionaryObject, NameObject, NumberObject, StreamObject

from kechuang.kit.text import noop

log = logging.getLogger(__name__)
MOST_PAGES, MOST_PIXELS = 500, 50_000_000  # beyond these a file is packed, not stamped: it would hold up the server
NOTE = noop("水印说明.txt")
_SIDE, _DARKNESS, _ANGLE = 1200, 56, 30  # the stamp is a square of grey letters, this dark of 255
_FORMATS = {"image/png": "PNG", "image/jpeg": "JPEG"}


def stamped(data: bytes, media_type: str, words: str) -> bytes | None:
    """The file with the words over all of it; None where it cannot be stamped: another format, broken, or too large."""
    try:
        if media_type == "application/pdf":
            return _pdf(data, words)
        if media_type in _FORMATS:
            return _image(data, words, _FORMATS[media_type])
    except Exception:  # a file of strangers may be broken in any way; it is packed instead
        log.info("not stamped", exc_info=True)
    return None


def packed(data: bytes, name: str, words: str) -> bytes:
    """A ZIP with the file as it is and a note that names the reader."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        why = _("本文件的格式不能直接加水印，以此说明代替。文件仅供上述查看人使用，不得外传。")
        archive.writestr(_(NOTE), f"{words}\r\n\r\n{why}\r\n")
        archive.writestr(name, data)
    return target.getvalue()


@lru_cache(maxsize=4)
def font(size: int) -> ImageFont.FreeTypeFont:
    """字体: a Chinese sans serif that comes with the program, whatever the server has installed."""
    with files("pylopdf_fonts_zh_cn").joinpath("NotoSansSC-Regular.otf").open("rb") as file:
        return ImageFont.truetype(io.BytesIO(file.read()), size)


def _mask(words: str) -> Image.Image:
    """A square on which the words stand again and again, aslant: how dark each point is."""
    wide = _SIDE * 2
    sheet = Image.new("L", (wide, wide))
    draw = ImageDraw.Draw(sheet)
    letters = font(26)
    step = int(draw.textlength(words, font=letters)) + 120
    for row, y in enumerate(range(0, wide, 150)):
        for x in range(-(row % 2) * step // 2, wide, step):
            draw.text((x, y), words, fill=_DARKNESS, font=letters)
    turned = sheet.rotate(_ANGLE, resample=Image.Resampling.BILINEAR)
    corner = (wide - _SIDE) // 2
    return turned.crop((corner, corner, corner + _SIDE, corner + _SIDE))


def _image(data: bytes, words: str, kind: str) -> bytes | None:
    with Image.open(io.BytesIO(data), formats=[kind]) as opened:
        if opened.width * opened.height > MOST_PIXELS:
            return None
        image = ImageOps.exif_transpose(opened)
    plain = image.convert("RGBA" if "A" in image.getbands() or "transparency" in image.info else "RGB")
    mask = _mask(words)
    if max(plain.size) < _SIDE:
        mask = mask.resize((_SIDE * 2 // 3, _SIDE * 2 // 3))
    for ink, shift in (("white", 2), ("black", 0)):  # legible on dark and on bright pictures
        for top in range(0, plain.height, mask.height):
            for left in range(0, plain.width, mask.width):
                plain.paste(Image.new(plain.mode, mask.size, ink), (left + shift, top + shift), mask)
    target = io.BytesIO()
    plain.save(target, kind, **({"quality": 90} if kind == "JPEG" else {}))
    return target.getvalue()


def _pdf(data: bytes, words: str) -> bytes | None:
    reader = PdfReader(io.BytesIO(data))
    if reader.is_encrypted or len(reader.pages) > MOST_PAGES or not reader.pages:
        return None
    writer = PdfWriter(clone_from=reader)
    stamp = _stamp(words)
    for page in writer.pages:
        box = page.mediabox
        place = Transformation().scale(float(box.width) / _SIDE, float(box.width) / _SIDE)
        side = float(box.width)
        for number in range(int(float(box.height) / side) + 1):
            page.merge_transformed_page(stamp, place.translate(float(box.left), float(box.bottom) + number * side))
    writer.add_metadata({"/Keywords": words})
    target = io.BytesIO()
    writer.write(target)
    return target.getvalue()


def _stamp(words: str) -> PageObject:
    """A page that holds nothing but the stamp: one black point, stretched over the page and seen through the mask."""
    mask = _grey(_mask(words))
    black = _grey(Image.new("L", (1, 1)))
    stamp = PdfWriter()
    page = stamp.add_blank_page(_SIDE, _SIDE)
    black[NameObject("/SMask")] = stamp._add_object(mask)  # noqa: SLF001 - pypdf has no other way to add a stream
    images = DictionaryObject({NameObject("/KechuangStamp"): stamp._add_object(black)})  # noqa: SLF001
    page[NameObject("/Resources")] = DictionaryObject({NameObject("/XObject"): images})
    drawing = StreamObject()
    drawing.set_data(f"q {_SIDE} 0 0 {_SIDE} 0 0 cm /KechuangStamp Do Q".encode())
    page[NameObject("/Contents")] = stamp._add_object(drawing)  # noqa: SLF001
    return page


def _grey(image: Image.Image) -> StreamObject:
    stream = StreamObject()
    stream.set_data(image.tobytes())
    stream.update(
        {
            NameObject("/Type"): NameObject("/XObject"),
            NameObject("/Subtype"): NameObject("/Image"),
            NameObject("/Width"): NumberObject(image.width),
            NameObject("/Height"): NumberObject(image.height),
            NameObject("/ColorSpace"): NameObject("/DeviceGray"),
            NameObject("/BitsPerComponent"): NumberObject(8),
        }
    )
    return stream.flate_encode()
