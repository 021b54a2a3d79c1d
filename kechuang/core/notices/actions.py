"""通知写入: tell a person, and put the message into the outbox in the same transaction."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import override

from kechuang.core.audit.actions import record
from kechuang.core.notices.gateway import sms_gateway
from kechuang.core.notices.letters import Letter, digest_letter, letter_of, visitor_letter
from kechuang.core.notices.models import Delivery, Notice, Preference, VisitorMail
from kechuang.core.notices.queries import language_of, wants_digest
from kechuang.core.parties.models import User

# Pauses grow from 2 minutes to 6 hours: 16 attempts outlast a weekend without a mail server.
MAX_ATTEMPTS = 16
LONGEST_PAUSE = 360  # minutes
BATCH = 50


@transaction.atomic
def tell(
    *,
    user: User,
    text: str,
    now: datetime,
    key: str,
    url: str = "",
    sms: bool = False,
    digest: bool = False,
    heading: str = "",
) -> Notice | None:
    """Tell a user something once; returns None when the same key was told before.

    With ``digest``, or for a person who wants all in one, the site shows it at once and the mail is the next daily
    digest, where it stands under ``heading``.
    """
    daily = digest or wants_digest(user)
    notice, created = Notice.objects.get_or_create(
        user=user, key=key, defaults={"text": text[:400], "url": url, "at": now, "daily": daily, "heading": heading}
    )
    if not created:
        return None
    ways = [(Delivery.Channel.EMAIL, user.email)] if user.email and not daily else []
    if sms and user.phone:
        ways.append((Delivery.Channel.SMS, user.phone))
    Delivery.objects.bulk_create(Delivery(notice=notice, channel=c, address=a, next_at=now) for c, a in ways)
    return notice


def mail_of(contact: str) -> str:
    """The e-mail address that somebody left as her contact; empty where it is none, or more than that."""
    address = contact.strip()
    try:
        validate_email(address)
    except ValidationError:
        return ""
    return address


@transaction.atomic
def tell_visitor(*, contact: str, text: str, urls: Sequence[str], key: str, now: datetime) -> VisitorMail | None:
    """Write once to somebody without a login who left an e-mail address; None where it is none, or she was told."""
    address = mail_of(contact)
    if not address:
        return None
    mail, created = VisitorMail.objects.get_or_create(
        key=key, defaults={"text": text[:400], "urls": list(urls), "at": now}
    )
    if not created:
        return None
    Delivery.objects.create(visitor=mail, channel=Delivery.Channel.EMAIL, address=address, next_at=now)
    return mail


@transaction.atomic
def prefer(*, user: User, daily: bool, by: Any, now: datetime) -> Preference:
    """Keep whether a person wants everything in one mail a day."""
    before = wants_digest(user)
    preference, _new = Preference.objects.update_or_create(user=user, defaults={"daily": daily})
    record(user, "notice_mode", by=by, now=now, before={"daily": before}, after={"daily": daily})
    return preference


@transaction.atomic
def prefer_language(*, user: User, language: str, by: Any, now: datetime) -> None:
    """Keep the language that a person chose, for the frame of her mails; what notices say stays as it was written."""
    known = dict(settings.LANGUAGES)
    before = language_of(user)
    if language not in known or language == before:
        return
    Preference.objects.update_or_create(user=user, defaults={"language": language})
    record(user, "language", by=by, now=now, before={"language": before}, after={"language": language})


def mark_read(*, user: User, now: datetime, notice: int | None = None) -> int:
    """Mark one notice, or all, as read; returns how many were new."""
    rows = Notice.objects.filter(user=user, read_at=None)
    return (rows.filter(pk=notice) if notice else rows).update(read_at=now)


def deliver_due(*, now: datetime, site_url: str) -> tuple[int, int]:
    """Send what waits; returns (sent, failed). A failure is tried again later, at growing distances."""
    sent = failed = 0
    for pk in list(_due(now).values_list("pk", flat=True)[:BATCH]):
        outcome = _deliver(pk, now, site_url)
        sent, failed = sent + (outcome is True), failed + (outcome is False)
    return sent, failed


def _due(now: datetime) -> QuerySet[Delivery]:
    return Delivery.objects.filter(state=Delivery.State.WAITING, next_at__lte=now).order_by("next_at")


@transaction.atomic
def _deliver(pk: int, now: datetime, site_url: str) -> bool | None:
    row = (
        _due(now)
        .select_for_update(skip_locked=True, of=("self",))
        .select_related("notice__user", "digest__user", "visitor")
        .filter(pk=pk)
        .first()
    )
    if row is None:  # another worker has it
        return None
    row.attempts = F("attempts") + 1
    try:
        _send(row, site_url)
    except Exception as error:  # noqa: BLE001 - any gateway may fail in any way; the message must stay
        attempts = Delivery.objects.values_list("attempts", flat=True).get(pk=pk) + 1
        row.error = str(error)[:300]
        row.next_at = now + timedelta(minutes=min(2**attempts, LONGEST_PAUSE))
        row.state = Delivery.State.FAILED if attempts >= MAX_ATTEMPTS else Delivery.State.WAITING
        row.save()
        return False
    row.state, row.sent_at, row.error = Delivery.State.SENT, now, ""
    row.save()
    return True


def _send(row: Delivery, site_url: str) -> None:
    if row.channel == Delivery.Channel.SMS and row.notice is not None:
        sms_gateway().send(row.address, f"【科创通】{row.notice.text}")
        return
    with override(_language(row)):
        letter, prefix = _letter(row, site_url), _("【科创通】")
    subject = " ".join(letter.subject.split())[:60]  # a line break would end the header
    EmailMessage(f"{prefix}{subject}", letter.body, None, [row.address], headers=dict(letter.headers)).send()


def _language(row: Delivery) -> str:
    """The language of who gets it; a visitor's is not known."""
    one = row.digest or row.notice
    return language_of(one.user) if one is not None else str(settings.LANGUAGE_CODE)


def _letter(row: Delivery, site_url: str) -> Letter:
    if row.digest is not None:
        return digest_letter(row.digest, site_url)
    if row.visitor is not None:
        return visitor_letter(row.visitor, site_url)
    if row.notice is None:  # forbidden by the database
        raise ValueError(f"delivery {row.pk} says nothing")
    return letter_of(row.notice, site_url)
