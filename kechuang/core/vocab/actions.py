"""字典写入: load the code lists of a pack."""

import tomllib
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from kechuang.core.vocab import queries
from kechuang.core.vocab.models import Term
from kechuang.kit.refusal import Refusal

REQUIRED = ("code", "label")


@transaction.atomic
def load_terms(*, path: Path) -> int:
    """Load one TOML file of code lists; returns the number of entries.

    The file maps a scheme to ``source``, ``text_status`` and ``terms``. Entries that the file no longer
    names are retired, never deleted: old records keep their label. Raises Refusal with file and entry.
    """
    try:
        lists: dict[str, Any] = tomllib.loads(path.read_text("utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise Refusal(_("%(name)s 无法解析：%(error)s") % {"name": path.name, "error": error}) from error
    count = sum(_load_scheme(path, scheme, content) for scheme, content in lists.items())
    queries.forget()
    return count


def _load_scheme(path: Path, scheme: str, content: dict[str, Any]) -> int:
    known: set[str] = set()
    rows = []
    for position, entry in enumerate(content.get("terms", [])):
        missing = [k for k in REQUIRED if not entry.get(k)]
        if missing:
            raise Refusal(
                _("%(name)s 的 %(scheme)s 第 %(position)s 项缺少 %(fields)s。")
                % {"name": path.name, "scheme": scheme, "position": position + 1, "fields": _("、").join(missing)}
            )
        rest = dict(entry)
        known.add(entry["code"])
        rows.append(
            Term(
                scheme=scheme,
                code=rest.pop("code"),
                label=rest.pop("label"),
                label_en=rest.pop("label_en", ""),
                parent=rest.pop("parent", ""),
                source=rest.pop("source", content.get("source", "")),
                text_status=rest.pop("text_status", content.get("text_status", "")),
                position=position,
                retired=rest.pop("retired", False),
                extra=rest,
            )
        )
    updated = ["label", "label_en", "parent", "source", "text_status", "position", "retired", "extra"]
    Term.objects.bulk_create(rows, update_conflicts=True, unique_fields=["scheme", "code"], update_fields=updated)
    Term.objects.filter(scheme=scheme).exclude(code__in=known).update(retired=True)
    return len(rows)
