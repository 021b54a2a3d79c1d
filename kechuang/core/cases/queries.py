"""办件查询: what waits for whom, the way of a case, the case of a listing."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext

from kechuang.core.audit.models import Event
from kechuang.core.audit.queries import history
from kechuang.core.cases import access
from kechuang.core.cases.models import Case
from kechuang.core.catalogue.models import get
from kechuang.core.market.models import Listing, Need
from kechuang.kit.text import noop
from kechuang.kit.workflow import State, Step

_OTHER_EVENTS = {
    "open": noop("发起"),
    "material": noop("提交材料"),
    "material_removed": noop("撤下材料"),
    "material_tier": noop("调整谁可以看"),
    "hand_over": noop("交接"),
    "reassign": noop("改派"),
    "log": noop("联系记录"),
    "claim": noop("接手跟进"),
    "give_back": noop("交回专班"),
    "pass_on": noop("转给同事"),
    "move_team": noop("改派专班"),
    "nda_wanted": noop("保密协议"),
    "remind": noop("催办"),
    "last_chance": noop("最后提醒"),
    "change": noop("修改安排"),
    "attendance": noop("记录到会"),
    "registration": noop("修改登记内容"),
    "activity": noop("填写研发活动"),
    "activity_changed": noop("修改研发活动"),
    "activity_removed": noop("删除研发活动"),
    "join": noop("加入同行"),
    "logged": noop("填写走访记录"),
    "corrected": noop("更正走访记录"),
    "objection_decided": noop("处理异议"),
    "recompute": noop("按最新事实重新核算"),
}

# So objections were recorded once; the applicant is not to read who made them.
_WITHHELD = "objection"


def state_of(case: Case) -> State:
    """The declared state that the case is in."""
    return get(case.service).workflow.states[case.state]


def said(case: Case) -> str:
    """What was said with the last step: the reason in words, and the note."""
    steps = get(case.service).workflow.steps
    reason = next((s.reasons[case.reason] for s in steps if s.target == case.state and case.reason in s.reasons), "")
    return "；".join(words for words in (gettext(reason) if reason else "", case.note) if words)


def steps_for(user: Any, case: Case) -> list[Step]:
    """The steps that the user may take now, as buttons."""
    return [s for s in get(case.service).workflow.steps_from(case.state) if s.by.check(user, case)]


def publication_case(listing: Listing) -> Case | None:
    """The case under which a listing was published."""
    key = {"need": listing} if isinstance(listing, Need) else {"offer": listing, "need": None}
    return Case.objects.filter(service=listing.service, **key).order_by("id").first()


def waiting_for(user: Any) -> QuerySet[Case]:
    """The user's to-do: the waits that are assigned to her, the most urgent first."""
    rows = access.assignee.filter(user, Case.objects.exclude(owner=""))
    return rows.select_related("applicant", "offer", "need", "on_behalf_of").order_by("due_on", "since")


def events(case: Case) -> list[tuple[Event, str]]:
    """The way of a case: each event with the label of its step in the reader's language, oldest first."""
    shown = [e for e in history(case) if e.verb != _WITHHELD]
    return [(e, gettext(verb_label(case.service, e.verb))) for e in shown]


def verb_label(service: str, verb: str) -> str:
    """What an event's verb is called: the label of the service's step, or of what else is done with a case."""
    if verb in _OTHER_EVENTS:
        return _OTHER_EVENTS[verb]
    return next((s.label for s in get(service).workflow.steps if s.name == verb), verb)
