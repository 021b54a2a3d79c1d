"""结论 verdicts: what the rules say of one case: met, unmet or cannot tell, with numbers and what is missing. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from kechuang.kit.rules.packs import Band, Formula, Item, Pack
from kechuang.kit.rules.values import Missing, Truth, Undefined, Value


@dataclass(frozen=True)
class Finding:
    """条件结论: one condition or route: whether it holds, and the value of each fact that it names."""

    formula: Formula
    truth: Truth


@dataclass(frozen=True)
class Computed:
    """中间量: a definition and what it gives."""

    formula: Formula
    value: Value


@dataclass(frozen=True)
class Way:
    """取分方式的结果: a value, the band into which it falls, and the points, from low to high."""

    formula: Formula
    value: Value
    band: Band | None
    low: int
    high: int


@dataclass(frozen=True)
class Points:
    """指标得分: the points of an item, a range where facts are missing or experts have a range; ``ways`` shows how."""

    item: Item
    low: int
    high: int
    ways: tuple[Way, ...] = ()
    missing: frozenset[str] = frozenset()
    manual: bool = False

    @property
    def best(self) -> Way | None:
        """The way that gives the points."""
        return max(self.ways, key=lambda w: (w.low, w.high), default=None)


@dataclass(frozen=True)
class Score:
    """总分: from low to high, the mark to reach (``strict``: to exceed), points by item and by block."""

    low: int
    high: int
    mark: Fraction
    strict: bool
    items: tuple[Points, ...]
    blocks: Mapping[str, tuple[int, int]]
    truth: Truth

    @property
    def gap(self) -> int:
        """Whole points that the best case still lacks; 0 where it reaches the mark."""
        need = int(self.mark) + 1 if self.strict else -int(-self.mark // 1)
        return max(0, need - self.high)


@dataclass(frozen=True)
class Amount:
    """金额: what the formula gives, the cap that bites, what is payable, and the rest that is not paid."""

    computed: Decimal
    payable: Decimal
    cap: Decimal | None = None
    cap_name: str = ""
    used: Decimal = Decimal(0)

    @property
    def capped(self) -> bool:
        """Whether the cap cuts the amount."""
        return self.payable < self.computed

    @property
    def rest(self) -> Decimal:
        """What the cap cuts off."""
        return self.computed - self.payable


@dataclass(frozen=True)
class Near:
    """差一点: the smallest change of one fact that turns the result into met; ``gained`` points come with it."""

    fact: str
    now: Any
    then: Any
    gained: int = 0

    @property
    def change(self) -> Any:
        """How much the fact has to change."""
        return self.then - self.now


@dataclass(frozen=True)
class Verdict:
    """结论: of one pack, one set of facts, one day. ``truth`` is True, False, or why it cannot be told."""

    pack: Pack
    on: date
    in_force: bool
    facts: Mapping[str, Any]
    truth: Truth
    conditions: tuple[Finding, ...] = ()
    routes: tuple[Finding, ...] = ()
    definitions: tuple[Computed, ...] = ()
    score: Score | None = None
    amount: Amount | None = None
    near: tuple[Near, ...] = ()
    parameters: Mapping[str, Any] = field(default_factory=dict)

    @property
    def result(self) -> str:
        """``met``, ``unmet``, ``unknown`` or ``not_in_force``."""
        if not self.in_force:
            return "not_in_force"
        return "unknown" if isinstance(self.truth, Missing | Undefined) else "met" if self.truth else "unmet"

    @property
    def missing(self) -> tuple[str, ...]:
        """The facts without which it cannot be told; empty where the result stands."""
        if not self.in_force or isinstance(self.truth, bool):
            return ()
        found: set[str] = set(self.truth.facts) if isinstance(self.truth, Missing) else set()
        for finding in (*self.conditions, *self.routes):
            found |= finding.truth.facts if isinstance(finding.truth, Missing) else frozenset()
        if self.score is not None and not isinstance(self.score.truth, bool):
            found |= {fact for points in self.score.items if points.low < points.high for fact in points.missing}
        return tuple(sorted(found))

    @property
    def manual(self) -> bool:
        """Whether a person has to look: a zero denominator or a case that the rule leaves open."""
        if not self.in_force or isinstance(self.truth, bool):
            return False
        truths = [self.truth, *(f.truth for f in (*self.conditions, *self.routes))]
        scored = self.score is not None and any(points.manual for points in self.score.items)
        return scored or any(isinstance(t, Undefined) for t in truths)
