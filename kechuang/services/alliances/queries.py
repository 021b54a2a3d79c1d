"""联盟查询: alliances with their size, members by kind and industry, activities to come and past, who signed up."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet

from kechuang.core.cases.models import Case
from kechuang.core.parties.access import my_parties
from kechuang.core.parties.models import Party
from kechuang.core.parties.queries import parties_of
from kechuang.services.alliances import access
from kechuang.services.alliances.models import Activity, Alliance, Membership, SignUp

HELD = ("reporting", "done")  # states of an activity that has taken place


def alliances() -> QuerySet[Alliance]:
    """All alliances with the number of their members in this system."""
    members_now = Count("memberships", filter=Q(memberships__case__state="member"))
    return Alliance.objects.select_related("secretariat").annotate(members_now=members_now)


def host_of(case: Case) -> int | None:
    """秘书处: the party whose people check this case; about its own cases the officers decide."""
    rows = Alliance.objects.filter(pk=case.data.get("alliance")).exclude(secretariat=case.applicant_id)
    return rows.values_list("secretariat", flat=True).first()


def members(alliance: Alliance, chosen: Mapping[str, str] | None = None) -> QuerySet[Membership]:
    """Those who are members now, under the chosen ``kind`` and ``industry``."""
    rows = Membership.objects.filter(alliance=alliance, case__state="member").select_related("party", "case")
    chosen = chosen or {}
    if chosen.get("kind"):
        rows = rows.filter(party__kind=chosen["kind"])
    if chosen.get("industry"):
        rows = rows.filter(party__industries__contains=[chosen["industry"]])
    return rows.order_by("joined_at", "pk")


def applications(alliance: Alliance) -> QuerySet[Membership]:
    """Applications that are not settled, oldest first."""
    rows = Membership.objects.filter(alliance=alliance, case__state__in=("applied", "returned"))
    return rows.select_related("party", "case__assignee").order_by("case__due_on", "pk")


def former(alliance: Alliance) -> QuerySet[Membership]:
    """Those who left, were refused or took their application back, newest first."""
    rows = Membership.objects.filter(alliance=alliance).exclude(ended_at=None)
    return rows.select_related("party", "case").order_by("-ended_at")


def may_apply(user: Any, alliance: Alliance) -> QuerySet[Party]:
    """The user's organisations that neither belong to the alliance nor have asked to."""
    there = Membership.objects.filter(alliance=alliance, ended_at=None).values("party")
    return parties_of(user).exclude(kind="person").exclude(pk__in=there)


def member_parties(user: Any, alliance: Alliance) -> QuerySet[Party]:
    """The user's organisations that belong to the alliance."""
    return parties_of(user).filter(pk__in=members(alliance).values("party"))


def organisers(user: Any, alliance: Alliance) -> QuerySet[Party]:
    """The user's organisations that may organise an activity: members and the secretariat."""
    return parties_of(user).filter(Q(pk__in=members(alliance).values("party")) | Q(pk=alliance.secretariat_id))


def own_memberships(user: Any, alliance: Alliance) -> QuerySet[Membership]:
    """What the user's organisations have with the alliance now."""
    if not user.is_authenticated:
        return Membership.objects.none()
    rows = Membership.objects.filter(alliance=alliance, ended_at=None, party__in=my_parties(user))
    return rows.select_related("party", "case")


def activities(user: Any, alliance: Alliance) -> QuerySet[Activity]:
    """The activities of an alliance that the user may see, with how many signed up."""
    signed = Count("sign_ups", filter=Q(sign_ups__cancelled_at=None))
    rows = Activity.objects.filter(alliance=alliance).select_related("case__applicant", "alliance")
    return access.view_activity.filter(user, rows).annotate(signed=signed).order_by("starts_at", "pk")


def signed_up(activity: Activity) -> QuerySet[SignUp]:
    """Who means to come, in the order of signing up."""
    return SignUp.objects.filter(activity=activity, cancelled_at=None).select_related("user", "party")


def over(now: datetime) -> QuerySet[Activity]:
    """Published activities that have ended."""
    return Activity.objects.filter(case__state="open", ends_at__lte=now).select_related("case")


def concerns(user: Any) -> int:
    """How many memberships and applications concern the user: those of her organisations, and those she looks after."""
    rows = access.see_membership.filter(user, Membership.objects.filter(ended_at=None))
    return rows.count()
