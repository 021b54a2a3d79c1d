"""译文目录 catalogues: which words of the program are to be translated, and what is not yet. Msgids are Chinese.

Each row of the service list keeps its own catalogue in its folder; kit and core share one, the pages have theirs.
"""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

KEYWORDS: dict[str, tuple[int, ...] | None] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),  # type: ignore[dict-item]
    "pgettext_lazy": ((1, "c"), 2),  # type: ignore[dict-item]
}
_HAN = re.compile("[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")  # characters and full-width marks
_CALL = re.compile(
    r"""\bn?p?gettext\((?:[^'"()]|u?'(?:[^'\\]|\\.)*'|u?"(?:[^"\\]|\\.)*")*\)|\b_\((?:u?'(?:[^'\\]|\\.)*'|u?"(?:[^"\\]|\\.)*")\)"""
)
_PLACE = re.compile(r"%\((\w+)\)[sd]|\{(\w+)\}")


@dataclass(frozen=True)
class Source:
    """译文来源: the folders whose words go into the catalogue of ``home``."""

    home: Path
    folders: tuple[Path, ...]

    @property
    def po(self) -> Path:
        """The file with the translations."""
        return self.home / "locale" / "en" / "LC_MESSAGES" / "django.po"


def sources() -> list[Source]:
    """All catalogues of the program."""
    root = Path(settings.BASE_DIR) / "kechuang"
    rows = [root / "services" / name for name in settings.SERVICES]
    return [
        Source(root / "core", (root / "core", root / "kit")),
        Source(root / "web", (root / "web",)),
        *(Source(row, (row,)) for row in rows),
    ]


def extracted(source: Source) -> Catalog:
    """The words that a source marks for translation, with the files in which they stand."""
    found = Catalog(locale="en", project="kechuang", version="1", charset="utf-8", fuzzy=False)
    for path in _files(source):
        place = str(path.relative_to(settings.BASE_DIR))
        for message, context in _messages(path):
            found.add(message, context=context, locations=[(place, 0)])
    return found


def merged(source: Source) -> Catalog:
    """The extracted words with the translations that there are; what the program no longer says is dropped."""
    words = extracted(source)
    known = read_catalogue(source)
    for message in words:
        old = known.get(message.id, message.context) if message.id else None
        if old is not None:
            message.string = old.string
    return words


def read_catalogue(source: Source) -> Catalog:
    """The catalogue as it is on disk; empty where there is none."""
    if not source.po.exists():
        return Catalog(locale="en")
    with source.po.open("rb") as file:
        return read_po(file, locale="en")


def write_catalogue(source: Source, catalogue: Catalog) -> None:
    """Write a catalogue, in the order of its words, so that two people's changes rarely touch."""
    if not list(_real(catalogue)):
        return
    source.po.parent.mkdir(parents=True, exist_ok=True)
    out = io.BytesIO()
    write_po(out, catalogue, sort_output=True, no_location=True, omit_header=False, width=120)
    text = re.sub(
        r'"(POT-Creation-Date|PO-Revision-Date|Generated-By|Last-Translator|Language-Team)[^\n]*\n',
        "",
        out.getvalue().decode(),
    )
    source.po.write_text(re.sub(r"^# .*\n|^#\n", "", text, flags=re.M), "utf-8")


def compile_catalogue(source: Source) -> int:
    """Write the file that gettext reads beside the catalogue; returns how many translations it has."""
    catalogue = read_catalogue(source)
    if source.po.exists():
        with source.po.with_suffix(".mo").open("wb") as file:
            write_mo(file, catalogue)
    return sum(bool(m.string) for m in _real(catalogue))


def problems(source: Source) -> list[str]:
    """What is wrong with a catalogue: words without translation, Chinese left in one, another set of placeholders."""
    found = []
    for message in _real(merged(source)):
        strings = [message.string] if isinstance(message.string, str) else list(message.string or [""])
        ids = [message.id] if isinstance(message.id, str) else list(message.id)
        name = f"{source.home.name}: {ids[0][:60]}"
        if not all(strings):
            found.append(f"{name}: no translation")
            continue
        if any(_HAN.search(s) for s in strings):
            found.append(f"{name}: Chinese in the translation")
        wanted = {p for i in ids for p in _PLACE.findall(i)}
        if any(set(_PLACE.findall(s)) != wanted for s in strings):
            found.append(f"{name}: other placeholders")
    return found


def contradictions() -> list[str]:
    """Words that two catalogues translate differently: readers would see only one of them, in both places."""
    found: dict[tuple[str, str], dict[str, str]] = {}
    for source in sources():
        for message in _real(read_catalogue(source)):
            if isinstance(message.id, str) and isinstance(message.string, str) and message.string:
                found.setdefault((message.context or "", message.id), {})[source.home.name] = message.string
    return [f"{msgid[:60]}: {said}" for (_, msgid), said in found.items() if len(set(said.values())) > 1]


def _real(catalogue: Catalog) -> Iterator[Message]:
    return (message for message in catalogue if message.id)


def _files(source: Source) -> Iterator[Path]:
    for folder in source.folders:
        for path in sorted(folder.rglob("*")):
            if path.suffix in (".py", ".html", ".txt") and not {"migrations", "tests", "static"} & set(path.parts):
                yield path


def _messages(path: Path) -> Iterator[tuple[str | tuple[str, ...], str | None]]:
    text = path.read_text("utf-8")
    if path.suffix != ".py":  # only the calls: what lies between is no Python
        text = "\n".join(_CALL.findall(templatize(text, origin=str(path))))
    for _line, message, _comments, context in extract("python", io.BytesIO(text.encode()), KEYWORDS):
        parts = message if isinstance(message, tuple) else (message,)
        if any(_HAN.search(part or "") for part in parts):
            yield message, context
