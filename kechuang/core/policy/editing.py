"""改规则包 editing: one part of a pack's text changed, comments and order of the rest kept. Pure."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any

import tomlkit
from django.utils.translation import gettext as _
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import AoT, InlineTable, Table

from kechuang.kit.money import WAN
from kechuang.kit.refusal import Refusal
from kechuang.kit.rules.facts import Fact
from kechuang.kit.rules.packs import Band, Pack, Parameter

TABLES = ("define", "require", "route")
_NAME = re.compile(r"\b[a-z][a-z0-9_]*\b")


def document(text: str) -> tomlkit.TOMLDocument:
    """The text as a tree that keeps its comments; raises Refusal for what is not TOML."""
    try:
        return tomlkit.parse(text)
    except TOMLKitError as error:
        raise Refusal(_("正文不是有效的 TOML：%(error)s。请先在“全文”里改正。") % {"error": error}) from error


def shown_value(parameter: Parameter, value: Any) -> str:
    """A parameter's value as its field shows it: shares in per cent, sums in 万元, bands a line each."""
    if parameter.kind == "bands":
        return "\n".join(_band_line(band) for band in value)
    if parameter.kind == "terms":
        return "、".join(value)
    scale = Fraction(1, int(WAN)) if parameter.kind == "money" else 100 if parameter.kind == "ratio" else 1
    return _plain(Fraction(value) * scale)


def _plain(number: Fraction) -> str:
    text = f"{Decimal(number.numerator) / Decimal(number.denominator):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _band_line(band: Band) -> str:
    points = str(band.low) if band.low == band.high else f"{band.low}～{band.high}"
    if band.bound is None:
        return f"* {points}"
    return f"{'>' if band.open else '>='} {_plain(band.bound)} {points}"


def read_value(parameter: Parameter, given: str) -> Any:
    """What a field of a parameter holds, as TOML; raises Refusal in words."""
    words = given.strip()
    if parameter.kind == "bands":
        return [_read_band(line, parameter) for line in words.splitlines() if line.strip()]
    if parameter.kind == "terms":
        return [code for code in re.split(r"[、,，\s]+", words) if code]
    try:
        number = Decimal(words.replace(",", "").replace("，", "").rstrip("%"))
    except InvalidOperation as error:
        raise Refusal(
            _("“%(label)s”：请填数字，现在是“%(given)s”。") % {"label": parameter.label, "given": given}
        ) from error
    number = number * WAN if parameter.kind == "money" else number / 100 if parameter.kind == "ratio" else number
    return int(number) if number == int(number) else number.normalize()


def _read_band(line: str, parameter: Parameter) -> Any:
    found = re.fullmatch(r"\s*(>=|>|\*)\s*(-?[\d.]+)?\s+(\d+)(?:\s*[～~-]\s*(\d+))?\s*", line.replace("≥", ">="))
    if found is None or (found.group(1) == "*") != (found.group(2) is None):
        example = ">= 0.3 20"
        message = _("“%(label)s”：每行一档，写作“%(example)s”（下限、分值），其余写作“* 0”。读不懂：%(line)s")
        raise Refusal(message % {"label": parameter.label, "example": example, "line": line})
    sign, bound, low, high = found.groups()
    points = int(low) if high is None else [int(low), int(high)]
    if sign == "*":
        return {"points": points}
    return {("above" if sign == ">" else "from"): Decimal(bound), "points": points}


def set_parameters(text: str, pack: Pack, given: Mapping[str, str], *, since: date) -> str:
    """The text with new values; a value that differs holds from ``since`` on, older days keep the older one."""
    tree = document(text)
    for name, words in given.items():
        parameter = pack.parameters.get(name)
        if parameter is None or shown_value(parameter, parameter.on(since)) == words.strip().replace("\r\n", "\n"):
            continue
        entry: Any = tree["parameters"][name]
        old = entry.get("values") or [{"from": pack.effective_from, "value": entry.get("value")}]
        kept = [one for one in old if one["from"] != since]
        dated = sorted([*kept, {"from": since, "value": read_value(parameter, words)}], key=lambda one: one["from"])
        entry.pop("value", None)
        entry["values"] = _lines(dated)
    return tomlkit.dumps(tree)


def _lines(dated: Sequence[Mapping[str, Any]]) -> Any:
    array = tomlkit.array()
    for one in dated:
        array.append(_inline({"from": one["from"], "value": _tree(one["value"])}))
    return array.multiline(multiline=True)


def _inline(values: Mapping[str, Any]) -> InlineTable:
    table = tomlkit.inline_table()
    for name, value in values.items():
        table[name] = value
    return table


def _tree(value: Any) -> Any:
    """A value as TOML writes it, decimals exactly."""
    if isinstance(value, Decimal):
        return tomlkit.float_(str(value) if "." in f"{value:f}" else f"{value:f}.0")
    if isinstance(value, Mapping):
        return _inline({name: _tree(inner) for name, inner in value.items()})
    return [_tree(inner) for inner in value] if isinstance(value, list) else value


def set_formulas(text: str, table: str, rows: Sequence[Mapping[str, str]], catalogue: Mapping[str, Fact]) -> str:
    """The text with these conditions (or definitions, routes): changed, added at the end, or left out.

    ``rows`` have code, label, clause and formula. Facts that a formula newly names are added to ``facts``.
    """
    tree = document(text)
    known = {str(entry["code"]): entry for entry in tree.get(table, [])}
    array = AoT([])
    for row in rows:
        entry = known.get(
            row["code"], Table(tomlkit.container.Container(), tomlkit.items.Trivia(), is_aot_element=True)
        )
        for name in ("code", "label", "clause", "formula"):
            if row.get(name):
                entry[name] = row[name]
            elif name in entry:
                entry.pop(name)
        array.append(entry)
    if len(array):
        tree[table] = array
    else:
        tree.pop(table, None)
    named = {name for row in rows for name in _NAME.findall(row["formula"])} & catalogue.keys()
    there = list(tree.get("facts", []))
    new = [name for name in catalogue if name in named and name not in there]
    if new:
        facts = tomlkit.array()
        facts.extend([*there, *new])
        tree["facts"] = facts.multiline(multiline=True)
    return tomlkit.dumps(tree)


def set_examples(text: str, rows: Sequence[Mapping[str, Any]]) -> str:
    """The text with these worked examples: name, day, facts and expectations as TOML lines."""
    tree = document(text)
    array = AoT([])
    for row in rows:
        entry = tomlkit.table()
        entry["name"], entry["on"] = row["name"], row["on"]
        entry["facts"], entry["expect"] = _inline(read_lines(row["facts"])), _inline(read_lines(row["expect"]))
        array.append(entry)
    if len(array):
        tree["example"] = array
    else:
        tree.pop("example", None)
    return tomlkit.dumps(tree)


def read_lines(words: str) -> dict[str, Any]:
    """Lines ``name = value`` as TOML reads them; raises Refusal with the line."""
    try:
        return dict(tomlkit.parse(words).unwrap())
    except TOMLKitError as error:
        message = _("每行一项，写作 staff_sme = 100；是否写 true、false，文字加引号。读不懂：%(error)s")
        raise Refusal(message % {"error": error}) from error


def lines_of(values: Mapping[str, Any]) -> str:
    """Values as lines ``name = value``."""
    table = tomlkit.document()
    for name, value in values.items():
        table[name] = (
            _tree(value) if not isinstance(value, Mapping) else _inline({n: _tree(v) for n, v in value.items()})
        )
    return tomlkit.dumps(table).strip()
