"""发布审核流程 publication: the workflow by which any listing is reviewed, published, changed, renewed and withdrawn.

Rows take ``publication_states`` and ``publication_steps`` and may add their own.
"""

from datetime import datetime
from typing import Any

from kechuang.core.cases.access import applicant, handle_case
from kechuang.core.cases.models import Case
from kechuang.core.market import actions as market
from kechuang.core.market import queries
from kechuang.core.market.kinds import listing_kind
from kechuang.core.market.models import Listing, Status
from kechuang.kit.refusal import Refusal
from kechuang.kit.workflow import State, Step, Workflow

REVIEW_DAYS = 3
ANSWER_DAYS = 10

RETURN_REASONS = {
    "incomplete": "内容不完整",
    "unclear": "表述不清楚",
    "unproven": "缺少证明材料",
    "sensitive": "含不宜公开的内容",
    "other": "其他（见说明）",
}
REFUSAL_REASONS = {
    "duplicate": "与已有信息重复",
    "off_topic": "不属于科技成果或技术需求",
    "classified": "可能涉密，不得在本系统发布",
    "untrue": "经核实不属实",
    "other": "其他（见说明）",
}
WITHDRAW_REASONS = {
    "done": "已达成合作",
    "outdated": "内容已过时",
    "mistake": "发布有误",
    "other": "其他",
}


def subject(case: Case) -> Any:
    """The listing of a publication case; every such case has one."""
    listing: Listing | None = case.subject
    if listing is None:
        raise Refusal("该办件没有关联的发布信息。")
    return listing


def checked(listing: Any, content: dict[str, Any]) -> dict[str, Any]:
    """The content after the kind's form; raises Refusal with a message for each field that is not right."""
    form = listing_kind(listing.service).form(content)
    if form.is_valid():
        return dict(form.cleaned_data)
    fields = {name: " ".join(str(e) for e in errors) for name, errors in form.errors.items()}
    labels = "、".join(str(form.fields[n].label) for n in fields if n in form.fields)
    raise Refusal(f"以下内容需要先补充或改正：{labels}。", fields=fields)


def _submit(case: Case, *, by: Any, now: datetime) -> None:
    listing = subject(case)
    checked(listing, queries.content(listing))
    market.hand_in(listing=listing, now=now)
    case.data = queries.content(listing)
    case.district = listing.district or listing.party.district
    case.save(update_fields=["data", "district"])


def _publish(case: Case, *, by: Any, now: datetime) -> None:
    market.publish(listing=subject(case), by=by, now=now)


def close_listing(case: Case, *, by: Any, now: datetime) -> None:
    """Effect: the listing leaves the market."""
    market.close(listing=subject(case), now=now)


def _check_pending(case: Case, *, by: Any, now: datetime) -> None:
    listing = subject(case)
    if listing.pending is None:
        raise Refusal("没有待审的变更。请先修改并保存。")
    checked(listing, listing.pending)


def _approve_change(case: Case, *, by: Any, now: datetime) -> None:
    listing = subject(case)
    if listing.pending is None:
        raise Refusal("没有待审的变更。")
    market.apply_pending(listing=listing, cleaned=checked(listing, listing.pending), by=by, now=now)


def publication_states() -> dict[str, State]:
    """The states that every listing passes through."""
    return {
        "draft": State("草稿", "applicant", 30),
        "submitted": State("待审核", "officer", REVIEW_DAYS),
        "returned": State("退回修改", "applicant", ANSWER_DAYS),
        "published": State("已发布", end=True),
        "changing": State("变更待审", "officer", REVIEW_DAYS),
        "expired": State("已过期", "applicant", 30),
        "withdrawn": State("已撤回", end=True),
        "rejected": State("不予发布", end=True),
    }


def publication_steps() -> tuple[Step, ...]:
    """The steps that every listing offers."""
    return (
        Step("submit", "提交审核", ("draft", "returned"), "submitted", applicant, _submit),
        Step("publish", "审核通过并发布", ("submitted",), "published", handle_case, _publish),
        Step(
            "return",
            "退回修改",
            ("submitted",),
            "returned",
            handle_case,
            reasons=RETURN_REASONS,
            note_required=True,
        ),
        Step(
            "reject",
            "不予发布",
            ("submitted",),
            "rejected",
            handle_case,
            reasons=REFUSAL_REASONS,
            note_required=True,
            danger=True,
        ),
        Step("submit_change", "提交变更审核", ("published",), "changing", applicant, _check_pending),
        Step("approve_change", "通过变更", ("changing",), "published", handle_case, _approve_change),
        Step(
            "return_change",
            "退回变更",
            ("changing",),
            "published",
            handle_case,
            reasons=RETURN_REASONS,
            note_required=True,
        ),
        Step(
            "withdraw",
            "撤回",
            ("draft", "submitted", "returned", "published", "expired"),
            "withdrawn",
            applicant,
            close_listing,
            reasons=WITHDRAW_REASONS,
            danger=True,
        ),
        Step(
            "take_down",
            "下架",
            ("published", "changing"),
            "withdrawn",
            handle_case,
            close_listing,
            reasons=REFUSAL_REASONS,
            note_required=True,
            danger=True,
        ),
        Step("reopen", "重新编辑", ("withdrawn",), "draft", applicant),
        Step(
            "expire",
            "到期下架",
            ("published", "changing"),
            "expired",
            handle_case,
            close_listing,
            automatic=True,
        ),
        Step("renew", "续期", ("expired",), "published", applicant, _publish),
        Step("extend", "延长有效期", ("published",), "published", applicant, _publish),
    )


def publication(extra_states: dict[str, State] | None = None, extra_steps: tuple[Step, ...] = ()) -> Workflow:
    """The publication workflow, with what a row adds."""
    return Workflow(
        start="draft",
        states=publication_states() | (extra_states or {}),
        steps=(*publication_steps(), *extra_steps),
    )


def mark_long_term(case: Case, *, by: Any, now: datetime) -> None:
    """Effect: the listing moves to the long-term list, off the market but in sight of brokers and officers."""
    market.close(listing=subject(case), now=now, status=Status.LONG_TERM)
