"""问题 problems: every error of the API as application/problem+json (RFC 9457), in words, naming the field."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from ninja import NinjaAPI, Schema
from ninja.errors import HttpError, ValidationError
from pydantic import ValidationError as ContentError

from kechuang.core.keys.actions import TooMany
from kechuang.core.market.wording import Change
from kechuang.kit.refusal import Refusal

GetResponse = Callable[[HttpRequest], HttpResponse]
PREFIX = "/api/v1/"
MEDIA_TYPE = "application/problem+json"

TITLES: Mapping[int, str] = {
    400: gettext_noop("请求无法读懂"),
    401: gettext_noop("需要有效的密钥"),
    403: gettext_noop("无权办理"),
    404: gettext_noop("没有找到"),
    405: gettext_noop("不支持这种方法"),
    409: gettext_noop("当前状态下不能办理"),
    412: gettext_noop("已被他人更新"),
    413: gettext_noop("请求太大"),
    415: gettext_noop("请求体须为 JSON"),
    422: gettext_noop("内容需要改正"),
    428: gettext_noop("请说明您看到的版本"),
    429: gettext_noop("调用过频"),
    500: gettext_noop("系统出错"),
}
_DETAILS: Mapping[int, str] = {
    400: gettext_noop("请检查地址、请求头和请求体。"),
    403: gettext_noop("没有权限，或缺少 X-CSRFToken 请求头。"),
    404: gettext_noop("没有这个地址，或没有您可以看到的这条记录。"),
    405: gettext_noop("这个地址不支持所用的方法，见响应头 Allow。"),
    413: gettext_noop("请求体超过 3 MB，请分批发送。"),
    500: gettext_noop("系统出错，没有保存。请稍后重试；一再出现时请告诉管理员。"),
}
# What pydantic found -> words; ``{…}`` are its own details.
_MISTAKES: Mapping[str, str] = {
    "missing": gettext_noop("缺少这一项。"),
    "extra_forbidden": gettext_noop("没有这一栏，请核对名称。"),
    "int_parsing": gettext_noop("应为整数。"),
    "int_type": gettext_noop("应为整数。"),
    "int_from_float": gettext_noop("应为整数。"),
    "int_parsing_size": gettext_noop("整数太大。"),
    "float_type": gettext_noop("应为数字。"),
    "string_type": gettext_noop("应为文字。"),
    "bool_type": gettext_noop("应为 true 或 false。"),
    "bool_parsing": gettext_noop("应为 true 或 false。"),
    "list_type": gettext_noop("应为列表。"),
    "dict_type": gettext_noop("应为对象。"),
    "model_type": gettext_noop("应为对象。"),
    "model_attributes_type": gettext_noop("应为对象。"),
    "string_too_short": gettext_noop("至少 {min_length} 个字。"),
    "string_too_long": gettext_noop("最多 {max_length} 个字。"),
    "too_long": gettext_noop("最多 {max_length} 项。"),
    "greater_than_equal": gettext_noop("不能小于 {ge}。"),
    "less_than_equal": gettext_noop("不能大于 {le}。"),
    "literal_error": gettext_noop("只能是 {expected}。"),
    "string_pattern_mismatch": gettext_noop("含有不允许的字符。"),
}


class FieldMistake(Schema):
    """一栏的错误."""

    name: str
    message: str


class FieldChange(Schema):
    """一栏的差异: as last saved by somebody else, and as sent."""

    name: str
    label: str
    saved: str
    sent: str


class Problem(Schema):
    """问题: RFC 9457; ``fields`` names what to mend, ``changes`` what somebody else saved meanwhile."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    fields: list[FieldMistake] = []
    changes: list[FieldChange] = []


class Invalid(Refusal):
    """内容需要改正: names the fields."""

    status = 422

    def __init__(self, fields: Mapping[str, str], message: str = "") -> None:
        super().__init__(message or _("请改正以下内容后重新提交。"), fields=fields)


class Malformed(Refusal):
    """请求无法读懂."""

    status = 400


class Unversioned(Refusal):
    """没有说明版本: a change must name the version that it was made from."""

    status = 428


class Changed(Refusal):
    """已被他人更新: ``changes`` between what is saved and what was sent; ``etag`` of what is saved."""

    status = 412

    def __init__(self, message: str, *, etag: str, changes: Iterable[Change] = ()) -> None:
        super().__init__(message)
        self.etag, self.changes = etag, list(changes)


