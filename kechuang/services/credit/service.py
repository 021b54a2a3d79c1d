"""科技信贷白名单 (A6.7, the rule half). Its case is the appeal of a firm against its result."""

from kechuang.core.catalogue.models import Service, register
from kechuang.kit.text import noop
from kechuang.kit.workflow import State, Step, Workflow
from kechuang.services.credit import access, appeals

DECIDE_DAYS = 10  # our own choice, no source sets it
DISMISS_REASONS = {
    "facts": noop("所述事实没有依据"),
    "same": noop("更正后结果不变"),
    "rule": noop("对规则本身有意见，结果按规则无误"),
    "other": noop("其他（见说明）"),
}

WORKFLOW = Workflow(
    start="filed",
    states={
        "filed": State(noop("申诉处理中"), "officer", DECIDE_DAYS),
        "upheld": State(noop("申诉成立，已重新运行"), end=True),
        "dismissed": State(noop("维持原结果"), end=True),
        "withdrawn": State(noop("申诉已撤回"), end=True),
    },
    steps=(
        Step(
            "uphold",
            noop("申诉成立，重新运行"),
            ("filed",),
            "upheld",
            access.decides,
            appeals.uphold,
            note_required=True,
        ),
        Step(
            "dismiss",
            noop("维持原结果"),
            ("filed",),
            "dismissed",
            access.decides,
            reasons=DISMISS_REASONS,
            note_required=True,
            danger=True,
        ),
        Step("withdraw", noop("撤回申诉"), ("filed",), "withdrawn", access.appellant, appeals.take_back),
    ),
)

ROW = register(
    Service(
        code="credit",
        name="科技信贷白名单",
        name_en="Technology credit white list",
        summary=noop(
            "按公开规则对全部企业运行，另一人审定后发布；企业看到结果和原因，可以申诉；授权后金融机构才能看到。"
        ),
        basis="科技信贷“白名单”（青岛市科技局科技金融工作介绍）；入选条件为平台自定示例，未见公开文本",
        audience=("enterprise",),
        workflow=WORKFLOW,
        days=DECIDE_DAYS,
        rows=("A6.7",),
    )
)
