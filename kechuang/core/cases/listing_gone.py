"""下架后的办件 listing_gone: what two sides are dealing with ends when the offer or the need leaves the market."""

from datetime import datetime
from typing import Any

from django.db.models import Q

from kechuang.core.cases.actions import advance
from kechuang.core.cases.models import Case
from kechuang.core.catalogue.models import get
from kechuang.core.market.models import Listing, Need

# A row whose cases hang on a listing has an automatic step of this name.
STEP = "listing_gone"


def end_cases_of(listing: Listing, *, now: datetime) -> int:
    """Take the step ``listing_gone`` in every open case of other rows about this listing; returns how many.

    Both sides, whoever had to act and the task force are told, with what to do next.
    """
    key = Q(need=listing.pk) if isinstance(listing, Need) else Q(offer=listing.pk)
    others = Case.objects.filter(key).exclude(service=listing.service).exclude(owner="")
    if isinstance(listing, Need):
        words = f"需求“{listing.title}”已下架。成果方如仍有意，可以请专班联系对方；也可以看看其他需求。"
    else:
        words = f"成果“{listing.title}”已下架。可以在需求的方案页请求对接其他成果，或者请专班联系对方。"
    ended = 0
    for case in others.order_by("pk"):
        if _takes_step(case):
            advance(case=case, step=STEP, by=None, now=now, note=words)
            ended += 1
    return ended


def _takes_step(case: Case) -> bool:
    steps: Any = get(case.service).workflow.steps
    return any(s.name == STEP and s.automatic and case.state in s.sources for s in steps)
