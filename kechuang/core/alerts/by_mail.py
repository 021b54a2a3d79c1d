"""凭邮件办理 by_mail: what the signed link of a mail may do without a login: stop, listen again, mute."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from kechuang.core.alerts import actions
from kechuang.core.alerts.links import BadLink, Grant
from kechuang.core.alerts.models import Mute, SavedSearch
from kechuang.core.alerts.queries import mutes_of, public
from kechuang.core.parties.models import User

SEARCH = "search"


@dataclass(frozen=True)
class Matter:
    """所办的事: whose it is, what it is about, and whether it is already stopped or muted.

    ``search`` is a saved search; ``listing`` is the one to mute, or the own one whose matches are told.
    """

    grant: Grant
    user: User
    search: SavedSearch | None = None
    listing: Any = None
    mutes: tuple[Mute, ...] = ()

    @property
    def stopped(self) -> bool:
        """Whether nothing more is sent."""
        if self.search is not None:
            return self.search.ended_at is not None or self.search.frequency == SavedSearch.Frequency.NEVER
        return bool(self.mutes)


def matter(grant: Grant) -> Matter:
    """What a grant is about now. Raises BadLink where it is gone."""
    user = User.objects.filter(pk=grant.user).first()
    if user is None:
        raise BadLink(_("这个账号已经不在，不会再收到邮件。"))
    if grant.what == SEARCH:
        search = SavedSearch.objects.filter(pk=grant.ref, user=user).first()
        if search is None:
            raise BadLink(_("这个检索已经删除，不会再为它发邮件。"))
        return Matter(grant, user, search=search)
    listing = public([(grant.kind, grant.ref)]).get((grant.kind, grant.ref)) if grant.kind else None
    if grant.kind and listing is None:
        raise BadLink(_("这条信息已经下架，不会再向您提起。"))
    return Matter(grant, user, listing=listing, mutes=tuple(_mutes(grant, user, listing)))


@transaction.atomic
def stop(*, about: Matter, now: datetime, scope: str = "") -> Matter:
    """Stop what the mail was about. For a listing ``scope`` is empty for itself, or names its kind or an industry."""
    if about.search is not None:
        if not about.stopped:
            actions.change_search(search=about.search, frequency=SavedSearch.Frequency.NEVER, by=about.user, now=now)
    elif about.grant.what == Mute.What.MATCHES:
        actions.mute(what=Mute.What.MATCHES, kind=about.grant.kind, ref=about.grant.ref, by=about.user, now=now)
    else:
        actions.mute_scope(kind=about.grant.kind, ref=about.grant.ref, scope=scope, by=about.user, now=now)
    return matter(about.grant)


@transaction.atomic
def resume(*, about: Matter, now: datetime) -> Matter:
    """Take back what was stopped by the link."""
    if about.search is not None and about.stopped:
        actions.change_search(search=about.search, frequency=SavedSearch.Frequency.DAILY, by=about.user, now=now)
    for mute in about.mutes:
        actions.unmute(mute=mute, by=about.user, now=now)
    return matter(about.grant)


def _mutes(grant: Grant, user: User, listing: Any) -> list[Mute]:
    rows = mutes_of(user)
    if grant.what == Mute.What.MATCHES:
        return list(rows.filter(what=Mute.What.MATCHES, kind=grant.kind, ref=grant.ref))
    wide = rows.filter(what=Mute.What.KIND, kind=grant.kind, industry__in=["", *listing.industry])
    return [*rows.filter(what=Mute.What.ITEM, kind=grant.kind, ref=grant.ref), *wide]
