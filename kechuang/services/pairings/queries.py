"""结对查询: what a person sees, what is due, and how long a platform takes to answer."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median
from typing import Any

from django.db.models import Min, Q, QuerySet
from django.utils import timezone

from kechuang.core.cases.models import Case
from kechuang.core.market.models import Need, Offer, Status
from kechuang.core.parties.models import Party
from kechuang.core.parties.queries import parties_of
from kechuang.core.vocab.calendar import calendar
from kechuang.services.pairings import access
from kechuang.services.pairings.models import Pairing, Report

FEWEST = 5  # answers below which no figure is shown
WINDOW = timedelta(days=365)
RUNNING = ("running", "reporting", "ending")


@dataclass(frozen=True)
class Answering:
    """答复时间: the median in working days over the last year; None where there are too few answers to say so."""

    days: float | None
    answers: int


def pairings(user: Any, state: str = "") -> QuerySet[Pairing]:
    """The pairings and questions that the user may see, in one state or in all, newest first."""
    rows = Pairing.objects.select_related("case__assignee", "platform__party", "party")
    found = access.see_pairing.filter(user, rows)
    return (found.filter(case__state=state) if state else found).order_by("-asked_at", "-pk")


def with_everything() -> QuerySet[Pairing]:
    """Pairings with what their page shows."""
    return Pairing.objects.select_related("case__applicant", "platform__party", "party", "need")


def askers(user: Any, platform: Offer) -> QuerySet[Party]:
    """The organisations in whose name the user can ask a platform: any of hers but the platform's own."""
    return parties_of(user).exclude(pk=platform.party_id).exclude(kind="person")


def needs_of(parties: QuerySet[Party]) -> QuerySet[Need]:
    """The published needs of these organisations, which a request may name."""
    return Need.objects.filter(party__in=parties, status=Status.PUBLIC).order_by("-published_at")


def open_pairing(platform: Offer, parties: QuerySet[Party]) -> Pairing | None:
    """What one of these organisations already has with the platform."""
    rows = Pairing.objects.filter(platform=platform, party__in=parties, kind=Pairing.Kind.PAIRING, ended_at=None)
    return rows.select_related("case").first()


def running(platform: Offer) -> int:
    """With how many enterprises the platform is paired now."""
    return Pairing.objects.filter(platform=platform, case__state__in=RUNNING).count()


def answering(platforms: Iterable[Offer], now: datetime) -> dict[int, Answering]:
    """For each platform how long it took to answer, from requests and introductions of the last year.

    Counted are working days from the request to the first answer: of a pairing or question the platform's step, of an
    introduction the first contact that was noted. What waits for an answer is not counted.
    """
    numbers = [platform.pk for platform in platforms]
    waits: dict[int, list[int]] = {pk: [] for pk in numbers}
    asked = Pairing.objects.filter(platform__in=numbers, asked_at__gte=now - WINDOW, answered_at__isnull=False)
    spans = list(asked.values_list("platform_id", "asked_at", "answered_at"))
    opened = Case.objects.filter(service="introductions", offer__in=numbers, opened_at__gte=now - WINDOW)
    first = opened.annotate(first=Min("contacts__at")).filter(first__isnull=False)
    spans += list(first.values_list("offer_id", "opened_at", "first"))
    days = calendar()
    for pk, start, end in spans:
        waits[pk].append(days.between(timezone.localtime(start).date(), timezone.localtime(end).date()))
    return {pk: Answering(median(w) if len(w) >= FEWEST else None, len(w)) for pk, w in waits.items()}


def reports_due(today: date) -> QuerySet[Pairing]:
    """Running pairings whose report falls due."""
    return Pairing.objects.filter(case__state="running", next_report_on__lte=today).select_related("case")


def periods_over(today: date) -> QuerySet[Pairing]:
    """Pairings whose period has ended."""
    rows = Pairing.objects.filter(Q(case__state="running") | Q(case__state="reporting"), ends_on__lt=today)
    return rows.select_related("case")


def next_period(pairing: Pairing, today: date) -> tuple[date, date]:
    """The days that the next report covers: since the last report, until today or the end of the pairing."""
    last: Report | None = pairing.reports.order_by("-until").first()
    since = last.until + timedelta(days=1) if last else pairing.starts_on or today
    until = min(today, pairing.ends_on or today)
    return since, max(since, until)
