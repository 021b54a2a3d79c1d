"""科小入库、高企评审、创新型中小企业评价 (A4.2): pre-check, recommendation, public notice, outcome, revocation."""

from kechuang.core.catalogue.models import Service, register
from kechuang.core.publicity.steps import notice_states, notice_steps
from kechuang.kit.access import nobody
from kechuang.kit.text import noop
from kechuang.kit.workflow import State, Step, Workflow
from kechuang.services.recognition import access, actions, deciding

# Working days: our own choice, no source sets them for this city; those of the notice are set when it begins.
DRAFT_DAYS, CHECK_DAYS, SUPPLEMENT_DAYS, RECOMMEND_DAYS, SEND_DAYS, RESULT_DAYS = 30, 5, 10, 5, 5, 60
REJECT_REASONS = {
    "facts": noop("填报的事实与核查结果不符"),
    "materials": noop("材料不能证明所填事实"),
    "conditions": noop("不符合认定条件"),
    "integrity": noop("有生效的诚信处理决定"),
    "other": noop("其他（见说明）"),
}
RESULT_REASONS = {
    "review": noop("评审未通过"),
    "facts": noop("核查与申报不符"),
    "missing": noop("没有在国家平台提交"),
    "other": noop("其他（见说明）"),
}
WITHDRAW_REASONS = {
    "mistake": noop("填报有误，重新申报"),
    "waived": noop("放弃申报"),
    "other": noop("其他"),
}
REVOKE_REASONS = {
    "sampling": noop("抽查不符合条件"),
    "no-material": noop("抽查未提交资料"),
    "false": noop("申报弄虚作假"),
    "accident": noop("发生重大安全、质量事故或严重环境违法"),
    "report": noop("未按期报告重大变化或累计两年未填年报"),
    "other": noop("其他（见说明）"),
}
CHECKING = ("submitted", "resubmitted")

WORKFLOW = Workflow(
    start="draft",
    states={
        "draft": State(noop("草稿"), "applicant", DRAFT_DAYS),
        "submitted": State(noop("待区市预审"), "officer", CHECK_DAYS, locked=True),
        "supplement": State(noop("待补正"), "applicant", SUPPLEMENT_DAYS),
        "resubmitted": State(noop("已补正，待区市预审"), "officer", CHECK_DAYS, locked=True),
        "checked": State(noop("待市级推荐"), "city", RECOMMEND_DAYS, locked=True),
        **notice_states(),
        "noticed": State(noop("公示期满，待报送"), "city", SEND_DAYS, locked=True),
        "sent": State(noop("已报送，待认定结果"), "city", RESULT_DAYS, locked=True),
        "recognised": State(noop("已认定"), end=True, locked=True),
        "unrecognised": State(noop("未认定"), end=True),
        "rejected": State(noop("不予推荐"), end=True),
        "withdrawn": State(noop("已撤回"), end=True),
        "revoked": State(noop("已撤销"), end=True),
    },
    steps=(
        Step("submit", noop("提交申报"), ("draft",), "submitted", access.applicant, actions.hand_in),
        Step(
            "supplement",
            noop("一次性要求补正"),
            ("submitted",),
            "supplement",
            access.officer,
            deciding.ask_supplement,
            note_required=True,
        ),
        Step("resubmit", noop("提交补正"), ("supplement",), "resubmitted", access.applicant, actions.hand_in),
        Step("late", noop("逾期未补正，退回"), ("supplement",), "draft", nobody, deciding.go_back, automatic=True),
        Step("check", noop("预审通过"), CHECKING, "checked", access.officer, deciding.note_check),
        Step("recommend", noop("推荐并公示"), ("checked",), "notice", access.recommender, deciding.to_notice),
        *notice_steps(over="noticed", upheld="rejected", label=noop("异议成立，不予推荐"), effect=deciding.close),
        Step("send", noop("报送国家平台"), ("noticed",), "sent", access.city_desk, deciding.send),
        Step(
            "recognise",
            noop("登记认定结果"),
            ("sent",),
            "recognised",
            access.city_desk,
            deciding.into_file,
            page="recognition_outcome",
        ),
        Step(
            "refuse",
            noop("登记未认定"),
            ("sent",),
            "unrecognised",
            access.city_desk,
            deciding.close,
            reasons=RESULT_REASONS,
            danger=True,
        ),
        Step(
            "reject",
            noop("不予推荐"),
            (*CHECKING, "checked"),
            "rejected",
            access.officer,
            deciding.close,
            reasons=REJECT_REASONS,
            danger=True,
        ),
        Step(
            "withdraw",
            noop("撤回申报"),
            ("draft", *CHECKING, "supplement", "checked", "notice", "noticed"),
            "withdrawn",
            access.applicant,
            deciding.close,
            reasons=WITHDRAW_REASONS,
            danger=True,
        ),
        Step(
            "revoke",
            noop("撤销资格"),
            ("recognised",),
            "revoked",
            access.city_desk,
            deciding.revoke,
            reasons=REVOKE_REASONS,
            note_required=True,
            danger=True,
        ),
    ),
)

ROW = register(
    Service(
        code=actions.SERVICE,
        name="资格认定",
        name_en="Recognition",
        summary=noop(
            "科技型中小企业、高新技术企业、创新型中小企业的申报：先算后报，区市预审、市级推荐、公示、报送和结果。"
        ),
        basis="国科发政〔2017〕115号；国科发火〔2016〕32号、195号；创新型中小企业评价标准",
        audience=("enterprise",),
        workflow=WORKFLOW,
        days=CHECK_DAYS + RECOMMEND_DAYS,
        rows=("A4.2",),
    )
)
