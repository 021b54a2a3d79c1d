"""行号 places: on which line of a TOML file an entry stands, so that a fault can be pointed at. Pure."""

import re
from collections.abc import Sequence

_HEADER = re.compile(r"^\s*(\[\[?)\s*([A-Za-z0-9_.\-]+)\s*\]\]?")
_KEY = re.compile(r"^\s*([A-Za-z0-9_\-]+)\s*=")


def line_of(text: str, path: Sequence[str | int]) -> int:
    """The line (from 1) of the entry at ``path``: names of tables and keys, numbers in arrays; 1 if it is not found.

    Where the last parts of the path stand inside a value, the line of that value is given.
    """
    wanted = tuple(path)
    best, depth = 1, 0
    here: tuple[str | int, ...] = ()
    counted: dict[tuple[str, ...], int] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        header = _HEADER.match(line)
        if header:
            here = _table(header.group(2), double=header.group(1) == "[[", counted=counted)
            place = here
        else:
            key = _KEY.match(line)
            if key is None:
                continue
            place = (*here, key.group(1))
        if len(place) > depth and wanted[: len(place)] == place:
            best, depth = number, len(place)
    return best


def _table(name: str, *, double: bool, counted: dict[tuple[str, ...], int]) -> tuple[str | int, ...]:
    parts = tuple(name.split("."))
    if double:
        counted[parts] = counted.get(parts, -1) + 1
    place: list[str | int] = []
    for end, part in enumerate(parts, start=1):
        place.append(part)
        if parts[:end] in counted:
            place.append(counted[parts[:end]])
    return tuple(place)
