"""密钥写入: make, revoke and use a key; keep an answer so that the same call counts once."""

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from kechuang.core.audit.actions import record
from kechuang.core.keys import access
from kechuang.core.keys.models import LONGEST, ApiKey, Reply, Scope
from kechuang.core.parties.models import Party, User
from kechuang.kit.refusal import NotAllowed, Refusal

MOST = 20  # keys in force of one person
KEPT = timedelta(hours=24)  # how long an answer is kept for a repeated call
_HEAD = "kc_"


class WrongKey(Refusal):
    """密钥无效: unknown, expired or revoked."""

    status = 401


class TooMany(Refusal):
    """调用过频: more calls in a minute than allowed; ``seconds`` until the next minute."""

    status = 429

    def __init__(self, message: str, seconds: int) -> None:
        super().__init__(message)
        self.seconds = seconds


class OtherCall(Refusal):
    """编号已用于别的请求: an Idempotency-Key belongs to one call."""

    status = 422


@transaction.atomic
def create_key(
    *, user: User, name: str, scopes: Sequence[str], days: int, by: Any, now: datetime, party: Party | None = None
) -> tuple[ApiKey, str]:
    """Make a key; returns it with its secret, which nobody can see again. Too wide a scope is refused in words."""
    if by.pk != user.pk:
        raise NotAllowed(_("密钥只能由本人创建。"))
    User.objects.select_for_update().get(pk=user.pk)  # two tabs at once must not pass the limit
    _check_life(user, days, now)
    chosen = _checked(user, scopes, party)
    secret = _HEAD + secrets.token_urlsafe(32)
    key = ApiKey(
        user=user,
        party=party,
        name=" ".join(name.split())[:60],
        prefix=secret[: len(_HEAD) + 5],
        hash=_hash(secret),
        scopes=chosen,
        created_at=now,
        expires_at=now + timedelta(days=days),
    )
    try:
        with transaction.atomic():
            key.save(force_insert=True)
    except IntegrityError as error:
        if "keys_live_name_once" not in str(error):
            raise
        message = _("已有一个名为“%(name)s”的密钥。请换一个名称，或先停用原来的。") % {"name": key.name}
        raise Refusal(message, fields={"name": message}) from error
    after = {"name": key.name, "scopes": chosen, "party": party.pk if party else None, "expires_at": key.expires_at}
    record(key, "create", by=by, now=now, after=after)
    return key, secret


def _check_life(user: User, days: int, now: datetime) -> None:
    if not 1 <= days <= LONGEST.days:
        message = _("有效期为 1 至 %(days)s 天。") % {"days": LONGEST.days}
        raise Refusal(message, fields={"days": message})
    if ApiKey.objects.filter(user=user, revoked_at=None, expires_at__gt=now).count() >= MOST:
        raise Refusal(_("每人最多同时有 %(most)s 个有效的密钥。请先停用不再使用的密钥。") % {"most": MOST})


def _checked(user: User, scopes: Sequence[str], party: Party | None) -> list[str]:
    usable = access.usable_scopes(user, party)
    wide = [str(Scope(s).label) if s in Scope.values else s for s in scopes if s not in usable]
    if wide:
        message = _(
            "您目前的身份用不到“%(scopes)s”，密钥的权限不能比本人更大。"
            "请去掉它；需要时先在“我的单位”加入单位，或请市级主管部门任命岗位。"
        ) % {"scopes": _("、").join(wide)}
        raise Refusal(message, fields={"scopes": message})
    if not scopes:
        raise Refusal(_("请至少选择一项权限范围。"), fields={"scopes": _("请至少选择一项权限范围。")})
    return [s for s in Scope.values if s in scopes]


@transaction.atomic
def revoke_key(*, key: ApiKey, by: Any, now: datetime) -> ApiKey:
    """End a key at once and for ever; doing it twice changes nothing."""
    key = ApiKey.objects.select_for_update(of=("self",)).get(pk=key.pk)
    if not access.own_key.check(by, key):
        raise NotAllowed(_("只能停用自己的密钥。"))
    if key.revoked_at is None:
        key.revoked_at = now
        key.save(update_fields=["revoked_at"])
        record(key, "revoke", by=by, now=now, before={"name": key.name, "scopes": key.scopes})
    return key


@transaction.atomic
def use_key(*, secret: str, now: datetime, limit: int) -> ApiKey:
    """The key in force with this secret, its use counted, its user narrowed to its party if it has one.

    Raises WrongKey, or TooMany beyond ``limit`` calls a minute.
    """
    rows = ApiKey.objects.select_for_update(of=("self",)).select_related("user", "party")
    key = rows.filter(hash=_hash(secret)).first()
    if key is None:
        raise WrongKey(_("密钥不正确。请核对 Authorization 请求头，或在“我的密钥”中重新创建。"))
    if key.revoked_at is not None or not key.user.is_active:
        raise WrongKey(_("密钥已停用。请在“我的密钥”中重新创建。"))
    if key.expires_at <= now:
        raise WrongKey(_("密钥已过期。请在“我的密钥”中重新创建。"))
    minute = now.replace(second=0, microsecond=0)
    if key.minute == minute and key.used >= limit:
        raise TooMany(
            _("每个密钥每分钟最多调用 %(limit)s 次，请稍后再试。") % {"limit": limit}, max(1, 60 - now.second)
        )
    key.minute, key.used = minute, key.used + 1 if key.minute == minute else 1
    key.last_used_at = now
    key.user.only_for = key.party
    key.save(update_fields=["minute", "used", "last_used_at"])
    return key


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def record_use(*, key: ApiKey, call: str, now: datetime) -> None:
    """Leave an Event that names the key with which something was written; part of that write's transaction."""
    record(key, "use", by=key.user, now=now, after={"call": call}, note=key.name)


def claim_reply(*, user: Any, token: str, fingerprint: str, now: datetime) -> Reply:
    """The answer that was given to this call before; a new, empty one (status 0) where it is the first.

    Part of the call's transaction: a second call at the same moment waits here. Raises OtherCall when the token was
    sent with another call.
    """
    Reply.objects.filter(user=user, token=token, at__lte=now - KEPT).delete()
    try:
        with transaction.atomic():
            return Reply.objects.create(user=user, token=token, fingerprint=fingerprint, at=now)
    except IntegrityError:
        found = Reply.objects.get(user=user, token=token)
    if found.fingerprint != fingerprint:
        message = _("这个 Idempotency-Key 已用于另一个请求。每个新请求请用新的编号。")
        raise OtherCall(message, fields={"Idempotency-Key": message})
    return found


def keep_reply(*, reply: Reply, status: int, headers: Mapping[str, str], body: str) -> None:
    """Keep what is answered to the call."""
    reply.status, reply.headers, reply.body = status, dict(headers), body
    reply.save(update_fields=["status", "headers", "body"])


def forget_replies(*, now: datetime) -> int:
    """Delete answers that are no longer repeated; returns how many."""
    return Reply.objects.filter(at__lte=now - KEPT).delete()[0]
