"""逐件办理 sheet steps: the columns by which a list of cases takes steps: which one, the reason, the note."""

from collections.abc import Collection, Iterator, Mapping
from functools import lru_cache
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy, gettext_noop
from django.utils.translation import gettext as _

from kechuang.core.audit.queries import history
from kechuang.core.cases import access
from kechuang.core.cases.actions import advance, require_reason
from kechuang.core.cases.models import Case
from kechuang.core.cases.queries import state_of, steps_for
from kechuang.core.catalogue.models import all_services, get
from kechuang.kit.fields import CodeField
from kechuang.kit.refusal import Refusal
from kechuang.kit.workflow import Step
from kechuang.web.case_forms import LONGEST_NOTE
from kechuang.web.sheets import VERSION, Act, Ask, Change, Column, Given, Key
from kechuang.web.templatetags.kc import step_label


def _steps() -> Iterator[Step]:
    return (step for service in all_services() for step in service.workflow.steps)


def _all_steps() -> list[tuple[str, str]]:
    return _step_words(get_language())


def _reasons() -> list[tuple[str, str]]:
    return _reason_words(get_language())


@lru_cache(maxsize=4)
def _step_words(_language: str | None) -> list[tuple[str, str]]:
    """The labels of all steps in a language; asked for each row of a file."""
    return [(label, step_label(label)) for label in dict.fromkeys(step.label for step in _steps())]


@lru_cache(maxsize=4)
def _reason_words(_language: str | None) -> list[tuple[str, str]]:
    """The words of all reasons in a language; asked for each row of a file."""
    return [(words, _(words)) for words in dict.fromkeys(w for step in _steps() for w in step.reasons.values())]


class StepField(CodeField):
    """步骤: the label of a step; the list offers those that need no page of their own."""

    def offered(self) -> list[tuple[str, str]]:
        """The steps that a list can take."""
        labels = dict.fromkeys(step.label for step in _steps() if _by_list(step))
        return [(label, step_label(label)) for label in labels]


class StepCells(forms.Form):
    """办理列: what the row asks for; all empty where nothing is to be done."""

    step = StepField(label=gettext_lazy("办理步骤"), choices=_all_steps, required=False)
    reason = CodeField(label=gettext_lazy("原因"), choices=_reasons, required=False)
    note = forms.CharField(label=gettext_lazy("说明"), max_length=LONGEST_NOTE, required=False)


COLUMNS = (
    Column(gettext_noop("可办理"), gettext_noop("导出人现在可以在表格里办理的步骤。"), 26),
    Column(gettext_noop("办理步骤"), gettext_noop("填“可办理”里的一步；不办就留空。"), 18, "step"),
    Column(gettext_noop("原因"), gettext_noop("退回、撤回等步骤必填，对方会看到。"), 22, "reason"),
    Column(gettext_noop("说明"), gettext_noop("写明具体情况和建议，对方会看到。"), 40, "note"),
    VERSION,
)


def _by_list(step: Step) -> bool:
    return not step.automatic and not step.page


def takable(user: Any, cases: Collection[Case]) -> dict[int, list[str]]:
    """For each case the labels of the steps that the user may take by a list; asked once for each step."""
    found: dict[int, list[str]] = {case.pk: [] for case in cases}
    waiting: dict[tuple[str, str], list[int]] = {}
    for case in cases:
        waiting.setdefault((case.service, case.state), []).append(case.pk)
    for (service, state), numbers in waiting.items():
        for step in get(service).workflow.steps_from(state):
            rule: Any = step.by
            if _by_list(step):
                for pk in rule.filter(user, Case.objects.filter(pk__in=numbers)).values_list("pk", flat=True):
                    found[pk].append(step_label(step.label))
    return found


def step_cells(case: Case, may: Mapping[int, list[str]]) -> list[Any]:
    """The cells of ``COLUMNS`` for a case."""
    return [may.get(case.pk, []), *STEPS.blanks(), STEPS.stamp(case)]


def _find(ask: Ask, keys: Collection[Key]) -> dict[Key, Case]:
    """Cases that the user may see, in whichever list they stand now."""
    numbers = {int(key[0]): key for key in keys if key[0].isascii() and key[0].isdigit() and len(key[0]) < 18}
    rows = Case.objects.filter(pk__in=numbers).select_related("applicant", "offer__party", "need__party")
    return {numbers[case.pk]: case for case in access.view_case.filter(ask.user, rows)}


def _version(case: Case) -> str:
    """Grows when the case moves, and when somebody changes the text that it is about."""
    listing = case.subject
    return f"{case.state} {case.since.isoformat()} {listing.updated_at.isoformat() if listing is not None else ''}"


def _move(case: Case, label: str, user: Any) -> Step:
    """The step with this label; raises Refusal in words where a list cannot take it now."""
    if not label:
        words = _("填了原因或说明，请同时写明办哪一步。")
        raise Refusal(words, fields={"step": words})
    workflow = get(case.service).workflow
    steps = [step for step in workflow.steps if step.label == label]
    here = next((step for step in steps if case.state in step.sources), None)
    if here is None:
        possible = _("、").join(step_label(s.label) for s in steps_for(user, case) if _by_list(s))
        words = _("当前状态为“%(state)s”，不能办“%(step)s”。") % {
            "state": _(state_of(case).label),
            "step": step_label(label),
        }
        words += _("现在可以办：%(steps)s。") % {"steps": possible} if possible else ""
        raise Refusal(words, fields={"step": words})
    if here.automatic:
        words = _("“%(step)s”到时由系统自动办理，不能在表格里办。") % {"step": step_label(label)}
        raise Refusal(words, fields={"step": words})
    if here.page:
        words = _("“%(step)s”需要填写内容或上传材料，请在办件的页面上办理。") % {"step": step_label(label)}
        raise Refusal(words, fields={"step": words})
    return here


def _code(move: Step, words: str) -> str:
    """The code of a reason given in words."""
    code = next((code for code, said in move.reasons.items() if said == words), "")
    if words and not code:
        listed = _("；").join(_(said) for said in move.reasons.values())
        text = _("“%(step)s”没有这个原因。") % {"step": step_label(move.label)}
        text += _("可选：%(reasons)s。") % {"reasons": listed} if listed else _("请留空。")
        raise Refusal(text, fields={"reason": text})
    return code


def _plan(given: Given) -> Act:
    case, data, user = given.record, given.data, given.ask.user
    move = _move(case, data["step"], user)
    if not move.by.check(user, case):
        words = _("您的身份不能执行“{label}”。").format(label=step_label(move.label))
        raise Refusal(words, fields={"step": words})
    reason, note = _code(move, data["reason"]), data["note"]
    require_reason(move, reason, note)
    return lambda now: advance(case=case, step=move.name, by=user, now=now, note=note, reason=reason)


def _done(given: Given) -> bool:
    """Whether the same person has just taken this step with the same words."""
    case, data = given.record, given.data
    names = {step.name: step for step in get(case.service).workflow.steps}
    last = history(case).filter(verb__in=names).last()
    if last is None or last.by_id != given.ask.user.pk:
        return False
    move = names[last.verb]
    same = case.reason == next((c for c, said in move.reasons.items() if said == data["reason"]), "")
    return bool(move.label == data["step"] and same and case.note == data["note"])


STEPS = Change(
    form=StepCells,
    find=_find,
    content=lambda _case: {},
    version=_version,
    plan=_plan,
    done=_done,
    title=lambda case: str(case.title),
    link=lambda case: reverse("case", args=[case.pk]),
)
