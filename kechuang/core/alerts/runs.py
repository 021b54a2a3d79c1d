"""运行订阅 runs: tell people what came into their saved searches, and of strong new matches. Called by tasks."""

import logging
from datetime import datetime, timedelta

from django.db import transaction

from kechuang.core.alerts import queries
from kechuang.core.alerts.models import Pair, SavedSearch, Sent, Told
from kechuang.core.alerts.queries import Found, Frequency, muted
from kechuang.core.matching.advice import kept_in_short
from kechuang.core.matching.models import Match
from kechuang.core.notices.actions import tell
from kechuang.core.notices.models import Notice
from kechuang.core.parties.models import User
from kechuang.core.search.fresh import newest, settled
from kechuang.kit.text import clip

SEARCH, MATCH = "search", "match"  # how the keys of these notices begin
BATCH = 1_000
# At most so many notices about strong matches a day for one person, and so far apart; one tells of all that waits.
DAILY_NOTICES, APART = 3, timedelta(hours=2)
NAMED = 2  # titles in a notice
logger = logging.getLogger(__name__)


def run_due(*, now: datetime) -> int:
    """Run the saved searches whose turn it is; returns how many notices were written."""
    told = 0
    for pk in list(queries.due(now, newest()).values_list("pk", flat=True)):
        try:
            told += run(pk, now=now) is not None
        except Exception:  # one search that cannot be run must not silence the others
            logger.exception("saved search %s", pk)
    return told


@transaction.atomic
def run(pk: int, *, now: datetime) -> Notice | None:
    """Tell of what is new in one saved search. Notice, outbox, marks: all or nothing, so a crash repeats the whole."""
    due = queries.due(now, newest()).select_for_update(skip_locked=True, of=("self",)).select_related("user")
    search = due.filter(pk=pk).first()
    if search is None:  # another worker has had it
        return None
    before, mark = search.told_mark, settled(now, search.told_mark)
    hits = queries.untold(search)
    hidden = muted(search.user)
    found = [f for f in queries.loaded(hits) if not hidden.hides(f.listing)]
    notice = _tell_results(search, found, before, now) if found else None
    told = {f.entry for f in found}
    Sent.objects.bulk_create(
        Sent(search=search, entry=entry, kind=h.kind, ref=h.ref, notice=notice if entry in told else None, at=now)
        for entry, h in hits
    )
    search.told_mark, search.last_run_at = mark, now
    search.told_at = now if notice else search.told_at
    search.save(update_fields=["told_mark", "last_run_at", "told_at"])
    return notice


def _tell_results(search: SavedSearch, found: list[Found], before: int, now: datetime) -> Notice | None:
    titles = "、".join(clip(f.listing.title, 40) for f in found[:NAMED])
    more = "等" if len(found) > NAMED else ""
    text = f"您保存的检索“{search.name}”有 {len(found)} 项新结果：{titles}{more}"
    url = f"/my/searches/{search.pk}/?after={before}"
    return tell(user=search.user, text=text, url=url, key=f"{SEARCH}:{search.pk}:{now.isoformat()}", now=now)


def find_strong(*, now: datetime) -> int:
    """Keep the strong matches that nobody knows yet, for the people of both sides; returns how many pairs."""
    found = list(queries.strong_matches(now)[:BATCH])
    for match in found:
        _keep(match, now)
    return len(found)


@transaction.atomic
def _keep(match: Match, now: datetime) -> None:
    pair, new = Pair.objects.get_or_create(
        need=match.need,
        offer=match.offer,
        defaults={"score": match.score, "words": clip(kept_in_short(match.reasons), queries.WORDS), "at": now},
    )
    if not new:
        return
    owners = {user.pk: Told.Side.OWNER for user in queries.people_of(match.offer.party)}
    askers = {user.pk: Told.Side.ASKER for user in queries.people_of(match.need.party)}
    Told.objects.bulk_create(
        Told(pair=pair, user_id=user, side=side, at=now) for user, side in (owners | askers).items()
    )


def tell_strong(*, now: datetime) -> int:
    """Tell everybody, in one notice each, of the strong matches that wait; returns how many notices were written."""
    waiting = Told.objects.filter(notice=None).values_list("user_id", flat=True).distinct()
    return sum(_tell_matches(user, now) is not None for user in list(waiting.order_by("user_id")))


@transaction.atomic
def _tell_matches(user_id: int, now: datetime) -> Notice | None:
    user = User.objects.get(pk=user_id)
    rows = Told.objects.filter(user=user, notice=None).select_for_update(skip_locked=True, of=("self",))
    waiting = list(rows.select_related("pair__need", "pair__offer"))
    kept = queries.worth_telling(waiting, muted(user))
    kept_pks = {row.pk for row in kept}
    Told.objects.filter(pk__in=[row.pk for row in waiting if row.pk not in kept_pks]).delete()
    if not kept or not _may_be_told(user, now):
        return None
    notice = tell(user=user, text=_words(kept), url=_address(kept), key=f"{MATCH}:{now.isoformat()}", now=now)
    Told.objects.filter(pk__in=kept_pks).update(notice=notice, at=now)
    return notice


def _may_be_told(user: User, now: datetime) -> bool:
    past = Notice.objects.filter(user=user, key__startswith=f"{MATCH}:")
    today = past.filter(at__gte=queries.slot(Frequency.DAILY, now)).count()
    return today < DAILY_NOTICES and not past.filter(at__gt=now - APART).exists()


def _words(rows: list[Told]) -> str:
    best = rows[0]
    mine, other = (clip(listing.title, 60) for listing in queries.sides(best))
    if best.side == Told.Side.ASKER:
        text = f"新成果“{other}”与您的需求“{mine}”高度匹配"
    else:
        text = f"新需求“{other}”与您的成果“{mine}”高度匹配"
    more = f"。另有 {len(rows) - 1} 项新的高匹配" if len(rows) > 1 else ""
    return f"{text}（{round(best.pair.score)}分：{best.pair.words}）{more}"


def _address(rows: list[Told]) -> str:
    if len(rows) > 1:
        return "/my/matches/"
    pair = rows[0].pair
    if rows[0].side == Told.Side.ASKER:
        return f"/s/needs/{pair.need_id}/match/"
    return f"/s/{pair.offer.service}/{pair.offer_id}/needs/"
