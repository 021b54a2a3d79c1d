"""联盟页 page: what the pages of an alliance and of an activity show to a given user."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from kechuang.core.cases.queries import state_of
from kechuang.core.parties.models import Party
from kechuang.core.vocab import queries as vocab
from kechuang.core.vocab.region import region
from kechuang.kit.workflow import State
from kechuang.services.alliances import access, queries
from kechuang.services.alliances.models import Activity, Alliance, Membership, SignUp
from kechuang.services.alliances.score import COUNTED, Period

SHOWN = 5


def weights() -> dict[str, int]:
    """What each thing counts, as the region decides."""
    given = region().get("alliance", {}).get("weights", {})
    return {what: int(given.get(what, 1)) for what in COUNTED}


def periods(now: datetime) -> dict[str, Period]:
    """The last twelve months, this year, last year; half-open."""
    local = timezone.localtime(now)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    tomorrow, january = midnight + timedelta(days=1), midnight.replace(month=1, day=1)
    before = january.replace(year=january.year - 1)
    return {
        "12m": Period(_("近 12 个月"), tomorrow - timedelta(days=365), tomorrow),
        str(january.year): Period(_("{year} 年").format(year=january.year), january, tomorrow),
        str(before.year): Period(_("{year} 年").format(year=before.year), before, january),
    }


@dataclass(frozen=True)
class Option:
    """筛选值: a value of a filter with how many members have it."""

    code: str
    label: str
    count: int
    chosen: bool


@dataclass(frozen=True)
class AlliancePage:
    """联盟页."""

    members: QuerySet[Membership]
    total: int
    filters: list[tuple[str, str, list[Option]]]
    filtered: bool
    coming: list[tuple[Activity, State]]
    past: list[tuple[Activity, State]]
    mine: list[tuple[Membership, State]]
    may_apply: bool
    may_manage: bool
    may_propose: bool
    may_see_scores: bool
    waiting: int


def alliance_page(user: Any, alliance: Alliance, given: Mapping[str, str], now: datetime) -> AlliancePage:
    """The page of an alliance under the filters of the address; unknown ones are ignored."""
    schemes = {"kind": (_("单位类型"), "party_kind"), "industry": (_("产业"), "industry")}
    chosen = {n: v for n, (_label, scheme) in schemes.items() if (v := given.get(n, "")) in vocab.labels(scheme)}
    everyone = queries.members(alliance)
    filters = [
        (name, label, _options(everyone, name, scheme, chosen.get(name, "")))
        for name, (label, scheme) in schemes.items()
    ]
    rows = queries.activities(user, alliance)
    coming, past = rows.filter(ends_at__gt=now)[:SHOWN], rows.filter(ends_at__lte=now).order_by("-starts_at")[:SHOWN]
    manages = access.manage_alliance.check(user, alliance)
    return AlliancePage(
        members=queries.members(alliance, chosen),
        total=everyone.count(),
        filters=filters,
        filtered=bool(chosen),
        coming=[(row, state_of(row.case)) for row in coming],
        past=[(row, state_of(row.case)) for row in past],
        mine=[(row, state_of(row.case)) for row in queries.own_memberships(user, alliance)],
        may_apply=not user.is_authenticated or queries.may_apply(user, alliance).exists(),
        may_manage=manages,
        may_propose=queries.organisers(user, alliance).exists(),
        may_see_scores=access.see_scores.check(user, alliance),
        waiting=queries.applications(alliance).count() if manages else 0,
    )


def _options(rows: QuerySet[Membership], name: str, scheme: str, chosen: str) -> list[Option]:
    counts: dict[str, int] = {}
    if name == "kind":
        counts = dict(rows.order_by().values_list("party__kind").annotate(n=Count("pk")))
    else:
        for codes in rows.values_list("party__industries", flat=True):
            for code in codes:
                counts[code] = counts.get(code, 0) + 1
    return [
        Option(code, label, counts[code], code == chosen)
        for code, label in vocab.labels(scheme).items()
        if code in counts
    ]


@dataclass(frozen=True)
class ActivityPage:
    """活动页: ``people`` who signed up by name are shown to those who run the activity, others see organisations."""

    state: State
    signed: int
    came: int
    left: int | None
    organisations: list[Party]
    people: list[SignUp]
    mine: SignUp | None
    my_parties: list[Party]
    may_sign_up: bool
    may_cancel: bool
    may_note: bool
    may_change: bool
    is_public: bool


def activity_page(user: Any, activity: Activity, now: datetime) -> ActivityPage:
    """The page of an activity that the user may see."""
    rows = list(queries.signed_up(activity))
    mine = next((r for r in rows if user.is_authenticated and r.user_id == user.pk), None)
    runs = access.run_activity.check(user, activity)
    opens = activity.case.state == "open" and activity.starts_at > now
    parties = list(queries.member_parties(user, activity.alliance)) if opens and mine is None else []
    left = max(0, activity.seats - len(rows)) if activity.seats is not None else None
    begun = activity.starts_at <= now
    return ActivityPage(
        state=state_of(activity.case),
        signed=len(rows),
        came=sum(r.came is True for r in rows),
        left=left,
        organisations=list(dict.fromkeys(r.party for r in rows)),
        people=rows if runs else [],
        mine=mine,
        my_parties=parties,
        may_sign_up=bool(parties) and left != 0,
        may_cancel=mine is not None and opens,
        may_note=runs and begun and activity.case.state in ("open", "reporting"),
        may_change=activity.case.state == "open" and not begun and access.change_activity.check(user, activity),
        is_public=activity.case.state in access.PUBLIC_STATES,
    )
