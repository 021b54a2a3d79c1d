"""办件卷 casefile: what every page of a case shows, whatever its row: state, steps, way, materials."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from kechuang.core.cases import access
from kechuang.core.cases.models import Case, Material
from kechuang.core.cases.queries import events, said, state_of, steps_for
from kechuang.core.publicity import queries as publicity
from kechuang.core.publicity.access import decide_objection
from kechuang.core.publicity.models import Objection, PublicNotice
from kechuang.kit.workflow import State, Step
from kechuang.web.case_forms import MaterialForm, StepForm
from kechuang.web.casework import Passage, materials_of, passage
from kechuang.web.extend import Outcome


@dataclass(frozen=True)
class CaseFile:
    """办件卷: shown by the parts of ``web/_casefile.html``; ``words`` is what was said with the last step.

    ``objections`` are those that the user decides or has decided.
    """

    case: Case
    state: State
    overdue: bool
    words: str
    forms: list[StepForm]
    passages: list[Passage]
    materials: list[Material]
    may_add: bool
    removable: set[int]
    upload: MaterialForm
    notice: PublicNotice | None
    objections: list[Objection]
    refusal: str = ""
    done: str = ""


def _rank(case: Case, step: Step) -> tuple[bool, bool, bool]:
    """Where a step's button stands: first what takes the case on, what asks for words after that, the red ones last."""
    return step.danger, step.target == case.state, bool(step.reasons or step.note_required)


def case_file(user: Any, case: Case, today: date, outcome: Outcome) -> CaseFile:
    """The file of a case that the user may see, after a step that was taken or not."""
    tried = outcome.tried
    forms = [
        tried if tried is not None and tried.step == step else StepForm(step=step, fields=list)
        for step in sorted(steps_for(user, case), key=lambda step: _rank(case, step))
    ]
    files = Material.objects.filter(case=case, removed_at=None)
    return CaseFile(
        case=case,
        state=state_of(case),
        overdue=bool(case.due_on and case.due_on < today),
        words=said(case),
        forms=forms,
        passages=[passage(event, label, {}, names=True) for event, label in reversed(events(case))],
        materials=materials_of(user, case),
        may_add=access.add_material.check(user, case),
        removable=set(access.remove_material.filter(user, files).values_list("pk", flat=True)),
        upload=outcome.upload or MaterialForm(),
        notice=publicity.notice_of(case),
        objections=list(decide_objection.filter(user, publicity.objections_to(case))),
        refusal=outcome.refusal,
        done=outcome.done,
    )
