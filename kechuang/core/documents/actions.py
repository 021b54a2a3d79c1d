"""材料写入: check and store an uploaded file under its SHA-256."""

import hashlib
import os
import tempfile
import zipfile
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from kechuang.core.audit.actions import record
from kechuang.core.documents.models import Document
from kechuang.core.parties.access import acts_for
from kechuang.core.parties.models import Party
from kechuang.kit.refusal import NotAllowed, Refusal

# Extension -> (media type, first bytes). What a file is follows from its bytes, not from its name.
KINDS: dict[str, tuple[str, tuple[bytes, ...]]] = {
    "pdf": ("application/pdf", (b"%PDF-",)),
    "png": ("image/png", (b"\x89PNG\r\n\x1a\n",)),
    "jpg": ("image/jpeg", (b"\xff\xd8\xff",)),
    "jpeg": ("image/jpeg", (b"\xff\xd8\xff",)),
    "docx": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", (b"PK\x03\x04",)),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", (b"PK\x03\x04",)),
    "pptx": ("application/vnd.openxmlformats-officedocument.presentationml.presentation", (b"PK\x03\x04",)),
    "doc": ("application/msword", (b"\xd0\xcf\x11\xe0",)),
    "xls": ("application/vnd.ms-excel", (b"\xd0\xcf\x11\xe0",)),
    "ofd": ("application/ofd", (b"PK\x03\x04",)),
    "zip": ("application/zip", (b"PK\x03\x04",)),
}
MAX_UNPACKED = 500 * 1024 * 1024


def clean_name(name: str) -> str:
    """The file's own name: no folders, no control characters, at most 120 characters."""
    base = "".join(c for c in name.replace("\\", "/").rsplit("/", 1)[-1] if c.isprintable()).strip(" .")
    stem, dot, extension = base.rpartition(".")
    return f"{stem[:110]}{dot}{extension}" if stem else base[:120]


@transaction.atomic
def store(*, name: str, chunks: Iterable[bytes], party: Party | None, by: Any, now: datetime) -> Document:
    """Store a file for a party. An empty, too large, unknown or broken file is refused and not kept."""
    if party is not None and not acts_for.check(by, party):
        raise NotAllowed(_("您不是该单位的经办人，不能代其上传材料。"))
    name = clean_name(name)
    extension = name.rpartition(".")[2].lower()
    if extension not in KINDS:
        raise _wrong(
            _("不支持 .%(extension)s 文件。可上传：%(kinds)s。")
            % {"extension": extension[:10], "kinds": _("、").join(KINDS)}
        )
    temporary, digest, size = _spool(chunks)
    try:
        _check(temporary, extension, size)
        sha = digest
        target = path_of(sha)
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)
    document = Document.objects.create(
        party=party,
        name=name,
        media_type=KINDS[extension][0],
        size=size,
        sha256=sha,
        uploaded_by=by,
        uploaded_at=now,
    )
    record(document, "upload", by=by, now=now, after={"name": name, "sha256": sha, "size": size})
    return document


def path_of(sha256: str) -> Path:
    """Where the content with this SHA-256 lies in private storage."""
    return Path(settings.DOCUMENTS_DIR) / sha256[:2] / sha256


def _spool(chunks: Iterable[bytes]) -> tuple[Path, str, int]:
    folder = Path(settings.DOCUMENTS_DIR)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    digest, size = hashlib.sha256(), 0
    handle, raw = tempfile.mkstemp(dir=folder, prefix="upload-")
    path = Path(raw)
    try:
        with os.fdopen(handle, "wb") as file:
            for chunk in chunks:
                size += len(chunk)
                if size > settings.DOCUMENT_MAX_BYTES:
                    raise _wrong(
                        _("文件超过 %(size)s MB，请压缩或拆分后上传。")
                        % {"size": settings.DOCUMENT_MAX_BYTES // 1024 // 1024}
                    )
                digest.update(chunk)
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return path, digest.hexdigest(), size


def _check(path: Path, extension: str, size: int) -> None:
    if size == 0:
        raise _wrong(_("文件是空的，请重新选择。"))
    with path.open("rb") as file:
        head = file.read(16)
    if not head.startswith(KINDS[extension][1]):
        raise _wrong(_("文件内容与扩展名 .%(extension)s 不符，请确认没有改过扩展名。") % {"extension": extension})
    if head.startswith(b"PK"):
        try:
            with zipfile.ZipFile(path) as archive:
                unpacked = sum(i.file_size for i in archive.infolist())
        except zipfile.BadZipFile:
            raise _wrong(_("文件已损坏，无法打开，请重新生成后上传。")) from None
        if unpacked > MAX_UNPACKED:
            raise _wrong(_("压缩文件展开后过大，已拒绝。"))


def _wrong(message: str) -> Refusal:
    return Refusal(message, fields={"file": message})
