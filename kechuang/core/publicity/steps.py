"""公示的状态和步骤 steps: the part of a workflow that every service with a public notice shares."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from kechuang.core.cases.models import Case
from kechuang.core.publicity.access import NOTICE, OBJECTED
from kechuang.core.publicity.actions import go_on
from kechuang.kit.access import nobody
from kechuang.kit.text import noop
from kechuang.kit.workflow import State, Step

# Working days: our own choice, no source sets them; the time of the notice itself is set when it begins.
NOTICE_DAYS, OBJECTION_DAYS = 5, 10
OBJECT, RESUME, UPHOLD, NOTICE_OVER = "object", "resume", "uphold", "notice_over"

Effect = Callable[..., None]


def no_effect(_case: Case, *, by: Any, now: datetime) -> None:
    """Nothing else happens."""


def notice_states() -> Mapping[str, State]:
    """The two states of a case under public notice."""
    return {
        NOTICE: State(noop("公示中"), "officer", NOTICE_DAYS, locked=True),
        OBJECTED: State(noop("异议处理中"), "officer", OBJECTION_DAYS, locked=True),
    }


def notice_steps(*, over: str, upheld: str, label: str, effect: Effect = no_effect) -> tuple[Step, ...]:
    """The steps between them, and out of them: to ``over`` at the end, to ``upheld`` when an objection holds.

    ``label`` says what an upheld objection means for the case, ``effect`` does it.
    """
    return (
        Step(OBJECT, noop("有异议，暂停公示"), (NOTICE,), OBJECTED, nobody, automatic=True),
        Step(RESUME, noop("异议不成立，继续公示"), (OBJECTED,), NOTICE, nobody, go_on, automatic=True),
        Step(UPHOLD, label, (OBJECTED,), upheld, nobody, effect, automatic=True),
        Step(NOTICE_OVER, noop("公示期满"), (NOTICE,), over, nobody, automatic=True),
    )
