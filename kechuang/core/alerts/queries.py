"""订阅查询: saved searches, what is new in them, who is due; strong matches that nobody has been told of."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext

from kechuang.core.alerts import access
from kechuang.core.alerts.models import Mute, Pair, SavedSearch, Sent, Told
from kechuang.core.market.models import Listing, Status
from kechuang.core.matching.advice import kept_in_short
from kechuang.core.matching.models import Judgement, Match
from kechuang.core.matching.score import STRONG
from kechuang.core.matching.wording import reasons
from kechuang.core.parties.models import Mandate, Party, User
from kechuang.core.search.fresh import fresh
from kechuang.core.search.kinds import all_kinds, get_kind
from kechuang.core.search.models import Hit
from kechuang.kit.language import english
from kechuang.kit.text import clip

HOUR, MINUTE = 7, 30  # when the daily and weekly mails are made
PAUSE = timedelta(minutes=30)  # between two mails of a search that is told at once
WORDS = 200  # letters of the reasons of a match
LOOK_BACK = timedelta(days=7)  # how long after its computation a match may still be found strong and new
Frequency = SavedSearch.Frequency


@dataclass(frozen=True)
class Found:
    """新结果: an index entry with its listing, which the public may read."""

    entry: int
    listing: Any


@dataclass(frozen=True)
class Muted:
    """不感兴趣的范围: what a person does not want to hear of, ready to be asked."""

    items: frozenset[tuple[str, int]] = frozenset()
    kinds: frozenset[tuple[str, str]] = frozenset()
    matches: frozenset[tuple[str, int]] = frozenset()

    def hides(self, listing: Listing) -> bool:
        """Whether a listing is not to be brought up."""
        kind = listing.service
        whole = ((kind, code) in self.kinds for code in ("", *listing.industry))
        return (kind, listing.pk) in self.items or any(whole)

    def hides_matches(self, listing: Listing) -> bool:
        """Whether the matches of a person's own listing, or all of them, are not to be told."""
        return ("", 0) in self.matches or (listing.service, listing.pk) in self.matches


def searches_of(user: Any) -> QuerySet[SavedSearch]:
    """The user's saved searches, the newest first."""
    return access.own.filter(user, SavedSearch.objects.filter(ended_at=None))


def mutes_of(user: Any) -> QuerySet[Mute]:
    """What the user does not want to hear of."""
    return access.own.filter(user, Mute.objects.all())


def muted(user: Any) -> Muted:
    """The same, ready to be asked."""
    rows = list(mutes_of(user))
    return Muted(
        frozenset((m.kind, m.ref) for m in rows if m.what == Mute.What.ITEM),
        frozenset((m.kind, m.industry) for m in rows if m.what == Mute.What.KIND),
        frozenset((m.kind, m.ref) for m in rows if m.what == Mute.What.MATCHES),
    )


def new_results(search: SavedSearch, after: int, hidden: Muted, most: int) -> list[Found]:
    """What came into a saved search after a mark, up to ``most``: public, and nothing that the person muted."""
    return [f for f in loaded(fresh(search.query, after, most)) if not hidden.hides(f.listing)]


def untold(search: SavedSearch) -> list[tuple[int, Hit]]:
    """What came into a saved search since it was last told, and has not been brought up before."""
    hits = fresh(search.query, search.told_mark)
    known = set(Sent.objects.filter(search=search, entry__in=[e for e, _ in hits]).values_list("entry", flat=True))
    return [(entry, hit) for entry, hit in hits if entry not in known]


def loaded(hits: Iterable[tuple[int, Hit]]) -> list[Found]:
    """Hits with their listings, in their order; what has left the market is left out."""
    known = {kind.code for kind in all_kinds()}
    found = [(entry, hit.kind, hit.ref) for entry, hit in hits if hit.kind in known]
    rows = public((kind, ref) for _, kind, ref in found)
    return [Found(entry, rows[kind, ref]) for entry, kind, ref in found if (kind, ref) in rows]


def public(things: Iterable[tuple[str, int]]) -> dict[tuple[str, int], Any]:
    """Those of the things, named by kind and number, that the public may read now."""
    refs: dict[str, list[int]] = {}
    for kind, ref in things:
        refs.setdefault(kind, []).append(ref)
    return {(kind, ref): row for kind, numbers in refs.items() for ref, row in get_kind(kind).load(numbers).items()}


