"""规则包各部分 parts: one parameter, formula, score of a pack read from its table, or the fault in it. Pure."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from kechuang.kit.rules.exact import compiled
from kechuang.kit.rules.expressions import NUMERIC, WORDS, Kind, WrongExpression, parse
from kechuang.kit.rules.facts import Fact
from kechuang.kit.rules.packs import Band, Block, Formula, Item, Option, Parameter, Scoring
from kechuang.kit.rules.values import exact

PARAMETER_KINDS = {"number": Kind.NUMBER, "ratio": Kind.NUMBER, "money": Kind.MONEY, "terms": Kind.TERMS}


class Fault(Exception):  # noqa: N818 - becomes a Problem when the line is known
    """毛病: what is wrong at a place inside a table."""

    def __init__(self, path: Sequence[str | int], reason: str) -> None:
        super().__init__(reason)
        self.path, self.reason = tuple(path), reason


def parameter(name: str, entry: Mapping[str, Any], start: date, statuses: Sequence[str]) -> Parameter:
    """A parameter with its dated values; raises Fault, for one without source too."""
    kind = entry.get("kind", "number")
    if kind not in (*PARAMETER_KINDS, "bands"):
        raise Fault(["kind"], f"参数“{name}”的 kind 应是 {'、'.join([*PARAMETER_KINDS, 'bands'])} 之一")
    for needed in ("label", "source"):
        if not entry.get(needed):
            raise Fault([], f"参数“{name}”缺少 {needed}：没有出处的数字不能用")
    if entry.get("text_status") not in statuses:
        raise Fault([], f"参数“{name}”的 text_status 应是 {'、'.join(statuses)} 之一")
    dated = entry.get("values", [{"from": start, "value": entry.get("value")}])
    try:
        values = (
            sorted((_day(one["from"]), _read_value(kind, one["value"])) for one in dated)
            if kind != "bands"
            else sorted(
                ((_day(one["from"]), _read_value(kind, one["value"])) for one in dated), key=lambda pair: pair[0]
            )
        )
    except (KeyError, TypeError, ValueError, ArithmeticError) as error:
        raise Fault(["values" if "values" in entry else "value"], f"参数“{name}”的值读不出来：{error}") from error
    if not values or values[0][0] > start:
        raise Fault(["values"], f"参数“{name}”在 {start} 规则生效时还没有值")
    unit = entry.get("unit", "元" if kind == "money" else "")
    return Parameter(name, entry["label"], kind, unit, entry["source"], entry["text_status"], tuple(values))


def _day(given: Any) -> date:
    if not isinstance(given, date):
        raise TypeError(f"“{given}”不是日期")
    return given


def _read_value(kind: str, given: Any) -> Any:
    if kind == "bands":
        return _bands(given)
    if kind == "terms":
        if not (isinstance(given, list) and all(isinstance(code, str) for code in given)):
            raise TypeError("应是代码的列表")
        return tuple(given)
    if isinstance(given, bool) or not isinstance(given, int | Decimal):
        raise TypeError(f"“{given}”不是数")
    return exact(given)


def _bands(given: Any) -> tuple[Band, ...]:
    """Bands, highest first; each ``[bound, points]`` or ``{above = bound, points = …}``, points a number or a range."""
    found = []
    for one in given:
        entry = {"from": one[0], "points": one[1:]} if isinstance(one, list) else one
        points = entry["points"]
        low, *rest = [int(p) for p in (points if isinstance(points, list) else [points])]
        bound = entry.get("above", entry.get("from"))
        found.append(Band(None if bound is None else Fraction(bound), "above" in entry, low, rest[-1] if rest else low))
    if len([b for b in found if b.bound is None]) != 1:
        raise ValueError("要有且只有一档没有下限（其余情况）")
    bounds = [b.bound for b in found if b.bound is not None]
    if len(set(bounds)) != len(bounds) or any(b.low > b.high for b in found):
        raise ValueError("各档的下限不能相同，分值从低到高写")
    return tuple(sorted(found, key=lambda b: (b.bound is not None, b.bound or 0), reverse=True))


def formula(
    entry: Mapping[str, Any], names: Mapping[str, Kind], parameters: Mapping[str, Parameter], wanted: Kind | None
) -> Formula:
    """A formula with its words; raises Fault."""
    for needed in ("code", "label", "formula"):
        if not entry.get(needed):
            raise Fault([], f"缺少 {needed}")
    kinds = {n: PARAMETER_KINDS[p.kind] for n, p in parameters.items() if p.kind in PARAMETER_KINDS}
    try:
        expression = parse(str(entry["formula"]), names, kinds)
    except WrongExpression as wrong:
        raise Fault(["formula"], str(wrong)) from wrong
    fits = wanted is None or expression.kind is wanted or (wanted in NUMERIC and expression.kind is Kind.ANY)
    if not fits:
        raise Fault(["formula"], f"应是{WORDS[wanted or Kind.ANY]}，这个公式给出的是{WORDS[expression.kind]}")
    words = {name: str(entry.get(name, "")) for name in ("clause", "quote", "unit", "label_en")}
    return Formula(entry["code"], entry["label"], expression, compiled(expression), **words)


def scoring(
    entry: Mapping[str, Any], names: Mapping[str, Kind], parameters: Mapping[str, Parameter], facts: Mapping[str, Fact]
) -> Scoring:
    """The score of a pack; raises Fault."""
    passing = entry.get("pass", "")
    if passing not in parameters:
        raise Fault(["pass"], f"及格线应是一个参数，没有名为“{passing}”的参数")
    blocks = {
        code: Block(code, b["label"], int(b["most"]), int(b.get("least", 0)))
        for code, b in entry.get("blocks", {}).items()
    }
    items: list[Item] = []
    for at, one in enumerate(entry.get("item", [])):
        try:
            items.append(_item(one, names, parameters, facts))
        except Fault as fault:
            raise Fault(["item", at, *fault.path], fault.reason) from fault
        if items[-1].block and items[-1].block not in blocks:
            raise Fault(["item", at, "block"], f"没有名为“{items[-1].block}”的一级指标")
    if not items:
        raise Fault([], "评分没有指标")
    return Scoring(tuple(items), blocks, passing, strict=bool(entry.get("strict")))


def _item(
    entry: Mapping[str, Any], names: Mapping[str, Kind], parameters: Mapping[str, Parameter], facts: Mapping[str, Fact]
) -> Item:
    for needed in ("code", "label", "most"):
        if not entry.get(needed):
            raise Fault([], f"指标缺少 {needed}")
    given = entry.get("given", "")
    if given and given not in facts:
        raise Fault(["given"], f"没有名为“{given}”的事实")
    ways = [] if given else entry.get("options", [entry])
    options = []
    for way in ways:
        bands = way.get("bands", "")
        if bands not in parameters or parameters[bands].kind != "bands":
            raise Fault(["bands"], f"没有名为“{bands}”的分档参数")
        made = formula({"code": entry["code"], "label": entry["label"], **way}, names, parameters, None)
        if made.expression.kind not in NUMERIC:
            raise Fault(["formula"], "指标的公式应给出一个数")
        options.append(Option(made, bands))
    words = {name: str(entry.get(name, "")) for name in ("block", "clause", "label_en")}
    most, nonzero = int(entry["most"]), bool(entry.get("nonzero"))
    return Item(entry["code"], entry["label"], most, tuple(options), given, nonzero=nonzero, **words)
