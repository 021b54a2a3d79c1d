"""用文字说 wording: a verdict in sentences, in the language of who reads it. Pure.

``say`` translates a Chinese template; ``money`` writes a sum; labels of packs and facts come in both languages.
"""

import ast
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from kechuang.kit.money import show, show_english
from kechuang.kit.rules.expressions import Kind
from kechuang.kit.rules.facts import Fact
from kechuang.kit.rules.packs import Formula, Pack, Parameter, facts_of, money, term_scheme
from kechuang.kit.rules.values import Missing, Truth, Undefined
from kechuang.kit.rules.verdicts import Amount, Near, Points, Verdict, Way
from kechuang.kit.text import Say, noop

RESULTS = {
    "met": noop("符合"),
    "unmet": noop("暂不符合"),
    "unknown": noop("无法判断"),
    "not_in_force": noop("未在施行期"),
}
_BETWEEN_HAN = re.compile(r"(?<=[\u4e00-\u9fff]) (?=[\u4e00-\u9fff])")  # left by a unit: "500 人 以上"
UNITS = {"人": noop("人"), "项": noop("项"), "分": noop("分"), "家": noop("家"), "年": noop("年"), "天": noop("天")}


@dataclass(frozen=True)
class Words:
    """说法: how to say things to one reader. ``term`` gives the label of a code in a list (scheme, code)."""

    say: Say = str
    english: bool = False
    term: Callable[[str, str], str] = lambda _scheme, code: code

    def money(self, value: Any) -> str:
        """A sum of yuan."""
        write: Callable[[Decimal | None], str] = show_english if self.english else show
        return write(-money(-value) if value < 0 else money(value))

    def label(self, fact: Fact) -> str:
        """What a fact is called."""
        return (self.english and fact.label_en) or fact.label

    def name(self, formula: Formula) -> str:
        """What a formula is called, without parameters filled in."""
        return (self.english and formula.label_en) or formula.label

    def number(self, value: Any, unit: str) -> str:
        """A number with its unit; a share in per cent, at most two decimals."""
        shown = Fraction(value) * 100 if unit == "%" else Fraction(value)
        text = f"{float(round(shown, 2)):,.2f}".rstrip("0").rstrip(".")
        if unit == "%":
            return f"{text}%"
        return f"{text} {self.say(UNITS.get(unit, unit))}" if unit else text

    def value(self, fact: Fact, value: Any) -> str:
        """A fact's value as people read it."""
        if fact.type == "bool":
            return self.say(noop("是")) if value else self.say(noop("否"))
        if fact.type == "money":
            return self.money(value)
        if fact.type == "date":
            return value.isoformat() if isinstance(value, date) else str(value)
        if fact.type == "term":
            return self.term(fact.scheme, str(value))
        return self.number(value, "%" if fact.type == "ratio" else fact.unit)

    def parameter(self, pack: Pack, parameter: Parameter, value: Any) -> str:
        """A parameter's value as people read it."""
        if parameter.kind == "money":
            return self.money(value)
        if parameter.kind == "terms":
            scheme = term_scheme(pack, parameter)
            return self.say(noop("、")).join(self.term(scheme, code) if scheme else code for code in value)
        return self.number(value, "%" if parameter.kind == "ratio" else parameter.unit)

    def filled(self, text: str, pack: Pack, on: date) -> str:
        """A label with its ``{parameter}`` places filled for a day."""
        for name, value in pack.values(on).items():
            if f"{{{name}}}" in text:
                text = text.replace(f"{{{name}}}", self.parameter(pack, pack.parameters[name], value))
        return _BETWEEN_HAN.sub("", text)


@dataclass(frozen=True)
class Line:
    """一句: a sentence about one condition or scored item; ``truth`` True, False or None (cannot be told)."""

    text: str
    truth: bool | None
    clause: str = ""
    quote: str = ""
    detail: str = ""
    scored: bool = False


def told(truth: Truth) -> bool | None:
    """Three values as True, False, None."""
    return truth if isinstance(truth, bool) else None


