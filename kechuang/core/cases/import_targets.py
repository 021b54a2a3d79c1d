"""导入对象 targets: what a file can be about besides listings: lists of the pages, which register themselves here.

The import itself (upload, check, confirmation, run, failed rows) is the same for all; a target says what a row means.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from django.utils.translation import gettext as _

from kechuang.core.cases.models import Import, ImportRow
from kechuang.kit.refusal import Refusal
from kechuang.kit.tables import Table
from kechuang.kit.text import noop
from kechuang.kit.xlsx_guard import Limits

Outcome = ImportRow.Outcome
FAULT = noop("系统处理这一行时出错，没有导入。请联系管理员并告知导入编号和行号。")


@dataclass
class Judged:
    """判定: what a row would do; ``errors`` is by column name, ``listing`` the number of a listing that is there."""

    outcome: str = Outcome.ERROR
    code: str = ""
    title: str = ""
    link: str = ""
    number: int | None = None
    errors: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    changes: list[list[str]] = field(default_factory=list)


class Judging(Protocol):
    """判定人: judges and writes the rows of one import, a slice at a time."""

    def existing(self, rows: Iterable[ImportRow]) -> Any:
        """The records that these rows may be about, looked up together."""

    def judge(self, row: ImportRow, existing: Any) -> Any:
        """What the row would do; writes nothing, and a row that cannot be judged is an error of its own."""

    def describe(self, errors: Mapping[str, str], row: ImportRow) -> list[dict[str, str]]:
        """Errors by column name, with their cells, in the order of the file's columns."""

    def write(self, row: ImportRow, judged: Any, now: datetime) -> int | None:
        """Do what was judged by the actions of the pages; the number of the listing where there is one."""


@dataclass(frozen=True)
class Reading:
    """读到的: one part of a file: its table and what its columns are called, empty for those that are not read."""

    part: int
    table: Table
    columns: Sequence[str]


class Target(Protocol):
    """导入对象: a list that can be imported."""

    @property
    def label(self) -> str:
        """What the list is called."""

    def require(self, user: Any, now: datetime) -> None:
        """Raise NotAllowed for those who cannot change the list."""

    def read(self, name: str, data: bytes, limits: Limits) -> list[Reading]:
        """The parts of a file; raises Refusal with ``fields={"file": …}``."""

    def key(self, part: int, raw: Mapping[str, Any]) -> Hashable | None:
        """What a row is about, so that two rows about the same are noticed; None where it is about nothing yet."""

    def judging(self, batch: Import, now: datetime) -> Judging:
        """Who judges the rows of this import."""

    def failed(self, batch: Import, rows: Iterable[ImportRow], kind: str) -> bytes:
        """These rows as a file, with what is wrong."""


_targets: dict[str, Target] = {}


def register_target(code: str, target: Target) -> None:
    """Let files be about this list."""
    _targets[code] = target


def target_of(code: str) -> Target:
    """The list with this code. Raises Refusal where it can no longer be imported."""
    if code not in _targets:
        raise Refusal(_("这份清单现在不能导入。"))
    return _targets[code]


def is_importable(code: str) -> bool:
    """Whether there is such a list."""
    return code in _targets
