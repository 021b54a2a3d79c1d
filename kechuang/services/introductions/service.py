"""成果对接 (A2.2, A2.10): two sides are brought together and followed up by a task force until they sign or part."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from kechuang.core.cases.access import handle_case
from kechuang.core.cases.listing_gone import STEP as LISTING_GONE
from kechuang.core.cases.models import Case
from kechuang.core.catalogue.models import Service, register
from kechuang.kit.refusal import Refusal
from kechuang.kit.text import noop
from kechuang.kit.workflow import State, Step, Workflow
from kechuang.services.introductions import access
from kechuang.services.introductions.queries import CODE

CLOSE_REASONS = {
    "no_interest": noop("一方无意继续"),
    "mismatch": noop("成果与需求不符"),
    "immature": noop("成果成熟度不够"),
    "price": noop("价格或条件谈不拢"),
    "rights": noop("知识产权或保密条件谈不拢"),
    "timing": noop("时间不合适，以后再议"),
    "solved": noop("需求已经用别的办法解决"),
    "taken": noop("成果已转让或许可给他人"),
    "unreachable": noop("多次联系不上"),
    "other": noop("其他（见说明）"),
}
BACK_REASONS = {
    "terms": noop("条款有分歧，继续洽谈"),
    "approval": noop("内部审批没有通过"),
    "other": noop("其他（见说明）"),
}
WAITING = ("proposed", "contacted", "met", "nda", "negotiating", "loi")


def _note_nda(case: Case, *, by: Any, now: datetime) -> None:
    case.introduction.nda_at = now
    case.introduction.save(update_fields=["nda_at"])


def _require_nda(case: Case, *, by: Any, now: datetime) -> None:
    if case.introduction.nda_wanted and case.introduction.nda_at is None:
        raise Refusal(
            _("双方约定先签保密协议。请先办理“已签保密协议”；如果不再需要，由需求方或成果方在本页取消这项要求。")
        )


def _require_letter(case: Case, *, by: Any, now: datetime) -> None:
    if case.introduction.letter is None:
        raise Refusal(_("请先上传双方签署的意向书，并填写签署日期。"))


def _lapse(case: Case, *, by: Any, now: datetime) -> None:
    case.note = "长时间无人跟进，系统自动结束。可以重新请求对接，或在需求的方案页选择其他成果。"
    case.save(update_fields=["note"])


WORKFLOW = Workflow(
    start="proposed",
    states={
        "proposed": State(noop("待联系"), "broker", 3, milestone="matched"),
        "contacted": State(noop("已联系"), "broker", 10, milestone="matched"),
        "met": State(noop("已见面"), "broker", 10, milestone="met"),
        "nda": State(noop("已签保密协议"), "broker", 10, milestone="met"),
        "negotiating": State(noop("洽谈中"), "broker", 20, milestone="met"),
        "loi": State(noop("意向书待签"), "applicant", 10, milestone="met"),
        "signed": State(noop("意向书已签"), end=True, milestone="signed", locked=True),
        "closed": State(noop("已结束"), end=True, locked=True),
    },
    steps=(
        Step("contact", noop("已联系上"), ("proposed",), "contacted", access.worker),
        Step("meet", noop("已见面"), ("proposed", "contacted"), "met", access.worker),
        Step("sign_nda", noop("已签保密协议"), ("contacted", "met"), "nda", access.worker, _note_nda),
        Step("negotiate", noop("进入洽谈"), ("contacted", "met", "nda"), "negotiating", access.worker, _require_nda),
        Step("draft", noop("准备签意向书"), ("met", "nda", "negotiating"), "loi", access.worker, _require_nda),
        Step("resume", noop("退回洽谈"), ("loi",), "negotiating", access.anyone, reasons=BACK_REASONS),
        Step(
            "sign",
            noop("登记已签的意向书"),
            ("negotiating", "loi"),
            "signed",
            access.anyone,
            _require_letter,
            page="letter",
        ),
        Step("close", noop("结束对接"), WAITING, "closed", access.anyone, reasons=CLOSE_REASONS, danger=True),
        Step("lapse", noop("长期无人跟进，自动结束"), WAITING, "closed", handle_case, _lapse, automatic=True),
        Step(LISTING_GONE, noop("成果或需求已下架，对接结束"), WAITING, "closed", handle_case, automatic=True),
    ),
)

SERVICE = register(
    Service(
        code=CODE,
        name="成果对接",
        name_en="Introductions",
        summary=noop("需求方和成果方由服务专班牵线，每次联系有记录，直到签意向书或说明原因结束。"),
        basis="《深化产学研合作 提升科技成果转化质效专项行动方案》（“1+1+1+N”服务专班，来源：2024-09-06 政策吹风会）",
        audience=("enterprise", "institution", "broker", "officer"),
        workflow=WORKFLOW,
        days=3,
        rows=("A2.2", "A2.10"),
        materials=(noop("意向书（签署后上传）"),),
    )
)
