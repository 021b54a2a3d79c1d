"""订阅写入: save a search, change it, give it up, look at what is new; mute and listen again."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from kechuang.core.alerts import access
from kechuang.core.alerts.models import Mute, SavedSearch, Sent
from kechuang.core.alerts.queries import mutes_of, public, searches_of
from kechuang.core.audit.actions import record
from kechuang.core.parties.models import User
from kechuang.core.search.fresh import fresh, newest, settled
from kechuang.core.search.kinds import all_kinds
from kechuang.core.vocab.queries import labels
from kechuang.kit.refusal import NotAllowed, Refusal
from kechuang.kit.text import fold

MOST_SEARCHES = 50
Frequency = SavedSearch.Frequency


@transaction.atomic
def save_search(
    *,
    text: str,
    kinds: Sequence[str],
    facets: Mapping[str, Sequence[str]],
    name: str,
    by: User,
    now: datetime,
    frequency: str = Frequency.DAILY,
) -> tuple[SavedSearch, bool]:
    """Save a search for its user; the same one saved twice is one. Returns it, and whether it is new.

    What is found now is known; only what comes later is told.
    """
    if not (text.strip() or kinds or facets):
        raise Refusal(_("请先输入检索词或选择筛选条件，再保存检索。"))
    User.objects.select_for_update().get(pk=by.pk)
    digest = _digest(text, kinds, facets)
    known = searches_of(by).filter(digest=digest).first()
    if known is not None:
        return known, False
    if searches_of(by).count() >= MOST_SEARCHES:
        words = _("每人最多保存 {most} 个检索。请先在“我的订阅”中删除不用的，再保存这一个。")
        raise Refusal(words.format(most=MOST_SEARCHES))
    search = SavedSearch(
        user=by,
        name=name.strip()[:80],
        text=text,
        kinds=list(kinds),
        facets={key: list(values) for key, values in facets.items()},
        digest=digest,
        frequency=_known(frequency),
        created_at=now,
        last_run_at=now,
    )
    _begin(search, now)
    record(search, "save", by=by, now=now, after={"frequency": search.frequency})
    return search, True


@transaction.atomic
def change_search(
    *, search: SavedSearch, by: User, now: datetime, name: str | None = None, frequency: str | None = None
) -> SavedSearch:
    """Rename a saved search or choose how often it is told. Who begins to listen again hears of what comes from now."""
    search = _own(search, by)
    before = {"name": search.name, "frequency": search.frequency}
    if name is not None:
        if not name.strip():
            raise Refusal(_("请填写名称。"), fields={"name": _("请填写名称。")})
        search.name = " ".join(name.replace("\0", "").split())[:80]
    again = search.frequency == Frequency.NEVER
    if frequency is not None:
        search.frequency = _known(frequency)
    if again and search.frequency != Frequency.NEVER:
        search.last_run_at = now
        _begin(search, now)
    search.save(update_fields=["name", "frequency"])
    after = {"name": search.name, "frequency": search.frequency}
    if after != before:
        record(search, "change", by=by, now=now, before=before, after=after)
    return search


@transaction.atomic
def end_search(*, search: SavedSearch, by: User, now: datetime) -> None:
    """Give a saved search up; nothing more is told of it."""
    search = _own(search, by)
    if search.ended_at is None:
        search.ended_at = now
        search.save(update_fields=["ended_at"])
        record(search, "end", by=by, now=now)


@transaction.atomic
def look(*, search: SavedSearch, by: User, now: datetime) -> int:
    """The user looks at what is new; returns the mark after which it was."""
    search = _own(search, by)
    before = search.seen_mark
    search.seen_mark = max(before, newest())
    search.save(update_fields=["seen_mark"])
    return before


@transaction.atomic
def mute(*, what: str, by: User, now: datetime, kind: str = "", ref: int = 0, industry: str = "") -> Mute:
    """No more word of a listing, of a kind (or of an industry in it), or of the matches of an own listing, or of all.

    Muted twice is muted once.
    """
    if what not in Mute.What.values or not _exists(what, kind, ref, industry):
        raise Refusal(_("这条信息已经不在市场上，不会再向您推送；也可以在“我的订阅”中办理。"))
    row, new = Mute.objects.get_or_create(
        user=by, what=what, kind=kind, ref=ref, industry=industry, defaults={"at": now}
    )
    if new:
        after = {"what": what, "kind": kind, "ref": ref, "industry": industry}
        record(row, "mute", by=by, now=now, after=after)
    return row


def mute_scope(*, kind: str, ref: int, scope: str, by: User, now: datetime) -> Mute:
    """Mute as a form asks: ``scope`` is empty for the listing itself, ``kind``, or ``kind:`` and an industry."""
    if not scope:
        return mute(what=Mute.What.ITEM, kind=kind, ref=ref, by=by, now=now)
    return mute(what=Mute.What.KIND, kind=kind, industry=scope.partition(":")[2], by=by, now=now)


@transaction.atomic
def unmute(*, mute: Mute, by: User, now: datetime) -> None:
    """Listen again."""
    if not access.own.check(by, mute):
        raise NotAllowed(_("只能恢复自己的设置。"))
    record(mute, "unmute", by=by, now=now, before={"what": mute.what, "kind": mute.kind, "ref": mute.ref})
    mutes_of(by).filter(pk=mute.pk).delete()


def _exists(what: str, kind: str, ref: int, industry: str) -> bool:
    if what == Mute.What.MATCHES and not kind:
        return not ref
    if kind not in {k.code for k in all_kinds()}:
        return False
    if what == Mute.What.KIND:
        return not ref and (not industry or industry in labels("industry"))
    return not industry and (kind, ref) in public([(kind, ref)])


def _begin(search: SavedSearch, now: datetime) -> None:
    """From now on: what the index holds is known."""
    search.told_mark, search.seen_mark = settled(now), newest()
    search.save()
    rows = fresh(search.query, search.told_mark)
    Sent.objects.bulk_create(
        [Sent(search=search, entry=entry, kind=hit.kind, ref=hit.ref, at=now) for entry, hit in rows],
        ignore_conflicts=True,
    )


def _own(search: SavedSearch, by: User) -> SavedSearch:
    if not access.own.check(by, search):
        raise NotAllowed(_("只能办理自己保存的检索。"))
    return SavedSearch.objects.select_for_update().get(pk=search.pk)


def _known(frequency: str) -> str:
    if frequency not in Frequency.values:
        message = _("请从列表中选择邮件频率。")
        raise Refusal(message, fields={"frequency": message})
    return frequency


def _digest(text: str, kinds: Sequence[str], facets: Mapping[str, Sequence[str]]) -> str:
    """The same search has the same digest, in whatever order its filters were chosen."""
    parts: list[Any] = [
        " ".join(fold(text).split()),
        sorted(kinds),
        sorted((name, sorted(values)) for name, values in facets.items() if values),
    ]
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()