def problem(
    request: HttpRequest,
    status: int,
    detail: str = "",
    *,
    fields: Mapping[str, str] | None = None,
    changes: Iterable[Change] = (),
    headers: Mapping[str, str] | None = None,
) -> JsonResponse:
    """An answer that says what is wrong and what to do."""
    known = status if status in TITLES else 400 if status < 500 else 500
    body = Problem(
        type=f"/api/#problem-{known}",
        title=_(TITLES[known]),
        status=status,
        detail=detail or _(_DETAILS.get(known, TITLES[known])),
        instance=request.path[:500],
        fields=[FieldMistake(name=name, message=words) for name, words in (fields or {}).items()],
        changes=[
            FieldChange(name=c.name, label=c.label, saved=_plain(c.before), sent=_plain(c.after)) for c in changes
        ],
    )
    return JsonResponse(
        body.model_dump(),
        status=status,
        content_type=MEDIA_TYPE,
        headers={"Cache-Control": "no-store", **(headers or {})},
        json_dumps_params={"ensure_ascii": False},
    )


def _plain(shown: Any) -> str:
    if shown.table:
        return "\n".join("|".join(row) for row in shown.table.rows)
    return "".join(text for text, _changed in shown.pieces)


def of_refusal(request: HttpRequest, error: Refusal) -> HttpResponse:
    """A refusal; one that names fields is about the content, whatever its status on a page."""
    status = 422 if error.fields and error.status == Refusal.status else error.status
    headers: dict[str, str] = {}
    if status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    if isinstance(error, TooMany):
        headers["Retry-After"] = str(error.seconds)
    if isinstance(error, Changed):
        headers["ETag"] = error.etag
        return problem(request, status, error.message, changes=error.changes, headers=headers)
    return problem(request, status, error.message, fields=error.fields, headers=headers)


def mistakes(errors: Iterable[Mapping[str, Any]], skip: int = 0) -> dict[str, str]:
    """What pydantic found, by field: ``targets[0].name``; of several at one field the first."""
    found: dict[str, str] = {}
    for error in errors:
        found.setdefault(_path(error["loc"][skip:]), _words(error))
    return found


def _path(parts: Iterable[Any]) -> str:
    """Where a mistake is; the names of alternatives, which pydantic puts between, are left out."""
    text = ""
    for part in parts:
        if isinstance(part, int):
            text += f"[{part}]"
        elif part.isidentifier() and part not in ("str", "int", "float", "list"):
            text += f".{part}" if text else part
    return text or "body"


def _words(error: Mapping[str, Any]) -> str:
    words = _(_MISTAKES.get(error["type"], gettext_noop("格式不正确。")))
    return words.format_map({**error.get("ctx", {})}) if "{" in words else words


def of_content(error: ContentError) -> Invalid:
    """What is wrong with the types of a content."""
    return Invalid(mistakes(error.errors(include_url=False, include_input=False)))


def _of_http(request: HttpRequest, error: HttpError) -> HttpResponse:
    if isinstance(error.__cause__, Refusal):  # from our own reader of bodies
        return of_refusal(request, error.__cause__)
    return problem(request, error.status_code, _("请求体不是正确的 JSON。") if error.status_code == 400 else "")


def register(api: NinjaAPI) -> None:
    """Give the API its answers to everything that goes wrong."""
    handlers: dict[type[Exception], Callable[[HttpRequest, Any], HttpResponse]] = {
        Refusal: of_refusal,
        ValidationError: lambda request, error: of_refusal(request, Invalid(_sorted(error.errors))),
        HttpError: _of_http,
        Http404: lambda request, _error: problem(request, 404),
        RequestDataTooBig: lambda request, _error: problem(request, 413),
        SuspiciousOperation: lambda request, _error: problem(request, 400),
        UnreadablePostError: lambda request, _error: problem(request, 400),
    }
    for kind, handler in handlers.items():
        api.add_exception_handler(kind, handler)


def _sorted(errors: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Mistakes in query, path and body: the first part says where, the second of a body is the argument's name."""
    found: dict[str, str] = {}
    for error in errors:
        found |= mistakes([error], skip=2 if error["loc"][0] == "body" else 1)
    return found


def middleware(get_response: GetResponse) -> GetResponse:
    """Errors that the API itself never met (unknown address, wrong method, a fault) in the same form."""

    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if not request.path.startswith(PREFIX) or response.status_code < 400:
            return response
        if "json" in response.headers.get("Content-Type", ""):
            return response
        kept = {name: response.headers[name] for name in ("Allow", "Retry-After") if name in response.headers}
        return problem(request, response.status_code, headers=kept)

    return answer
