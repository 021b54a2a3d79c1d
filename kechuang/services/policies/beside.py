"""需求旁的政策 beside: what the asker of a need qualifies for, beside the answers, for her own people alone."""

from typing import Any

from django.utils import timezone

from kechuang.core.dossier.queries import facts_of
from kechuang.core.market.models import Need
from kechuang.core.parties.access import acts_for
from kechuang.core.policy.queries import calculate, grouped
from kechuang.services.policies.queries import faq_counts
from kechuang.services.policies.shown import cards
from kechuang.web import clock
from kechuang.web.extend import Aside
from kechuang.web.ways import ways

MOST = 5


def asker_policies(user: Any, need: Need) -> Aside | None:
    """The policies that the asker gets, and those that are nearest."""
    if not acts_for.check(user, need.party):
        return None
    today = timezone.localdate(clock.now())
    standings = calculate(facts_of(need.party, on=today), on=today)
    known = {s.version.code: s.version for s in standings}
    groups = grouped(standings)
    met = cards(groups["met"][:MOST], known)
    near = cards([s for s in groups["unmet"] if s.verdict.near][:2], known)
    found = ways(user, need.party, groups["met"][:MOST])
    context = {"party": need.party, "met": met, "near": near, "unknown": len(groups["unknown"]), "ways": found}
    context["faqs"] = faq_counts([card.version.code for card in (*met, *near)])
    return Aside("policies/beside.html", context)