def conditions(verdict: Verdict, words: Words) -> list[Line]:
    """Each condition with the values of the facts that it names."""
    pack = verdict.pack
    return [
        Line(
            words.filled(words.name(f.formula), pack, verdict.on),
            told(f.truth),
            f.formula.clause,
            f.formula.quote,
            words.say(noop("；")).join(named_values(verdict, f.formula, words)),
        )
        for f in (*verdict.conditions, *verdict.routes)
    ]


def named_values(verdict: Verdict, formula: Formula, words: Words) -> Iterator[str]:
    """The facts that a formula names, each with its value or that it is missing."""
    for code in sorted(facts_of(verdict.pack, formula.expression)):
        fact = verdict.pack.facts[code]
        value = verdict.facts.get(code)
        shown = words.say(noop("没有填")) if value is None else words.value(fact, value)
        yield f"{words.label(fact)} {shown}"


def span(low: int, high: int, words: Words) -> str:
    """Points, or from where to where they go."""
    return words.say(noop("～")).join(map(str, (low,) if low == high else (low, high)))


def points(verdict: Verdict, one: Points, words: Words) -> Line:
    """An item with its points, and how they came about."""
    item = one.item
    got = span(one.low, one.high, words)
    label = (words.english and item.label_en) or item.label
    template = noop("%(label)s：%(got)s 分（满分 %(most)s 分）")
    text = words.say(template) % {"label": label, "got": got, "most": item.most}
    detail = words.say(noop("；")).join(_way(verdict, way, words) for way in one.ways)
    if item.given:
        given = words.say(noop("由专家评定")) if one.missing else words.say(noop("专家评定结果"))
        detail = given
    return Line(text, told_points(one), item.clause, "", detail, scored=True)


def told_points(one: Points) -> bool | None:
    """An item is never unmet: it has points, or it hangs on facts that are missing."""
    return None if one.missing and one.low < one.high else True


def _chosen(node: ast.expr) -> bool:
    """Whether a formula only picks a number for a case ("1 if … else 0"), which means nothing to a reader."""
    branches = (node.body, node.orelse) if isinstance(node, ast.IfExp) else ()
    return bool(branches) and all(isinstance(b, ast.Constant) or _chosen(b) for b in branches)


def _way(verdict: Verdict, way: Way, words: Words) -> str:
    label = words.name(way.formula)
    if isinstance(way.value, Missing):
        names = words.say(noop("、")).join(words.label(verdict.pack.facts[code]) for code in sorted(way.value.facts))
        return words.say(noop("%(label)s：没有填%(names)s")) % {"label": label, "names": names}
    if isinstance(way.value, Undefined):
        return words.say(noop("%(label)s：不能计算（分母为 0 或规则没有规定）")) % {"label": label}
    kind = way.formula.expression.kind
    value = words.money(way.value) if kind is Kind.MONEY else words.number(way.value, way.formula.unit)
    got = span(way.low, way.high, words)
    if _chosen(way.formula.expression.node):
        return words.say(noop("%(label)s：得 %(got)s 分")) % {"label": label, "got": got}
    return words.say(noop("%(label)s %(value)s，得 %(got)s 分")) % {"label": label, "value": value, "got": got}


def headline(verdict: Verdict, words: Words) -> str:
    """The result in one sentence."""
    pack = verdict.pack
    if not verdict.in_force:
        if verdict.on < pack.effective_from:
            template = noop("%(on)s 时尚未施行（%(since)s 起施行）")
            return words.say(template) % {"on": verdict.on, "since": pack.effective_from}
        return words.say(noop("%(on)s 时已经失效（%(until)s 起失效）")) % {"on": verdict.on, "until": pack.effective_to}
    found = words.say(RESULTS[verdict.result])
    if verdict.score is not None:
        score = verdict.score
        got = span(score.low, score.high, words)
        mark = words.number(score.mark, "")
        template = noop("%(found)s：%(got)s 分，须达到 %(mark)s 分")
        if score.strict:
            template = noop("%(found)s：%(got)s 分，须超过 %(mark)s 分")
        elif not score.mark:
            template = noop("%(found)s：%(got)s 分")
        found = words.say(template) % {"found": found, "got": got, "mark": mark}
        if score.gap and verdict.result == "unmet":
            found += words.say(noop("，差 %(gap)s 分")) % {"gap": score.gap}
        elif verdict.result == "unmet":
            found += words.say(noop("，有条件不符合"))
    return found


