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
            return self.words.parameter(parameter, parameter.on(self.on))
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
            return self.words.name(self.definitions[name])
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
        left, right = self.read(node.left), self.read(node.comparators[0])
        if isinstance(node.ops[0], ast.In | ast.NotIn):
            template = (
                noop("%(left)s属于%(right)s") if isinstance(node.ops[0], ast.In) else noop("%(left)s不属于%(right)s")
            )
            return self.words.say(template) % {"left": left, "right": right}
        return left + _SIGNS[type(node.ops[0])] + right

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


def differences(old: Pack, new: Pack, words: Words, on: date) -> list[Difference]:
    """What two versions of a pack say differently, in words, part by part."""
    before, after = dict(_described(old, words, on)), dict(_described(new, words, on))
    names = [*before, *(name for name in after if name not in before)]
    return [
        Difference(name, before.get(name, ""), after.get(name, ""))
        for name in names
        if before.get(name, "") != after.get(name, "")
    ]


def _described(pack: Pack, words: Words, on: date) -> Iterator[tuple[str, str]]:
    say = words.say
    yield say(noop("名称")), pack.title
    yield say(noop("施行日期")), str(pack.effective_from)
    yield say(noop("失效日期")), str(pack.effective_to or "")
    for parameter in pack.parameters.values():
        for since, value in parameter.values:
            name = say(noop("参数：%(label)s（%(since)s 起）")) % {"label": parameter.label, "since": since}
            yield name, parameter_words(parameter, value, words)
    parts: Mapping[str, tuple[Formula, ...]] = {
        noop("中间量：%(label)s"): pack.definitions,
        noop("条件：%(label)s"): pack.conditions,
        noop("另一条路：%(label)s"): pack.routes,
    }
    for template, formulas in parts.items():
        for formula in formulas:
            label = words.filled(words.name(formula), pack, on)
            yield say(template) % {"label": label}, aloud(pack, formula.expression, words, on)
    if pack.scoring is not None:
        for item in pack.scoring.items:
            ways = "；".join(aloud(pack, option.formula.expression, words, on) for option in item.options)
            most = say(noop("满分 %(most)s 分")) % {"most": item.most}
            yield say(noop("指标：%(label)s")) % {"label": item.label}, f"{most}：{ways}"
    if pack.benefit is not None:
        yield say(noop("金额")), aloud(pack, pack.benefit.formula.expression, words, on)


def parameter_words(parameter: Parameter, value: Any, words: Words) -> str:
    """A parameter's value in words, bands one after the other."""
    if parameter.kind != "bands":
        return words.parameter(parameter, value)
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
