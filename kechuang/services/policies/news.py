"""政策订阅 news: what is new in the policies, told once to those who have subscribed, in their daily digest."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.core.signing import BadSignature, Signer
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kechuang.core.audit.actions import record
from kechuang.core.dossier.queries import facts_of
from kechuang.core.notices.actions import tell
from kechuang.core.parties.access import acts_for
from kechuang.core.parties.models import Party, User
from kechuang.core.policy.models import Document, PackVersion
from kechuang.core.policy.queries import calculate, in_force, pack_of
from kechuang.core.tiers.ladder import ladder
from kechuang.core.tiers.queries import windows
from kechuang.kit.language import main_language
from kechuang.kit.refusal import NotAllowed, Refusal
from kechuang.kit.text import noop
from kechuang.services.policies.models import Subscription

HEADING = noop("政策订阅")
ENDS_WITHIN, LOOK_BACK = timedelta(days=30), timedelta(days=7)
MOST = 50
_signer = Signer(salt="kechuang.policies", sep="~")


@dataclass(frozen=True)
class News:
    """政策动态: a version, what has happened to it on which day, in words."""

    version: PackVersion
    what: str
    day: date
    words: str


@transaction.atomic
def subscribe(
    *,
    by: User,
    now: datetime,
    document: Document | None = None,
    level: str = "",
    district: str = "",
    kind: str = "",
    party: Party | None = None,
) -> Subscription:
    """Subscribe; the same twice is one."""
    if party is not None and not acts_for.check(by, party):
        raise NotAllowed(_("您不是该单位的经办人，不能按它的条件订阅。"))
    chosen: dict[str, Any] = {
        "document": document, "level": level, "district": district, "kind": kind, "party": party
    }  # fmt: skip
    mine = Subscription.objects.filter(user=by, ended_at=None)
    if mine.count() >= MOST:
        raise Refusal(_("最多订阅 %(most)s 项，请先退订不用的。") % {"most": MOST})
    try:
        with transaction.atomic():
            made = Subscription.objects.create(user=by, since=now, **chosen)
    except IntegrityError:
        return mine.get(**chosen)
    record(made, "subscribe", by=by, now=now)
    return made


@transaction.atomic
def end(*, subscription: Subscription, by: Any, now: datetime) -> None:
    """Hear no more of it; ``by`` None is whoever has the signed link of a mail."""
    row = Subscription.objects.select_for_update().get(pk=subscription.pk)
    if by is not None and row.user_id != by.pk:
        raise NotAllowed(_("只能退订自己的订阅。"))
    if row.ended_at is None:
        row.ended_at = now
        row.save(update_fields=["ended_at"])
        record(row, "end", by=by, now=now)


def token(subscription: Subscription, code: str) -> str:
    """A part of an address that shows the news and ends the subscription without a login."""
    return _signer.sign(f"{subscription.pk}.{code}")


def subscription_of(signed: str) -> tuple[Subscription, str] | None:
    """The subscription and the policy of a signed address; None for one that was not made here."""
    try:
        pk, _dot, code = _signer.unsign(signed).partition(".")
    except BadSignature:
        return None
    rows = Subscription.objects.select_related("document", "party", "user")
    found = rows.filter(pk=int(pk)).first()
    return (found, code) if found is not None else None


def tell_news(*, now: datetime) -> int:
    """Tell every subscriber what is new for her, once for each policy and event. Running it twice tells nothing."""
    today = timezone.localdate(now)
    found = list(_news(today, now))
    told = 0
    rows = Subscription.objects.filter(ended_at=None, user__is_active=True).select_related("user", "party", "document")
    for row in rows if found else ():
        mine = _qualifies(row.party, today) if row.party is not None else None
        for one in found:
            if one.day >= timezone.localdate(row.since) and _wants(row, one.version, mine):
                told += _tell(row, one, now)
    return told


def _tell(row: Subscription, one: News, now: datetime) -> bool:
    key = f"policy:{one.version.code}:{one.what}"
    url = f"/policies/news/{token(row, one.version.code)}/"
    return tell(user=row.user, text=one.words, url=url, key=key, now=now, digest=True, heading=HEADING) is not None


def _wants(row: Subscription, version: PackVersion, qualifies: set[str] | None) -> bool:
    pairs = ((row.level, version.level), (row.district, version.district), (row.kind, version.kind))
    if any(wanted and wanted != has for wanted, has in pairs):
        return False
    if row.document_id is not None and row.document_id != version.document_id:
        return False
    return qualifies is None or version.code in qualifies


def _qualifies(party: Party, on: date) -> set[str]:
    standings = calculate(facts_of(party, on=on), on=on)
    return {one.version.code for one in standings if one.verdict.result == "met"}


def _news(today: date, now: datetime) -> Iterator[News]:
    with main_language():
        recent = PackVersion.objects.filter(
            state=PackVersion.State.PUBLISHED, published_at__gt=now - LOOK_BACK, published_at__lte=now
        )
        for version in recent.select_related("document"):
            if version.published_at is not None:
                day = timezone.localdate(version.published_at)
                words = _("“%(title)s”发布第 %(number)s 版，自 %(day)s 施行。") % {
                    "title": version.title,
                    "number": version.number,
                    "day": version.effective_from,
                }
                yield News(version, f"version{version.number}", day, words)
        known = {version.code: version for version in in_force(today)}
        for version in known.values():
            yield from _changes(version, today)
        yield from _openings(known, today)


def _changes(version: PackVersion, today: date) -> Iterator[News]:
    """Parameters that change these days, and a policy that ends soon."""
    pack = pack_of(version)
    for parameter in pack.parameters.values():
        for since, _value in parameter.values:
            if since > pack.effective_from and today - LOOK_BACK < since <= today:
                words = _("“%(title)s”的“%(parameter)s”自 %(day)s 改变。") % {
                    "title": version.title,
                    "parameter": parameter.label,
                    "day": since,
                }
                yield News(version, f"parameter.{parameter.name}.{since}", since, words)
    if version.effective_to is not None and version.effective_to - ENDS_WITHIN <= today:
        words = _("“%(title)s”将于 %(day)s 失效。") % {"title": version.title, "day": version.effective_to}
        yield News(version, f"ends.{version.effective_to}", today, words)


def _openings(known: Mapping[str, PackVersion], today: date) -> Iterator[News]:
    """Windows of qualifications that have opened these days."""
    packs = {rung.code: rung.pack for rung in ladder().rungs if rung.pack}
    for window in windows():
        version = known.get(packs.get(window.rung, ""))
        if version is not None and window.opens is not None and today - LOOK_BACK < window.opens <= today:
            words = _("“%(title)s”的申报窗口已于 %(day)s 开始。") % {"title": version.title, "day": window.opens}
            yield News(version, f"window{window.pk}", window.opens, words)
