"""逐件一起办 several: one step for many cases at once, each on its own: what one refuses does not hold up the rest."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from kechuang.core.cases.actions import advance
from kechuang.core.cases.queries import state_of
from kechuang.core.ledger.models import BudgetLine
from kechuang.kit.refusal import Refusal
from kechuang.kit.text import noop
from kechuang.services.benefits import actions
from kechuang.services.benefits.models import Benefit

# The steps that need no words for the firm, and the states from which they lead.
STEPS = {
    "check": (noop("初审通过"), ("submitted", "resubmitted")),
    "review": (noop("复核通过，公示"), ("checked",)),
    "approve": (noop("核定并制单"), ("noticed",)),
    "renew": (noop("重新制单"), ("renewing",)),
}
STATES = tuple(state for _label, states in STEPS.values() for state in states)


@dataclass(frozen=True)
class Result:
    """一件的结果: whether it was done, and the new state or the reason in words."""

    benefit: Benefit
    done: bool
    words: str


def take(*, rows: Sequence[Benefit], step: str, line: BudgetLine | None, by: Any, now: datetime) -> list[Result]:
    """Take a step for each; in the order of the list, so that cap and budget are given to those who come first."""
    if step not in STEPS:
        raise Refusal(_("请选择要办的步骤。"))
    if step == "review" and line is None:
        raise Refusal(_("复核要选择预算科目。"))
    return [_take(row, step, line, by, now) for row in rows]


def _take(row: Benefit, step: str, line: BudgetLine | None, by: Any, now: datetime) -> Result:
    try:
        if step == "review" and line is not None:
            done = actions.review(benefit=row, line=line, by=by, now=now).case
        else:
            done = advance(case=row.case, step=step, by=by, now=now)
    except Refusal as refusal:
        return Result(row, done=False, words=refusal.message)
    return Result(row, done=True, words=_(state_of(done).label))
