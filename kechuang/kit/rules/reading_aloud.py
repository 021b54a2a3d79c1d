"""公式读法 reading aloud: a formula with labels instead of names, and the difference of two packs. Pure."""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from kechuang.kit.rules.expressions import Expression
from kechuang.kit.rules.packs import Band, Formula, Pack, Parameter
from kechuang.kit.rules.wording import Words
from kechuang.kit.text import noop

_SIGNS: dict[type[ast.AST], str] = {
    ast.Add: " + ",
    ast.Sub: " − ",
    ast.Mult: " × ",
    ast.Div: " ÷ ",
    ast.Lt: " < ",
    ast.LtE: " ≤ ",
    ast.Gt: " > ",
    ast.GtE: " ≥ ",
    ast.Eq: " = ",
    ast.NotEq: " ≠ ",
}
_BINDING: dict[type[ast.AST], int] = {ast.Add: 1, ast.Sub: 1, ast.Mult: 2, ast.Div: 2}


def aloud(pack: Pack, expression: Expression, words: Words, on: date) -> str:
    """The formula as people read it: labels of facts, values of parameters on a day."""
    return _Reader(pack, words, on).read(expression.node)


class _Reader:
    def __init__(self, pack: Pack, words: Words, on: date) -> None:
        self.pack, self.words, self.on = pack, words, on
        self.definitions = {d.code: d for d in pack.definitions}

    def read(self, node: ast.expr) -> str:
        if isinstance(node, ast.Name):
            return self._name(node.id)
        if isinstance(node, ast.Attribute):
            parameter = self.pack.parameters[node.attr]
            return self.words.parameter(self.pack, parameter, parameter.on(self.on))
        if isinstance(node, ast.Constant):
            return str(node.value)
        if isinstance(node, ast.BinOp):
            return self._binary(node)
        if isinstance(node, ast.Compare):
            return self._compare(node)
        return self._other(node)

    def _name(self, name: str) -> str:
        if name == "on":
            return self.words.say(noop("申报日"))
        if name in self.definitions:
            return self.words.filled(self.words.name(self.definitions[name]), self.pack, self.on)
        return self.words.label(self.pack.facts[name]) if name in self.pack.facts else name

    def _binary(self, node: ast.BinOp) -> str:
        binding = _BINDING[type(node.op)]

        def side(inner: ast.expr, *, right: bool) -> str:
            text = self.read(inner)
            weaker = isinstance(inner, ast.BinOp) and _BINDING[type(inner.op)] < binding
            same = right and isinstance(inner, ast.BinOp) and _BINDING[type(inner.op)] == binding
            return f"（{text}）" if weaker or same or isinstance(inner, ast.IfExp) else text

        return side(node.left, right=False) + _SIGNS[type(node.op)] + side(node.right, right=True)

    def _compare(self, node: ast.Compare) -> str:
        left, right = self.read(node.left), self._other_side(node)
        if isinstance(node.ops[0], ast.In | ast.NotIn):
            template = (
                noop("%(left)s属于%(right)s") if isinstance(node.ops[0], ast.In) else noop("%(left)s不属于%(right)s")
            )
            return self.words.say(template) % {"left": left, "right": right}
        return left + _SIGNS[type(node.ops[0])] + right

    def _other_side(self, node: ast.Compare) -> str:
        """What a fact is compared with: a code of its list by its label, anything else as it is read."""
        right, fact = node.comparators[0], None
        if isinstance(right, ast.Constant) and isinstance(right.value, str) and isinstance(node.left, ast.Name):
            fact = self.pack.facts.get(node.left.id)
        return self.read(right) if fact is None else self.words.value(fact, ast.literal_eval(right))

    def _other(self, node: ast.expr) -> str:
        say = self.words.say
        if isinstance(node, ast.UnaryOp):
            inner = self.read(node.operand)
            return say(noop("不是（%(what)s）")) % {"what": inner} if isinstance(node.op, ast.Not) else f"−{inner}"
        if isinstance(node, ast.BoolOp):
            joint = say(noop("，并且 ")) if isinstance(node.op, ast.And) else say(noop("，或者 "))
            return joint.join(self.read(part) for part in node.values)
        if isinstance(node, ast.IfExp):
            parts = {"if": self.read(node.test), "then": self.read(node.body), "else": self.read(node.orelse)}
            return say(noop("%(if)s 时为 %(then)s，否则为 %(else)s")) % parts
        return self._call(node) if isinstance(node, ast.Call) else ast.unparse(node)

    def _call(self, node: ast.Call) -> str:
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        inside = [self.read(argument) for argument in node.args]
        templates = {
            "min": noop("%(list)s 中较小的"),
            "max": noop("%(list)s 中较大的"),
            "years": noop("%(list)s 之间的整年数"),
            "manual": noop("由人工判断"),
        }
        return self.words.say(templates[name]) % {"list": "、".join(inside)}


