"""工作日历页 holidays: the loaded years, and the warning to officers where one is missing."""

from datetime import date
from typing import Any

from kechuang.core.cases.ladder import rungs
from kechuang.core.parties.models import Post
from kechuang.core.parties.queries import roles_of
from kechuang.core.vocab.calendar import calendar, uncounted


def missing(today: date) -> str:
    """What is not loaded between today and the end of the longest wait, in words; empty where all is known."""
    return uncounted(today, calendar().after(today, rungs().close))


def gap(user: Any, today: date) -> str:
    """The warning on an officer's desk; other people cannot mend it."""
    return missing(today) if Post.Role.OFFICER in roles_of(user) else ""
