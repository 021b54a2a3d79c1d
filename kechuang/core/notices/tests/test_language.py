"""邮件的语言: the frame of a mail is in the language that its reader chose; what was written stays as it is."""

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.test import Client
from django.urls import reverse

from kechuang.core.notices.actions import deliver_due, prefer_language, tell
from kechuang.core.notices.digest import gather
from kechuang.core.notices.queries import language_of
from kechuang.core.notices.tests.test_digest import EIGHT, TUESDAY
from kechuang.core.parties.models import User
from tests.city import NOW, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def user() -> User:
    return person("anna")


def sent() -> EmailMessage:
    """The one mail that goes out."""
    mail.outbox.clear()
    deliver_due(now=EIGHT, site_url="https://city.example")
    (one,) = mail.outbox
    return one


def test_a_notice_keeps_its_words_within_an_english_frame(user: User) -> None:
    tell(user=user, text="需求已发布", url="/cases/7/", key="k", now=NOW)
    prefer_language(user=user, language="en", by=user, now=NOW)
    mail.outbox.clear()
    deliver_due(now=NOW, site_url="https://city.example")
    assert mail.outbox[0].subject == "[Kechuang] 需求已发布"
    assert "You get this mail because it concerns you" in mail.outbox[0].body
    prefer_language(user=user, language="zh-hans", by=user, now=NOW)
    tell(user=user, text="另一条", key="k2", now=NOW)
    mail.outbox.clear()
    deliver_due(now=NOW, site_url="https://city.example")
    assert mail.outbox[0].subject == "【科创通】另一条"


def test_a_digest_greets_in_english(user: User) -> None:
    prefer_language(user=user, language="en", by=user, now=TUESDAY)
    tell(user=user, text="提醒甲", key="a", now=TUESDAY, digest=True, heading="催办")
    gather(now=EIGHT)
    one = sent()
    assert one.subject.startswith("[Kechuang] ")
    assert "提醒甲" in one.body
    assert "您好" not in one.body


def test_the_switch_of_the_page_is_kept_for_who_has_signed_in(user: User) -> None:
    client = Client()
    url = reverse("set_language")
    client.post(url, {"language": "en", "next": "/"})
    assert language_of(user) == "zh-hans"
    client.force_login(user)
    for language, kept in (("en", "en"), ("xx", "en"), ("zh-hans", "zh-hans")):
        assert client.post(url, {"language": language, "next": "/"})["Location"] == "/"
        assert language_of(user) == kept
