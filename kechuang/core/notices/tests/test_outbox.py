"""通知与发件箱: told once, sent once, tried again, nothing lost."""

import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, ClassVar

import pytest
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection, transaction

from kechuang.core.notices.actions import LONGEST_PAUSE, MAX_ATTEMPTS, deliver_due, mark_read, tell
from kechuang.core.notices.gateway import FakeGateway
from kechuang.core.notices.models import Delivery, Notice
from kechuang.core.notices.queries import notices_of, unread
from kechuang.core.parties.models import User
from tests.city import NOW, City, person

SITE = "https://city.example"


class DeadServer(BaseEmailBackend):
    """A mail server that cannot be reached."""

    def send_messages(self, email_messages: object) -> int:
        raise ConnectionRefusedError("mail server down")


class SlowServer(BaseEmailBackend):
    """A mail server that takes its time, so that two workers meet."""

    sent: ClassVar[list[str]] = []
    gate: ClassVar[threading.Event] = threading.Event()

    def send_messages(self, email_messages: Any) -> int:
        self.gate.wait(0.3)
        self.sent.extend(m.to[0] for m in email_messages)
        return 1


class DeadGateway(FakeGateway):
    """An SMS gateway that refuses."""

    def send(self, number: str, text: str) -> None:
        raise TimeoutError("gateway")


@pytest.fixture(autouse=True)
def _empty_gateway() -> Iterator[None]:
    FakeGateway.sent.clear()
    yield
    FakeGateway.sent.clear()


@pytest.fixture
def user(db: None) -> User:
    return person("anna")


def say(user: User, key: str = "k", **more: object) -> Notice | None:
    return tell(user=user, text="需求已发布", key=key, url="/cases/7/", now=NOW, **more)  # type: ignore[arg-type]


def test_a_notice_is_told_once_for_a_key_and_a_person(user: User) -> None:
    assert say(user) is not None
    assert say(user) is None
    assert say(user, "other") is not None
    assert say(person("bob")) is not None
    assert (notices_of(user).count(), Delivery.objects.count()) == (2, 3)


def test_a_notice_of_a_change_that_is_rolled_back_is_never_sent(user: User) -> None:
    def fail() -> None:
        with transaction.atomic():
            say(user)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert (Notice.objects.count(), deliver_due(now=NOW, site_url=SITE)) == (0, (0, 0))


def test_mail_carries_the_text_and_the_link_and_goes_out_once(user: User) -> None:
    say(user)
    assert deliver_due(now=NOW, site_url=SITE) == (1, 0)
    assert deliver_due(now=NOW + timedelta(days=1), site_url=SITE) == (0, 0)
    assert [(m.subject, m.to, m.body.split()[:2]) for m in mail.outbox] == [
        ("【科创通】需求已发布", ["anna@test.example"], ["需求已发布", "https://city.example/cases/7/"])
    ]
    assert str(mail.outbox[0].body).endswith("更改通知方式：https://city.example/my/profile/\n")


def test_a_text_with_line_breaks_makes_a_proper_subject(user: User) -> None:
    tell(user=user, text="第一行\n第二行\r\n第三行", key="k", now=NOW)
    assert deliver_due(now=NOW, site_url=SITE) == (1, 0)
    assert mail.outbox[0].subject == "【科创通】第一行 第二行 第三行"


def test_sms_goes_to_the_phone_only_when_asked_and_where_there_is_one(user: User) -> None:
    say(user, "quiet")
    say(user, "no phone", sms=True)
    user.phone = "13800000000"
    user.save()
    say(user, "loud", sms=True)
    assert deliver_due(now=NOW, site_url=SITE) == (4, 0)
    assert FakeGateway.sent == [("13800000000", "【科创通】需求已发布")]


def test_a_person_without_address_still_finds_the_notice_on_the_site(user: User) -> None:
    User.objects.filter(pk=user.pk).update(email="")
    user.refresh_from_db()
    say(user)
    assert (unread(user), Delivery.objects.count()) == (1, 0)


def test_a_dead_mail_server_loses_nothing_and_is_tried_at_growing_distances(user: User, settings: Any) -> None:
    say(user)
    settings.EMAIL_BACKEND = f"{__name__}.DeadServer"
    now, pauses = NOW, []
    while (row := Delivery.objects.get()).state == Delivery.State.WAITING:
        assert deliver_due(now=row.next_at - timedelta(seconds=1), site_url=SITE) == (0, 0)
        now = max(now, row.next_at)
        assert deliver_due(now=now, site_url=SITE) == (0, 1)
        pauses.append(int((Delivery.objects.get().next_at - now).total_seconds() // 60))
    assert len(pauses) == MAX_ATTEMPTS
    assert pauses[:9] == [2, 4, 8, 16, 32, 64, 128, 256, LONGEST_PAUSE]
    assert now - NOW > timedelta(days=2)
    assert (row.state, row.error, row.sent_at) == ("failed", "mail server down", None)
    assert unread(user) == 1


def test_the_server_comes_back_and_the_mail_goes_out(user: User, settings: Any) -> None:
    say(user)
    back = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND = f"{__name__}.DeadServer"
    deliver_due(now=NOW, site_url=SITE)
    settings.EMAIL_BACKEND = back
    assert deliver_due(now=NOW + timedelta(minutes=1), site_url=SITE) == (0, 0)
    assert deliver_due(now=NOW + timedelta(minutes=2), site_url=SITE) == (1, 0)
    row = Delivery.objects.get()
    assert (row.state, row.attempts, row.error) == ("sent", 2, "")


def test_one_dead_channel_does_not_hold_up_the_other(user: User, settings: Any) -> None:
    settings.SMS_GATEWAY = f"{__name__}.DeadGateway"
    user.phone = "13800000000"
    user.save()
    say(user, sms=True)
    assert deliver_due(now=NOW, site_url=SITE) == (1, 1)
    assert dict(Delivery.objects.values_list("channel", "state")) == {"email": "sent", "sms": "waiting"}


def test_two_workers_at_once_send_each_mail_once(live_city: City, settings: Any) -> None:
    settings.EMAIL_BACKEND = f"{__name__}.SlowServer"
    SlowServer.sent.clear()
    people = list(live_city.people().values())[:4]
    for user in people:
        say(user, "two workers")
    totals: list[tuple[int, int]] = []

    def work(now: datetime) -> None:
        try:
            totals.append(deliver_due(now=now, site_url=SITE))
        finally:
            connection.close()

    workers = [threading.Thread(target=work, args=(NOW,)) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(SlowServer.sent) == sorted(u.email for u in people)
    assert (sum(sent for sent, _ in totals), sum(failed for _, failed in totals)) == (4, 0)


def test_reading_marks_one_or_all_and_only_ones_own(user: User) -> None:
    bob = person("bob")
    one, two, his = say(user, "1"), say(user, "2"), say(bob, "1")
    assert one is not None
    assert two is not None
    assert his is not None
    assert mark_read(user=user, notice=his.pk, now=NOW) == 0
    assert (mark_read(user=user, notice=one.pk, now=NOW), unread(user)) == (1, 1)
    assert (mark_read(user=user, now=NOW), unread(user), unread(bob)) == (1, 0, 1)
    assert mark_read(user=user, now=NOW) == 0
