"""导入登记 entry: what judges and writes the rows of an import: listings here, other lists by their target."""

from datetime import datetime
from typing import Any

from kechuang.core.cases import publishing
from kechuang.core.cases.actions import advance, open_case
from kechuang.core.cases.import_rows import Judge, JudgedListing
from kechuang.core.cases.import_targets import Judging, target_of
from kechuang.core.cases.models import Import, ImportRow
from kechuang.core.catalogue.models import get
from kechuang.core.market import actions as market
from kechuang.core.market.models import Need, Offer

Outcome = ImportRow.Outcome


class Listings(Judge):
    """发布信息: judges rows about listings, and enters them."""

    def write(self, row: ImportRow, judged: JudgedListing, now: datetime) -> int:
        """Enter one listing; gives its number."""
        listing = judged.listing
        if judged.outcome != Outcome.UNCHANGED:
            # Published by many at once, it comes into the search index in slices.
            row.unindexed = self.batch.register and judged.outcome == Outcome.CREATE
            enter = _take_over if self.batch.register else _save
            listing = enter(self.batch, row, judged, now)
        number: int = listing.pk
        return number


def judging(batch: Import, now: datetime) -> Judging:
    """Who judges and writes the rows of an import."""
    return target_of(batch.sheet).judging(batch, now) if batch.sheet else Listings(batch, now=now)


def _save(batch: Import, row: ImportRow, judged: JudgedListing, now: datetime) -> Any:
    """As a person would by the form: a draft of the party, handed in where that was asked for."""
    saved = publishing.send_form(
        service=batch.service,
        content=judged.content,
        by=batch.created_by,
        now=now,
        party=judged.party,
        listing=judged.listing,
        key=None if judged.listing else _form_key(row),
    )
    step = get(batch.service).workflow.handing_in(saved.case.state) if batch.submit else None
    if step:
        advance(case=saved.case, step=step.name, by=batch.created_by, now=now)
    return saved.listing


def _form_key(row: ImportRow) -> str:
    return f"import:{row.pk}"


def _take_over(batch: Import, row: ImportRow, judged: JudgedListing, now: datetime) -> Any:
    """A register that was kept elsewhere: in force at once, on the responsibility of the officer."""
    by, content, note = batch.created_by, judged.content, f"接收登记簿“{batch.name}”第 {row.number} 行"
    if judged.listing is not None:
        return market.save_listing(
            listing=judged.listing, content=content, version=None, by=by, now=now, note=note, taken_over=True
        )
    party: Any = judged.party
    listing = market.create_listing(
        service=batch.service,
        party=party,
        content=content,
        by=by,
        now=now,
        form_key=_form_key(row),
        taken_over=True,
    )
    open_case(
        service=batch.service,
        applicant=party,
        by=by,
        now=now,
        offer=listing if isinstance(listing, Offer) else None,
        need=listing if isinstance(listing, Need) else None,
        district=listing.district or party.district,
        state="published",
        note=note,
    )
    return market.publish(listing=listing, by=by, now=now, index=False)
