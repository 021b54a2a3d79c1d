"""本人接口 mine: who the caller is, with what rights, and what she was told."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from ninja import Query, Router, Schema
from pydantic import Field

from kechuang.core.keys.models import ApiKey, Scope
from kechuang.core.notices.queries import notices_of
from kechuang.core.parties.queries import parties_of, roles_of
from kechuang.kit.refusal import NotAllowed
from kechuang.web.api.caller import ApiRequest, reads
from kechuang.web.api.finding import rows_page
from kechuang.web.api.reading import Page, Paging, page_of
from kechuang.web.api.shapes import PartyRef

router = Router(tags=[gettext_noop("本人")])


class KeyShape(Schema):
    """所用的密钥."""

    name: str
    prefix: str
    expires_at: datetime
    party: PartyRef | None


class Me(Schema):
    """本人: without a key nobody, who reads what is public."""

    name: str
    roles: list[str]
    parties: list[PartyRef] = Field(description=gettext_noop("您可以代表的单位"))
    scopes: list[str]
    key: KeyShape | None


class NoticeShape(Schema):
    """通知."""

    id: int
    text: str
    url: str
    at: datetime
    read_at: datetime | None


@router.get(
    "/me",
    response=Me,
    summary=gettext_noop("我是谁"),
    description=gettext_noop("本人的角色、可以代表的单位，和这个密钥的权限范围。"),
    url_name="me",
)
@reads()
def me(request: ApiRequest) -> Me:
    """The person, her roles and organisations, and what this key may be used for."""
    caller = request.auth
    user, key = caller.reader, caller.key
    mine = parties_of(user)
    return Me(
        name=str(user) if user.is_authenticated else "",
        roles=sorted(roles_of(user)),
        parties=[PartyRef.of(p) for p in mine],
        scopes=list(caller.scopes),
        key=_key(key) if key else None,
    )


def _key(key: ApiKey) -> KeyShape:
    party = PartyRef.of(key.party) if key.party else None
    return KeyShape(name=key.name, prefix=key.prefix, expires_at=key.expires_at, party=party)


@router.get(
    "/notices",
    response=Page[NoticeShape],
    summary=gettext_noop("我的通知"),
    description=gettext_noop("新的在前；限定单位的密钥不能读。"),
    url_name="notices",
)
@reads(Scope.READ_OWN)
def notices(request: ApiRequest, paging: Query[Paging], unread: bool = False) -> dict[str, Any]:
    """What you were told, newest first; not by a key that acts for one organisation alone."""
    if request.auth.party is not None:
        raise NotAllowed(_("限定单位的密钥不能读个人通知。请使用不限定单位的密钥。"))
    rows = notices_of(request.auth.user)
    page, total = rows_page(request, rows.filter(read_at=None) if unread else rows, paging)
    items = [NoticeShape(id=n.pk, text=n.text, url=n.url, at=n.at, read_at=n.read_at) for n in page]
    return page_of(request, items, total, paging)
