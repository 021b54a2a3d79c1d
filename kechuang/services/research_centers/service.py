"""云端研发 (A4.4): an enterprise registers its cloud R&D centre, records its R&D, confirms it every year."""

from datetime import datetime
from typing import Any

from kechuang.core.cases.access import applicant, officer
from kechuang.core.cases.models import Case
from kechuang.core.catalogue.models import Service, register
from kechuang.kit.access import nobody
from kechuang.kit.text import noop
from kechuang.kit.workflow import State, Step, Workflow
from kechuang.services.research_centers import actions
from kechuang.services.research_centers.access import asked_center, sides

# Working days: our own choice, no source sets them.
CHECK_DAYS, SUPPLEMENT_DAYS, CONFIRM_DAYS, ANSWER_DAYS = 5, 10, 20, 5
RETURN_REASONS = {
    "incomplete": noop("内容不完整"),
    "facts": noop("与企业档案不一致，请核对"),
    "materials": noop("请补充材料"),
    "other": noop("其他（见说明）"),
}
WITHDRAW_REASONS = {"mistake": noop("填报有误"), "later": noop("暂不登记"), "other": noop("其他")}
SUSPEND_REASONS = {
    "inactive": noop("长期没有研发活动"),
    "unconfirmed": noop("逾期未确认年度研发活动"),
    "facts": noop("登记内容与实际不符"),
    "other": noop("其他（见说明）"),
}
END_REASONS = {
    "closed": noop("企业停业或注销"),
    "moved": noop("企业迁出本市"),
    "merged": noop("并入其他研发机构"),
    "other": noop("其他（见说明）"),
}
DECLINE_REASONS = {
    "field": noop("与研发方向不符"),
    "full": noop("暂时没有力量"),
    "other": noop("其他（见说明）"),
}


def _end(case: Case, *, by: Any, now: datetime) -> None:
    actions.close(case, by=by, now=now)


WORKFLOW = Workflow(
    start="draft",
    states={
        "draft": State(noop("草稿"), "applicant", 30),
        "submitted": State(noop("待区市确认"), "officer", CHECK_DAYS),
        "returned": State(noop("退回补充"), "applicant", SUPPLEMENT_DAYS),
        "registered": State(noop("已登记"), end=True),
        "confirming": State(noop("待年度确认"), "applicant", CONFIRM_DAYS),
        "suspended": State(noop("已暂停"), end=True),
        "ended": State(noop("登记已结束"), end=True),
        "withdrawn": State(noop("已撤回"), end=True),
    },
    steps=(
        Step("submit", noop("提交登记"), ("draft", "returned"), "submitted", applicant, actions.hand_in),
        Step("confirm", noop("确认登记"), ("submitted",), "registered", officer, actions.enter_register),
        Step(
            "return",
            noop("退回补充"),
            ("submitted",),
            "returned",
            officer,
            reasons=RETURN_REASONS,
            note_required=True,
        ),
        Step(
            "withdraw",
            noop("撤回"),
            ("draft", "submitted", "returned"),
            "withdrawn",
            applicant,
            _end,
            reasons=WITHDRAW_REASONS,
            danger=True,
        ),
        Step("year_due", noop("请确认上一年度研发活动"), ("registered",), "confirming", nobody, automatic=True),
        Step(
            "confirm_year",
            noop("确认年度研发活动"),
            ("registered", "confirming"),
            "registered",
            applicant,
            page="confirm_center_year",
        ),
        Step(
            "suspend",
            noop("暂停"),
            ("registered", "confirming"),
            "suspended",
            officer,
            actions.suspend,
            reasons=SUSPEND_REASONS,
            note_required=True,
            danger=True,
        ),
        Step(
            "lapse", noop("逾期未确认，自动暂停"), ("confirming",), "suspended", nobody, actions.suspend, automatic=True
        ),
        Step("resume", noop("恢复登记"), ("suspended",), "registered", officer, actions.resume, note_required=True),
        Step(
            "end",
            noop("结束登记"),
            ("registered", "confirming", "suspended"),
            "ended",
            sides,
            _end,
            reasons=END_REASONS,
            danger=True,
        ),
    ),
)

INQUIRY = Workflow(
    start="asked",
    states={
        "asked": State(noop("待中心答复"), "host", ANSWER_DAYS),
        "answered": State(noop("已答复"), end=True),
        "declined": State(noop("中心未接受"), end=True),
        "withdrawn": State(noop("已撤回"), end=True),
        "closed": State(noop("已关闭"), end=True),
    },
    steps=(
        Step("answer", noop("答复"), ("asked",), "answered", asked_center, note_required=True),
        Step("decline", noop("暂不接受"), ("asked",), "declined", asked_center, reasons=DECLINE_REASONS, danger=True),
        Step("withdraw", noop("撤回"), ("asked",), "withdrawn", applicant, reasons=WITHDRAW_REASONS, danger=True),
        Step("lapse", noop("超期无人跟进，自动关闭"), ("asked",), "closed", nobody, automatic=True),
    ),
)


def host_of(case: Case) -> int | None:
    """The enterprise of the centre that is asked."""
    found: int | None = case.data.get("host")
    return found


BASIS = (
    "面向全省复制推广“云端研发”模式，注册“云上研发中心”企业已超8000家，推动规模以上工业企业研发机构覆盖率持续提升"
    "（青岛日报/观海新闻 2024-12 年终报道）"
)

ROW = register(
    Service(
        code="research_centers",
        name="云上研发中心",
        name_en="Cloud R&D centres",
        summary=noop("登记云上研发中心，记录研发活动，每年确认一次；公开可以合作什么；计算研发机构覆盖率。"),
        basis=BASIS,
        audience=("enterprise",),
        workflow=WORKFLOW,
        days=CHECK_DAYS,
        rows=("A4.4",),
    )
)
INQUIRIES = register(
    Service(
        code="research-center-inquiries",
        name="研发中心合作联系",
        name_en="Inquiries to R&D centres",
        summary=noop("向登记的云上研发中心提出合作，由中心答复。"),
        basis=BASIS,
        audience=("enterprise", "institution"),
        workflow=INQUIRY,
        days=ANSWER_DAYS,
        rows=("A4.4",),
        part_of="research_centers",
        viewers=asked_center,
        host=host_of,
    )
)