def missing(verdict: Verdict, words: Words) -> list[str]:
    """The labels of the facts that are missing."""
    return [words.label(verdict.pack.facts[code]) for code in verdict.missing]


def near(verdict: Verdict, one: Near, words: Words) -> str:
    """The smallest way to yes in one sentence."""
    if one.fact == "on":
        return words.say(noop("到 %(day)s 即符合，其他不变")) % {"day": one.then}
    fact = verdict.pack.facts[one.fact]
    change = Fraction(one.then) - Fraction(one.now)
    said = {
        "label": words.label(fact),
        "change": words.value(fact, abs(change)),
        "now": words.value(fact, one.now),
        "then": words.value(fact, one.then),
        "gained": one.gained,
    }
    more = noop("%(label)s再增加 %(change)s（%(now)s → %(then)s）即符合")
    less = noop("%(label)s减少 %(change)s（%(now)s → %(then)s）即符合")
    text = words.say(more if change > 0 else less) % said
    return text + (words.say(noop("，得分增加 %(gained)s 分")) % said if one.gained > 0 else "")


def amount(one: Amount, words: Words) -> str:
    """What is paid, the cap that bites and the rest."""
    said = {"payable": words.money(one.payable), "computed": words.money(one.computed), "cap": one.cap_name}
    if not one.capped:
        return words.say(noop("可得 %(payable)s")) % said
    said |= {"rest": words.money(one.rest), "used": words.money(one.used)}
    text = words.say(noop("可得 %(payable)s：按规定算得 %(computed)s，受“%(cap)s”限制，其余 %(rest)s 不予支付")) % said
    return text + (words.say(noop("（此前已用 %(used)s）")) % said if one.used else "")


def report(verdict: Verdict, words: Words) -> Iterator[str]:
    """The whole verdict in lines of text, for the command line and for files."""
    marks: Mapping[bool | None, str] = {True: "✓", False: "✗", None: "?"}
    pack = verdict.pack
    yield f"{pack.title}（{pack.basis}）　{verdict.on}"
    yield headline(verdict, words)
    for line in conditions(verdict, words) if verdict.in_force else ():
        yield f"  {marks[line.truth]} {line.text}{f'［{line.clause}］' if line.clause else ''}　{line.detail}"
    if verdict.score is not None:
        for one in verdict.score.items:
            line = points(verdict, one, words)
            yield f"  · {line.text}　{line.detail}"
    if verdict.amount is not None:
        yield "  " + amount(verdict.amount, words)
    for name in missing(verdict, words):
        yield "  " + words.say(noop("还缺：%(name)s")) % {"name": name}
    if verdict.manual:
        yield "  " + words.say(noop("需人工复核：分母为 0 或规则没有规定的情形"))
    for one_near in verdict.near:
        yield "  → " + near(verdict, one_near, words)


@dataclass(frozen=True)
class Told:
    """结论: a verdict in sentences, as pages show it; ``missing`` are the codes and labels of the facts that lack."""

    result: str
    headline: str
    lines: list[Line]
    amount: str
    missing: list[tuple[str, str]]
    near: list[str]
    manual: bool


def tell(verdict: Verdict, words: Words) -> Told:
    """A verdict in sentences: each condition, then each item with its points."""
    items = verdict.score.items if verdict.score is not None else ()
    return Told(
        verdict.result,
        headline(verdict, words),
        [*conditions(verdict, words), *(points(verdict, one, words) for one in items)],
        amount(verdict.amount, words) if verdict.amount is not None else "",
        [(code, words.label(verdict.pack.facts[code])) for code in verdict.missing],
        [near(verdict, one, words) for one in verdict.near],
        verdict.manual,
    )
