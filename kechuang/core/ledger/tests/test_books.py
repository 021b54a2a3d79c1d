"""Double entry: balanced, once for each reason, unchanging; corrected by a counter-entry."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from kechuang.core.audit.queries import history
from kechuang.core.ledger import queries
from kechuang.core.ledger.actions.books import account_of, reverse, source_of, transfer
from kechuang.core.ledger.models import Account, Entry, Posting
from kechuang.kit.refusal import Refusal
from tests.city import NOW, City

SUM = Decimal("1234.56")


@pytest.fixture
def moves(city: City) -> list[tuple[Account, Decimal]]:
    return [(source_of(""), -SUM), (account_of(city.company), SUM)]


def book(moves: Any, reason: str = "case:17:grant", **more: Any) -> Entry:
    return transfer(reason=reason, postings=moves, by=None, now=NOW, **more)


def now_or_never() -> None:
    """Check now what is checked when the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_an_entry_moves_money_and_says_why(city: City, moves: Any) -> None:
    made = book(moves)
    assert (made.reason, made.on, made.period, made.lines) == ("case:17:grant", date(2026, 11, 18), 202611, 2)
    assert queries.balance(account_of(city.company), date(2026, 11, 18)) == SUM
    assert queries.balance(account_of(city.company), date(2026, 11, 17)) == 0
    assert sum(b.amount for b in queries.trial_balance(date(2026, 12, 31))) == 0
    event: Any = history(made).get()
    assert event.after["postings"] == [["source:city", "-1234.56"], [f"party:{city.company.pk}", "1234.56"]]


def test_a_retry_books_nothing_twice(moves: Any) -> None:
    assert book(moves) == book(list(reversed(moves)))
    assert Posting.objects.count() == 2


def test_the_same_reason_with_other_postings_is_refused(moves: Any) -> None:
    book(moves)
    other = [(account, amount * 2) for account, amount in moves]
    with pytest.raises(Refusal, match="没有重复记账"):
        book(other)


@pytest.mark.parametrize("amounts", [("1", "-2"), ("1",), ("0", "0"), ("0.001", "-0.001")])
def test_what_does_not_balance_to_the_fen_is_refused(moves: Any, amounts: tuple[str, ...]) -> None:
    with pytest.raises(Refusal):
        book([(account, Decimal(amount)) for (account, _old), amount in zip(moves, amounts, strict=False)])


def test_the_database_refuses_an_entry_that_does_not_balance(moves: Any) -> None:
    def past_the_actions(*amounts: Decimal) -> None:
        entry = Entry.objects.create(reason="past", on=NOW, period=202611, lines=2, at=NOW)
        Posting.objects.bulk_create(Posting(entry=entry, account=moves[0][0], amount=a) for a in amounts)
        now_or_never()

    for amounts in ((SUM,), (SUM, SUM), (SUM, -SUM, SUM, -SUM), ()):
        with pytest.raises(DatabaseError, match="does not balance"), transaction.atomic():
            past_the_actions(*amounts)


def test_nothing_can_be_added_to_an_entry_later(moves: Any) -> None:
    entry = book(moves)
    now_or_never()  # and from here on at once
    with pytest.raises(DatabaseError, match="does not balance"), transaction.atomic():
        Posting.objects.bulk_create(Posting(entry=entry, account=account, amount=amount) for account, amount in moves)


def test_entries_and_postings_cannot_be_changed_or_deleted(moves: Any) -> None:
    entry = book(moves)
    changes: list[Callable[[], Any]] = [
        lambda: Entry.objects.update(note="改"),
        lambda: Posting.objects.update(amount=1),
        lambda: Posting.objects.all()._raw_delete("default"),
        lambda: Entry.objects.filter(pk=entry.pk)._raw_delete("default"),
    ]
    for change in changes:
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            change()


def test_an_entry_is_reversed_once_by_one_that_names_it(city: City, moves: Any) -> None:
    entry = book(moves)
    back = reverse(entry=entry, note="付错", by=None, now=NOW)
    assert back.reverses == entry
    assert reverse(entry=entry, note="付错", by=None, now=NOW) == back
    assert queries.balance(account_of(city.company), date(2026, 11, 18)) == 0
    with pytest.raises(Refusal, match="不能再冲销"):
        reverse(entry=back, note="再来", by=None, now=NOW)
    with pytest.raises(DatabaseError), transaction.atomic():
        book(moves, "another", reverses=entry)


def test_the_period_is_that_of_the_day(moves: Any) -> None:
    assert book(moves, on=date(2025, 1, 2)).period == 202501
    with pytest.raises(DatabaseError, match="ledger_entry_period"), transaction.atomic():
        Entry.objects.create(reason="wrong", on=date(2026, 1, 1), period=202602, lines=2, at=NOW)


@pytest.mark.django_db(transaction=True)
def test_the_same_reason_at_once_is_booked_once(live_city: City) -> None:
    source, account = source_of(""), account_of(live_city.company)

    def once(_number: int) -> int:
        try:
            return book([(source, -SUM), (account, SUM)]).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(once, range(4)))) == 1
    assert queries.balance(account, date(2026, 11, 18)) == SUM
