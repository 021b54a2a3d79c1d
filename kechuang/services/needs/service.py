"""技术需求 (A2.1, A2.6): enterprises say what they need; diagnosis, three lanes, better wording."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from kechuang.core.cases.access import applicant, handle_case, need_broker
from kechuang.core.cases.models import Case
from kechuang.core.cases.publication import (
    ANSWER_DAYS,
    PROPOSE,
    REVIEW_DAYS,
    WITHDRAW_REASONS,
    close_listing,
    hand_in,
    mark_long_term,
    publication,
    subject,
)
from kechuang.core.catalogue.models import Service, register
from kechuang.core.market import actions as market
from kechuang.core.market.kinds import ListingKind, register_listing
from kechuang.core.market.models import Need
from kechuang.kit.refusal import Refusal
from kechuang.kit.text import noop
from kechuang.kit.workflow import State, Step
from kechuang.services.needs.diagnosis import diagnose
from kechuang.services.needs.forms import NeedForm

QUESTION_REASONS = {
    "problem": noop("问题还是现象，需要说清"),
    "measurable": noop("目标需要可测量"),
    "budget": noop("预算需要明确"),
    "deadline": noop("期限需要明确"),
    "tried": noop("已尝试的办法需要补充"),
    "other": noop("其他（见说明）"),
}
LONG_TERM_REASONS = {
    "bottleneck": noop("属于“卡脖子”难题，短期内没有可用成果"),
    "basic": noop("需要先做基础研究"),
    "scale": noop("规模大，需要多家联合攻关"),
}
REFINE_DAYS = 5


def _propose(case: Case, *, by: Any, now: datetime) -> None:
    if not subject(case).proposed:
        raise Refusal(_("请先填写建议的措辞。"))


def _accept(case: Case, *, by: Any, now: datetime) -> None:
    market.take_proposal(need=subject(case), by=by, now=now)


def _decline(case: Case, *, by: Any, now: datetime) -> None:
    market.drop_proposal(need=subject(case), now=now)


WORKFLOW = publication(
    extra_states={
        "questions": State(noop("待答复问题"), "applicant", ANSWER_DAYS, milestone="evaluated"),
        "wording": State(noop("待确认措辞"), "applicant", REFINE_DAYS, milestone="evaluated"),
        "long_term": State(noop("长期攻关清单"), "officer", 60, milestone="evaluated"),
        "solved": State(noop("已解决"), end=True, milestone="published"),
    },
    extra_steps=(
        Step(
            "ask",
            noop("带问题退回"),
            ("submitted",),
            "questions",
            handle_case | need_broker,
            reasons=QUESTION_REASONS,
            note_required=True,
            remarks=True,
        ),
        Step("answer", noop("已答复，重新提交"), ("questions",), "submitted", applicant, hand_in, hands_in=True),
        Step(
            "long_term",
            noop("列入长期攻关"),
            ("submitted", "published"),
            "long_term",
            handle_case,
            mark_long_term,
            reasons=LONG_TERM_REASONS,
            note_required=True,
        ),
        Step("resume", noop("转回发布审核"), ("long_term",), "submitted", handle_case),
        Step(
            PROPOSE,
            noop("建议新的措辞"),
            ("submitted",),
            "wording",
            handle_case | need_broker,
            _propose,
            page="wording",
        ),
        Step("accept_wording", noop("采用建议措辞"), ("wording",), "submitted", applicant, _accept),
        Step(
            "decline_wording",
            noop("保留原措辞"),
            ("wording",),
            "submitted",
            applicant,
            _decline,
            note_required=True,
        ),
        Step("solve", noop("标记为已解决"), ("published",), "solved", applicant, close_listing),
        Step(
            "withdraw",
            noop("撤回"),
            ("questions", "wording", "long_term"),
            "withdrawn",
            applicant,
            close_listing,
            reasons=WITHDRAW_REASONS,
            danger=True,
        ),
    ),
)

SERVICE = register(
    Service(
        code="needs",
        name="技术需求",
        name_en="Technology needs",
        summary=noop("企业用自己的话说出难题，得到带理由的解决方案，并有人一对一跟踪。"),
        basis="《深化产学研合作 提升科技成果转化质效专项行动方案》（企业需求技术成果，来源：2024-09-06 政策吹风会）",
        audience=("enterprise", "institution"),
        workflow=WORKFLOW,
        days=REVIEW_DAYS,
        rows=("A2.1", "A2.6"),
        form=NeedForm,
    )
)


def passages(need: Need) -> Sequence[str]:
    """Targets and what was tried, which achievements may answer."""
    targets = [f"{r['name']} {r.get('now', '')}→{r['wanted']}{r.get('unit', '')}" for r in need.targets]
    return ["；".join(targets), need.tried]


KIND = register_listing(
    ListingKind(
        service="needs",
        label="需求",
        label_en="Need",
        model=Need,
        form=NeedForm,
        passages=passages,
        checks=diagnose,
        months_valid=12,
    )
)
