"""政策兑现 (A6.6, A1.7): from a claim, or from a run without application, to the money."""

from kechuang.core.catalogue.models import Service, register
from kechuang.core.publicity.steps import notice_states, notice_steps
from kechuang.kit.access import nobody
from kechuang.kit.text import noop
from kechuang.kit.workflow import State, Step, Workflow
from kechuang.services.benefits import access, actions, granting

# Working days: our own choice, no source sets them; those of the notice are set when it begins.
CHECK_DAYS, SUPPLEMENT_DAYS, REVIEW_DAYS, APPROVE_DAYS, PAY_DAYS = 5, 10, 5, 5, 10
CONFIRM_DAYS = 10
REJECT_REASONS = {
    "facts": noop("填报的事实与核查结果不符"),
    "materials": noop("材料不能证明所填事实"),
    "cap": noop("限额已用完"),
    "integrity": noop("有生效的诚信处理决定"),
    "late": noop("逾期未补正"),
    "other": noop("其他（见说明）"),
}
WITHDRAW_REASONS = {
    "mistake": noop("填报有误，重新申报"),
    "waived": noop("放弃享受"),
    "other": noop("其他"),
}
REVERSE_REASONS = {
    "facts": noop("发现不符合条件"),
    "integrity": noop("有生效的诚信处理决定"),
    "error": noop("核定有误"),
    "other": noop("其他（见说明）"),
}
OPEN = ("submitted", "resubmitted", "checked", "supplement")

WORKFLOW = Workflow(
    start="draft",
    states={
        "draft": State(noop("草稿"), "applicant", 30),
        "offered": State(noop("待企业确认"), "applicant", CONFIRM_DAYS),
        "submitted": State(noop("待初审"), "officer", CHECK_DAYS, locked=True),
        "supplement": State(noop("待补正"), "applicant", SUPPLEMENT_DAYS),
        "resubmitted": State(noop("已补正，待初审"), "officer", CHECK_DAYS, locked=True),
        "checked": State(noop("待复核"), "officer", REVIEW_DAYS, locked=True),
        **notice_states(),
        "noticed": State(noop("公示期满，待核定"), "officer", APPROVE_DAYS, locked=True),
        "paying": State(noop("支付办理中"), "officer", PAY_DAYS, locked=True),
        "returned": State(noop("银行退回，待更正账户"), "applicant", 5, locked=True),
        "renewing": State(noop("待重新制单"), "officer", 3, locked=True),
        "paid": State(noop("已到账"), end=True, locked=True),
        "rejected": State(noop("不予兑付"), end=True),
        "withdrawn": State(noop("已撤回"), end=True),
        "lapsed": State(noop("逾期未确认"), end=True),
        "reversed": State(noop("已撤销"), end=True),
    },
    steps=(
        Step("offer", noop("免申即享，请企业确认"), ("draft",), "offered", nobody, automatic=True),
        Step("submit", noop("提交申报"), ("draft",), "submitted", access.claimant, actions.hand_in),
        Step(
            "confirm", noop("一键确认"), ("offered",), "notice", access.claimant, granting.accept, page="benefit_offer"
        ),
        Step("queue", noop("转主管部门复核"), ("offered",), "checked", nobody, automatic=True),
        Step(
            "supplement",
            noop("一次性要求补正"),
            ("submitted",),
            "supplement",
            access.officer,
            granting.ask_supplement,
            note_required=True,
        ),
        Step("resubmit", noop("提交补正"), ("supplement",), "resubmitted", access.claimant, actions.hand_in),
        Step("check", noop("初审通过"), ("submitted", "resubmitted"), "checked", access.officer, granting.note_check),
        Step(
            "review",
            noop("复核通过，公示"),
            ("checked",),
            "notice",
            access.reviewer,
            granting.to_notice,
            page="review_benefit",
        ),
        *notice_steps(over="noticed", upheld="rejected", label=noop("异议成立，不予兑付"), effect=granting.give_up),
        Step("approve", noop("核定并制单"), ("noticed",), "paying", access.officer, granting.draft_order),
        Step("pay", noop("银行已付"), ("paying",), "paid", nobody, automatic=True),
        Step("bank_returned", noop("银行退回"), ("paying", "paid"), "returned", nobody, automatic=True),
        Step("order_ended", noop("支付令未获审批"), ("paying",), "renewing", nobody, automatic=True),
        Step("correct", noop("更正账户"), ("returned",), "renewing", access.claimant, page="benefit_account"),
        Step("renew", noop("重新制单"), ("renewing",), "paying", access.officer, granting.draft_order),
        Step(
            "reject",
            noop("不予兑付"),
            (*OPEN, "noticed"),
            "rejected",
            access.officer,
            granting.give_up,
            reasons=REJECT_REASONS,
            danger=True,
        ),
        Step(
            "withdraw",
            noop("撤回"),
            ("draft", "offered", *OPEN, "notice", "noticed"),
            "withdrawn",
            access.claimant,
            granting.give_up,
            reasons=WITHDRAW_REASONS,
            danger=True,
        ),
        Step(
            "reverse",
            noop("撤销兑付"),
            ("paying", "returned", "renewing"),
            "reversed",
            access.officer,
            granting.give_up,
            reasons=REVERSE_REASONS,
            note_required=True,
            danger=True,
        ),
        Step("unfit", noop("情况有变，不再符合"), ("offered",), "rejected", nobody, granting.give_up, automatic=True),
        Step(
            "late",
            noop("逾期未补正"),
            ("supplement",),
            "rejected",
            nobody,
            granting.give_up,
            reasons={"late": REJECT_REASONS["late"]},
            automatic=True,
        ),
        Step("lapse", noop("逾期未确认"), ("offered",), "lapsed", nobody, granting.give_up, automatic=True),
    ),
)

ROW = register(
    Service(
        code="benefits",
        name="政策兑现",
        name_en="Policy benefits",
        summary=noop("符合条件的单位申报，或由系统找出后一键确认；公示、核定、拨付，每一元都能查到来去。"),
        basis="各项政策条款（见政策库）；创投风投奖励："
        "《加强科技财政金融协同支持企业创新发展的若干政策措施》（2024 年）",
        audience=("enterprise", "institution"),
        workflow=WORKFLOW,
        days=CHECK_DAYS + REVIEW_DAYS,
        rows=("A6.6", "A1.7"),
    )
)
