"""检索类别 kinds: what can be found. The owners register themselves; search knows none of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from kechuang.kit.refusal import Refusal


@dataclass(frozen=True)
class Kind:
    """类别: one kind of findable thing; ``load`` turns refs into the owner's objects, for cards."""

    code: str
    label: str
    label_en: str
    load: Callable[[Sequence[int]], dict[int, Any]]


_kinds: dict[str, Kind] = {}


def register_kind(kind: Kind) -> Kind:
    """Make a kind findable; a second registration of the same code replaces the first."""
    _kinds[kind.code] = kind
    return kind


def get_kind(code: str) -> Kind:
    """The kind of this code; raises Refusal for an unknown one."""
    if code not in _kinds:
        raise Refusal(_("没有“%(code)s”这一类别") % {"code": code})
    return _kinds[code]


def all_kinds() -> list[Kind]:
    """All kinds in the order of their registration."""
    return list(_kinds.values())
