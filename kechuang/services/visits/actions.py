"""走访写入: plan, join, move, merge and log visits. One plan at a time for an enterprise, so that two units meet."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kechuang.core.audit.actions import record
from kechuang.core.cases.actions import advance, open_case, people_of
from kechuang.core.cases.assignment import assign
from kechuang.core.cases.models import Case
from kechuang.core.notices.actions import tell
from kechuang.core.parties.models import Party, User
from kechuang.kit.language import main_language
from kechuang.kit.refusal import NotAllowed, Refusal
from kechuang.services.visits import access, problems, queries
from kechuang.services.visits.models import Companion, Visit
from kechuang.services.visits.units import Unit, unit_of, units_of

SERVICE = "visits"
LOGGED = ("visited_on", "people", "purpose", "seen", "private")


def _require(unit: Unit, party: Party, by: User) -> None:
    if unit not in units_of(by) or not access.may_visit(by, party):
        raise NotAllowed(_("您不能以这个单位的名义走访这家企业：主管部门走访本辖区的企业，不走访自己的单位。"))


def stand(case: Case, person: User, due: date | None, now: datetime) -> None:
    """Put a wait on one person's desk (or her deputy's), until a date of its own. Saves."""
    case.carers = case.carers | {"host": person.pk}
    case.due_on = due or case.due_on
    assign(case, timezone.localdate(now))
    case.save(update_fields=["carers", "due_on", "assignee", "on_behalf_of"])


@transaction.atomic
def plan(
    *,
    party: Party,
    unit: Unit,
    planned_on: date,
    purpose: str,
    by: User,
    now: datetime,
    separate_for: str = "",
    form_key: str | None = None,
    quiet: bool = False,
) -> Visit:
    """Plan a visit. Where another unit plans one at about the same time, a reason is asked for going alone.

    ``quiet`` enters what happened some time ago and tells nobody.
    """
    _require(unit, party, by)
    Party.objects.select_for_update().get(pk=party.pk)  # two units that plan at once meet here
    twin = Visit.objects.select_related("case").filter(form_key=form_key).first() if form_key else None
    if twin is not None:
        return twin
    if planned_on < timezone.localdate(now) and not quiet:
        words = _("计划日期不能早于今天；已经走访过的请直接记录走访。")
        raise Refusal(words, fields={"planned_on": words})
    near = queries.near(party, planned_on, unit)
    if near and not separate_for.strip() and not quiet:
        said = _("、").join(f"{unit_of(one).label} {one.planned_on}" for one in near)
        words = _("近期已有走访计划：%(said)s。建议一起去；确需单独走访的，请写明原因。") % {"said": said}
        raise Refusal(words, fields={"separate_for": words})
    row = _open(party, unit, planned_on, {"purpose": purpose, "separate_for": separate_for}, form_key, by, now)
    if not quiet:
        _tell_plan(row, near, by, now)
    return row


def _open(
    party: Party, unit: Unit, day: date, content: Mapping[str, str], form_key: str | None, by: User, now: datetime
) -> Visit:
    number = unit.party.pk if unit.party is not None else None
    with main_language():
        title = f"{unit.label}走访{party.name}"[:200]
    data = {"title": title, "unit": number}
    case = open_case(service=SERVICE, applicant=party, by=by, now=now, district=party.district, data=data)
    stand(case, by, day, now)
    return Visit.objects.create(
        case=case,
        party=party,
        unit=unit.party,
        office=unit.office,
        planner=by,
        planned_on=day,
        form_key=form_key or None,
        **content,
    )


def _tell_plan(visit: Visit, near: Sequence[Visit], by: User, now: datetime) -> None:
    url, unit = f"/cases/{visit.case_id}/", unit_of(visit)
    with main_language():
        text = f"{unit.label}计划 {visit.planned_on} 走访贵单位：{visit.purpose}"
        also = f"{unit.label}也计划 {visit.planned_on} 走访{visit.party}，建议合并成一次。"
    for user in people_of(visit.case):
        tell(user=user, text=text, url=url, key=f"visit:{visit.pk}:{visit.planned_on}", now=now)
    for other in near:
        for user in {other.planner} - {by}:
            tell(user=user, text=also, url=f"/cases/{other.case_id}/", key=joint_key(visit, other), now=now)


def joint_key(one: Visit, other: Visit) -> str:
    """Under which the proposal to go together is told once."""
    return f"visit:joint:{min(one.pk, other.pk)}:{max(one.pk, other.pk)}"


def locked(visit: Visit) -> Visit:
    """The visit as it is now; whoever else changes its case waits."""
    Case.objects.select_for_update(of=("self",)).get(pk=visit.case_id)
    return queries.with_everything().get(pk=visit.pk)


@transaction.atomic
def join(*, visit: Visit, unit: Unit, by: User, now: datetime) -> Companion:
    """Go along instead of visiting twice; a second click changes nothing."""
    _require(unit, visit.party, by)
    row = locked(visit)
    if row.case.state != "planned":
        raise Refusal(_("这次走访已经结束，不能再加入。请刷新页面。"))
    if unit == unit_of(row):
        raise Refusal(_("这是本单位自己的走访计划。"))
    found, created = Companion.objects.get_or_create(
        visit=row, user=by, defaults={"unit": unit.party, "office": unit.office, "at": now}
    )
    if created:
        with main_language():
            text = f"{unit.label}（{by}）一起参加 {row.planned_on} 对{row.party}的走访。"
        record(row.case, "join", by=by, now=now, after={"unit": unit.label, "user": str(by)})
        tell(user=row.planner, text=text, url=f"/cases/{row.case_id}/", key=f"visit:{row.pk}:join:{by.pk}", now=now)
    return found


@transaction.atomic
def move(*, visit: Visit, planned_on: date, by: User, now: datetime) -> Visit:
    """Another day; the enterprise and those who go along are told."""
    row = locked(visit)
    if planned_on < timezone.localdate(now):
        words = _("计划日期不能早于今天。")
        raise Refusal(words, fields={"planned_on": words})
    if planned_on == row.planned_on:
        words = _("新的日期与原计划相同。请改成另一天；不改期可回到办件页。")
        raise Refusal(words, fields={"planned_on": words})
    before, row.planned_on = row.planned_on, planned_on
    row.save(update_fields=["planned_on"])
    case = advance(case=row.case, step="move", by=by, now=now, note=f"{before} → {planned_on}")
    case.due_on = planned_on
    case.save(update_fields=["due_on"])
    for one in row.companions.exclude(user=by).select_related("user"):
        text = f"对{row.party}的走访改到 {planned_on}。"
        key = f"visit:{row.pk}:moved:{planned_on}"
        tell(user=one.user, text=text, url=f"/cases/{row.case_id}/", key=key, now=now)
    return row


@transaction.atomic
def merge(*, visit: Visit, into: Visit, by: User, now: datetime) -> Visit:
    """Give an own plan up and go along with another unit's."""
    first, second = sorted((visit, into), key=lambda one: one.case_id)
    locked(first), locked(second)
    row, target = locked(visit), locked(into)
    if target.party_id != row.party_id or target.pk == row.pk or target.case.state != "planned":
        raise Refusal(_("只能并入同一企业、尚未进行的走访计划。请刷新页面。"))
    advance(
        case=row.case, step="merge", by=by, now=now, note=f"并入 {unit_of(target).label} {target.planned_on} 的走访"
    )
    going = [(row.planner, unit_of(row)), *((one.user, unit_of(one)) for one in row.companions.all())]
    for user, unit in going:
        if unit != unit_of(target):
            Companion.objects.get_or_create(
                visit=target, user=user, defaults={"unit": unit.party, "office": unit.office, "at": now}
            )
    with main_language():
        text = f"{unit_of(row).label}把走访计划并入您 {target.planned_on} 对{target.party}的走访。"
    key = f"visit:{target.pk}:merged:{row.pk}"
    tell(user=target.planner, text=text, url=f"/cases/{target.case_id}/", key=key, now=now)
    return target


