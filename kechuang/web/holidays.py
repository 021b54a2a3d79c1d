"""工作日历页 holidays: the loaded years, and the warning to officers where one is missing."""

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from kechuang.core.cases.ladder import rungs
from kechuang.core.parties.models import Post
from kechuang.core.parties.queries import roles_of
from kechuang.core.vocab.calendar import calendar, uncounted
from kechuang.web.reference_files import STATUS


def missing(today: date) -> str:
    """What is not loaded between today and the end of the longest wait, in words; empty where all is known."""
    return uncounted(today, calendar().after(today, rungs().close))


def status_words() -> dict[str, str]:
    """How far to trust a year, in words."""
    return {code: _(words) for code, words in STATUS.items()}


def gap(user: Any, today: date) -> str:
    """The warning on an officer's desk; other people cannot mend it."""
    return missing(today) if Post.Role.OFFICER in roles_of(user) else ""
