"""评判队列 judging: which pairs a broker is asked about next, and what she sees of each."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Any

from django.db.models import Count, Exists, F, IntegerField, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from kechuang.core.market import access as market
from kechuang.core.market.models import Need, Offer, Status
from kechuang.core.matching import access
from kechuang.core.matching.models import Judgement, Match, Passed
from kechuang.core.matching.queries import nearest, offered, text_of
from kechuang.core.matching.score import Reason
from kechuang.core.matching.weighting import in_force
from kechuang.core.matching.wording import reasons
from kechuang.core.search.queries import telling
from kechuang.kit.text import shared_terms, words

LEADING = 2  # of a need's pairs that come first are its best: they are what the asker sees
PER_NEED = 5  # pairs of a need in one round: its text is read once for all of them
TOP = 10  # the candidates whose middle says where it is uncertain who fits
NEEDS = 20  # needs that are looked through at a time
BUSY = timedelta(minutes=30)  # a need that a colleague judged so recently comes later
Numbers = tuple[int, int]  # need, offer


@dataclass(frozen=True)
class Pair:
    """一对: a need and an achievement as they are judged: score, reasons, shared terms, what was said so far."""

    need: Need
    offer: Offer
    score: float | None
    reasons: tuple[Reason, ...]
    terms: tuple[str, ...]
    sentence: str
    said: Judgement | None
    passed: bool
    others: int


def open_pairs(user: Any) -> QuerySet[Match]:
    """Stored matches between public listings that nobody has judged and that the user has not passed over."""
    judged = Judgement.objects.filter(need=OuterRef("need"), offer=OuterRef("offer"))
    passed = Passed.objects.filter(need=OuterRef("need"), offer=OuterRef("offer"), by=user)
    return Match.objects.filter(~Exists(judged), ~Exists(passed), offer__status=Status.PUBLIC)


def queue(user: Any, now: datetime, *, without: Collection[Numbers] = (), limit: int = 40) -> list[Numbers]:
    """The pairs to judge next, the most useful first.

    Needs come in rounds: first those with fewer than ``PER_NEED`` verdicts, the newest first, those at which a
    colleague is just now last. For the pairs of a need see ``useful``.
    """
    found: list[Numbers] = []
    held = set(without)
    for need in _needs(user, now):
        found += [pair for pair in _open_of(user, need) if pair not in held][:PER_NEED]
        if len(found) >= limit:
            break
    return found[:limit]


def _needs(user: Any, now: datetime) -> Iterator[int]:
    """Numbers of the needs that have open pairs, in the order in which they come; read in slices."""
    said = Judgement.objects.filter(need=OuterRef("pk"))
    counted = said.order_by().values("need").annotate(n=Count("pk")).values("n")
    count = Coalesce(Subquery(counted, output_field=IntegerField()), Value(0))
    rows = access.bench.filter(user, Need.objects.filter(status=Status.PUBLIC))
    rows = rows.filter(Exists(open_pairs(user).filter(need=OuterRef("pk"))))
    rows = rows.annotate(
        busy=Exists(said.filter(at__gt=now - BUSY).exclude(by=user)), turn=count - count % Value(PER_NEED)
    )
    ordered = rows.order_by("busy", "turn", F("published_at").desc(nulls_last=True), "-pk").values_list("pk", flat=True)
    start = 0
    while slice_ := list(ordered[start : start + NEEDS]):
        yield from slice_
        start += NEEDS


def _open_of(user: Any, need: int) -> list[Numbers]:
    """The open pairs of a need, the most useful first."""
    best = list(Match.objects.filter(need=need).order_by("-score").values_list("score", flat=True)[:TOP])
    rows = open_pairs(user).filter(need=need).values_list("offer", "score")
    return [(need, offer) for offer in useful(list(rows), best)]


def useful(pairs: Sequence[tuple[int, float]], best: Sequence[float]) -> list[int]:
    """Candidates in the order in which a verdict is worth most: number and score of those still open.

    First the leading ones, which matter most to the asker; then those whose score is nearest to the middle of the
    best ``TOP``, where it is least certain who fits.
    """
    ordered = sorted(pairs, key=lambda pair: (-pair[1], pair[0]))
    middle = median(best) if best else 0.0
    rest = sorted(ordered[LEADING:], key=lambda pair: (abs(pair[1] - middle), pair[0]))
    return [number for number, _ in (*ordered[:LEADING], *rest)]


def open_count(user: Any) -> int:
    """How many pairs wait for a verdict of the user."""
    needs = access.bench.filter(user, Need.objects.filter(status=Status.PUBLIC))
    return open_pairs(user).filter(need__in=needs.values("pk")).count()


def both(user: Any, need: int, offer: int) -> tuple[Need, Offer] | None:
    """A need and an offer by their numbers; None where the user may not see or judge them."""
    asked_for = access.bench.filter(user, Need.objects.select_related("party")).filter(pk=need).first()
    offers = market.view_listing.filter(user, Offer.objects.select_related("party"))
    thing = offers.filter(pk=offer).first()
    return (asked_for, thing) if asked_for and thing else None


def pair(user: Any, need: int, offer: int) -> Pair | None:
    """A pair as its page shows it; None where the user may not see or judge it."""
    found = both(user, need, offer)
    return _shown(user, *found) if found else None


def _shown(user: Any, need: Need, offer: Offer) -> Pair:
    match = Match.objects.filter(need=need, offer=offer).select_related("need", "offer").first()
    text = text_of(need)
    shared = shared_terms(text, offered(offer).text, limit=40)
    names = telling(set(words(text)))
    said = list(Judgement.objects.filter(need=need, offer=offer))
    return Pair(
        need=need,
        offer=offer,
        score=match.score if match else None,
        reasons=tuple(_reasons(match)) if match else (),
        terms=tuple(t for t in shared if t in names),
        sentence=nearest(text, offer),
        said=next((j for j in said if j.by_id == user.pk), None),
        passed=Passed.objects.filter(need=need, offer=offer, by=user).exists(),
        others=sum(j.by_id != user.pk for j in said),
    )


def _reasons(match: Match) -> list[Reason]:
    """The reasons of a stored match in the reader's language, the heaviest first, as the pages show them."""
    weights = in_force().weights
    rows = [Reason(r["feature"], r["value"], weights.get(r["feature"], 0.0), r["words"]) for r in reasons(match)]
    return sorted(rows, key=lambda r: -r.weight)


