"""征求意见时钟 clock: a reminder before the end, and the end itself. Running it twice changes nothing."""

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from kechuang.core.cases.actions import advance
from kechuang.core.vocab.calendar import calendar
from kechuang.kit.language import main_language
from kechuang.services.consultations import queries
from kechuang.services.consultations.figures import REMIND_DAYS
from kechuang.services.consultations.opening import tell_invited


def tick(*, now: datetime) -> tuple[int, int]:
    """Returns how many people were reminded and how many periods ended."""
    today = timezone.localdate(now)
    over = list(queries.ending(today))
    for row in over:
        advance(case=row.case, step="over", by=None, now=now, note=f"期限至 {row.closes_on}。")
    reminded = 0
    for row in queries.closing_by(calendar().after(today, REMIND_DAYS)):
        with main_language():
            words = _("“%(title)s”征求意见将于 %(day)s 截止，还没有收到贵单位的意见。没有意见可以不理会。") % {
                "title": row.title,
                "day": row.closes_on,
            }
        reminded += tell_invited(row, words, key=f"remind:{row.closes_on}", now=now, silent=True)
    return reminded, len(over)
