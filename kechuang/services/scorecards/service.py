"""国企创新评价 (A4.6): the case of one firm in one round, from the prefilled facts to the published result."""

from kechuang.core.catalogue.models import Service, register
from kechuang.kit.access import nobody
from kechuang.kit.text import noop
from kechuang.kit.workflow import State, Step, Workflow
from kechuang.services.scorecards import access, actions

# Working days: our own choice, no source sets them; the first is replaced by the deadline of the round.
CONFIRM_DAYS, REVIEW_DAYS, RETURN_DAYS, PUBLISH_DAYS = 15, 10, 5, 20
REMOVE_REASONS = {
    "not-soe": noop("不属于国有企业"),
    "moved": noop("已不归该出资人"),
    "gone": noop("已注销或停业"),
    "other": noop("其他（见说明）"),
}
OPEN = ("confirming", "submitted", "returned", "resubmitted", "reviewed")

WORKFLOW = Workflow(
    start="confirming",
    states={
        "confirming": State(noop("待企业确认数据"), "applicant", CONFIRM_DAYS),
        "submitted": State(noop("待评定"), "officer", REVIEW_DAYS),
        "returned": State(noop("退回核对"), "applicant", RETURN_DAYS),
        "resubmitted": State(noop("已重新确认，待评定"), "officer", REVIEW_DAYS),
        "reviewed": State(noop("已评定，待公布"), "officer", PUBLISH_DAYS),
        "published": State(noop("结果已公布"), end=True),
        "removed": State(noop("已移出本轮"), end=True),
    },
    steps=(
        Step("confirm", noop("核对并确认"), ("confirming",), "submitted", access.firm, page="confirm_scorecard"),
        Step("reconfirm", noop("重新确认"), ("returned",), "resubmitted", access.firm, page="confirm_scorecard"),
        Step(
            "overdue",
            noop("逾期未确认，按档案计算"),
            ("confirming", "returned"),
            "submitted",
            nobody,
            actions.overdue,
            automatic=True,
        ),
        Step(
            "return",
            noop("退回核对（限一次）"),
            ("submitted",),
            "returned",
            access.officer,
            actions.send_back,
            note_required=True,
        ),
        Step(
            "review",
            noop("评定"),
            ("submitted", "resubmitted"),
            "reviewed",
            access.officer,
            actions.require_points,
            page="review_scorecard",
        ),
        Step("redo", noop("撤回评定"), ("reviewed",), "resubmitted", access.officer, note_required=True),
        Step("publish", noop("公布结果"), ("reviewed",), "published", nobody, actions.keep_result, automatic=True),
        Step(
            "correct",
            noop("更正结果"),
            ("published",),
            "published",
            access.officer,
            actions.keep_result,
            note_required=True,
            page="correct_scorecard",
        ),
        Step(
            "remove",
            noop("移出本轮"),
            OPEN,
            "removed",
            access.officer,
            reasons=REMOVE_REASONS,
            note_required=True,
            danger=True,
        ),
        Step("cancel", noop("本轮取消"), OPEN, "removed", nobody, automatic=True),
    ),
)

ROW = register(
    Service(
        code="scorecards",
        name="国企创新评价",
        name_en="Innovation scorecard of state-owned enterprises",
        summary=noop("出资人选定指标表，企业核对预填的数据，主管部门评定后公布；每项得分都能查到所用的事实。"),
        basis="激发国有企业创新活力，鼓励国有企业投资新兴产业和未来产业，面向民营企业开放市场、技术等各类要素资源"
        "；指标、权重和评价流程为平台自定模板，未见公开文本",
        audience=("enterprise",),
        workflow=WORKFLOW,
        days=REVIEW_DAYS,
        rows=("A4.6",),
    )
)
