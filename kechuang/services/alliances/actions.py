"""联盟写入: apply, keep the alliance's own text, propose and change activities, sign up, note who came, report."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from kechuang.core.audit.actions import record
from kechuang.core.cases.actions import advance, open_case
from kechuang.core.cases.models import Case
from kechuang.core.cases.queries import state_of
from kechuang.core.notices.actions import tell
from kechuang.core.parties.access import acts_for
from kechuang.core.parties.models import Mandate, Party
from kechuang.kit.refusal import NotAllowed, Refusal, Stale
from kechuang.services.alliances import access, queries
from kechuang.services.alliances.models import Activity, Alliance, Membership, SignUp

MEMBERSHIPS, ACTIVITIES = "alliances", "alliance-activities"


@transaction.atomic
def apply(
    *, alliance: Alliance, party: Party, content: dict[str, Any], by: Any, now: datetime, form_key: str | None = None
) -> Membership:
    """Ask for membership in the name of a party. A party asks once; the same form sent twice makes one application.

    ``by`` None is the demo, which tells nobody.
    """
    if by is not None and not acts_for.check(by, party):
        raise NotAllowed(_("您不是该单位的经办人，不能代其申请。请先在“我的单位”中申请加入。"))
    if party.kind == "person":
        raise Refusal(_("联盟成员是单位。请以单位名义申请。"))
    try:
        with transaction.atomic():
            case = open_case(
                service=MEMBERSHIPS,
                applicant=party,
                by=by,
                now=now,
                district=alliance.district,
                data={"title": f"加入{alliance}", "alliance": alliance.pk, **content},
            )
            found = Membership.objects.create(
                case=case, alliance=alliance, party=party, form_key=form_key or None, **content
            )
            if by is not None:
                tell_secretariat(case, by=by, now=now)
            return found
    except IntegrityError:
        there = Membership.objects.select_related("case").filter(alliance=alliance, party=party, ended_at=None).first()
        if there is None or (form_key and there.form_key == form_key):
            if there is None:
                raise
            return there
        state = _(state_of(there.case).label)
        raise Refusal(
            _("“{name}”已经申请过，当前状态为“{state}”。请到原申请办理。").format(name=party, state=state)
        ) from None


def tell_secretariat(case: Case, *, by: Any, now: datetime) -> None:
    """Tell the people of the secretariat, and whoever's turn it is, that something waits for their check."""
    told = case.membership if case.service == MEMBERSHIPS else case.activity
    party = told.alliance.secretariat
    people = (
        {m.user for m in Mandate.objects.filter(party=party, state="active").select_related("user")}
        if party is not None
        else set()
    )
    if case.assignee is not None:
        people.add(case.assignee)
    words = f"{case.applicant} 提交了“{case.title}”，请在 {case.due_on} 前确认。"
    for user in people:
        if by is None or user.pk != by.pk:
            key = f"case:{case.pk}:handed-in:{now.isoformat()}"
            tell(user=user, text=f"{told.alliance}：{words}", url=f"/cases/{case.pk}/", key=key, now=now)


@transaction.atomic
def save_alliance(*, alliance: Alliance, content: dict[str, Any], version: int, by: Any, now: datetime) -> Alliance:
    """Keep purpose, charter and contact. Raises Stale when somebody else saved since ``version``."""
    alliance = Alliance.objects.select_for_update(of=("self",)).get(pk=alliance.pk)
    if not access.manage_alliance.check(by, alliance):
        raise NotAllowed(_("联盟信息由秘书处和所在区市的主管部门维护。"))
    if version != alliance.version:
        raise Stale(_("您打开页面之后，联盟信息已被他人保存。您填写的内容还在，请对照后再次提交。"))
    before = {name: getattr(alliance, name) for name in content}
    for name, value in content.items():
        setattr(alliance, name, value)
    alliance.version += 1
    alliance.save()
    record(alliance, "save", by=by, now=now, before=before, after=content)
    return alliance


@transaction.atomic
def propose_activity(
    *,
    alliance: Alliance,
    organiser: Party,
    content: dict[str, Any],
    by: Any,
    now: datetime,
    form_key: str | None = None,
) -> Activity:
    """A member proposes an activity, which the secretariat checks; the secretariat's own is published at once."""
    if not queries.organisers(by, alliance).filter(pk=organiser.pk).exists():
        raise NotAllowed(_("联盟活动由成员单位或秘书处组织。请先申请加入联盟。"))
    _in_time(content, now)
    own = organiser.pk == alliance.secretariat_id
    try:
        with transaction.atomic():
            case = open_case(
                service=ACTIVITIES,
                applicant=organiser,
                by=by,
                now=now,
                district=alliance.district,
                state="open" if own else "",
                data={"title": content["title"], "alliance": alliance.pk},
            )
            found = Activity.objects.create(case=case, alliance=alliance, form_key=form_key or None, **content)
            if not own:
                tell_secretariat(case, by=by, now=now)
            return found
    except IntegrityError as error:
        there = Activity.objects.filter(form_key=form_key).first() if form_key else None
        if there is None or "form_key" not in str(error):
            raise
        return there


def _in_time(content: dict[str, Any], now: datetime) -> None:
    if content["starts_at"] <= now:
        words = _("开始时间已经过去，请填写将来的时间。")
        raise Refusal(words, fields={"starts_at": words})


