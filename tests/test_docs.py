"""文档规范: what the documents say holds: generated pages, links, settings, commands and paths."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from kechuang.core.matching.score import WEIGHTS
from kechuang.web.reference import differing
from kechuang.web.reference_files import command_names, targets, variables, words_of_settings

ROOT = Path(settings.BASE_DIR)
WRITTEN = ("README.md", "README.en.md", "CONTRIBUTING.md", "CHANGELOG.md", "deploy/README.md")
PAGES = [*(ROOT / name for name in WRITTEN), *sorted((ROOT / "docs").rglob("*.md"))]
HAND = [p for p in PAGES if "reference" not in p.parts]
MADE = ("services/pilots", "deploy/.env", "deploy/kechuang.env", "bench/results/")  # files that a reader makes
_LINK = re.compile(r"(?<!\\)\]\(([^)\s]+)\)")
_CODE = re.compile(r"`([^`\n]+)`")
_FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)


def text_of(page: Path) -> str:
    return page.read_text("utf-8")


def anchors(page: Path) -> set[str]:
    """Headings as the usual Markdown sites name them, and anchors set by hand."""
    text = _FENCE.sub("", text_of(page))
    headings = re.findall(r"^#+ +(.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", h.lower()).replace(" ", "-") for h in headings} | set(
        re.findall(r'<a id="([^"]+)">', text)
    )


def names_in_code(pattern: str) -> Iterator[tuple[str, str]]:
    """Page and match of a pattern in the code of the pages written by hand: spans and fences."""
    for page in HAND:
        text = text_of(page)
        for code in [*_FENCE.findall(text), *_CODE.findall(_FENCE.sub("", text))]:
            for match in re.finditer(pattern, code, re.MULTILINE):
                yield str(page.relative_to(ROOT)), match.group(1)


def test_the_reference_pages_say_what_the_program_does() -> None:
    assert differing(ROOT / "docs" / "reference") == [], "run: make docs"


@pytest.mark.parametrize("page", [pytest.param(p, id=str(p.relative_to(ROOT))) for p in PAGES])
def test_every_link_leads_somewhere(page: Path) -> None:
    broken = []
    for link in _LINK.findall(_FENCE.sub("", text_of(page))):
        if re.match(r"[a-z]+:", link):
            continue
        name, _, anchor = link.partition("#")
        target = (page.parent / name).resolve() if name else page
        if not target.exists() or (anchor and anchor not in anchors(target)):
            broken.append(link)
    assert broken == []


def test_every_setting_is_explained_and_every_explained_setting_exists() -> None:
    explained = [name for words in words_of_settings().values() for name in words]
    assert sorted(explained) == sorted(v.name for v in variables())


def test_the_sample_of_a_real_city_sets_only_what_exists() -> None:
    text = (ROOT / "deploy/kechuang.env.example").read_text("utf-8")
    known = {v.name for v in variables()}
    assert [n for n in re.findall(r"^#? ?([A-Z][A-Z_]+)=", text, re.MULTILINE) if n not in known] == []


def test_the_commands_that_the_pages_name_exist() -> None:
    known = {name for name, _ in targets()}
    assert [(p, n) for p, n in names_in_code(r"(?:^|[&;] *|^sudo )make ([a-z]+)") if n not in known] == []
    known = {*command_names(), "migrate", "makemigrations", "procrastinate", "shell"}
    assert [(p, n) for p, n in names_in_code(r"manage\.py ([a-z_]+)") if n not in known] == []


def test_the_files_that_the_pages_name_exist() -> None:
    pattern = r"(?:^|[\s(])((?:kechuang|core|kit|web|services|packs|tests|bench|deploy|docs)/[\w./-]*\w)"
    named = {(p, n) for p, n in names_in_code(pattern) if not any(made in n for made in MADE)}
    assert [(p, n) for p, n in sorted(named) if not any((ROOT / base / n).exists() for base in ("", "kechuang"))] == []


def test_the_weights_that_the_page_on_matching_names_are_those_of_the_code() -> None:
    rows = re.findall(r"^\| \S+ \| (0\.\d+) \| \D", text_of(ROOT / "docs/explanation/matching.md"), re.MULTILINE)
    assert sorted(map(float, rows)) == sorted(WEIGHTS.values())


def test_every_dependency_is_explained_with_its_licence() -> None:
    wanted = tomllib.loads(text_of(ROOT / "pyproject.toml"))["project"]["dependencies"]
    names = [re.split(r"[\[<>=~ ]", line)[0] for line in wanted]
    page = text_of(ROOT / "docs/decisions/0014-dependencies.md")
    rows = re.findall(r"^\| ([\w-]+)(?:（[^）]*）)? \| \S.* \| \S.* \|$", page, re.MULTILINE)
    assert sorted(rows[1:]) == sorted(names)  # the first row is the head


def test_the_licence_allows_what_it_says() -> None:
    text = (ROOT / "LICENSE").read_text("utf-8")
    assert "Apache License" in text
    assert "Version 2.0, January 2004" in text
