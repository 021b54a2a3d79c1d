"""每日摘要: one mail a day with all reminders, none on days off, nothing lost while the mail server is down."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.cache import cache
from django.db import IntegrityError, connection

from kechuang.core.audit.queries import history
from kechuang.core.notices.actions import deliver_due, mark_read, prefer, tell
from kechuang.core.notices.digest import gather
from kechuang.core.notices.letters import LINES
from kechuang.core.notices.models import Delivery, Digest, Notice
from kechuang.core.notices.queries import notices_of, unread
from kechuang.core.parties.models import User
from kechuang.core.vocab.models import CalendarDay
from tests.city import City, person

SITE = "https://city.example"
DEAD = "kechuang.core.notices.tests.test_outbox.DeadServer"
TUESDAY = datetime(2026, 11, 17, 6, 0, tzinfo=UTC)  # 14:00 in Qingdao
EIGHT = datetime(2026, 11, 18, 0, 1, tzinfo=UTC)  # Wednesday, 08:01


@pytest.fixture(autouse=True)
def _fresh_calendar() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def user(db: None) -> User:
    return person("anna")


def remind(user: User, key: str, now: datetime = TUESDAY, heading: str = "催办", text: str = "") -> Notice | None:
    return tell(user=user, text=text or f"提醒{key}", url=f"/{key}/", key=key, now=now, digest=True, heading=heading)


def send(now: datetime) -> list[tuple[str, str]]:
    """Gather and deliver; what arrived since the last time."""
    mail.outbox.clear()
    gather(now=now)
    deliver_due(now=now, site_url=SITE)
    return [(m.to[0], str(m.body)) for m in mail.outbox]


def test_reminders_stand_on_the_site_at_once_and_come_in_one_mail_at_eight(user: User) -> None:
    for key, heading in (("a", "催办"), ("b", "已超期"), ("c", "催办")):
        remind(user, key, heading=heading)
    assert (unread(user), send(TUESDAY)) == (3, [])
    assert send(EIGHT - timedelta(minutes=2)) == []
    ((to, body),) = send(EIGHT)
    assert to == "anna@test.example"
    assert (
        body.index("【催办】")
        < body.index("提醒a")
        < body.index("提醒c")
        < body.index("【已超期】")
        < body.index("提醒b")
    )
    assert f"{SITE}/a/" in body
    assert mail.outbox[0].subject == "【科创通】每日摘要（11-18）：3 条提醒"


def test_nothing_to_say_no_mail_and_never_two_a_day(user: User) -> None:
    assert send(EIGHT) == []
    remind(user, "a")
    assert len(send(EIGHT)) == 1
    assert send(EIGHT + timedelta(hours=1)) == []
    remind(user, "b", EIGHT + timedelta(hours=2))
    assert send(EIGHT + timedelta(hours=3)) == []
    assert "提醒b" in send(EIGHT + timedelta(days=1))[0][1]


def test_a_missed_eight_o_clock_is_made_up_for_in_the_same_day(user: User) -> None:
    remind(user, "a")
    remind(user, "late", EIGHT + timedelta(hours=1))
    ((_to, body),) = send(EIGHT + timedelta(hours=5))
    assert "提醒a" in body
    assert "提醒late" not in body


def test_no_digest_on_weekends_and_holidays_but_on_make_up_days(user: User) -> None:
    remind(user, "a")
    saturday, monday = EIGHT + timedelta(days=3), EIGHT + timedelta(days=5)
    CalendarDay.objects.create(day=monday.date(), kind="holiday", name="x", source="x", text_status="ours")
    assert (send(saturday), send(monday)) == ([], [])
    CalendarDay.objects.create(day=saturday.date(), kind="make_up", name="x", source="x", text_status="ours")
    cache.clear()
    assert len(send(saturday)) == 1


def test_what_was_read_on_the_site_needs_no_mail(user: User) -> None:
    remind(user, "a")
    mark_read(user=user, now=TUESDAY)
    assert send(EIGHT) == []


def test_a_step_by_somebody_else_still_comes_at_once_unless_one_chose_otherwise(user: User) -> None:
    tell(user=user, text="审核通过", key="1", now=TUESDAY)
    assert [body.partition("--")[0].strip() for _to, body in send(TUESDAY)] == ["审核通过"]
    prefer(user=user, daily=True, by=user, now=TUESDAY)
    tell(user=user, text="退回修改", key="2", now=TUESDAY)
    assert send(TUESDAY) == []
    assert "【其他】\n· 退回修改" in send(EIGHT)[0][1]
    prefer(user=user, daily=False, by=user, now=EIGHT)
    tell(user=user, text="已发布", key="3", now=EIGHT)
    assert [body.partition("--")[0].strip() for _to, body in send(EIGHT)] == ["已发布"]
    assert [e.after for e in history(user)] == [{"daily": True}, {"daily": False}]


def test_a_dead_mail_server_loses_nothing_and_makes_no_heap_of_digests(user: User, settings: Any) -> None:
    back, settings.EMAIL_BACKEND = settings.EMAIL_BACKEND, DEAD
    remind(user, "a")
    assert send(EIGHT) == []
    remind(user, "b", EIGHT + timedelta(hours=1))
    assert send(EIGHT + timedelta(days=1)) == []
    remind(user, "c", EIGHT + timedelta(days=1, hours=1))
    settings.EMAIL_BACKEND = back
    ((_to, body),) = send(EIGHT + timedelta(days=2))
    assert [word in body for word in ("提醒a", "提醒b", "提醒c")] == [True] * 3
    assert (Digest.objects.count(), send(EIGHT + timedelta(days=5))) == (1, [])


def test_mails_that_were_given_up_come_with_the_next_digest(user: User) -> None:
    tell(user=user, text="审核通过", key="1", now=TUESDAY)
    Delivery.objects.update(state=Delivery.State.FAILED)
    assert "审核通过" in send(EIGHT)[0][1]
    Delivery.objects.update(state=Delivery.State.FAILED)  # the digest too: it is tried again every day
    assert "审核通过" in send(EIGHT + timedelta(days=1))[0][1]
    assert send(EIGHT + timedelta(days=2)) == []


def test_a_long_digest_is_cut_and_says_so(user: User) -> None:
    for n in range(LINES + 5):
        remind(user, f"n{n}")
    body = send(EIGHT)[0][1]
    assert body.count("· 提醒") == LINES
    assert "另有 5 条" in body


def test_people_without_address_or_login_get_no_mail_but_keep_the_notice(user: User) -> None:
    gone = person("gone")
    remind(user, "a")
    remind(gone, "a")
    User.objects.filter(pk=user.pk).update(email="")
    User.objects.filter(pk=gone.pk).update(is_active=False)
    assert send(EIGHT) == []
    assert (notices_of(user).count(), notices_of(gone).count()) == (1, 1)


def test_a_delivery_is_of_a_notice_or_of_a_digest(user: User) -> None:
    with pytest.raises(IntegrityError):
        Delivery.objects.create(channel="email", address="x", next_at=EIGHT)


def test_two_workers_at_once_make_one_digest(live_city: City) -> None:
    for number, user in enumerate(live_city.people().values()):
        remind(user, f"k{number}")
    done: list[int] = []

    def work() -> None:
        try:
            done.append(gather(now=EIGHT))
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert (sum(done), Digest.objects.count(), Delivery.objects.count()) == (8, 8, 8)
