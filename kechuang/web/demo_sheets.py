"""演示材料 demo sheets: one-page PDFs for the materials of the demo city, plainly marked as fictional."""

import io

from PIL import Image, ImageDraw

from kechuang.kit.watermark import font

WIDE, HIGH, MARGIN = 1240, 1754, 120


def sheet(title: str, text: str) -> bytes:
    """A page with a title and lines of text."""
    page = Image.new("L", (WIDE, HIGH), "white")
    draw = ImageDraw.Draw(page)
    draw.text((MARGIN, MARGIN), title, fill="black", font=font(48))
    draw.multiline_text((MARGIN, MARGIN + 120), text, fill="black", font=font(28), spacing=18)
    target = io.BytesIO()
    page.save(target, "PDF", resolution=150.0, title=title)
    return target.getvalue()
