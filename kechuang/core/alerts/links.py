"""邮件链接 links: what a link in a mail allows without a login. Signed, so that nobody can make one for another."""

from dataclasses import dataclass

from django.core.signing import BadSignature, Signer
from django.utils.translation import gettext as _

from kechuang.kit.refusal import Refusal

_signer = Signer(salt="kechuang.alerts", sep="~")


class BadLink(Refusal):
    """链接失效: the link is damaged, or what it was about is gone."""

    status = 404


@dataclass(frozen=True)
class Grant:
    """许可: for one user: ``search`` stops a saved search, ``matches`` the strong matches, ``item`` mutes a listing.

    ``kind`` and ``ref`` name the listing; for a saved search ``ref`` is its number.
    """

    user: int
    what: str
    kind: str = ""
    ref: int = 0


def token(grant: Grant) -> str:
    """The grant as a part of an address."""
    return _signer.sign(f"{grant.user}.{grant.what}.{grant.kind}.{grant.ref}")


def grant_of(signed: str) -> Grant:
    """What a token grants. Raises Refusal for one that is damaged or was not made here."""
    try:
        user, what, kind, ref = _signer.unsign(signed).split(".")
    except (BadSignature, ValueError):
        raise BadLink(_("这个链接不完整或已失效。请从邮件中完整复制，或登录后在“我的订阅”中办理。")) from None
    return Grant(int(user), what, kind, int(ref))
