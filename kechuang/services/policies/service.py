"""政策库与政策计算器 (A1.7, A1.8): published policies in plain words, computed for whoever asks; questions answered."""

from kechuang.core.catalogue.models import Service, register
from kechuang.kit.access import nobody
from kechuang.kit.text import noop
from kechuang.kit.workflow import State, Step, Workflow
from kechuang.services.policies.access import answers_question, of_visitor, own_question
from kechuang.services.policies.actions import write_visitor

WITHDRAW_REASONS = {
    "solved": noop("问题已解决"),
    "mistake": noop("提错了"),
    "other": noop("其他"),
}
DISCARD_REASONS = {
    "unrelated": noop("与这项政策无关"),
    "advert": noop("广告"),
    "abuse": noop("含有违法或侮辱内容"),
    "twice": noop("重复提交"),
}
ANSWER_DAYS = 7  # a guide is due within 7 working days of a new policy (川办函〔2024〕17号); here for an answer

WORKFLOW = Workflow(
    start="asked",
    states={
        "asked": State(noop("待主管部门答复"), "officer", ANSWER_DAYS),
        "answered": State(noop("已答复"), end=True),
        "withdrawn": State(noop("已撤回"), end=True),
        "closed": State(noop("已关闭"), end=True),
        "discarded": State(noop("不予受理"), end=True),
    },
    steps=(
        Step("answer", noop("答复"), ("asked",), "answered", answers_question, write_visitor, note_required=True),
        Step("withdraw", noop("撤回"), ("asked",), "withdrawn", own_question, reasons=WITHDRAW_REASONS, danger=True),
        Step("discard", noop("不予受理"), ("asked",), "discarded", of_visitor, reasons=DISCARD_REASONS, danger=True),
        Step("lapse", noop("超期无人跟进，自动关闭"), ("asked",), "closed", nobody, automatic=True),
    ),
)

ROW = register(
    Service(
        code="policies",
        name="政策库与政策计算器",
        name_en="Policy library and calculator",
        summary=noop("查政策原文和条款，填一次数据，看能享受哪些政策、差在哪里；对政策提问题、提建议。"),
        basis="“一总多分”政策体系，33 项资金政策，配套细则（条件、申报材料、流程规范）（青岛市新闻发布会，2024-09-06）",
        audience=("enterprise", "institution"),
        workflow=WORKFLOW,
        days=ANSWER_DAYS,
        rows=("A1.7", "A1.8"),
    )
)
