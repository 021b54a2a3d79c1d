"""活跃度 score: what each member did in a period, from the records themselves; the same records give count and list."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from kechuang.core.cases.models import Case
from kechuang.core.cases.queries import state_of
from kechuang.core.market.models import Need, Offer, Status
from kechuang.services.alliances.models import Activity, Alliance, Membership, SignUp
from kechuang.services.alliances.queries import HELD, members

# What is counted -> what it is called, and the definition shown beside the table.
COUNTED: dict[str, tuple[str, str]] = {
    "organised": (gettext_noop("组织活动"), gettext_noop("本单位组织、已经举办的联盟活动，按活动计")),
    "attended": (gettext_noop("参加活动"), gettext_noop("组织方记为到会的联盟活动，一场只计一次，不论来几人")),
    "achievements": (gettext_noop("发布成果"), gettext_noop("期内发布、现在仍公开的成果")),
    "needs": (gettext_noop("发布需求"), gettext_noop("期内发布、现在仍公开的需求")),
    "introductions": (gettext_noop("参与对接"), gettext_noop("期内发起、本单位是其中一方的对接办件，不论结果")),
}


@dataclass(frozen=True)
class Period:
    """期间: half-open, with its name."""

    label: str
    start: datetime
    end: datetime


@dataclass(frozen=True)
class Record:
    """计分记录: one thing that a member did, where it can be looked at."""

    what: str
    party: int
    at: datetime
    label: str
    url: str = ""


@dataclass(frozen=True)
class Score:
    """得分: of one member; ``counts`` by what is counted."""

    membership: Membership
    counts: dict[str, int]
    total: int


@dataclass(frozen=True)
class _Scope:
    alliance: Alliance
    period: Period
    parties: Sequence[int]
    span: tuple[datetime, datetime] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "span", (self.period.start, self.period.end))


def records(alliance: Alliance, period: Period, party: int | None = None) -> list[Record]:
    """What the members did in the period and since they joined, newest first; of one of them, or of all."""
    joined = {m.party_id: m.joined_at for m in members(alliance) if party in (None, m.party_id)}
    scope = _Scope(alliance, period, list(joined))
    found = [r for source in _SOURCES for r in source(scope)]
    since = [r for r in found if (at := joined.get(r.party)) is not None and r.at >= at]
    return sorted(since, key=lambda r: r.at, reverse=True)


def scores(alliance: Alliance, period: Period, weights: Mapping[str, int]) -> list[Score]:
    """Every member with its counts and their weighted sum, the most active first."""
    counts: dict[int, dict[str, int]] = {}
    for record in records(alliance, period):
        mine = counts.setdefault(record.party, {})
        mine[record.what] = mine.get(record.what, 0) + 1
    found = [
        Score(m, (mine := counts.get(m.party_id, {})), sum(weights.get(what, 0) * n for what, n in mine.items()))
        for m in members(alliance)
    ]
    return sorted(found, key=lambda s: (-s.total, s.membership.party.name))


def _held(scope: _Scope) -> QuerySet[Activity]:
    rows = Activity.objects.filter(alliance=scope.alliance, case__state__in=HELD)
    return rows.filter(starts_at__gte=scope.span[0], starts_at__lt=scope.span[1])


def _organised(scope: _Scope) -> Iterator[Record]:
    for activity in _held(scope).filter(case__applicant__in=scope.parties).select_related("case"):
        url = reverse("activity", args=[activity.pk])
        yield Record("organised", activity.case.applicant_id, activity.starts_at, activity.title, url)


def _attended(scope: _Scope) -> Iterator[Record]:
    came = SignUp.objects.filter(activity__in=_held(scope), came=True, cancelled_at=None, party__in=scope.parties)
    for row in (
        came.select_related("activity").order_by("activity_id", "party_id", "id").distinct("activity_id", "party_id")
    ):
        url = reverse("activity", args=[row.activity_id])
        yield Record("attended", row.party_id, row.activity.starts_at, row.activity.title, url)


def _listed(what: str, rows: QuerySet[Offer] | QuerySet[Need], scope: _Scope) -> Iterator[Record]:
    start, end = scope.span
    public = rows.filter(party__in=scope.parties, status=Status.PUBLIC, published_at__gte=start, published_at__lt=end)
    for pk, party, at, title, service in public.values_list("pk", "party_id", "published_at", "title", "service"):
        if at is not None:
            yield Record(what, party, at, title, reverse("listing", args=[service, pk]))


def _achievements(scope: _Scope) -> Iterator[Record]:
    yield from _listed("achievements", Offer.objects.filter(service="achievements"), scope)


def _needs(scope: _Scope) -> Iterator[Record]:
    yield from _listed("needs", Need.objects.filter(service="needs"), scope)


def _introductions(scope: _Scope) -> Iterator[Record]:
    """The other side of an introduction is not named: it is nobody's business in an alliance."""
    start, end = scope.span
    rows = Case.objects.filter(service="introductions", opened_at__gte=start, opened_at__lt=end).select_related("offer")
    rows = rows.filter(Q(applicant__in=scope.parties) | Q(offer__party__in=scope.parties))
    members_of = set(scope.parties)
    for case in rows:
        sides = {case.applicant_id, case.offer.party_id if case.offer is not None else case.applicant_id}
        label = _("对接 {number}（{state}）").format(number=case.pk, state=_(state_of(case).label))
        for party in sides & members_of:
            yield Record("introductions", party, case.opened_at, label)


_SOURCES: tuple[Callable[[_Scope], Iterator[Record]], ...] = (
    _organised,
    _attended,
    _achievements,
    _needs,
    _introductions,
)
