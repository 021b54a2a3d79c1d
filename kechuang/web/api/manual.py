"""接口说明 manual: the OpenAPI description in words and tables, for people."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from kechuang.core.keys.models import Scope
from kechuang.web.api.problems import TITLES
from kechuang.web.api.site import api

_TYPES = {
    "string": gettext_noop("文字"),
    "integer": gettext_noop("整数"),
    "number": gettext_noop("数字"),
    "boolean": gettext_noop("是否"),
    "object": gettext_noop("对象"),
    "null": "",
}
_FORMATS = {"date-time": gettext_noop("时间"), "date": gettext_noop("日期")}
_WHERE = {"query": gettext_noop("参数"), "path": gettext_noop("地址"), "header": gettext_noop("请求头")}
# What every write takes is said once, above.
_SHARED = ("Idempotency-Key", "If-Match")


@dataclass(frozen=True)
class Item:
    """一项: a parameter, a field of a body or of an answer; ``link`` is the shape that it has."""

    name: str
    where: str
    type: str
    required: bool
    words: str
    link: str = ""


@dataclass(frozen=True)
class Call:
    """一个接口."""

    id: str
    method: str
    path: str
    summary: str
    words: str
    scope: str
    scope_label: str
    items: list[Item]
    body: str
    answer: str
    answers_many: bool


@dataclass(frozen=True)
class Shape:
    """一种数据: an object with its fields."""

    name: str
    items: list[Item]


@dataclass(frozen=True)
class Manual:
    """接口说明: calls by group, shapes, and what the problems mean."""

    groups: list[tuple[str, list[Call]]]
    shapes: list[Shape]
    problems: list[tuple[int, str]]


def manual() -> Manual:
    """The whole of it."""
    groups: dict[str, list[Call]] = {}
    for path, methods in api.get_openapi_schema()["paths"].items():
        for method, described in methods.items():
            groups.setdefault(described["tags"][0], []).append(_call(path, method, described))
    schemas = api.get_openapi_schema()["components"]["schemas"]
    first = {name for calls in groups.values() for call in calls for name in (call.body, call.answer)}
    return Manual(
        groups=[(_(tag), calls) for tag, calls in groups.items()],
        shapes=[_shape(name, schemas[name]) for name in sorted(_reached(first, schemas))],
        problems=[(status, _(title)) for status, title in TITLES.items()],
    )


def _reached(names: set[str], schemas: Mapping[str, Any]) -> set[str]:
    """These shapes and those of which they are made."""
    found: set[str] = set()
    waiting = {"Problem", *names} - {""}
    while waiting:
        name = waiting.pop()
        found.add(name)
        parts = schemas[name].get("properties", {}).values()
        waiting |= {ref for part in parts for ref in _refs(part)} - found
    return found


def _call(path: str, method: str, described: Mapping[str, Any]) -> Call:
    scope = Scope(described["x-scope"])
    good: dict[str, Any] = next((r for code, r in described["responses"].items() if int(code) < 300), {})
    answer = _content(good)
    items = [_parameter(p) for p in described["parameters"] if p["name"] not in _SHARED]
    return Call(
        id=described["operationId"],
        method=method.upper(),
        path=path,
        summary=_(described["summary"]),
        words=_(described["description"]),
        scope=scope.value,
        scope_label=str(scope.label),
        items=items,
        body=_link(_content(described.get("requestBody", {}))),
        answer=_link(answer),
        answers_many=answer.get("type") == "array",
    )


def _content(part: Mapping[str, Any]) -> dict[str, Any]:
    """The schema of a body or an answer."""
    for media in part.get("content", {}).values():
        return dict(media["schema"])
    return {}


def _parameter(given: Mapping[str, Any]) -> Item:
    schema = given["schema"]
    words = given.get("description") or schema.get("description", "")
    where = _(_WHERE[given["in"]])
    return Item(given["name"], where, _type(schema), bool(given.get("required")), _(words) if words else "")


def _shape(name: str, made: Mapping[str, Any]) -> Shape:
    required = made.get("required", ())
    items = [
        Item(
            name=field,
            where="",
            type=_type(schema),
            required=field in required or bool(schema.get("x-required")),
            words=_("；").join(
                w for w in (_(schema["title"]) if _han(schema.get("title", "")) else "", _more(schema)) if w
            ),
            link=_link(schema),
        )
        for field, schema in made.get("properties", {}).items()
    ]
    return Shape(name, items)


def _more(schema: Mapping[str, Any]) -> str:
    scheme = schema.get("x-vocabulary")
    words = schema.get("description", "")
    codes = _("；").join(f"{code} {_(label)}" for code, label in schema.get("x-codes", {}).items())
    parts = (_(words) if words else "", _("代码表 {scheme}").format(scheme=scheme) if scheme else "", codes)
    return " ".join(p for p in parts if p)


def _han(text: str) -> bool:
    """Whether a title was written for people; pydantic makes one from the name where there is none."""
    return not text.isascii()


def _link(schema: Mapping[str, Any]) -> str:
    """The name of the object that a schema refers to, directly, in a list or as one of several."""
    for found in _refs(schema):
        return found
    return ""


def _refs(schema: Mapping[str, Any]) -> Iterator[str]:
    if "$ref" in schema:
        yield schema["$ref"].rsplit("/", 1)[-1]
    for part in (schema.get("items"), *schema.get("anyOf", ())):
        if isinstance(part, Mapping):
            yield from _refs(part)


def _type(schema: Mapping[str, Any]) -> str:
    if "$ref" in schema:
        return _("对象")
    if "anyOf" in schema:
        return _("或").join(dict.fromkeys(t for t in map(_type, schema["anyOf"]) if t))
    if "enum" in schema:
        return _("、").join(map(str, schema["enum"]))
    kind = schema.get("type", "object")
    if kind == "array":
        return _("列表：{of}").format(of=_type(schema.get("items", {})))
    return _(_FORMATS.get(schema.get("format", ""), _TYPES[kind])) if _TYPES[kind] else ""
