"""发布审核流程 publication: the workflow by which any listing is reviewed, published, changed, renewed and withdrawn.

A row takes ``publication()`` and may add states and steps of its own.
"""

from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from kechuang.core.cases.access import applicant, handle_case
from kechuang.core.cases.listing_gone import end_cases_of
from kechuang.core.cases.models import Case
from kechuang.core.market import actions as market
from kechuang.core.market import queries
from kechuang.core.market.kinds import listing_kind
from kechuang.core.market.models import Listing, Status
from kechuang.core.market.questions import Question
from kechuang.kit.refusal import Refusal
from kechuang.kit.text import noop
from kechuang.kit.workflow import State, Step, Workflow

PROPOSE = "propose"  # the step by which an officer or a broker proposes a wording, where a row has it
REVIEW_DAYS = 3
ANSWER_DAYS = 10

RETURN_REASONS = {
    "incomplete": noop("内容不完整"),
    "unclear": noop("表述不清楚"),
    "unproven": noop("缺少证明材料"),
    "sensitive": noop("含不宜公开的内容"),
    "other": noop("其他（见说明）"),
}
REFUSAL_REASONS = {
    "duplicate": noop("与已有信息重复"),
    "off_topic": noop("不属于科技成果或技术需求"),
    "classified": noop("可能涉密，不得在本系统发布"),
    "untrue": noop("经核实不属实"),
    "other": noop("其他（见说明）"),
}
WITHDRAW_REASONS = {
    "done": noop("已达成合作"),
    "outdated": noop("内容已过时"),
    "mistake": noop("发布有误"),
    "other": noop("其他"),
}


def subject(case: Case) -> Any:
    """The listing of a publication case; every such case has one."""
    listing: Listing | None = case.subject
    if listing is None:
        raise Refusal(_("该办件没有关联的发布信息。"))
    return listing


def checked(listing: Any, content: dict[str, Any]) -> dict[str, Any]:
    """The content after the kind's form; raises Refusal with a message for each field that is not right."""
    form = listing_kind(listing.service).form(content)
    if form.is_valid():
        return dict(form.cleaned_data)
    fields = {name: " ".join(str(e) for e in errors) for name, errors in form.errors.items()}
    labels = _("、").join(str(form.fields[n].label) for n in fields if n in form.fields)
    raise Refusal(_("以下内容需要先补充或改正：%(labels)s。") % {"labels": labels}, fields=fields)


def questions(service: str, content: dict[str, Any], now: datetime) -> list[Question]:
    """What the diagnosis of this kind asks about a content, blocking questions first."""
    return list(listing_kind(service).checks(content, timezone.localtime(now).date()))


def _answered(listing: Any, content: dict[str, Any], now: datetime) -> None:
    blocking = [q for q in questions(listing.service, content, now) if q.blocking]
    if blocking:
        fields = {q.field: q.text for q in reversed(blocking)}
        raise Refusal(_("提交前请先回答：") + " ".join(q.text for q in blocking), fields=fields)


def hand_in(case: Case, *, by: Any, now: datetime) -> None:
    """Effect: the wording is complete and goes to the officers; it is kept in the case as evidence."""
    listing = subject(case)
    content = queries.content(listing)
    checked(listing, content)
    _answered(listing, content, now)
    market.hand_in(listing=listing, now=now)
    case.data = queries.content(listing)
    case.district = listing.district or listing.party.district
    case.save(update_fields=["data", "district"])


def _take_back(case: Case, *, by: Any, now: datetime) -> None:
    market.close(listing=subject(case), now=now, status=Status.DRAFT)


def _publish(case: Case, *, by: Any, now: datetime) -> None:
    market.publish(listing=subject(case), by=by, now=now)


def close_listing(case: Case, *, by: Any, now: datetime) -> None:
    """Effect: the listing leaves the market, and what others were dealing about it ends."""
    listing = subject(case)
    market.close(listing=listing, now=now)
    end_cases_of(listing, now=now)


def expire_listing(case: Case, *, by: Any, now: datetime) -> None:
    """Effect: the listing leaves the market until it is renewed; dealings that have begun go on."""
    market.close(listing=subject(case), now=now)


