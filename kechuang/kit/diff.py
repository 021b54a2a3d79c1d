"""文字对照 diff: two texts side by side, with what went and what came. Pure."""

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

_UNIT = re.compile(r"[^。！？!?；;\n]+[。！？!?；;\n]*|[。！？!?；;\n]+")
# Above this length two changed passages are shown whole: comparing letters would be slow and hard to read.
CLOSE = 800

Piece = tuple[str, bool]


def compare(before: str, after: str) -> tuple[list[Piece], list[Piece]]:
    """Both texts in pieces ``(text, changed)``: sentence by sentence, and letter by letter where a sentence changed."""
    old, new = _UNIT.findall(before), _UNIT.findall(after)
    left: list[Piece] = []
    right: list[Piece] = []
    for same, a, b in _blocks(old, new):
        one, two = "".join(a), "".join(b)
        if same:
            left.append((one, False))
            right.append((two, False))
        elif one and two and len(one) < CLOSE and len(two) < CLOSE:
            _letters(one, two, left, right)
        else:
            left.append((one, True))
            right.append((two, True))
    return _joined(left), _joined(right)


def _blocks(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[bool, Sequence[str], Sequence[str]]]:
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        yield tag == "equal", old[i1:i2], new[j1:j2]


def _letters(one: str, two: str, left: list[Piece], right: list[Piece]) -> None:
    matcher = SequenceMatcher(None, one, two, autojunk=False)
    if matcher.ratio() < 0.4:  # nothing in common but single letters
        left.append((one, True))
        right.append((two, True))
        return
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        left.append((one[i1:i2], tag != "equal"))
        right.append((two[j1:j2], tag != "equal"))


def _joined(pieces: Sequence[Piece]) -> list[Piece]:
    found: list[Piece] = []
    for text, changed in pieces:
        if not text:
            continue
        if found and found[-1][1] == changed:
            found[-1] = (found[-1][0] + text, changed)
        else:
            found.append((text, changed))
    return found
