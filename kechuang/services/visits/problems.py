"""诉求写入: raise, assign, turn into a need. The steps of the case move it."""

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kechuang.core.cases.actions import advance, open_case, people_of
from kechuang.core.cases.assignment import assign, may_take
from kechuang.core.cases.models import Case
from kechuang.core.market.actions import keep_draft
from kechuang.core.market.models import Need
from kechuang.core.notices.actions import tell
from kechuang.core.parties.models import User
from kechuang.kit.refusal import NotAllowed, Refusal
from kechuang.kit.text import clip
from kechuang.services.visits import access
from kechuang.services.visits.models import Problem, Visit

SERVICE = "visit-problems"
MOST_DAYS = 60


def open_problem(visit: Visit, given: Mapping[str, Any], *, by: User, now: datetime, quiet: bool = False) -> Problem:
    """A problem of a visit, on the desk of who noted it until it is assigned."""
    text = str(given["text"]).strip()
    data = {"title": clip(text.rstrip("。"), 60), "unit": visit.case.data.get("unit"), "kind": given["kind"]}
    case = open_case(service=SERVICE, applicant=visit.party, by=by, now=now, district=visit.case.district, data=data)
    case.carers = case.carers | {"host": by.pk}
    assign(case, timezone.localdate(now))
    case.save(update_fields=["carers", "assignee", "on_behalf_of"])
    problem = Problem.objects.create(
        case=case, visit=visit, kind=given["kind"], text=text, days=int(given.get("days") or 10)
    )
    if not quiet:
        _tell_enterprise(problem, now)
    return problem


def _tell_enterprise(problem: Problem, now: datetime) -> None:
    text = f"走访中提出的诉求已登记：{clip(problem.text, 60)}"
    if problem.kind == Problem.Kind.TECHNOLOGY:
        text += "。可以把它整理成技术需求发布。"
    for user in people_of(problem.case):
        tell(user=user, text=text, url=f"/cases/{problem.case_id}/", key=f"problem:{problem.pk}", now=now)


@transaction.atomic
def raise_problem(*, visit: Visit, given: Mapping[str, Any], by: User, now: datetime) -> Problem:
    """A problem that was forgotten when the visit was logged: by those who visited."""
    Case.objects.select_for_update(of=("self",)).get(pk=visit.case_id)
    row = Visit.objects.select_related("case", "party", "planner").get(pk=visit.pk)
    if not (access.work_on_visit | access.along).check(by, row):
        raise NotAllowed(_("诉求由走访单位登记。"))
    if row.case.state != "done":
        raise Refusal(_("还没有走访，不能登记诉求。"))
    if row.problems.filter(text=str(given["text"]).strip()).exists():
        words = _("同样的诉求已经登记过。")
        raise Refusal(words, fields={"text": words})
    return open_problem(row, given, by=by, now=now)


def _locked(problem: Problem) -> Problem:
    Case.objects.select_for_update(of=("self",)).get(pk=problem.case_id)
    return Problem.objects.select_related("case", "visit__party").get(pk=problem.pk)


@transaction.atomic
def assign_problem(
    *, problem: Problem, owner: User, days: int, policy: str, note: str, by: User, now: datetime
) -> Problem:
    """One person is to answer within so many working days."""
    row = _locked(problem)
    if not 1 <= days <= MOST_DAYS:
        words = _("期限为 1 到 %(most)s 个工作日。") % {"most": MOST_DAYS}
        raise Refusal(words, fields={"days": words})
    if owner.pk not in may_take(row.case):
        words = _("请从列表中选择责任人。")
        raise Refusal(words, fields={"owner": words})
    row.days, row.policy = days, policy
    row.save(update_fields=["days", "policy"])
    row.case.carers = row.case.carers | {"host": owner.pk}
    row.case.save(update_fields=["carers"])
    words = "；".join(part for part in (f"责任人：{owner}", note.strip()) if part)
    row.case = advance(case=row.case, step="assign", by=by, now=now, note=words)
    return row


@transaction.atomic
def start_need(*, problem: Problem, by: User, now: datetime) -> str:
    """A draft of a need with the words of the problem; returns the key of its page. The need is found by that key."""
    row = _locked(problem)
    if not access.own_problem.check(by, row):
        raise NotAllowed(_("需求由企业自己发布。请企业的经办人在诉求页上整理。"))
    if need_of(row) is not None:
        raise Refusal(_("这条诉求已经整理成需求。"))
    if row.need_key is None:
        row.need_key = secrets.token_hex(16)
        row.save(update_fields=["need_key"])
    data = {
        "title": [clip(row.text.rstrip("。"), 60)],
        "text": [row.text],
        "industry": list(row.visit.party.industries),
        "district": [row.visit.party.district],
        "party": [str(row.visit.party_id)],
        "key": [row.need_key],
    }
    keep_draft(user=by, subject=f"needs:new:{row.need_key}", data=data, now=now)
    return row.need_key


def need_of(problem: Problem) -> Need | None:
    """The need that was made from a problem."""
    if problem.need_key is None:
        return None
    return Need.objects.filter(form_key=problem.need_key).first()
