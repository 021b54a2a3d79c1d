"""切分条文 splitting: a draft as typed or pasted, cut into numbered clauses. Pure.

A clause begins after an empty line and at every line that begins with 第…条; an officer corrects the cut by adding or
removing empty lines. A line 第…章 or 第…节 is the heading of what follows.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

_NUMBER = r"[一二三四五六七八九十百千零〇两\d]+"
_ARTICLE = re.compile(rf"^第{_NUMBER}条")
_CHAPTER = re.compile(rf"^第{_NUMBER}[章节编][ \u3000]*\S{{0,40}}$")
_ITEM = re.compile(r"^(?:[一二三四五六七八九十]+、|\d+[.、．](?!\d))")
MOST_CLAUSES = 300
LONGEST_LABEL = 40


@dataclass(frozen=True)
class Piece:
    """一条: its number in the draft, what the draft itself calls it (may be empty), its chapter, its words."""

    number: int
    label: str
    chapter: str
    text: str


def split(text: str) -> list[Piece]:
    """The clauses of a draft, in order, numbered from 1."""
    chapter = ""
    found: list[Piece] = []
    for block in _blocks(text):
        if _CHAPTER.match(block):
            chapter = block
            continue
        found.append(Piece(len(found) + 1, _label(block), chapter, block))
    return found


def joined(clauses: Iterable[tuple[str, str]]) -> str:
    """Clauses (chapter, text) as one text that is split in the same way again."""
    lines, before = [], ""
    for chapter, text in clauses:
        if chapter != before:
            lines.append(chapter)
            before = chapter
        lines.append(text)
    return "\n\n".join(line for line in lines if line)


def _blocks(text: str) -> Iterator[str]:
    lines = [line.strip(" \t\u3000\ufeff") for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")]
    whole = not any(line == "" for line in "\n".join(lines).strip("\n").split("\n"))
    articles = any(_ARTICLE.match(line) for line in lines)
    block: list[str] = []
    for line in lines:
        # Text pasted without empty lines and without articles is cut at 一、 and 1. instead.
        begins = _ARTICLE.match(line) or (whole and not articles and _ITEM.match(line))
        alone = bool(_CHAPTER.match(line))
        if block and (not line or begins or alone):
            yield "\n".join(block)
            block = []
        if alone:
            yield line
        elif line:
            block.append(line)
    if block:
        yield "\n".join(block)


def _label(block: str) -> str:
    found = _ARTICLE.match(block) or _ITEM.match(block)
    return found.group(0).rstrip("、.．")[:LONGEST_LABEL] if found else ""
