"""提醒 reminders: certificates that end, windows that open and close. Run daily; nobody is told the same twice."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from kechuang.core.dossier.models import Qualification
from kechuang.core.dossier.queries import facts_frame, facts_of_many
from kechuang.core.notices.actions import tell
from kechuang.core.notices.models import Notice
from kechuang.core.parties.models import Mandate, Party, User
from kechuang.core.parties.queries import officers
from kechuang.core.tiers.ladder import Rung, ladder
from kechuang.core.tiers.models import Window
from kechuang.core.tiers.queries import in_force, windows
from kechuang.core.vocab import queries as vocab
from kechuang.kit.language import main_language
from kechuang.services.ladder.certificates import entries
from kechuang.services.ladder.nearness import measured
from kechuang.services.ladder.standing import verdict_of

SLICE = 500


@dataclass(frozen=True)
class Told:
    """已提醒: how many notices went to enterprises, to officers, and about windows."""

    firms: int
    officers: int
    windows: int


def remind(*, now: datetime) -> Told:
    """Tell what is due on this day; running it again tells nothing twice."""
    today = timezone.localtime(now).date()
    with main_language():
        ending = list(_ending(today))
        return Told(_tell_firms(ending, now), _tell_officers(ending, now), _tell_windows(today, now))


# --- certificates that end


def _ending(today: date) -> Iterator[tuple[Qualification, int]]:
    """Certificates that end soon and are not followed by another, with the reminder that is due: the latest one."""
    bands = ladder().expiry_days
    if not bands:
        return
    rows = entries().filter(in_force(today), valid_to__lte=today + timedelta(days=bands[-1]))
    rows = rows.select_related("party").order_by("party__district", "kind", "valid_to", "pk")
    later: dict[tuple[int, str], list[date | None]] = {}
    found = list(rows)
    after = entries().filter(party__in=[row.party_id for row in found], revoked_on=None)
    for party, kind, until in after.values_list("party_id", "kind", "valid_to"):
        later.setdefault((party, kind), []).append(until)
    for row in found:
        if row.valid_to is None or any(u is None or u > row.valid_to for u in later.get((row.party_id, row.kind), ())):
            continue
        left = (row.valid_to - today).days
        yield row, next(band for band in bands if left <= band)


def _people(parties: Iterable[int]) -> dict[int, list[User]]:
    """Those who act for each organisation."""
    rows = Mandate.objects.filter(party__in=list(parties), state=Mandate.State.ACTIVE, user__is_active=True)
    found: dict[int, list[User]] = {}
    for row in rows.select_related("user").order_by("pk"):
        found.setdefault(row.party_id, []).append(row.user)
    return found


def _known(keys: Collection[str]) -> set[tuple[str, int]]:
    return set(Notice.objects.filter(key__in=keys).values_list("key", "user_id"))


def _tell_firms(ending: Sequence[tuple[Qualification, int]], now: datetime) -> int:
    told = 0
    for start in range(0, len(ending), SLICE):
        part = ending[start : start + SLICE]
        people = _people(row.party_id for row, _band in part)
        keys = {(row.pk, band): f"ladder:ends:{row.pk}:{row.valid_to}:{band}" for row, band in part}
        known = _known(list(keys.values()))
        for row, band in part:
            key, url = keys[row.pk, band], reverse("party_ladder", args=[row.party_id])
            text = _ends(row)
            for user in people.get(row.party_id, ()):
                if (key, user.pk) not in known:
                    told += tell(user=user, text=text, now=now, key=key, url=url) is not None
    return told


def _ends(row: Qualification) -> str:
    last = row.valid_to - timedelta(days=1) if row.valid_to else None
    rung = vocab.main_label("qualification", row.kind)
    return _("%(name)s的%(rung)s有效期到 %(day)s，请留意重新申报的时间。") % {
        "name": row.party.name,
        "rung": rung,
        "day": last,
    }


def _tell_officers(ending: Sequence[tuple[Qualification, int]], now: datetime) -> int:
    """One person of each district is told, once for all certificates of a rung that end on the same day."""
    told = 0
    groups = groupby(ending, key=lambda one: (one[0].party.district, one[0].kind, one[0].valid_to, one[1]))
    for (district, kind, until, band), rows in groups:
        key = f"ladder:district:{district}:{kind}:{until}:{band}"
        person = officer_of(district)
        if person is None or until is None or Notice.objects.filter(key=key).exists():
            continue
        text = _("%(district)s有 %(n)s 家企业的%(rung)s有效期到 %(day)s。") % {
            "district": vocab.main_label("district", district) if district else _("全市"),
            "n": len(list(rows)),
            "rung": vocab.main_label("qualification", kind),
            "day": until - timedelta(days=1),
        }
        url = f"{reverse('ladder_register')}?state=expiring&days={band}&rung={kind}&district={district}"
        heading = _("梯度培育")
        told += tell(user=person, text=text, now=now, key=key, url=url, digest=True, heading=heading) is not None
    return told


def officer_of(district: str) -> User | None:
    """The one person of a district who is told: who has been its officer longest, else an officer of the city."""
    rows = officers(district).filter(user__is_active=True).select_related("user")
    post = rows.order_by("-district", "since", "pk").first()
    return post.user if post is not None else None


# --- windows that open and close


def _tell_windows(today: date, now: datetime) -> int:
    told = 0
    for window in windows().filter(year__gte=today.year - 1, year__lte=today.year + 1):
        rung, what = ladder().rung(window.rung), _due(window, today)
        if rung is not None and what:
            told += _tell_window(window, rung, what, today, now)
    return told


def _due(window: Window, today: date) -> str:
    """What is to be told of a window on a day: that it closes, that it opens, or nothing."""
    ahead = timedelta(days=max(ladder().window_days, default=0))
    if window.closes is not None and window.closes < today:
        return ""
    if window.closes is not None and window.closes - ahead <= today:
        return "closes"
    return "opens" if window.opens is not None and window.opens - ahead <= today else ""


def _tell_window(window: Window, rung: Rung, what: str, today: date, now: datetime) -> int:
    day = window.closes if what == "closes" else window.opens
    key = f"ladder:window:{window.rung}:{window.year}:{window.district}:{what}:{day}"
    people = _people(_lacking(window, rung).values_list("pk", flat=True))
    known = {user for _key, user in _known([key])}
    waiting = {party: [u for u in users if u.pk not in known] for party, users in people.items()}
    parties = [party for party, users in waiting.items() if users]
    told = 0
    for party in _able(rung, parties, today):
        for user in waiting[party]:
            url = reverse("party_ladder", args=[party])
            told += tell(user=user, text=_opens(window, rung, what), now=now, key=key, url=url) is not None
    return told


def _opens(window: Window, rung: Rung, what: str) -> str:
    label = vocab.main_label("qualification", rung.code)
    said = {"rung": label, "year": window.year, "opens": window.opens, "closes": window.closes}
    if what == "closes":
        return _("%(year)s 年度%(rung)s申报 %(closes)s 截止。按本单位的档案，条件已具备或只差一点。") % said
    if window.closes is None:
        return _("%(year)s 年度%(rung)s申报 %(opens)s 开始。按本单位的档案，条件已具备或只差一点。") % said
    return _("%(year)s 年度%(rung)s申报 %(opens)s 至 %(closes)s。按本单位的档案，条件已具备或只差一点。") % said


def _lacking(window: Window, rung: Rung) -> QuerySet[Party]:
    """Enterprises for which the window is meant and that will not hold the rung when its year ends."""
    rows = Party.objects.filter(kind="enterprise")
    if window.district:
        rows = rows.filter(district=window.district)
    else:
        own = windows(window.year).filter(rung=window.rung).exclude(district="").values("district")
        rows = rows.exclude(district__in=own)
    held = entries().filter(in_force(date(window.year, 12, 31)), kind=rung.code)
    return rows.exclude(pk__in=held.values("party_id"))


def _able(rung: Rung, parties: Sequence[int], today: date) -> Iterator[int]:
    """Those who meet the rules of a rung, lack only what experts judge, or are one change of one fact away."""
    if not parties:
        return
    table = measured(rung, facts_frame(today, parties=parties), today)
    close = []
    for row in table.iter_rows(named=True):
        if row["failed"] + row["missing"] == 0:
            yield row["party"]
        elif row["missing"] == 0:
            close.append(row["party"])
    for start in range(0, len(close), SLICE):
        for party, facts in facts_of_many(close[start : start + SLICE], on=today).items():
            verdict = verdict_of(rung, facts, today)
            if verdict is not None and verdict.near:
                yield party
