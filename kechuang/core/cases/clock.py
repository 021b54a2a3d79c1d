"""期限时钟 clock: reminders before a listing expires, and the expiry itself. Run daily with an injected ``now``."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from kechuang.core.cases.actions import advance
from kechuang.core.cases.queries import publication_case
from kechuang.core.market.models import Listing
from kechuang.core.market.queries import expiring
from kechuang.core.notices.actions import tell
from kechuang.core.parties.models import Mandate
from kechuang.kit.text import noop

REMIND_DAYS = (30, 7)
HEADING = noop("即将到期")


@dataclass(frozen=True)
class Ticked:
    """What one run did."""

    reminded: int
    expired: int


def tick(*, now: datetime) -> Ticked:
    """Remind 30 and 7 days before the end, once each; expire what has ended. Running twice changes nothing."""
    today = timezone.localtime(now).date()
    reminded = expired = 0
    for listing in expiring(today + timedelta(days=max(REMIND_DAYS))):
        if listing.expires_on is None:
            continue
        case = publication_case(listing)
        if listing.expires_on < today and case is not None:
            advance(case=case, step="expire", by=None, now=now, note=f"有效期至 {listing.expires_on}")
            expired += 1
        elif case is not None:
            reminded += _remind(listing, (listing.expires_on - today).days, case.pk, now)
    return Ticked(reminded, expired)


def _remind(listing: Listing, days: int, case: int, now: datetime) -> int:
    mark = min((d for d in REMIND_DAYS if days <= d), default=None)
    if mark is None:
        return 0
    people = Mandate.objects.filter(party=listing.party_id, state="active").select_related("user")
    text = f"“{listing.title}”将于 {listing.expires_on} 到期下架。请延长有效期，或让它到期。"
    key = f"expires:{listing._meta.label_lower}:{listing.pk}:{listing.expires_on}:{mark}"
    return sum(
        tell(user=m.user, text=text, url=f"/cases/{case}/", key=key, now=now, digest=True, heading=HEADING) is not None
        for m in people
    )
