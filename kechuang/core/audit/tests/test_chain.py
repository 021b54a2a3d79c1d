"""留痕: the chain holds, nobody can change it, and two writers keep one chain."""

import threading
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, connection, transaction

from kechuang.core.audit.actions import GENESIS, record
from kechuang.core.audit.models import Event
from kechuang.core.audit.queries import history
from tests.city import NOW, City


def verify(capsys: pytest.CaptureFixture[str]) -> str:
    call_command("audit", "verify")
    return capsys.readouterr().out.strip()


def test_each_event_follows_the_one_before(city: City, capsys: pytest.CaptureFixture[str]) -> None:
    before = Event.objects.count()
    one = record(
        city.company,
        "one",
        by=city.engineer,
        now=NOW,
        after={"钱": Decimal("1.50"), "am": datetime(2026, 1, 1, tzinfo=UTC)},
    )
    two = record(city.company, "two", by=None, now=NOW, note="时钟")
    assert (two.previous, two.by_id, two.by_name) == (one.hash, None, "")
    assert (one.by_id, one.by_name) == (city.engineer.pk, "示例engineer")
    assert [e.verb for e in history(city.company)][-2:] == ["one", "two"]
    assert verify(capsys) == f"留痕链完整，共 {before + 2} 条。"


def test_an_empty_chain_holds(db: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert verify(capsys) == "留痕链完整，共 0 条。"


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE audit_event SET note = 'x'",
        "DELETE FROM audit_event",
        "TRUNCATE audit_event",
        "TRUNCATE audit_event CASCADE",
    ],
)
def test_the_database_refuses_to_change_the_past(city: City, sql: str) -> None:
    record(city.company, "one", by=city.engineer, now=NOW)
    count = Event.objects.count()
    with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    assert Event.objects.count() == count


@pytest.mark.parametrize("change", ["note = 'anders'", "after = '{\"a\": 2}'", "by_id = 999", "previous = hash"])
def test_verify_finds_what_a_person_with_full_rights_changed(city: City, change: str) -> None:
    record(city.company, "one", by=city.engineer, now=NOW, after={"a": 1})
    touched = record(city.company, "two", by=city.engineer, now=NOW, after={"a": 1})
    record(city.company, "three", by=city.engineer, now=NOW)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_event DISABLE TRIGGER USER")
        cursor.execute(f"UPDATE audit_event SET {change} WHERE id = %s", [touched.pk])
    with pytest.raises(CommandError, match=f"第 {touched.pk} 条断裂"):
        call_command("audit", "verify")


def test_verify_finds_a_missing_event(city: City) -> None:
    gone = record(city.company, "one", by=city.engineer, now=NOW)
    after = record(city.company, "two", by=city.engineer, now=NOW)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_event DISABLE TRIGGER USER")
        cursor.execute("DELETE FROM audit_event WHERE id = %s", [gone.pk])
    with pytest.raises(CommandError, match=f"第 {after.pk} 条断裂"):
        call_command("audit", "verify")


def test_a_change_that_is_rolled_back_leaves_no_event(city: City) -> None:
    count = Event.objects.count()

    def fail() -> None:
        with transaction.atomic():
            record(city.company, "one", by=city.engineer, now=NOW)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert Event.objects.count() == count


def test_writers_at_once_keep_one_chain(live_city: City, capsys: pytest.CaptureFixture[str]) -> None:
    user, before = live_city.engineer, Event.objects.count()

    def write(number: int) -> None:
        try:
            for _ in range(10):
                record(user, f"writer {number}", by=user, now=NOW)
        finally:
            connection.close()

    threads = [threading.Thread(target=write, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert verify(capsys) == f"留痕链完整，共 {before + 40} 条。"
    events = list(Event.objects.order_by("id"))
    assert [e.previous for e in events] == [GENESIS, *(e.hash for e in events[:-1])]