def candidates(user: Any, need: Need, limit: int = 6) -> list[Pair]:
    """The best answers of a need that the user has not refused, side by side for comparing."""
    refused = Judgement.objects.filter(need=need, offer=OuterRef("offer"), by=user, fits=False)
    rows = Match.objects.filter(~Exists(refused), need=need, offer__status=Status.PUBLIC).order_by("-score")
    numbers = list(rows.values_list("offer", flat=True)[:limit])
    offers = Offer.objects.select_related("party").in_bulk(numbers)
    return [_shown(user, need, offers[n]) for n in numbers]


@dataclass(frozen=True)
class Tally:
    """评判数: one's own verdicts since a moment."""

    fits: int
    unfit: int
    passed: int

    @property
    def total(self) -> int:
        """All verdicts; what was passed over is none."""
        return self.fits + self.unfit


def tally(user: Any, since: datetime) -> Tally:
    """One's own verdicts since a moment."""
    said = Judgement.objects.filter(by=user, at__gte=since)
    fits = said.filter(fits=True).count()
    return Tally(fits, said.count() - fits, Passed.objects.filter(by=user, at__gte=since).count())


def labels_of(pairs: Sequence[Pair]) -> list[str]:
    """The features that any of the pairs has a reason for, in the order of the first."""
    return list(dict.fromkeys(r.feature for p in pairs for r in p.reasons))