@dataclass(frozen=True)
class Difference:
    """差别: what changed between two versions; an empty side means that it was not there."""

    what: str
    before: str
    after: str


@dataclass(frozen=True)
class _Part:
    """一处: a part of a pack, its name and what it says; ``key`` finds it in another version, whatever its name."""

    key: tuple[str, ...]
    name: str
    words: str


def differences(old: Pack, new: Pack, words: Words, on: date) -> list[Difference]:
    """What two versions of a pack say differently, in words, part by part."""
    before = {part.key: part for part in _described(old, words, on)}
    after = {part.key: part for part in _described(new, words, on)}
    found = []
    for key in [*before, *(key for key in after if key not in before)]:
        one, other = before.get(key), after.get(key)
        was, is_now = (part.words if part is not None else "" for part in (one, other))
        name = (other or before[key]).name
        if was != is_now:
            found.append(Difference(name, was, is_now))
        elif one is not None and other is not None and one.name != other.name:
            found.append(Difference(name, one.name, other.name))
    return found


def _described(pack: Pack, words: Words, on: date) -> Iterator[_Part]:
    say = words.say
    yield _Part(("title",), say(noop("名称")), pack.title)
    yield _Part(("from",), say(noop("施行日期")), str(pack.effective_from))
    yield _Part(("to",), say(noop("失效日期")), str(pack.effective_to or ""))
    for parameter in pack.parameters.values():
        name = say(noop("参数：%(label)s")) % {"label": parameter.label}
        yield _Part(("parameter", parameter.name), name, _held(pack, parameter, words))
    parts: Mapping[str, tuple[Formula, ...]] = {
        noop("中间量：%(label)s"): pack.definitions,
        noop("条件：%(label)s"): pack.conditions,
        noop("另一条路：%(label)s"): pack.routes,
    }
    for template, formulas in parts.items():
        for formula in formulas:
            label = words.filled(words.name(formula), pack, on)
            read = aloud(pack, formula.expression, words, on)
            yield _Part((template, formula.code), say(template) % {"label": label}, read)
    if pack.scoring is not None:
        for item in pack.scoring.items:
            ways = "；".join(aloud(pack, option.formula.expression, words, on) for option in item.options)
            most = say(noop("满分 %(most)s 分")) % {"most": item.most}
            yield _Part(("item", item.code), say(noop("指标：%(label)s")) % {"label": item.label}, f"{most}：{ways}")
    if pack.benefit is not None:
        yield _Part(("benefit",), say(noop("金额")), aloud(pack, pack.benefit.formula.expression, words, on))


def _held(pack: Pack, parameter: Parameter, words: Words) -> str:
    """The values of a parameter one after the other, those that came later with their day."""
    found = []
    for since, value in parameter.values:
        said = parameter_words(pack, parameter, value, words)
        later = words.say(noop("%(since)s 起 %(value)s")) % {"since": since, "value": said}
        found.append(later if since > pack.effective_from else said)
    return "；".join(found)


def parameter_words(pack: Pack, parameter: Parameter, value: Any, words: Words) -> str:
    """A parameter's value in words, bands one after the other."""
    if parameter.kind != "bands":
        return words.parameter(pack, parameter, value)
    return "；".join(f"{band_bound(band, words)} {band_points(band)}" for band in value)


def band_bound(band: Band, words: Words, unit: str = "") -> str:
    """Where a band begins, in words; shares below one in per cent."""
    if band.bound is None:
        return words.say(noop("其余"))
    share = unit == "%" or (not unit and band.bound.denominator != 1 and abs(band.bound) < Fraction(1))
    shown = words.number(band.bound, "%" if share else unit)
    return (words.say(noop("大于 %(bound)s")) if band.open else words.say(noop("%(bound)s 及以上"))) % {"bound": shown}


def band_points(band: Band) -> str:
    """The points of a band, a range where experts choose."""
    return str(band.low) if band.low == band.high else f"{band.low}～{band.high}"
