"""材料交付 delivery: a material as its reader gets it: recorded, and if it is protected with her name on it."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from kechuang.core.cases.models import Material
from kechuang.core.disclosure.actions import seen
from kechuang.core.disclosure.queries import reader_words
from kechuang.core.documents.actions import path_of
from kechuang.core.market import access as market
from kechuang.core.market.models import Tier
from kechuang.kit import watermark
from kechuang.kit.refusal import Refusal

MARKED = (Tier.SIGNED_IN, Tier.NDA)
_ZIP = "application/zip"


@dataclass(frozen=True)
class Delivery:
    """交付件: what is sent; ``content`` is empty where the file goes out as it lies at ``path``."""

    name: str
    media_type: str
    path: Path
    content: bytes | None = None


def deliver(*, material: Material, by: Any, now: datetime) -> Delivery:
    """A material for somebody who may open it; every download but the owner's own is recorded, if it is not public.

    Those above the public tier carry the reader's name: stamped on PDF and images, beside other formats in a ZIP.
    """
    document, listing = material.document, material.case.subject
    path = path_of(document.sha256)
    if not path.is_file():
        raise Refusal(_("这份材料的文件不在存储中，请联系平台管理员。"))
    if listing is None or material.tier == Tier.PUBLIC or material.case.service != listing.service:
        return Delivery(document.name, document.media_type, path)
    seen(listing=listing, tiers=[material.tier], by=by, now=now, place="material", material=material.pk)
    if material.tier not in MARKED or market.owner.check(by, listing):
        return Delivery(document.name, document.media_type, path)
    at = timezone.localtime(now).strftime("%Y-%m-%d %H:%M")
    words = _("{reader} · {at} · 仅供查看人评估合作").format(reader=reader_words(by, listing.party), at=at)
    data = path.read_bytes()
    marked = watermark.stamped(data, document.media_type, words)
    if marked is not None:
        return Delivery(document.name, document.media_type, path, marked)
    return Delivery(f"{Path(document.name).stem}.zip", _ZIP, path, watermark.packed(data, document.name, words))
