"""联盟 (A2.14): membership and joint activities of an alliance for the transfer of achievements."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from kechuang.core.cases.access import applicant
from kechuang.core.cases.models import Case
from kechuang.core.catalogue.models import Service, register
from kechuang.kit.access import nobody
from kechuang.kit.refusal import Refusal
from kechuang.kit.text import noop
from kechuang.kit.workflow import State, Step, Workflow
from kechuang.services.alliances.access import decide, secretariat
from kechuang.services.alliances.actions import tell_secretariat, tell_signed_up
from kechuang.services.alliances.queries import host_of

RETURN_REASONS = {
    "incomplete": noop("申请说明不完整"),
    "identity": noop("单位信息需要核对"),
    "other": noop("其他（见说明）"),
}
REFUSAL_REASONS = {
    "field": noop("与联盟宗旨和领域不符"),
    "district": noop("不在联盟服务的范围内"),
    "untrue": noop("经核实情况不属实"),
    "other": noop("其他（见说明）"),
}
WITHDRAW_REASONS = {"changed": noop("本单位计划有变"), "mistake": noop("申请有误"), "other": noop("其他")}
LEAVE_REASONS = {
    "moved": noop("单位迁出或业务调整"),
    "inactive": noop("无力参加联盟活动"),
    "unhelpful": noop("联盟活动对本单位帮助不大"),
    "other": noop("其他"),
}
END_REASONS = {
    "closed": noop("成员单位已注销或合并"),
    "inactive": noop("长期不参加活动，经联系无回应"),
    "breach": noop("违反联盟章程"),
    "other": noop("其他（见说明）"),
}
DECIDE_DAYS, ANSWER_DAYS, CHECK_DAYS, REPORT_DAYS = 5, 10, 3, 10


def _handed_in(case: Case, *, by: Any, now: datetime) -> None:
    tell_secretariat(case, by=by, now=now)


def _join(case: Case, *, by: Any, now: datetime) -> None:
    if case.applicant.verified_at is None:
        raise Refusal(_("“{name}”还没有通过主管部门核验，核验后才能加入。").format(name=case.applicant))
    case.membership.joined_at = now
    case.membership.save(update_fields=["joined_at"])


def _end(case: Case, *, by: Any, now: datetime) -> None:
    case.membership.ended_at = now
    case.membership.save(update_fields=["ended_at"])


MEMBERSHIP = Workflow(
    start="applied",
    states={
        "applied": State(noop("待秘书处确认"), "host", DECIDE_DAYS),
        "returned": State(noop("退回补充"), "applicant", ANSWER_DAYS),
        "member": State(noop("成员"), end=True),
        "refused": State(noop("未吸纳"), end=True),
        "withdrawn": State(noop("已撤回申请"), end=True),
        "left": State(noop("已退出"), end=True),
        "ended": State(noop("成员资格已终止"), end=True),
    },
    steps=(
        Step("accept", noop("同意加入"), ("applied",), "member", decide, _join),
        Step("return", noop("退回补充"), ("applied",), "returned", decide, reasons=RETURN_REASONS, note_required=True),
        Step(
            "resubmit", noop("补充说明并重新提交"), ("returned",), "applied", applicant, _handed_in, note_required=True
        ),
        Step(
            "refuse",
            noop("不予吸纳"),
            ("applied",),
            "refused",
            decide,
            _end,
            reasons=REFUSAL_REASONS,
            note_required=True,
            danger=True,
        ),
        Step(
            "withdraw",
            noop("撤回申请"),
            ("applied", "returned"),
            "withdrawn",
            applicant,
            _end,
            reasons=WITHDRAW_REASONS,
            danger=True,
        ),
        Step("leave", noop("退出联盟"), ("member",), "left", applicant, _end, reasons=LEAVE_REASONS, danger=True),
        Step(
            "end",
            noop("终止成员资格"),
            ("member",),
            "ended",
            decide,
            _end,
            reasons=END_REASONS,
            note_required=True,
            danger=True,
        ),
        Step("lapse", noop("逾期未补充，申请自动撤回"), ("returned",), "withdrawn", nobody, _end, automatic=True),
    ),
)

ACTIVITY_RETURNS = {
    "unclear": noop("内容或安排不清楚"),
    "clash": noop("时间与其他活动冲突"),
    "other": noop("其他（见说明）"),
}
ACTIVITY_REFUSALS = {
    "off_topic": noop("与成果转化无关"),
    "commercial": noop("属于商业推广"),
    "other": noop("其他（见说明）"),
}
CANCEL_REASONS = {
    "few": noop("报名人数不足"),
    "host": noop("组织单位安排有变"),
    "outside": noop("场地、天气等外部原因"),
    "other": noop("其他"),
}


def _called_off(case: Case, *, by: Any, now: datetime) -> None:
    tell_signed_up(case.activity, "活动已取消。", by=by, now=now, key="cancel")


ACTIVITY = Workflow(
    start="submitted",
    states={
        "submitted": State(noop("待秘书处审核"), "host", CHECK_DAYS),
        "returned": State(noop("退回修改"), "applicant", ANSWER_DAYS),
        "open": State(noop("报名中"), end=True),
        "reporting": State(noop("已举办，待填成效"), "applicant", REPORT_DAYS),
        "done": State(noop("已办结"), end=True),
        "refused": State(noop("不予发布"), end=True),
        "cancelled": State(noop("已取消"), end=True),
    },
    steps=(
        Step("publish", noop("审核通过并发布"), ("submitted",), "open", decide),
        Step(
            "return", noop("退回修改"), ("submitted",), "returned", decide, reasons=ACTIVITY_RETURNS, note_required=True
        ),
        Step(
            "resubmit", noop("修改并重新提交"), ("returned",), "submitted", applicant, _handed_in, page="activity_edit"
        ),
        Step(
            "refuse",
            noop("不予发布"),
            ("submitted",),
            "refused",
            decide,
            reasons=ACTIVITY_REFUSALS,
            note_required=True,
            danger=True,
        ),
        Step(
            "cancel",
            noop("取消活动"),
            ("submitted", "returned", "open"),
            "cancelled",
            applicant | decide,
            _called_off,
            reasons=CANCEL_REASONS,
            danger=True,
        ),
        Step("over", noop("活动结束"), ("open",), "reporting", nobody, automatic=True),
        Step("report", noop("填报成效并办结"), ("reporting",), "done", applicant | decide, page="activity_report"),
        Step("lapse", noop("逾期未修改，自动取消"), ("returned",), "cancelled", nobody, automatic=True),
    ),
)

BASIS = "崂山区科技创新大会（2024-06-19）：揭牌成立崂山区科技成果转化联盟，促进校企深度融合、推动科技成果转化"
AUDIENCE = ("enterprise", "institution")

SERVICE = register(
    Service(
        code="alliances",
        name="成果转化联盟",
        name_en="Technology transfer alliances",
        summary=noop("申请加入联盟，查看成员和活跃度；加入、退出、终止都有答复和原因。"),
        basis=BASIS,
        audience=AUDIENCE,
        workflow=MEMBERSHIP,
        days=DECIDE_DAYS,
        rows=("A2.14",),
        viewers=secretariat,
        host=host_of,
    )
)
ACTIVITIES = register(
    Service(
        code="alliance-activities",
        name="联盟活动",
        name_en="Alliance activities",
        summary=noop("成员提议、秘书处审核的联合活动：报名、到会、成效都有记录。"),
        basis=BASIS,
        audience=AUDIENCE,
        workflow=ACTIVITY,
        days=CHECK_DAYS,
        rows=("A2.14",),
        part_of="alliances",
        viewers=secretariat,
        host=host_of,
    )
)
