"""访客邮件: who commented without login and left an e-mail address is written to once, when the table is published."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.test import Client
from django.urls import reverse

from kechuang.core.cases.actions import advance
from kechuang.core.notices.actions import deliver_due
from kechuang.core.notices.models import Delivery, VisitorMail
from kechuang.services.consultations import actions, commenting
from kechuang.services.consultations.clock import tick
from kechuang.services.consultations.models import Comment, Consultation
from tests.city import NOW, City, build
from tests.consulting import VISITOR, fresh, opened, said

pytestmark = pytest.mark.django_db
ANNA = "anna@visitor.example"


def outbox() -> list[EmailMessage]:
    """What has been sent to visitors."""
    deliver_due(now=NOW, site_url="https://city.example")
    return [one for one in mail.outbox if one.to[0].endswith("visitor.example")]


def answered(city: City, row: Consultation, **said_by: Any) -> Comment:
    """A visitor's comment, let through and answered."""
    made = said(row, VISITOR, origin="o", **said_by)
    commenting.moderate(comment=made, show=True, by=city.officer, now=NOW)
    commenting.answer(comments=[made], outcome="adopted", text="已改。", by=city.officer, now=NOW)
    return made


def publish(city: City, row: Consultation) -> None:
    """The period is over, the table published."""
    Consultation.objects.filter(pk=row.pk).update(closes_on=NOW.date() - timedelta(days=1), opened_on=date(2026, 11, 1))
    tick(now=NOW)
    actions.publish(row=fresh(row), by=city.officer, now=NOW)


def test_a_visitor_gets_one_mail_with_her_receipts_when_the_table_is_published() -> None:
    city = build()
    row = opened(city)
    mine = [answered(city, row, contact=f" {ANNA} "), answered(city, row, contact=ANNA.upper(), text="另一条")]
    phone = answered(city, row, contact="139 0000 0000", text="只留电话")
    hidden = said(row, VISITOR, origin="o", contact="b@visitor.example", text="广告")
    commenting.moderate(comment=hidden, show=False, by=city.officer, now=NOW, reason="advert")
    assert outbox() == []
    publish(city, row)
    sent = outbox()
    assert [one.to for one in sent] == [[ANNA]]
    body = sent[0].body
    assert all(f"https://city.example/consultations/comments/{one.token}/" in body for one in mine)
    assert phone.token not in body
    assert "只发这一封" in body
    assert "已改" not in body
    assert Client().get(f"/consultations/comments/{mine[0].token}/").status_code == 200
    assert len(outbox()) == 1


def test_the_address_stays_out_of_every_page_and_a_dead_server_loses_nothing(settings: Any) -> None:
    city = build()
    row = opened(city)
    mine = answered(city, row, contact=ANNA)
    settings.EMAIL_BACKEND = "kechuang.core.notices.tests.test_outbox.DeadServer"
    publish(city, row)
    assert outbox() == []
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert Delivery.objects.get(visitor=VisitorMail.objects.get()).state == "waiting"
    deliver_due(now=NOW + timedelta(hours=1), site_url="https://city.example")
    assert [one.to for one in outbox()] == [[ANNA]]
    for path in (reverse("consultation", args=[row.pk]), f"/consultations/comments/{mine.token}/"):
        assert ANNA not in Client().get(path).content.decode()


def test_a_dropped_consultation_writes_to_no_visitor() -> None:
    city = build()
    row = opened(city)
    answered(city, row, contact=ANNA)
    advance(case=row.case, step="drop", by=city.officer, now=NOW, reason="other", note="不再制定")
    assert outbox() == []