@transaction.atomic
def log(
    *,
    visit: Visit,
    content: Mapping[str, Any],
    raised: Sequence[Mapping[str, Any]],
    by: User,
    now: datetime,
    quiet: bool = False,
) -> Visit:
    """What was seen, who was there, and the problems raised, each with its owner and clock."""
    row = locked(visit)
    if content["visited_on"] > timezone.localdate(now):
        words = _("走访日期不能晚于今天；还没有去的请先做计划。")
        raise Refusal(words, fields={"visited_on": words})
    for name in LOGGED:
        setattr(row, name, content[name])
    row.save(update_fields=list(LOGGED))
    row.case = advance(case=row.case, step="visited", by=by, now=now, quiet=quiet)
    said = {name: content[name] for name in LOGGED if name != "private"}
    record(row.case, "logged", by=by, now=now, after=said)
    for one in raised:
        problems.open_problem(row, one, by=by, now=now, quiet=quiet)
    return row


@transaction.atomic
def log_now(
    *,
    party: Party,
    unit: Unit,
    content: Mapping[str, Any],
    raised: Sequence[Mapping[str, Any]],
    by: User,
    now: datetime,
    form_key: str | None = None,
    quiet: bool = False,
) -> Visit:
    """A visit that was not planned here; the same form sent twice gives one."""
    _require(unit, party, by)
    Party.objects.select_for_update().get(pk=party.pk)
    twin = Visit.objects.select_related("case").filter(form_key=form_key).first() if form_key else None
    if twin is not None:
        return twin
    try:
        with transaction.atomic():
            row = _open(party, unit, content["visited_on"], {"purpose": content["purpose"]}, form_key, by, now)
    except IntegrityError as error:
        raise Refusal(_("这张表单已经提交过。请刷新页面。")) from error
    return log(visit=row, content=content, raised=raised, by=by, now=now, quiet=quiet)
