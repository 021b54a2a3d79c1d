"""双方的保密协议 pledges: which side has accepted the other's agreement, in which version, and who signed for it."""

from dataclasses import dataclass
from typing import Any

from kechuang.core.cases.models import Case
from kechuang.core.disclosure.models import NdaAcceptance, NdaText
from kechuang.core.disclosure.queries import accepted_for, text_for
from kechuang.core.market import access as market
from kechuang.core.market.models import Listing, Status
from kechuang.core.parties.access import acts_for
from kechuang.core.parties.models import Party


@dataclass(frozen=True)
class Pledge:
    """一方的承诺: ``party`` promises the other side to keep what it is shown, under the other side's ``text``.

    ``outdated`` are acceptances of an earlier text. ``may_accept``: the reader can accept for the party now, on the
    page of ``listing``.
    """

    party: Party
    to: Party
    listing: Listing
    text: NdaText | None
    accepted: list[NdaAcceptance]
    outdated: list[NdaAcceptance]
    may_accept: bool


def pledges(user: Any, case: Case) -> list[Pledge]:
    """Those of both sides of an introduction, the asker's first."""
    if case.need is None or case.offer is None:
        return []
    return [_pledge(user, case.applicant, case.offer), _pledge(user, case.offer.party, case.need)]


def _pledge(user: Any, party: Party, listing: Any) -> Pledge:
    text = text_for(listing.party)
    rows = list(accepted_for(party, listing.party))
    accepted = [row for row in rows if text is not None and row.text_id == text.pk]
    able = text is not None and listing.status == Status.PUBLIC and market.view_listing.check(user, listing)
    mine = able and acts_for.check(user, party) and user.pk not in {row.user_id for row in accepted}
    outdated = [row for row in rows if row not in accepted]
    return Pledge(party, listing.party, listing, text, accepted, outdated, may_accept=mine)
