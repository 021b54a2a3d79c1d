"""英文页面 English pages: no Chinese is left on any page that an English reader can open, except in what people wrote.

What people wrote is told apart by changing it: before the walk every Chinese character in the database becomes a
Hangul syllable. Whatever Chinese is then on a page comes from the program. Code lists are left as they are, since
their entries have English labels. What a page shows on purpose in Chinese is marked with its language.
"""

import io
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.core.cache import cache
from django.db import connection, models, transaction
from django.test import Client
from django.urls import reverse
from django.utils.translation import override
from python_calamine import CalamineWorkbook

from kechuang.core.audit.models import Event
from kechuang.core.dossier.facts import facts
from kechuang.core.notices.models import Notice
from kechuang.services.introductions.models import Introduction
from kechuang.web.catalogues import contradictions, problems, sources
from tests.url_table import DONE, ROLES, SECTIONS, Visit
from tests.world import World, make

HAN = re.compile("[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]+")
WRITTEN = (models.CharField, models.TextField, models.JSONField, ArrayField)
# Lists as files; the files of listings, which can be imported again, are always in Chinese.
OURS = {"export", "import_template", "import_file", "failed_rows", "dossier_sheet", "figure_template"}
# Definitions of facts are kept in the words of the regulations.
DEFINITIONS = {fact.definition for fact in facts().values() if fact.definition}
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
# Attributes that address things and are not read out.
ADDRESSES = re.compile(
    "^(href|src|action|hx-.*|name|id|for|class|value|content-type|aria-(controls|describedby|labelledby))$"
)


def test_every_word_of_the_program_has_an_english_one() -> None:
    assert [problem for source in sources() for problem in problems(source)] == []


def test_no_two_catalogues_translate_a_word_differently() -> None:
    assert contradictions() == []


class Words(HTMLParser):
    """页面文字: the texts and readable attributes of a page outside elements in another language than English."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[tuple[str, bool]] = []
        self.found: list[str] = []

    @property
    def read(self) -> bool:
        """Whether what stands here is meant to be English."""
        return not any(quiet for _tag, quiet in self.open)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        quiet = given.get("lang", "en")[:2] != "en" or tag in ("script", "style")
        if not quiet and self.read:
            self.found += [value for name, value in given.items() if not ADDRESSES.match(name)]
            self.found += [given.get("value", "")] if given.get("type") in ("submit", "button") else []
        if tag not in VOID:
            self.open.append((tag, quiet))

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if self.read:
            self.found.append(data)


def chinese(page: str) -> list[str]:
    """What is Chinese on a page."""
    words = Words()
    words.feed(page)
    return [" ".join(text.split()) for text in words.found if HAN.search(text) and text.strip() not in DEFINITIONS]


def foreign(value: Any) -> Any:
    """The value with a Hangul syllable for each Chinese character: as long as before, and nobody's interface."""
    if isinstance(value, str):
        return HAN.sub(lambda m: "".join(chr(0xAC00 + ord(c) % 0x2BA4) for c in m[0]), value)
    if isinstance(value, dict):
        return {foreign(key): foreign(inner) for key, inner in value.items()}
    return [foreign(inner) for inner in value] if isinstance(value, list) else value


def rewrite_data() -> None:
    """Change all Chinese that is kept, except code lists."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")  # what is kept for good must change here
    for model in apps.get_models():
        texts = [f.attname for f in model._meta.local_concrete_fields if isinstance(f, WRITTEN)]
        if model._meta.app_label == "vocab" or not model.__module__.startswith("kechuang."):
            continue
        for row in model._base_manager.values("pk", *texts):
            changed = {name: foreign(row[name]) for name in texts if foreign(row[name]) != row[name]}
            if changed:
                model._base_manager.filter(pk=row["pk"]).update(**changed)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = origin")


def sheets_of(data: bytes) -> str:
    """The cells of a workbook."""
    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    return "\n".join(
        " ".join(map(str, [name, *row]))
        for name in book.sheet_names
        for row in book.get_sheet_by_name(name).to_python()
    )


def left_in(answer: Any, name: str) -> list[str]:
    """What is Chinese in an answer: a page, or a list as a file."""
    kind = answer.get("Content-Type", "")
    if kind.startswith("text/html") and answer.status_code != 302:
        return chinese(answer.content.decode())
    if kind.endswith("sheet") and name not in OURS:
        return [line for line in sheets_of(answer.getvalue()).splitlines() if HAN.search(line)]
    return []


def walk(clients: dict[str, Client], name: str, visit: Visit, world: World) -> Iterator[str]:
    """What is Chinese in what each role gets, and in the first refusal of what is sent."""
    url = reverse(name, kwargs=visit.kwargs(world))
    sender = next((r for r, said in (visit.post or {}).items() if said in (409, 422, DONE) and r != "anonymous"), None)
    asks = [("get", role) for role in visit.get] + ([("post", sender)] if sender else [])
    for method, role in asks:
        cache.clear()
        with transaction.atomic():
            answer = getattr(clients[role], method)(url, foreign(dict(visit.data)) if method == "post" else {})
            transaction.set_rollback(True)
        yield from (f"{method} {name} ({role}): {text[:120]}" for text in left_in(answer, name))


@pytest.mark.parametrize("section", SECTIONS)
def test_no_page_shows_chinese_of_the_program_to_english_readers(world: World, settings: Any, section: str) -> None:
    settings.DEMO = True
    rewrite_data()
    clients = {role: Client(raise_request_exception=False) for role in ROLES}
    for role in ROLES:
        clients[role].cookies["django_language"] = "en"
        if role != "anonymous":
            clients[role].force_login(world.city.people()[role])
    visits = [(name, visit) for name, found in SECTIONS[section].items() for visit in found]
    left = dict.fromkeys(line for name, visit in visits for line in walk(clients, name, visit, world))
    assert list(left) == []


def test_what_english_readers_do_is_kept_in_chinese(db: None, tmp_path: Path, settings: Any) -> None:
    settings.DOCUMENTS_DIR = tmp_path
    with override("en"):
        make()
    texts = [
        *Notice.objects.values_list("text", flat=True),
        *Event.objects.exclude(note="").values_list("note", flat=True),
        *(reason["words"] for row in Introduction.objects.all() for reason in row.reasons),
    ]
    assert len(texts) > 5
    assert [text for text in texts if re.search("[a-z]{4,} [a-z]{2,}", text)] == []
