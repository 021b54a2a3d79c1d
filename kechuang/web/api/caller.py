"""调用者 caller: who calls the API, by key, by session or unnamed, and what of that person's rights counts here."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja.utils import check_csrf

from kechuang.core.cases import access as cases
from kechuang.core.cases.models import Case
from kechuang.core.keys.actions import WrongKey, use_key
from kechuang.core.keys.models import ApiKey, Scope
from kechuang.core.market import access as market
from kechuang.core.market.models import Listing
from kechuang.core.parties.models import Party
from kechuang.kit.refusal import NotAllowed, Refusal
from kechuang.web import clock

SAFE = ("GET", "HEAD", "OPTIONS")
M = TypeVar("M", bound=Model)
L = TypeVar("L", bound=Listing)
View = Callable[..., Any]


class NotJson(Refusal):
    """不是 JSON: the body of a request is JSON and says so."""

    status = 415


@dataclass(frozen=True)
class Caller:
    """调用者: a user with the scopes of a key, or with all of them by session; nobody reads what is public."""

    user: Any
    key: ApiKey | None = None

    @property
    def scopes(self) -> list[str]:
        """What this call may be about."""
        if self.key is not None:
            return self.key.scopes
        return list(Scope.values) if self.user.is_authenticated else [Scope.READ_PUBLIC]

    @property
    def party(self) -> Party | None:
        """The one party for which a key acts, if it is so limited."""
        return self.key.party if self.key else None

    @property
    def reader(self) -> Any:
        """By whose eyes public places are read: without ``read:own`` one sees what everybody sees."""
        return self.user if Scope.READ_OWN in self.scopes else AnonymousUser()

    def require(self, scope: Scope) -> None:
        """Raise WrongKey for nobody, NotAllowed for a key without the scope."""
        if scope in self.scopes:
            return
        if not self.user.is_authenticated:
            raise WrongKey(_("这个接口需要密钥：在“我的密钥”创建，用请求头 Authorization: Bearer 密钥 发送。"))
        if scope != Scope.READ_PUBLIC or self.key is None:
            words = _("这个密钥没有“{scope}”范围（{label}）。请创建一个包含它的密钥。")
            raise NotAllowed(words.format(scope=scope.value, label=scope.label))

    def listings(self, rows: QuerySet[L], *, own: bool = False) -> QuerySet[L]:
        """Those that the caller may see; ``own``: with the person's own eyes, which a write needs."""
        return market.view_listing.filter(self.user if own else self.reader, rows)

    def cases(self, rows: QuerySet[Case]) -> QuerySet[Case]:
        """Those that the person may see; by a key of one party only those in which it is a side, whoever has to act."""
        found = cases.view_case.filter(self.user, rows)
        sides = Q(applicant=self.party) | Q(offer__party=self.party) | Q(need__party=self.party)
        return found.filter(sides) if self.party else found


class ApiRequest(HttpRequest):
    """带调用者的请求: what a view of the API gets; for type checks only."""

    auth: Caller


def caller_of(request: HttpRequest) -> Caller:
    """Who calls. A key that is not in force is an error, not nobody; a session must show its CSRF token to write."""
    writes = request.method not in SAFE
    if writes and request.META.get("CONTENT_LENGTH") not in (None, "", "0") and not _is_json(request):
        raise NotJson(_("请求体须为 JSON：请加请求头 Content-Type: application/json。"))
    given = request.headers.get("Authorization")
    if given is not None:
        kind, _space, secret = given.partition(" ")
        if kind.lower() != "bearer":
            raise WrongKey(_("请求头应为 Authorization: Bearer 密钥。"))
        key = use_key(secret=secret.strip(), now=clock.now(), limit=settings.API_CALLS_PER_MINUTE)
        return Caller(key.user, key)
    if writes and request.user.is_authenticated and check_csrf(request) is not None:
        raise NotAllowed(_("用登录会话写入时须带 X-CSRFToken 请求头；程序请改用密钥。"))
    return Caller(request.user)


def _is_json(request: HttpRequest) -> bool:
    return request.content_type == "application/json"


def reads(scope: Scope = Scope.READ_PUBLIC) -> Callable[[View], View]:
    """A view that only reads, for callers with this scope."""

    def decorate(view: View) -> View:
        @wraps(view)
        def wrapped(request: ApiRequest, **values: Any) -> Any:
            request.auth.require(scope)
            return view(request, **values)

        wrapped.scope = scope  # type: ignore[attr-defined]
        return wrapped

    return decorate
