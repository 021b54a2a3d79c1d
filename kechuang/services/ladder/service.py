"""梯度培育 (A4.1, A4.7): the register of rungs. Its case is a correction that an enterprise asks for."""

from kechuang.core.cases.access import applicant, officer
from kechuang.core.catalogue.models import Service, register
from kechuang.kit.access import nobody
from kechuang.kit.text import noop
from kechuang.kit.workflow import State, Step, Workflow

CODE = "ladder"
CORRECTION_DAYS = 5
KEEP_REASONS = {
    "matches": noop("与国家平台公布的一致"),
    "no_proof": noop("没有可以核对的证书或公告"),
    "elsewhere": noop("应先在国家平台更正"),
}
WITHDRAW_REASONS = {"solved": noop("已经解决"), "mistake": noop("提错了")}

WORKFLOW = Workflow(
    start="asked",
    states={
        "asked": State(noop("待主管部门核对"), "officer", CORRECTION_DAYS),
        "corrected": State(noop("已更正"), end=True),
        "kept": State(noop("不作更正"), end=True),
        "withdrawn": State(noop("已撤回"), end=True),
        "closed": State(noop("已关闭"), end=True),
    },
    steps=(
        Step("correct", noop("已在梯度库更正"), ("asked",), "corrected", officer, note_required=True),
        Step("keep", noop("答复不作更正"), ("asked",), "kept", officer, reasons=KEEP_REASONS, danger=True),
        Step("withdraw", noop("撤回"), ("asked",), "withdrawn", applicant, reasons=WITHDRAW_REASONS, danger=True),
        Step("lapse", noop("超期无人跟进，自动关闭"), ("asked",), "closed", nobody, automatic=True),
    ),
)

register(
    Service(
        code=CODE,
        name="梯度培育",
        name_en="Enterprise ladder",
        summary=noop(
            "企业看自己在哪一级、离下一级差什么、最省力的一步；主管部门看全区谁离得最近；到期和申报窗口有提醒。"
        ),
        basis="构建完善科技型中小企业—高新技术企业—科技领军企业发展梯队（青岛市新闻发布会，2024-09-06）；"
        "崂山区从孵化培育、扶持成长到推动壮大的全生命周期梯次培育体系（崂山区科技创新大会，2024-06-19）",
        audience=("enterprise",),
        workflow=WORKFLOW,
        days=CORRECTION_DAYS,
        rows=("A4.1", "A4.7"),
        page="ladder",
    )
)