def slot(frequency: str, now: datetime) -> datetime:
    """The last time at or before ``now`` at which mails of this frequency are made."""
    local = timezone.localtime(now)
    at = local.replace(hour=HOUR, minute=MINUTE, second=0, microsecond=0)
    days = local.weekday() if frequency == Frequency.WEEKLY else 0
    at -= timedelta(days=days)
    return at if at <= local else at - timedelta(days=7 if frequency == Frequency.WEEKLY else 1)


def due(now: datetime, newest: int) -> QuerySet[SavedSearch]:
    """Saved searches whose turn it is; ``newest`` is the highest number in the index."""
    at_once = Q(frequency=Frequency.AT_ONCE, told_mark__lt=newest) & (Q(told_at=None) | Q(told_at__lte=now - PAUSE))
    regular = Q(frequency=Frequency.DAILY, last_run_at__lt=slot(Frequency.DAILY, now)) | Q(
        frequency=Frequency.WEEKLY, last_run_at__lt=slot(Frequency.WEEKLY, now)
    )
    return SavedSearch.objects.filter(at_once | regular, ended_at=None, user__is_active=True).order_by("pk")


def strong_matches(now: datetime) -> QuerySet[Match]:
    """Strong matches that were computed of late and are not known yet; what somebody judged unfit is left out."""
    same = {"need": OuterRef("need"), "offer": OuterRef("offer")}
    rows = Match.objects.filter(
        ~Exists(Pair.objects.filter(**same)),
        ~Exists(Judgement.objects.filter(**same, fits=False)),
        score__gte=STRONG,
        at__gte=now - LOOK_BACK,
        need__status=Status.PUBLIC,
        offer__status=Status.PUBLIC,
    )
    return rows.exclude(need__party=F("offer__party")).select_related("need__party", "offer__party").order_by("-score")


def people_of(party: Party) -> QuerySet[User]:
    """Those who act for a party and can log in."""
    active = Mandate.objects.filter(party=party, state=Mandate.State.ACTIVE)
    return User.objects.filter(pk__in=active.values("user_id"), is_active=True)


def told_to(user: Any) -> QuerySet[Told]:
    """The strong matches that concern the user and are still on the market, the newest first."""
    rows = access.own.filter(user, Told.objects.all())
    rows = rows.filter(pair__need__status=Status.PUBLIC, pair__offer__status=Status.PUBLIC)
    return rows.select_related("pair__need__party", "pair__offer__party")


def worth_telling(rows: Sequence[Told], hidden: Muted) -> list[Told]:
    """Those strong matches that are still worth a word: public, not muted, not judged unfit; the best first."""
    pairs = [row.pair_id for row in rows]
    unfit = Judgement.objects.filter(need=OuterRef("need"), offer=OuterRef("offer"), fits=False)
    good = set(
        Pair.objects.filter(
            ~Exists(unfit), pk__in=pairs, need__status=Status.PUBLIC, offer__status=Status.PUBLIC
        ).values_list("pk", flat=True)
    )
    kept = [row for row in rows if row.pair_id in good and not hides_pair(hidden, row)]
    return sorted(kept, key=lambda row: -row.pair.score)


def sides(row: Told) -> tuple[Any, Any]:
    """A person's own listing of a strong match, and the other's."""
    need, offer = row.pair.need, row.pair.offer
    return (need, offer) if row.side == Told.Side.ASKER else (offer, need)


def why(pair: Pair) -> str:
    """Why a strong match fits, as it was written; in another language said anew, while the match is kept."""
    match = None
    if english():
        rows = Match.objects.select_related("need", "offer")
        match = rows.filter(need=pair.need_id, offer=pair.offer_id).first()
    return clip(kept_in_short(reasons(match), joint=gettext("；")), WORDS) if match else pair.words


def hides_pair(hidden: Muted, row: Told) -> bool:
    """Whether a person does not want to hear of this match."""
    mine, other = sides(row)
    return hidden.hides_matches(mine) or hidden.hides(other)
