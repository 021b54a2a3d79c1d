"""记账 book-keeping: accounts on demand, an entry once for each reason, its reversal once.

These are the tools of other actions, which have judged who may.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kechuang.core.audit.actions import record
from kechuang.core.ledger.models import Account, Entry, Posting
from kechuang.core.parties.models import Party
from kechuang.kit.money import yuan
from kechuang.kit.refusal import Refusal

Move = tuple[Account, Decimal]


def account_of(party: Party) -> Account:
    """The account of what a party receives; made when it is first needed."""
    row, _new = Account.objects.get_or_create(
        party=party,
        defaults={
            "code": f"party:{party.pk}",
            "label": party.name,
            "kind": Account.Kind.PARTY,
            "district": party.district,
        },
    )
    return row


def source_of(district: str) -> Account:
    """The account from which the lines of a district (empty: of the city) get their money."""
    defaults = {"label": _("预算拨款"), "kind": Account.Kind.SOURCE, "district": district}
    row, _new = Account.objects.get_or_create(code=f"source:{district or 'city'}", defaults=defaults)
    return row


@transaction.atomic
def transfer(
    *,
    reason: str,
    postings: Sequence[Move],
    by: Any,
    now: datetime,
    on: date | None = None,
    note: str = "",
    reverses: Entry | None = None,
) -> Entry:
    """Book an entry. The same reason with the same postings is a retry and gives the entry that is there.

    Raises Refusal when the sum is not nothing, or when the reason was booked with other postings.
    """
    _check(postings)
    found = Entry.objects.filter(reason=reason).first()
    if found is None:
        on = on or timezone.localdate(now)
        made = Entry(
            reason=reason,
            on=on,
            period=on.year * 100 + on.month,
            lines=len(postings),
            note=note[:300],
            reverses=reverses,
            by=by,
            at=now,
        )
        try:
            with transaction.atomic():
                made.save(force_insert=True)
        except IntegrityError:  # somebody else booked it in this moment
            found = Entry.objects.filter(reason=reason).first()
            if found is None:
                raise
        else:
            return _post(made, postings, by=by, now=now)
    return _same(found, postings)


def _check(postings: Sequence[Move]) -> None:
    if len(postings) < 2 or any(amount == 0 or yuan(amount) != amount for _account, amount in postings):
        raise Refusal(_("一张凭证至少两条分录，每条精确到分且不为零。"))
    total = sum((amount for _account, amount in postings), Decimal(0))
    if total != 0:
        raise Refusal(_("借贷不平：各条分录相加应为零，现在是 %(total)s 元。") % {"total": total})


def _post(entry: Entry, postings: Sequence[Move], *, by: Any, now: datetime) -> Entry:
    Posting.objects.bulk_create(Posting(entry=entry, account=account, amount=amount) for account, amount in postings)
    after = {
        "reason": entry.reason,
        "on": entry.on,
        "postings": [[account.code, str(amount)] for account, amount in postings],
        "reverses": entry.reverses_id,
    }
    record(entry, "book", by=by, now=now, after=after, note=entry.note)
    return entry


def _moves(moves: Iterable[tuple[int, Decimal]]) -> list[tuple[int, Decimal]]:
    return sorted(moves)


def _same(entry: Entry, postings: Sequence[Move]) -> Entry:
    wanted = _moves((account.pk, amount) for account, amount in postings)
    if _moves(entry.postings.values_list("account_id", "amount")) != wanted:
        words = _("事由“%(reason)s”已经记过账，金额或账户与这次不同，没有重复记账。请核对后用新的事由。")
        raise Refusal(words % {"reason": entry.reason})
    return entry


@transaction.atomic
def reverse(*, entry: Entry, note: str, by: Any, now: datetime, on: date | None = None) -> Entry:
    """Book the counter-entry that names ``entry``; asked twice, it gives the one that is there."""
    if entry.reverses_id is not None:
        raise Refusal(_("冲销凭证不能再冲销，请另记一张凭证。"))
    moves = [(p.account, -p.amount) for p in entry.postings.select_related("account")]
    return transfer(reason=f"{entry.reason}:reversed", postings=moves, on=on, note=note, reverses=entry, by=by, now=now)
