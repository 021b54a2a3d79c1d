"""政策载入: documents and rule packs of the nation and of a region, from their files; nothing changes twice."""

import tomllib
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from kechuang.core.audit.actions import record
from kechuang.core.dossier.facts import catalogue
from kechuang.core.policy.models import Document, PackVersion
from kechuang.kit.refusal import Refusal
from kechuang.kit.rules.examples import check_examples
from kechuang.kit.rules.packs import Pack
from kechuang.kit.rules.reading import PackRefused, read_pack

FIELDS = (
    "title",
    "doc_no",
    "authority",
    "level",
    "district",
    "issued_words",
    "source",
    "url",
    "text_status",
    "summary",
)


@transaction.atomic
def load_policies(*, folder: Path, now: datetime) -> int:
    """Documents and packs of one place; gives how many packs there are. Raises Refusal with file, line and reason."""
    documents = folder / "documents.toml"
    if documents.exists():
        with documents.open("rb") as file:
            load_documents(tomllib.load(file).get("document", []), now=now)
    count = 0
    for path in sorted((folder / "policies").glob("*.toml")):
        load_pack(text=path.read_text("utf-8"), file=path.name, now=now)
        count += 1
    return count


def load_documents(entries: list[Mapping[str, Any]], *, now: datetime) -> None:
    """Documents by code, the links between old and new last."""
    for entry in entries:
        words = {name: entry.get(name, "") for name in FIELDS}
        more = {"guide": entry.get("guide", ""), "faq": entry.get("faq", []), "loaded_at": now}
        issued = entry.get("issued")
        more["issued"] = issued if isinstance(issued, date) else None
        Document.objects.update_or_create(code=entry["code"], defaults=words | more)
    for entry in entries:
        old = Document.objects.filter(code__in=entry.get("supersedes", []))
        Document.objects.get(code=entry["code"]).replaces.set(old)


def load_pack(*, text: str, file: str, now: datetime) -> PackVersion:
    """A pack that came with the region: published as it is, as a new version if its text is new."""
    try:
        pack = read_pack(text, catalogue(), file=file)
        check_examples(pack, file=file)
    except PackRefused as refused:
        raise Refusal(str(refused)) from refused
    known = PackVersion.objects.filter(code=pack.code, digest=pack.digest).first()
    if known is not None:
        return known
    numbers = PackVersion.objects.filter(code=pack.code).values_list("number", flat=True)
    version = PackVersion.objects.create(
        **described(pack, file),
        number=max(numbers, default=0) + 1,
        text=text,
        state=PackVersion.State.PUBLISHED,
        note="随地区包载入",
        created_at=now,
        published_at=now,
    )
    record(version, "publish", by=None, now=now, after={"code": pack.code, "digest": pack.digest}, note="随地区包载入")
    return version


def described(pack: Pack, file: str) -> dict[str, Any]:
    """The columns of a version that follow from its rules; raises Refusal for a document that is not there."""
    code = pack.about.get("document", "")
    document = Document.objects.filter(code=code).first() if code else None
    if code and document is None:
        raise Refusal(
            _("%(file)s：没有编号为“%(code)s”的政策文件，请先在 documents.toml 登记。") % {"file": file, "code": code}
        )
    level = pack.about.get("level") or (document.level if document else Document.Level.NATIONAL)
    return {
        "code": pack.code,
        "title": pack.title,
        "kind": pack.kind,
        "level": level,
        "district": pack.about.get("district", ""),
        "document": document,
        "clause": pack.about.get("clause", ""),
        "digest": pack.digest,
        "effective_from": pack.effective_from,
        "effective_to": pack.effective_to,
    }