def _locked(activity: Activity) -> Activity:
    Case.objects.select_for_update(of=("self",)).get(pk=activity.case_id)
    rows = Activity.objects.select_for_update(of=("self",)).select_related("case__applicant", "alliance")
    return rows.get(pk=activity.pk)


@transaction.atomic
def change_activity(
    *, activity: Activity, content: dict[str, Any], version: int, by: Any, now: datetime, note: str = ""
) -> Activity:
    """Change an activity: its organiser one that was sent back, which thereby is handed in again; whoever looks after
    the alliance one that is published, of which those who signed up are told."""
    activity = _locked(activity)
    if version != activity.version:
        raise Stale(_("您打开页面之后，活动信息已被他人保存。您填写的内容还在，请对照后再次提交。"))
    if not access.change_activity.check(by, activity):
        raise NotAllowed(_("活动在退回后由组织单位修改，发布后由组织单位或秘书处修改时间和地点。"))
    returned = activity.case.state == "returned"
    if not returned:
        content = {k: v for k, v in content.items() if k in ("starts_at", "ends_at", "place", "seats")}
    before = {name: getattr(activity, name) for name in content}
    _in_time(content, now)
    for name, value in content.items():
        setattr(activity, name, value)
    activity.version += 1
    activity.save()
    record(activity.case, "change", by=by, now=now, before=before, after=content, note=note)
    if returned:
        activity.case = advance(case=activity.case, step="resubmit", by=by, now=now, note=note)
    elif before != content:
        tell_signed_up(
            activity, "活动时间、地点或名额有变，请查看最新安排。", by=by, now=now, key=f"change:{activity.version}"
        )
    return activity


def tell_signed_up(activity: Activity, words: str, *, by: Any, now: datetime, key: str) -> None:
    """Tell everybody who means to come, except the one who acts."""
    for row in queries.signed_up(activity):
        if by is None or row.user_id != by.pk:
            text = f"{activity}：{words}"
            tell(
                user=row.user,
                text=text,
                url=f"/activities/{activity.pk}/",
                key=f"activity:{activity.pk}:{key}",
                now=now,
            )


@transaction.atomic
def sign_up(*, activity: Activity, party: Party, by: Any, now: datetime) -> SignUp:
    """Sign up for an activity in the name of a member; doing it twice changes nothing. The last seat goes to one."""
    activity = _locked(activity)
    if not queries.member_parties(by, activity.alliance).filter(pk=party.pk).exists():
        raise NotAllowed(_("联盟活动面向成员单位。请先为您的单位申请加入联盟。"))
    if activity.case.state != "open" or activity.starts_at <= now:
        raise Refusal(_("这项活动已停止报名，当前状态为“{state}”。").format(state=_(state_of(activity.case).label)))
    there = queries.signed_up(activity).filter(user=by).first()
    if there is not None:
        return there
    if activity.seats is not None and queries.signed_up(activity).count() >= activity.seats:
        raise Refusal(_("{n} 个名额已报满。可以联系组织单位，或稍后看看有没有人取消。").format(n=activity.seats))
    row = SignUp.objects.create(activity=activity, party=party, user=by, at=now)
    record(activity, "sign_up", by=by, now=now, after={"label": party.name})
    return row


@transaction.atomic
def cancel_sign_up(*, activity: Activity, by: Any, now: datetime) -> None:
    """Take back one's own sign-up before the activity begins."""
    activity = _locked(activity)
    mine = queries.signed_up(activity).filter(user=by).first()
    if mine is None:
        raise Refusal(_("您没有报名，或已经取消。"))
    if activity.starts_at <= now:
        raise Refusal(_("活动已经开始，不能取消报名。没有到会由组织单位如实记录。"))
    mine.cancelled_at = now
    mine.save(update_fields=["cancelled_at"])
    record(activity, "cancel_sign_up", by=by, now=now, before={"label": mine.party.name})


@transaction.atomic
def note_attendance(*, activity: Activity, came: Collection[int], by: Any, now: datetime) -> int:
    """Note who of those who signed up came, by the numbers of the sign-ups; returns how many."""
    activity = _locked(activity)
    _require_organiser(activity, by)
    if activity.starts_at > now or activity.case.state not in ("open", "reporting"):
        raise Refusal(_("到会情况在活动开始之后、办结之前记录。"))
    rows = queries.signed_up(activity)
    rows.filter(pk__in=came).update(came=True)
    rows.exclude(pk__in=came).update(came=False)
    number = rows.filter(came=True).count()
    record(activity.case, "attendance", by=by, now=now, after={"came": number, "signed_up": rows.count()})
    return number


def _require_organiser(activity: Activity, by: Any) -> None:
    if not access.run_activity.check(by, activity):
        raise NotAllowed(_("到会和成效由组织单位或秘书处记录。"))


@transaction.atomic
def report(*, activity: Activity, content: dict[str, Any], by: Any, now: datetime) -> Activity:
    """Report what came of an activity; this settles its case."""
    activity = _locked(activity)
    _require_organiser(activity, by)
    if queries.signed_up(activity).filter(came=None).exists():
        raise Refusal(_("还有报名人没有记录是否到会，请先记录到会情况。"))
    for name, value in content.items():
        setattr(activity, name, value)
    activity.save()
    activity.case = advance(case=activity.case, step="report", by=by, now=now)
    return activity
