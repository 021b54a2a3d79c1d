"""每日摘要 digest: once on a working day one mail to each person, with what has been put off for it."""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from kechuang.core.notices.models import Delivery, Digest
from kechuang.core.notices.queries import undigested
from kechuang.core.parties.models import User
from kechuang.core.vocab.calendar import calendar

HOUR = 8


def gather(*, now: datetime) -> int:
    """Put what waits into one mail a person; returns how many mails. Runs every hour, does its work once a day.

    What is told after eight o'clock waits for the next working day, also when a run of eight o'clock was missed.
    """
    local = timezone.localtime(now)
    if local.hour < HOUR or not calendar().is_working_day(local.date()):
        return 0
    until = local.replace(hour=HOUR, minute=0, second=0, microsecond=0)
    people = set(undigested(until).values_list("user_id", flat=True))
    given_up = Delivery.objects.filter(state=Delivery.State.FAILED, digest__isnull=False, digest__user__is_active=True)
    people |= set(given_up.values_list("digest__user_id", flat=True))
    return sum(_gather_for(user, local.date(), until, now) for user in sorted(people))


@transaction.atomic
def _gather_for(user_id: int, today: date, until: datetime, now: datetime) -> bool:
    user = User.objects.select_for_update(no_key=True, of=("self",)).get(pk=user_id)  # two workers take turns
    if not user.email or Digest.objects.filter(user=user, day=today).exists():
        return False
    digest, delivery = _unsent(user)
    rows = undigested(until).filter(user=user)
    if not rows.exists() and (delivery is None or delivery.state != Delivery.State.FAILED):
        return False
    digest = digest or Digest(user=user)
    digest.day = today
    digest.save()
    rows.update(digest=digest)
    if delivery is None:
        delivery = Delivery(digest=digest, channel=Delivery.Channel.EMAIL)
    delivery.address, delivery.state, delivery.attempts, delivery.next_at = user.email, "waiting", 0, now
    delivery.save()
    return True


def _unsent(user: User) -> tuple[Digest | None, Delivery | None]:
    """The digest that no mail server has taken yet: it grows until the server is back."""
    rows = Delivery.objects.select_for_update(of=("self",)).select_related("digest")
    delivery = rows.filter(digest__user=user).exclude(state=Delivery.State.SENT).first()
    return (delivery.digest, delivery) if delivery else (None, None)
