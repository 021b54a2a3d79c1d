"""文件的列 bulk columns: which field of which year a head means, and how a cell is read. Money is in yuan."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from kechuang.core.dossier.facts import facts
from kechuang.core.dossier.models import MONEY, PROFILE, YEARLY
from kechuang.core.vocab import queries as vocab
from kechuang.kit.money import yuan
from kechuang.kit.rules.facts import Fact

CODE, NAME, YEAR = "统一社会信用代码", "单位名称", "年度"
LARGEST = Decimal(10) ** 16
MOST_PEOPLE = 10_000_000
_YEARED = re.compile(r"^(.*?)[ _（(]*((?:19|20)\d\d)[）)]?$")
YES, NO = frozenset(("是", "true", "1", "yes", "y")), frozenset(("否", "false", "0", "no", "n"))


@dataclass(frozen=True)
class Column:
    """列: the fact that a head means; ``year`` 0: the row says the year, or the fact belongs to none."""

    head: str
    fact: Fact
    year: int

    @property
    def yearly(self) -> bool:
        """Whether the value belongs to a year."""
        return self.fact.code in YEARLY


def columns(heads: Iterable[str]) -> tuple[list[Column], list[str]]:
    """The columns that are understood, and the heads that are not."""
    known = {key: fact for fact in facts().values() for key in (fact.code, fact.label, fact.label_en.lower())}
    found, strange = [], []
    for head in heads:
        if head in (CODE, NAME, YEAR):
            continue
        column = _column(head, known)
        if column is None:
            strange.append(head)
        else:
            found.append(column)
    return found, strange


def _column(head: str, known: Mapping[str, Fact]) -> Column | None:
    fact, year = known.get(head) or known.get(head.lower()), 0
    if fact is None and (match := _YEARED.match(head)):
        fact, year = known.get(match[1].strip()) or known.get(match[1].strip().lower()), int(match[2])
    if fact is None or fact.code not in (*YEARLY, *PROFILE) or (year and fact.code not in YEARLY):
        return None
    return Column(head, fact, year)


class BadCellError(ValueError):
    """A cell that cannot be read; the message says why and what to write."""


def value(fact: Fact, cell: Any) -> Any:
    """What a cell says of a fact; None for an empty one. Raises BadCellError."""
    text = str(cell).strip()
    if not text:
        return None
    if fact.type in ("int", "money"):
        return _number(fact, text)
    if fact.type == "bool":
        return _flag(text)
    if fact.type == "date":
        return _date(text)
    code = vocab.code_of(fact.scheme, text)
    if code is None:
        raise BadCellError(_("“%(text)s”不在可选范围内") % {"text": text[:30]})
    return code


def _number(fact: Fact, text: str) -> Any:
    try:
        number = Decimal(text.replace(",", "").replace("，", ""))
    except InvalidOperation:
        raise BadCellError(_("“%(text)s”不是数字") % {"text": text[:30]}) from None
    if not number.is_finite() or number >= (LARGEST if fact.code in MONEY else MOST_PEOPLE):
        raise BadCellError(_("“%(text)s”超出范围") % {"text": text[:30]})
    if number < 0:
        raise BadCellError(_("“%(text)s”是负数，应不小于 0") % {"text": text[:30]})
    if fact.code in MONEY:
        return yuan(number)
    if number != number.to_integral_value():
        raise BadCellError(_("“%(text)s”不是整数") % {"text": text[:30]})
    return int(number)


def _flag(text: str) -> bool:
    if text.lower() in YES:
        return True
    if text.lower() in NO:
        return False
    raise BadCellError(_("“%(text)s”应填“是”或“否”") % {"text": text[:30]})


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text[:10].replace("/", "-").replace(".", "-"))
    except ValueError:
        raise BadCellError(_("“%(text)s”不是日期，请写成 2019-05-20") % {"text": text[:30]}) from None


def kept(given: Any) -> Any:
    """A value as JSON holds it."""
    return str(given) if isinstance(given, Decimal | date) else given


def taken(code: str, held: Any) -> Any:
    """A value out of JSON."""
    if held is None or code not in MONEY:
        return date.fromisoformat(held) if held is not None and facts()[code].type == "date" else held
    return Decimal(held)
