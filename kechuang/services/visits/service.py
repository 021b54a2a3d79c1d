"""走访摸排 (A4.5): visits planned and made, once for several units; problems answered and confirmed."""

from datetime import datetime
from typing import Any

from django.utils import timezone

from kechuang.core.cases.access import applicant
from kechuang.core.cases.models import Case
from kechuang.core.catalogue.models import Service, register
from kechuang.core.vocab.calendar import calendar
from kechuang.kit.access import nobody
from kechuang.kit.text import noop
from kechuang.kit.workflow import State, Step, Workflow
from kechuang.services.visits.access import answers_case, see_problem_case, see_visit_case, visits_case

# Working days: our own choice, no source sets them. An assigned problem has its own.
ASSIGN_DAYS, ANSWER_DAYS, CONFIRM_DAYS, AGAIN_DAYS = 2, 10, 5, 5
CANCEL_REASONS = {
    "company": noop("企业不便接待"),
    "visitor": noop("走访人另有安排"),
    "solved": noop("问题已解决"),
    "other": noop("其他"),
}
WITHDRAW_REASONS = {"solved": noop("问题已解决"), "mistake": noop("记录有误"), "other": noop("其他")}


def _due(case: Case, *, by: Any, now: datetime) -> None:
    """Within the days that were promised when it was assigned."""
    case.due_on = calendar().after(timezone.localdate(now), case.problem.days)
    case.save(update_fields=["due_on"])


def _answered(case: Case, *, by: Any, now: datetime) -> None:
    case.problem.answered_at = now
    case.problem.save(update_fields=["answered_at"])


def _confirmed(case: Case, *, by: Any, now: datetime) -> None:
    case.problem.confirmed_at = now
    case.problem.save(update_fields=["confirmed_at"])


def host_of(case: Case) -> int | None:
    """The visiting organisation; None where the bureau visits."""
    found: int | None = case.data.get("unit")
    return found


VISIT = Workflow(
    start="planned",
    states={
        "planned": State(noop("计划走访"), "host", 1),
        "done": State(noop("已走访"), end=True),
        "cancelled": State(noop("已取消"), end=True),
        "merged": State(noop("已并入其他走访"), end=True),
    },
    steps=(
        Step("visited", noop("记录走访"), ("planned",), "done", visits_case, page="log_visit"),
        Step("move", noop("改期"), ("planned",), "planned", visits_case, page="move_visit"),
        Step("merge", noop("并入其他走访"), ("planned",), "merged", visits_case, page="merge_visit"),
        Step("cancel", noop("取消走访"), ("planned",), "cancelled", visits_case, reasons=CANCEL_REASONS, danger=True),
    ),
)

PROBLEM = Workflow(
    start="raised",
    states={
        "raised": State(noop("待分派"), "host", ASSIGN_DAYS),
        "assigned": State(noop("办理中"), "host", ANSWER_DAYS),
        "answered": State(noop("待企业确认"), "applicant", CONFIRM_DAYS),
        "reopened": State(noop("企业不认可，重新办理"), "host", AGAIN_DAYS),
        "confirmed": State(noop("企业已确认"), end=True),
        "withdrawn": State(noop("已撤回"), end=True),
        "closed": State(noop("企业未回复，已关闭"), end=True),
    },
    steps=(
        Step(
            "assign",
            noop("分派"),
            ("raised", "assigned", "reopened"),
            "assigned",
            answers_case,
            _due,
            page="assign_problem",
        ),
        Step(
            "answer",
            noop("答复"),
            ("raised", "assigned", "reopened"),
            "answered",
            answers_case,
            _answered,
            note_required=True,
        ),
        Step("confirm", noop("确认解决"), ("answered",), "confirmed", applicant, _confirmed),
        Step("reopen", noop("没有解决"), ("answered",), "reopened", applicant, note_required=True),
        Step(
            "withdraw",
            noop("撤回"),
            ("raised", "assigned", "reopened"),
            "withdrawn",
            applicant,
            reasons=WITHDRAW_REASONS,
            danger=True,
        ),
        Step("lapse", noop("企业未回复，自动关闭"), ("answered",), "closed", nobody, automatic=True),
    ),
)

BASIS = "摸排服务：走访企业，了解科技创新情况和诉求（局长赴企业走访调研，青岛日报/观海新闻 2024-12 年终报道）"
AUDIENCE = ("officer", "broker", "platform_head")

ROW = register(
    Service(
        code="visits",
        name="走访摸排",
        name_en="Visits to enterprises",
        summary=noop("计划和记录走访，几家单位合并成一次；企业看得到走访和自己的诉求。"),
        basis=BASIS,
        audience=AUDIENCE,
        workflow=VISIT,
        days=ANSWER_DAYS,
        rows=("A4.5",),
        viewers=see_visit_case,
        host=host_of,
    )
)
PROBLEMS = register(
    Service(
        code="visit-problems",
        name="走访诉求",
        name_en="Problems raised in visits",
        summary=noop("走访中提出的诉求：有责任人、有期限，答复后由企业确认。"),
        basis=BASIS,
        audience=AUDIENCE,
        workflow=PROBLEM,
        days=ANSWER_DAYS,
        rows=("A4.5",),
        part_of="visits",
        viewers=see_problem_case,
        host=host_of,
    )
)
