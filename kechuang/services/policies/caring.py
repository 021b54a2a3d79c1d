"""政策库维护 caring: which documents are out of date or whose address does not open; links checked, flags settled."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from kechuang.core.audit.actions import record
from kechuang.core.market.actions import months_later
from kechuang.core.parties.access import require_officer
from kechuang.core.parties.models import Post, User
from kechuang.core.parties.queries import officers
from kechuang.core.policy.models import Document, PackVersion
from kechuang.core.vocab.region import region
from kechuang.kit.refusal import NotAllowed, Refusal
from kechuang.services.policies.access import keeps_document
from kechuang.services.policies.models import Care

# The status of an address; None where the net could not be reached, which says nothing of the address.
Fetch = Callable[[str], int | None]
STALE_MONTHS = int(region().get("policies", {}).get("stale_months", 6))
GONE = 400
SPARSE = 7  # days between two looks at an address


@dataclass(frozen=True)
class Flags:
    """标记: a document with what is the matter with it, in words."""

    document: Document
    care: Care | None
    words: list[str] = field(default_factory=list)


def flagged(user: Any, on: date) -> list[Flags]:
    """The documents of the user's place with a flag, her own first."""
    rows = keeps_document.filter(user, Document.objects.select_related("care__owner").prefetch_related("replaced_by"))
    ended = _ended(on)
    found = [Flags(d, getattr(d, "care", None), _words(d, ended, on)) for d in rows]
    found = [one for one in found if one.words]
    return sorted(found, key=lambda one: (one.care is None or one.care.owner_id != user.pk, one.document.title))


def stale_words(document: Document, on: date) -> list[str]:
    """The flags of one document that everybody should see: superseded, ended, not checked for long."""
    return _words(document, _ended(on), on, public=True)


def _ended(on: date) -> set[int]:
    """Documents all of whose clauses have ended."""
    rows = PackVersion.objects.filter(state=PackVersion.State.PUBLISHED, document__isnull=False)
    alive = set(rows.filter(effective_to=None).values_list("document", flat=True))
    alive |= set(rows.filter(effective_to__gt=on).values_list("document", flat=True))
    return set(rows.values_list("document", flat=True)) - alive


def _words(document: Document, ended: set[int], on: date, *, public: bool = False) -> list[str]:
    care: Care | None = getattr(document, "care", None)
    found = []
    if document.replaced_by.all():
        found.append(_("已被新文件替代"))
    if document.pk in ended:
        found.append(_("条款都已失效"))
    seen = care.checked_on if care is not None else None
    if seen is None and not public:
        found.append(_("还没有核对过"))
    if seen is not None and months_later(seen, STALE_MONTHS) <= on:
        found.append(_("超过 %(months)s 个月没有核对") % {"months": STALE_MONTHS})
    if document.link_problem:
        found.append(_("网址打不开（%(why)s）") % {"why": document.link_problem})
    return found


@transaction.atomic
def mark_checked(*, document: Document, note: str, by: User, now: datetime) -> Care:
    """Compared with the source today; what was the matter with the address is looked at again by the clock."""
    care = _care(document, by)
    care.checked_on, care.checked_by, care.note = timezone.localdate(now), by, note.strip()[:300]
    care.save()
    Document.objects.filter(pk=document.pk).update(link_problem="", link_checked_at=None)
    record(document, "check", by=by, now=now, note=care.note)
    return care


@transaction.atomic
def hand_to(*, document: Document, owner: User, by: User, now: datetime) -> Care:
    """Say which officer looks after a document."""
    care = _care(document, by)
    if not officers(document.district).filter(user=owner).exists():
        words = _("请选择管辖这份文件的工作人员。")
        raise Refusal(words, fields={"owner": words})
    care.owner = owner
    care.save()
    record(document, "owner", by=by, now=now, after={"owner": owner.pk})
    return care


def _care(document: Document, by: User) -> Care:
    require_officer(by)
    if not keeps_document.check(by, document):
        raise NotAllowed(_("这份文件由发布它的一级主管部门维护。"))
    Document.objects.select_for_update().get(pk=document.pk)
    return Care.objects.get_or_create(document=document)[0]


def keepers(document: Document) -> QuerySet[Post]:
    """The officers who may look after a document."""
    return officers(document.district).select_related("user")


def check_links(*, fetch: Fetch, now: datetime, most: int = 50) -> Mapping[str, int]:
    """Open the addresses of the sources that nobody has looked at for a week. Without a net nothing is changed."""
    before = now - timedelta(days=SPARSE)
    rows = Document.objects.exclude(url="").exclude(link_checked_at__gt=before)
    counts = {"opened": 0, "broken": 0, "unknown": 0}
    for document in rows.order_by(F("link_checked_at").asc(nulls_first=True))[:most]:
        status = fetch(document.url)
        if status is None:
            counts["unknown"] += 1
            continue
        problem = f"HTTP {status}" if status >= GONE else ""
        counts["broken" if problem else "opened"] += 1
        Document.objects.filter(pk=document.pk).update(link_problem=problem, link_checked_at=now)
    return counts
