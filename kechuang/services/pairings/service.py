"""产学研结对 (A2.15): a platform and an enterprise work together for a time, with goals and reports."""

from datetime import datetime
from typing import Any

from kechuang.core.cases.access import applicant
from kechuang.core.cases.models import Case
from kechuang.core.catalogue.models import Service, register
from kechuang.core.vocab.region import region
from kechuang.kit.access import nobody
from kechuang.kit.text import noop
from kechuang.kit.workflow import State, Step, Workflow
from kechuang.services.pairings import actions
from kechuang.services.pairings.access import asks_question, platform, sides, wants_pairing

DECLINE_REASONS = {
    "full": noop("名额已满或人手不足"),
    "field": noop("与平台方向不符"),
    "conflict": noop("与已有合作冲突"),
    "information": noop("情况不清楚，请补充后再提"),
    "other": noop("其他（见说明）"),
}
WITHDRAW_REASONS = {
    "solved": noop("问题已解决"),
    "elsewhere": noop("已找到其他平台"),
    "slow": noop("等待过久"),
    "other": noop("其他"),
}
FINISH_REASONS = {"met": noop("目标完成"), "partly": noop("目标部分完成"), "unmet": noop("目标未完成")}
END_REASONS = {
    "done": noop("目标提前完成"),
    "company": noop("企业情况有变"),
    "platform": noop("平台情况有变"),
    "stalled": noop("长期没有进展"),
    "other": noop("其他（见说明）"),
}
ANSWER_DAYS = int(region().get("pairing", {}).get("answer_days", 5))
TALK_DAYS, CONFIRM_DAYS, REPORT_DAYS = 20, 10, 10
EARLY = ("asked", "talking", "terms")


def _answer(case: Case, *, by: Any, now: datetime) -> None:
    if case.pairing.answered_at is None:
        case.pairing.answered_at = now
        case.pairing.save(update_fields=["answered_at"])


def _end(case: Case, *, by: Any, now: datetime) -> None:
    case.pairing.ended_at = now
    case.pairing.next_report_on = None
    case.pairing.save(update_fields=["ended_at", "next_report_on"])


def _answer_and_end(case: Case, *, by: Any, now: datetime) -> None:
    _answer(case, by=by, now=now)
    _end(case, by=by, now=now)


def _begin(case: Case, *, by: Any, now: datetime) -> None:
    actions.begin(case.pairing, now=now)


WORKFLOW = Workflow(
    start="asked",
    states={
        "asked": State(noop("待平台回应"), "counterpart", ANSWER_DAYS),
        "talking": State(noop("洽谈中"), "counterpart", TALK_DAYS),
        "terms": State(noop("结对方案待确认"), "applicant", CONFIRM_DAYS),
        "running": State(noop("结对共建中"), end=True, locked=True),
        "reporting": State(noop("待交进展报告"), "counterpart", REPORT_DAYS),
        "ending": State(noop("期满待总结"), "counterpart", REPORT_DAYS),
        "answered": State(noop("已答复"), end=True),
        "declined": State(noop("平台未接受"), end=True),
        "withdrawn": State(noop("已撤回"), end=True),
        "ended": State(noop("结对已结束"), end=True),
        "closed": State(noop("已关闭"), end=True),
    },
    steps=(
        Step("talk", noop("同意洽谈"), ("asked",), "talking", platform & wants_pairing, _answer, note_required=True),
        Step(
            "answer",
            noop("答复"),
            ("asked",),
            "answered",
            platform & asks_question,
            _answer_and_end,
            note_required=True,
        ),
        Step(
            "decline",
            noop("暂不接受"),
            ("asked", "talking"),
            "declined",
            platform,
            _answer_and_end,
            reasons=DECLINE_REASONS,
            danger=True,
        ),
        Step("withdraw", noop("撤回"), EARLY, "withdrawn", applicant, _end, reasons=WITHDRAW_REASONS, danger=True),
        Step("propose", noop("提出结对方案"), ("talking", "ending"), "terms", platform, page="pairing_terms"),
        Step("revise", noop("请平台修改方案"), ("terms",), "talking", applicant, note_required=True),
        Step("agree", noop("确认方案，结对"), ("terms",), "running", applicant, _begin),
        Step("report_due", noop("报告期到"), ("running",), "reporting", nobody, automatic=True),
        Step("report", noop("提交进展报告"), ("running", "reporting"), "running", sides, page="pairing_report"),
        Step("period_over", noop("结对期满"), ("running", "reporting"), "ending", nobody, automatic=True),
        Step(
            "finish", noop("总结并结束"), ("ending",), "ended", sides, _end, reasons=FINISH_REASONS, note_required=True
        ),
        Step(
            "end",
            noop("提前结束结对"),
            ("running", "reporting"),
            "ended",
            sides,
            _end,
            reasons=END_REASONS,
            note_required=True,
            danger=True,
        ),
        Step("lapse", noop("超期无人跟进，自动关闭"), EARLY, "closed", nobody, _end, automatic=True),
        Step("listing_gone", noop("平台已下架，自动关闭"), EARLY, "closed", nobody, _end, automatic=True),
    ),
)

ROW = register(
    Service(
        code="pairings",
        name="产学研结对",
        name_en="Pairing of platforms and enterprises",
        summary=noop("企业一键联系平台：问一个问题，或提出结对共建，约定目标、期限和报告。"),
        basis="科创平台产学研结对共建计划：企业可查看平台的产业领域、结对共建意向，一键获取合作渠道"
        "（光明日报客户端 2025 年年中报道，青岛西海岸新区）",
        audience=("enterprise", "institution"),
        workflow=WORKFLOW,
        days=ANSWER_DAYS,
        rows=("A2.15",),
    )
)
