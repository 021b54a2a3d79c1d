"""读请求 reading: bodies and addresses as plain, finite, storable values; paging; small types of parameters."""

import json
from collections.abc import Iterator, Sequence
from math import isfinite
from typing import Annotated, Any, Generic, TypeVar

from django.http import HttpRequest
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from ninja import Path, Schema
from ninja.parser import Parser
from pydantic import Field

from kechuang.web.api.problems import Invalid, Malformed

MOST = 100
FARTHEST = 100_000
T = TypeVar("T")

Number = Annotated[int, Path(ge=1, le=2**63 - 1, description=gettext_noop("编号"))]
Slug = Annotated[str, Path(max_length=60, description=gettext_noop("事项代码，见 /api/v1/services"))]
Code = Annotated[str, Field(max_length=60)]
Word = Annotated[str, Field(max_length=200)]


class Paging(Schema):
    """分页: at most 100 at once."""

    limit: int = Field(20, ge=1, le=MOST, description=gettext_noop("每页条数"))
    offset: int = Field(0, ge=0, le=FARTHEST, description=gettext_noop("跳过条数"))


class Page(Schema, Generic[T]):
    """一页: ``next`` is the address of the following page; ``exact`` says whether ``total`` was counted."""

    items: list[T]
    total: int
    exact: bool = True
    limit: int
    offset: int
    next: str | None


def page_of(
    request: HttpRequest, items: Sequence[T], total: int, paging: Paging, *, end: int | None = None
) -> dict[str, Any]:
    """The fields of a page; ``end`` is where paging stops, if before ``total``."""
    following = paging.offset + paging.limit
    last = min(total, FARTHEST if end is None else end)
    query = request.GET.copy()
    query["limit"], query["offset"] = str(paging.limit), str(following)
    return {
        "items": list(items),
        "total": total,
        "exact": end is None,
        "limit": paging.limit,
        "offset": paging.offset,
        "next": f"{request.path}?{query.urlencode()}" if following < last else None,
    }


class PlainParser(Parser):
    """读取: refuses what JSON allows and a database does not keep, and says where it is."""

    def parse_body(self, request: HttpRequest) -> Any:
        """A body of JSON."""
        try:
            data = json.loads(request.body, parse_constant=_no_constant)
        except (ValueError, RecursionError) as error:
            raise Malformed(_("请求体不是正确的 JSON。")) from error
        _check(data)
        return data

    def parse_querydict(self, data: MultiValueDict[str, Any], list_fields: list[str], request: HttpRequest) -> Any:
        """The parameters of an address."""
        found = super().parse_querydict(data, list_fields, request)
        _check(found)
        return found


def _no_constant(name: str) -> Any:
    raise ValueError(name)


def _check(data: Any) -> None:
    wrong = dict(_unstorable(data, ""))
    if wrong:
        raise Invalid(wrong)


def _unstorable(value: Any, path: str) -> Iterator[tuple[str, str]]:
    """Where the value holds something that no record can keep."""
    if isinstance(value, str) and not _is_clean(value):
        yield path or "body", _("含有不可见的控制字符，请重新输入。")
    elif isinstance(value, float) and not isfinite(value):
        yield path or "body", _("数字太大。")
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _unstorable(item, f"{path}[{index}]")
    elif isinstance(value, dict):
        for name, item in value.items():
            shown = name if _is_clean(name) else "?"
            if shown != name:
                yield "body", _("名称中含有不可见的控制字符。")
            yield from _unstorable(item, f"{path}.{shown}" if path else shown)


def _is_clean(text: str) -> bool:
    """Whether the text has no NUL and no half of a character pair."""
    return "\0" not in text and not any("\ud800" <= c <= "\udfff" for c in text)
