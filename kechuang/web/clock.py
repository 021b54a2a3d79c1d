"""时钟: the one place where pages and commands read the time; core takes it as an argument."""

from datetime import date, datetime

from django.utils import timezone


def now() -> datetime:
    """The current time, aware."""
    return timezone.now()


def today() -> date:
    """The current date in the city's time zone."""
    return timezone.localdate()