def _check_pending(case: Case, *, by: Any, now: datetime) -> None:
    listing = subject(case)
    if listing.pending is None:
        raise Refusal(_("没有待审的变更。请先修改并保存。"))
    checked(listing, listing.pending)
    _answered(listing, listing.pending, now)


def _approve_change(case: Case, *, by: Any, now: datetime) -> None:
    listing = subject(case)
    if listing.pending is None:
        raise Refusal(_("没有待审的变更。"))
    market.apply_pending(listing=listing, cleaned=checked(listing, listing.pending), by=by, now=now)


# The states that every listing passes through, and the steps that it offers.
STATES: dict[str, State] = {
    "draft": State(noop("草稿"), "applicant", 30),
    "submitted": State(noop("待审核"), "officer", REVIEW_DAYS, milestone="collected"),
    "returned": State(noop("退回修改"), "applicant", ANSWER_DAYS, milestone="evaluated"),
    "published": State(noop("已发布"), end=True, milestone="published"),
    "changing": State(noop("变更待审"), "officer", REVIEW_DAYS, milestone="published"),
    "expired": State(noop("已过期"), "applicant", 30, milestone="published"),
    "withdrawn": State(noop("已撤回"), end=True),
    "rejected": State(noop("不予发布"), end=True, milestone="evaluated"),
}


STEPS: tuple[Step, ...] = (
    Step("submit", noop("提交审核"), ("draft", "returned"), "submitted", applicant, hand_in, hands_in=True),
    Step("publish", noop("审核通过并发布"), ("submitted",), "published", handle_case, _publish),
    Step("recall", noop("取回修改"), ("submitted",), "draft", applicant, _take_back),
    Step("recall_change", noop("取回变更"), ("changing",), "published", applicant),
    Step(
        "return",
        noop("退回修改"),
        ("submitted",),
        "returned",
        handle_case,
        reasons=RETURN_REASONS,
        note_required=True,
        remarks=True,
    ),
    Step(
        "reject",
        noop("不予发布"),
        ("submitted",),
        "rejected",
        handle_case,
        close_listing,
        reasons=REFUSAL_REASONS,
        note_required=True,
        danger=True,
    ),
    Step(
        "submit_change",
        noop("提交变更审核"),
        ("published",),
        "changing",
        applicant,
        _check_pending,
        hands_in=True,
    ),
    Step("approve_change", noop("通过变更"), ("changing",), "published", handle_case, _approve_change),
    Step(
        "return_change",
        noop("退回变更"),
        ("changing",),
        "published",
        handle_case,
        reasons=RETURN_REASONS,
        note_required=True,
        remarks=True,
    ),
    Step(
        "withdraw",
        noop("撤回"),
        ("draft", "submitted", "returned", "published", "changing", "expired"),
        "withdrawn",
        applicant,
        close_listing,
        reasons=WITHDRAW_REASONS,
        danger=True,
    ),
    Step(
        "take_down",
        noop("下架"),
        ("published", "changing"),
        "withdrawn",
        handle_case,
        close_listing,
        reasons=REFUSAL_REASONS,
        note_required=True,
        danger=True,
    ),
    Step("reopen", noop("重新编辑"), ("withdrawn", "expired"), "draft", applicant),
    Step(
        "expire",
        noop("到期下架"),
        ("published", "changing"),
        "expired",
        handle_case,
        expire_listing,
        automatic=True,
    ),
    Step("renew", noop("续期"), ("expired",), "published", applicant, _publish),
    Step("extend", noop("延长有效期"), ("published",), "published", applicant, _publish),
)


def publication(extra_states: dict[str, State] | None = None, extra_steps: tuple[Step, ...] = ()) -> Workflow:
    """The publication workflow, with what a row adds."""
    return Workflow(
        start="draft",
        states=STATES | (extra_states or {}),
        steps=(*STEPS, *extra_steps),
    )


def mark_long_term(case: Case, *, by: Any, now: datetime) -> None:
    """Effect: the listing moves to the long-term list, off the market but in sight of brokers and officers."""
    market.close(listing=subject(case), now=now, status=Status.LONG_TERM)
