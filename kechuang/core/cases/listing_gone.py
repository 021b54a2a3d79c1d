"""下架后的办件 listing_gone: what two sides are dealing with ends when the offer or the need leaves the market."""

from datetime import datetime
from typing import Any

from kechuang.core.cases.actions import advance
from kechuang.core.cases.models import Case
from kechuang.core.catalogue.models import get
from kechuang.core.market.models import Listing, Need

# A row whose cases hang on a listing has an automatic step of this name.
STEP = "listing_gone"


def ending(listing: Listing) -> list[Case]:
    """The open cases of other rows about this listing that end when it leaves the market, the oldest first."""
    key = {"need": listing.pk} if isinstance(listing, Need) else {"offer": listing.pk}
    others = Case.objects.filter(**key).exclude(service=listing.service).exclude(owner="")
    rows = others.select_related("applicant", "need", "offer__party").order_by("pk")
    return [case for case in rows if _takes_step(case)]


def farewell(listing: Listing, case: Case) -> str:
    """What both sides of such a case are told, with what to do next."""
    if isinstance(listing, Need):
        return f"需求“{listing.title}”已下架。成果方如仍有意，可以请专班联系对方；也可以看看其他需求。"
    if case.need_id is not None:
        return f"成果“{listing.title}”已下架。可以在需求的方案页请求对接其他成果，或者请专班联系对方。"
    return f"“{listing.title}”已下架，不能继续。可以直接联系对方，或者另选一家。"


def end_cases_of(listing: Listing, *, now: datetime) -> int:
    """Take the step ``listing_gone`` in every case that ends with this listing; returns how many.

    Both sides, whoever had to act and the task force are told.
    """
    found = ending(listing)
    for case in found:
        advance(case=case, step=STEP, by=None, now=now, note=farewell(listing, case))
    return len(found)


def _takes_step(case: Case) -> bool:
    steps: Any = get(case.service).workflow.steps
    return any(s.name == STEP and s.automatic and case.state in s.sources for s in steps)
