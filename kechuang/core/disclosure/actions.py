"""分级公开写入: publish an agreement, accept it, end an acceptance; record every view of a protected tier."""

import hashlib
import tomllib
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from kechuang.core.audit.actions import record
from kechuang.core.disclosure import access, queries
from kechuang.core.disclosure.models import NdaAcceptance, NdaText
from kechuang.core.market import access as market
from kechuang.core.market.models import Listing, Need, Status, Tier
from kechuang.core.notices.actions import tell
from kechuang.core.parties.access import acts_for
from kechuang.core.parties.models import Party
from kechuang.kit.refusal import NotAllowed, Refusal, Stale


def digest(text: str) -> str:
    """The SHA-256 of a text as an acceptance keeps it."""
    return hashlib.sha256(text.encode()).hexdigest()


def _locked(party: Party) -> Party:
    """One change of a party's agreement, or one acceptance towards it, at a time."""
    return Party.objects.select_for_update(no_key=True).get(pk=party.pk)


@transaction.atomic
def load_default(*, path: Path, now: datetime) -> NdaText:
    """Load the city's agreement of a pack; a changed text becomes a new version, the same one is left alone."""
    given = tomllib.loads(path.read_text("utf-8"))
    text = str(given["text"]).strip()
    held = NdaText.objects.select_for_update().filter(party=None, ended_at=None).first()
    if held is not None and held.sha256 == digest(text) and held.title == given["title"]:
        return held
    return _put_in_force(None, held, given["title"], text, note=given["note"], by=None, now=now)


def _put_in_force(
    party: Party | None, held: NdaText | None, title: str, text: str, *, note: str = "", by: Any, now: datetime
) -> NdaText:
    last = NdaText.objects.filter(party=party).order_by("-version").first()
    if held is not None:
        held.ended_at = now
        held.save(update_fields=["ended_at"])
    made = NdaText.objects.create(
        party=party,
        version=last.version + 1 if last else 1,
        title=title,
        text=text,
        sha256=digest(text),
        note=note,
        in_force_from=now,
        by=by,
    )
    record(made, "publish_nda", by=by, now=now, after={"version": made.version, "sha256": made.sha256})
    return made


@transaction.atomic
def publish_text(*, party: Party, title: str, text: str, seen: int | None, by: Any, now: datetime) -> NdaText:
    """Put a party's own agreement in force; ``seen`` is the text in force that the author looked at."""
    held = _own_text(party, seen, by)
    text = text.strip()
    if held is not None and (held.title, held.sha256) == (title, digest(text)):
        raise Refusal(_("与现行文本完全相同，没有发布新版本。"))
    return _put_in_force(party, held, title, text, by=by, now=now)


@transaction.atomic
def drop_text(*, party: Party, seen: int | None, by: Any, now: datetime) -> None:
    """Go back to the city's agreement; the own versions stay readable."""
    held = _own_text(party, seen, by)
    if held is None:
        raise Refusal(_("本单位没有自己的文本，现在用的就是本市通用文本。"))
    held.ended_at = now
    held.save(update_fields=["ended_at"])
    record(held, "end_nda", by=by, now=now, before={"version": held.version})


def _own_text(party: Party, seen: int | None, by: Any) -> NdaText | None:
    party = _locked(party)
    if not access.publish_text.check(by, party):
        raise NotAllowed(_("只有本单位管理员可以发布或停用保密协议文本。"))
    found = queries.text_for(party)
    if (found.pk if found else None) != seen:
        raise Stale(_("您打开页面之后，本单位的保密协议文本已有变化。请对照最新文本后再发布。"))
    return found if found is not None and found.party_id else None


@transaction.atomic
def accept(*, listing: Listing, seen: int, behalf: Party | None, by: Any, now: datetime) -> NdaAcceptance:
    """Accept the agreement of a listing's party; ``seen`` is the text that was read. Twice makes one acceptance.

    Raises Stale when another text is in force by now.
    """
    party = _locked(listing.party)
    if behalf is not None and not acts_for.check(by, behalf):
        raise NotAllowed(_("您不是该单位的经办人，不能代表它签署。"))
    if market.owner.check(by, listing):
        raise Refusal(_("您是发布单位的经办人，查看本单位的内容无须签署。"))
    if listing.status != Status.PUBLIC:
        raise Refusal(_("这条信息已不再公开发布，现在不能签署。"))
    if ended := queries.shut_out(by, party):
        words = _("{party}已终止与您的保密约定（原因：{reason}）。如需继续，请先与该单位联系。")
        raise NotAllowed(words.format(party=party, reason=ended.ended_for))
    text = queries.text_for(party)
    if text is None:
        raise Refusal(_("本市的保密协议文本还没有载入，请联系平台管理员。"))
    if text.pk != seen:
        raise Stale(_("您阅读期间，保密协议换了新文本。请阅读下面的新文本，同意后再签署。"))
    return _accepted(listing, text, behalf, by=by, now=now)


