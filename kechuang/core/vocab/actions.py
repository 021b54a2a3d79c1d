"""字典写入: load the code lists of a pack."""

import tomllib
from collections.abc import Iterator
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
    rows = [term for scheme, content in lists.items() for term in _terms(path, scheme, content)]
    updated = ["label", "label_en", "parent", "source", "text_status", "position", "retired", "extra"]
    Term.objects.bulk_create(rows, update_conflicts=True, unique_fields=["scheme", "code"], update_fields=updated)
    named = {(term.scheme, term.code) for term in rows}
    there = Term.objects.filter(scheme__in=lists, retired=False).values_list("pk", "scheme", "code")
    gone = [pk for pk, *name in there if tuple(name) not in named]
    Term.objects.filter(pk__in=gone).update(retired=True)
    queries.forget()
    return len(rows)


def _terms(path: Path, scheme: str, content: dict[str, Any]) -> Iterator[Term]:
    for position, entry in enumerate(content.get("terms", [])):
        missing = [k for k in REQUIRED if not entry.get(k)]
        if missing:
            raise Refusal(
                _("%(name)s 的 %(scheme)s 第 %(position)s 项缺少 %(fields)s。")
                % {"name": path.name, "scheme": scheme, "position": position + 1, "fields": _("、").join(missing)}
            )
        rest = dict(entry)
        yield Term(
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
