"""政策起草征求意见 (A1.9): a draft is put to the public by clause; every comment gets an answer before it is closed."""

from kechuang.core.catalogue.models import Service, register
from kechuang.kit.access import nobody
from kechuang.kit.text import noop
from kechuang.kit.workflow import State, Step, Workflow
from kechuang.services.consultations import closing, opening
from kechuang.services.consultations.access import handles, not_published, viewers, withdraws
from kechuang.services.consultations.figures import ANSWER_DAYS, DRAFT_DAYS, MODERATE_DAYS, RESULT_DAYS
from kechuang.services.consultations.reasons import DROP_REASONS, HIDE_REASONS, WITHDRAW_REASONS

ALIVE = ("drafting", "open", "answering")

WORKFLOW = Workflow(
    start="drafting",
    states={
        "drafting": State(noop("起草中"), "officer", DRAFT_DAYS),
        "open": State(noop("正在征求意见"), "officer", RESULT_DAYS),
        "answering": State(noop("期限已满，答复意见"), "officer", RESULT_DAYS),
        "published": State(noop("已公布采纳情况"), end=True),
        "dropped": State(noop("已终止"), end=True),
    },
    steps=(
        Step("begin", noop("开始征求意见"), ("drafting",), "open", handles, opening.begin),
        Step("extend", noop("延长期限"), ("open",), "open", handles, opening.move_end, page="extend_consultation"),
        Step("over", noop("期限已满"), ("open",), "answering", nobody, automatic=True),
        Step(
            "publish",
            noop("公布采纳情况"),
            ("answering",),
            "published",
            handles,
            closing.require_answers,
            page="consultation_result",
        ),
        Step(
            "drop",
            noop("终止"),
            ALIVE,
            "dropped",
            handles,
            closing.end_comments,
            reasons=DROP_REASONS,
            note_required=True,
            danger=True,
        ),
    ),
)

COMMENTS = Workflow(
    start="held",
    states={
        "held": State(noop("访客意见，待审核"), "officer", MODERATE_DAYS),
        "waiting": State(noop("待答复"), "officer", ANSWER_DAYS),
        "answered": State(noop("已答复"), end=True),
        "hidden": State(noop("不予公开"), end=True),
        "withdrawn": State(noop("已撤回"), end=True),
        "ended": State(noop("征求意见已终止"), end=True),
    },
    steps=(
        Step("show", noop("通过审核"), ("held",), "waiting", handles, page="answer_comment"),
        Step(
            "hide", noop("不予公开"), ("held",), "hidden", handles, reasons=HIDE_REASONS, danger=True,
            page="answer_comment",
        ),
        Step("answer", noop("答复"), ("waiting",), "answered", handles, page="answer_comment"),
        Step("revise", noop("修改答复"), ("answered",), "answered", handles & not_published, page="answer_comment"),
        Step(
            "withdraw", noop("撤回"), ("waiting",), "withdrawn", withdraws, reasons=WITHDRAW_REASONS, danger=True
        ),
        Step("end", noop("征求意见已终止"), ("held", "waiting"), "ended", nobody, automatic=True),
    ),
)  # fmt: skip

BASIS = "《行动计划》起草过程：广泛调研，组织专家论证和风险评估，征求意见（青岛市新闻发布会，2024-09-06）"

ROW = register(
    Service(
        code="consultations",
        name="政策起草征求意见",
        name_en="Consultation on draft policies",
        summary=noop("政策草案逐条征求意见，不登录也能提；每条意见都有答复，采纳不采纳、为什么，全部公布。"),
        basis=BASIS,
        audience=("public", "enterprise", "institution"),
        workflow=WORKFLOW,
        days=RESULT_DAYS,
        rows=("A1.9",),
    )
)
COMMENT_ROW = register(
    Service(
        code="consultation_comments",
        name="对政策草案的意见",
        name_en="Comment on a draft policy",
        summary=noop("对征求意见稿的一条或全文提意见，每条都有答复。"),
        basis=BASIS,
        audience=("public", "enterprise", "institution"),
        workflow=COMMENTS,
        days=ANSWER_DAYS,
        rows=("A1.9",),
        part_of="consultations",
        viewers=viewers,
    )
)