def _accepted(listing: Listing, text: NdaText, behalf: Party | None, *, by: Any, now: datetime) -> NdaAcceptance:
    occasion = {"need": listing} if isinstance(listing, Need) else {"offer": listing}
    made, new = NdaAcceptance.objects.get_or_create(
        user=by,
        party=listing.party,
        text=text,
        behalf=behalf,
        ended_at=None,
        defaults={"sha256": text.sha256, "at": now, **occasion},
    )
    if new:
        after = {"acceptance": made.pk, "text": text.pk, "version": text.version, "sha256": text.sha256}
        after["behalf"] = behalf.pk if behalf else None
        record(listing, "accept_nda", by=by, now=now, after=after)
    return made


@transaction.atomic
def end_acceptance(*, acceptance: NdaAcceptance, reason: str, by: Any, now: datetime) -> NdaAcceptance:
    """The disclosing party ends an acceptance; the other side is told why and cannot accept again by herself."""
    row = _for_owner(acceptance, by)
    reason = reason.strip()
    if not reason:
        raise Refusal(_("请写明终止的原因，对方会看到。"), fields={"reason": _("请写明原因。")})
    if row.ended_at is not None:
        raise Stale(_("这份约定已经终止。"))
    row.ended_at, row.ended_by, row.ended_for = now, by, reason[:300]
    live = NdaAcceptance.objects.filter(user=row.user, party=row.party, ended_at=None)
    live.update(ended_at=now, ended_by=by, ended_for=row.ended_for)  # of whatever version, for whomever she signed
    record(row, "end_acceptance", by=by, now=now, note=row.ended_for)
    words = f"{row.party}终止了与您的保密约定，您不能再查看其受保护的内容。"
    words += f"原因：{row.ended_for}。已知悉内容的保密义务不变。"
    tell(user=row.user, text=words, url=f"/nda/acceptances/{row.pk}/", key=f"nda:{row.pk}:end", now=now)
    return row


@transaction.atomic
def readmit(*, acceptance: NdaAcceptance, by: Any, now: datetime) -> NdaAcceptance:
    """The disclosing party lets a person accept again whose acceptance it had ended."""
    row = _for_owner(acceptance, by)
    if row.ended_at is None or row.readmitted_at is not None:
        raise Stale(_("这份约定没有终止，或已经重新允许签署。"))
    row.readmitted_at = now
    ended = NdaAcceptance.objects.filter(user=row.user, party=row.party, readmitted_at=None)
    ended.exclude(ended_at=None).update(readmitted_at=now)
    record(row, "readmit", by=by, now=now)
    words = f"{row.party}允许您重新签署保密协议。"
    tell(user=row.user, text=words, url=f"/nda/acceptances/{row.pk}/", key=f"nda:{row.pk}:readmit", now=now)
    return row


def _for_owner(acceptance: NdaAcceptance, by: Any) -> NdaAcceptance:
    row = NdaAcceptance.objects.select_for_update(of=("self",)).select_related("party", "user").get(pk=acceptance.pk)
    if not access.end_acceptance.check(by, row):
        raise NotAllowed(_("只有披露单位的经办人可以终止或恢复保密约定。"))
    return row


@transaction.atomic
def seen(
    *, listing: Listing, tiers: Iterable[str], by: Any, now: datetime, place: str, material: int | None = None
) -> None:
    """Record that somebody read protected tiers of a listing; the owner's own people are not recorded.

    ``place`` names where: page, protected, case, history, export, material.
    """
    protected = sorted(set(tiers) - {str(Tier.PUBLIC)})
    if not protected or market.owner.check(by, listing):
        return
    for tier in protected:
        after = {"tier": tier, "place": place} | ({"material": material} if material else {})
        record(listing, queries.VIEW, by=by, now=now, after=after)
