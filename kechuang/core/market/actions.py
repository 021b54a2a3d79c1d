"""发布信息写入: save, keep a pending change, publish, close; autosaved drafts."""

import calendar
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from kechuang.core.audit.actions import record
from kechuang.core.market import access, queries
from kechuang.core.market.kinds import ListingKind, detail_of, listing_kind
from kechuang.core.market.models import DayViews, Draft, Listing, Need, Revision, Status
from kechuang.core.parties.access import acts_for, is_city_officer
from kechuang.core.parties.models import Party
from kechuang.core.search import actions as search
from kechuang.kit.refusal import NotAllowed, Refusal, Stale
from kechuang.kit.text import noop

DRAFTS_KEPT = 5  # autosaved drafts of one form and user


class FormSentTwice(Refusal):
    """重复提交: a listing was already made from this page."""


def months_later(day: date, months: int) -> date:
    """The same day some months on, or the month's last day."""
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


@transaction.atomic
def create_listing(
    *,
    service: str,
    party: Party,
    content: dict[str, Any],
    by: Any,
    now: datetime,
    fictional: bool = False,
    form_key: str | None = None,
    taken_over: bool = False,
) -> Any:
    """Save a new, unpublished listing for a party. ``content`` is cleaned by the form; ``by`` None is the demo.

    ``taken_over``: an officer of the city enters what a register kept elsewhere says of the party.
    Raises FormSentTwice when a listing was already made from the page ``form_key``.
    """
    if taken_over:
        _require_keeper(by)
    elif by is not None and not acts_for.check(by, party):
        raise NotAllowed(_("您不是该单位的经办人，不能代其发布。请先在“我的单位”中申请加入。"))
    kind = listing_kind(service)
    listing = kind.model(
        party=party,
        created_by=by,
        created_at=now,
        updated_at=now,
        fictional=fictional,
        form_key=form_key,
        service=service,
    )
    _write(kind, listing, content)
    _keep(listing, by=by, now=now, note=noop("首次保存"))
    record(listing, "create", by=by, now=now, after=queries.on_record(queries.content(listing)))
    return listing


def _require_keeper(by: Any) -> None:
    if not is_city_officer(by):
        raise NotAllowed(_("只有市级主管部门可以代单位接收登记簿。"))


@transaction.atomic
def save_listing(
    *,
    listing: Any,
    content: dict[str, Any],
    version: int | None,
    by: Any,
    now: datetime,
    note: str = "",
    taken_over: bool = False,
) -> Any:
    """Save a wording. ``version`` is the one that the editor saw; None skips the lock (imports).

    A published listing keeps its public wording: the new one waits in ``pending`` for review, unless it is
    ``taken_over`` by the city from a register. Raises Stale when somebody else saved in between.
    """
    listing = type(listing).objects.select_for_update(of=("self",)).get(pk=listing.pk)
    if taken_over:
        _require_keeper(by)
    elif by is not None and not access.edit_listing.check(by, listing):
        raise NotAllowed(_("只有发布单位的经办人可以修改。"))
    if version is not None and version != listing.version:
        raise Stale(
            _("您打开页面之后，这条信息已被他人（或您的另一个窗口）保存。您填写的内容还在，请对照最新内容后再次提交。")
        )
    before = queries.content(listing)
    if listing.status == Status.PUBLIC and not taken_over:
        listing.pending = {k: queries.plain(v) for k, v in content.items()}
        listing.version += 1
        listing.updated_at = now
        listing.save(update_fields=["pending", "version", "updated_at"])
        _record(listing, "change", before, listing.pending, by=by, now=now)
        return listing
    listing.pending = None  # a change that was never approved has become part of this wording
    return _rewrite(listing, content, before, by=by, now=now, note=note)


def _rewrite(
    listing: Any, content: dict[str, Any], before: dict[str, Any], *, by: Any, now: datetime, note: str
) -> Any:
    listing.version += 1
    listing.updated_at = now
    _write(listing_kind(listing.service), listing, content)
    after = queries.content(listing)
    if queries.differences(before, after):
        _keep(listing, by=by, now=now, note=note)
        _record(listing, "save", before, after, by=by, now=now, note=note)
    if listing.status == Status.PUBLIC:
        search.put(queries.search_doc(listing), now=now)
    return listing


def _write(kind: ListingKind, listing: Any, content: dict[str, Any]) -> None:
    own, further = queries.columns(kind)
    new = listing.pk is None
    for name in own:
        if name in content:
            setattr(listing, name, content[name])
    try:
        with transaction.atomic():
            listing.save()
    except IntegrityError as error:
        if "form_key" in str(error):
            raise FormSentTwice(_("这份表单已经保存过。")) from error
        if "code_once" not in str(error):
            raise
        message = _("本单位已有同一来源编号的记录，请修改编号，或打开原记录修改。")
        raise Refusal(message, fields={"code": message}) from error
    if kind.detail is None:
        return
    beside = (None if new else detail_of(listing)) or kind.detail(offer=listing)
    for name in further:
        if name in content:
            setattr(beside, name, content[name])
    beside.save()


def _record(
    listing: Listing,
    verb: str,
    before: dict[str, Any],
    after: dict[str, Any],
    *,
    by: Any,
    now: datetime,
    note: str = "",
) -> None:
    record(listing, verb, by=by, now=now, before=queries.on_record(before), after=queries.on_record(after), note=note)


def _keep(listing: Listing, *, by: Any, now: datetime, note: str) -> None:
    key = {"need": listing} if isinstance(listing, Need) else {"offer": listing}
    Revision.objects.create(
        number=listing.version, content=queries.content(listing), at=now, by=by, note=note[:200], **key
    )


@transaction.atomic
def hand_in(*, listing: Any, now: datetime) -> Any:
    """Let the officers see a listing: it goes into review."""
    listing.status = Status.REVIEW
    listing.updated_at = now
    listing.save(update_fields=["status", "updated_at"])
    return listing


@transaction.atomic(savepoint=False)
def publish(*, listing: Any, by: Any, now: datetime, index: bool = True) -> Any:
    """Make a listing findable, for as long as its kind is valid; ``index`` False leaves the index to the caller."""
    kind = listing_kind(listing.service)
    listing.status = Status.PUBLIC
    listing.published_at = listing.published_at or now
    listing.expires_on = months_later(now.date(), kind.months_valid)
    listing.save(update_fields=["status", "published_at", "expires_on"])
    if index:
        search.put(queries.search_doc(listing), now=now)
    return listing


@transaction.atomic
def apply_pending(*, listing: Any, cleaned: dict[str, Any], by: Any, now: datetime) -> Any:
    """Put an approved change in force; ``cleaned`` is ``pending`` after the kind's form."""
    listing = type(listing).objects.select_for_update(of=("self",)).get(pk=listing.pk)
    before = queries.content(listing)
    listing.pending = None
    return _rewrite(listing, cleaned, before, by=by, now=now, note=noop("变更经审核发布"))


@transaction.atomic
def close(*, listing: Any, now: datetime, status: str = Status.CLOSED) -> Any:
    """Take a listing off the market; it stays readable for those who own or supervise it."""
    listing.status = status
    listing.updated_at = now
    listing.save(update_fields=["status", "updated_at"])
    search.remove(listing.service, listing.pk)
    return listing


def keep_draft(*, user: Any, subject: str, data: dict[str, Any], now: datetime) -> Draft:
    """Autosave what a user has typed; the last one counts."""
    saved, new = Draft.objects.update_or_create(user=user, subject=subject, defaults={"data": data, "at": now})
    if new:
        form = subject.rpartition(":")[0]
        kept = list(queries.drafts(user, form).values_list("pk", flat=True)[:DRAFTS_KEPT])
        queries.drafts(user, form).exclude(pk__in=kept).delete()
    return saved


def drop_draft(*, user: Any, subject: str) -> None:
    """Forget an autosaved draft, after it was submitted or thrown away."""
    Draft.objects.filter(user=user, subject=subject).delete()


@transaction.atomic
def drop_pending(*, listing: Any, by: Any, now: datetime) -> Any:
    """Throw away a change of a published wording that was not approved; the published wording stays."""
    listing = type(listing).objects.select_for_update(of=("self",)).get(pk=listing.pk)
    if not access.edit_listing.check(by, listing):
        raise NotAllowed(_("只有发布单位的经办人可以放弃修改。"))
    before, listing.pending = listing.pending, None
    listing.version += 1
    listing.updated_at = now
    listing.save(update_fields=["pending", "version", "updated_at"])
    _record(listing, "drop_change", before or {}, {}, by=by, now=now)
    return listing


@transaction.atomic
def propose_wording(*, need: Need, content: dict[str, Any], by: Any, now: datetime) -> Need:
    """Keep an officer's or broker's wording beside the asker's; it counts only when the asker takes it."""
    need = Need.objects.select_for_update(of=("self",)).get(pk=need.pk)
    need.proposed = {
        "content": {k: queries.plain(v) for k, v in content.items()},
        "by": str(by),
        "at": now.isoformat(),
    }
    need.save(update_fields=["proposed"])
    _record(need, "propose_wording", queries.content(need), need.proposed["content"], by=by, now=now)
    return need


@transaction.atomic
def take_proposal(*, need: Need, by: Any, now: datetime) -> Need:
    """The asker takes the proposed wording; the former one stays in the history."""
    need = Need.objects.select_for_update(of=("self",)).get(pk=need.pk)
    if not need.proposed:
        raise Refusal(_("没有待确认的建议措辞。"))
    form = listing_kind("needs").form(queries.content(need) | need.proposed["content"])
    if not form.is_valid():
        raise Refusal(
            _("建议措辞中有不完整的内容，请自行修改。"), fields={k: " ".join(v) for k, v in form.errors.items()}
        )
    author, need.proposed = need.proposed["by"], None
    note = f"采用 {author} 的建议措辞"
    taken: Need = _rewrite(need, form.cleaned_data, queries.content(need), by=by, now=now, note=note)
    return taken


@transaction.atomic
def drop_proposal(*, need: Need, now: datetime) -> Need:
    """The asker keeps the own wording."""
    need.proposed = None
    need.updated_at = now
    need.save(update_fields=["proposed", "updated_at"])
    return need


def count_view(*, listing: Listing, by: Any, now: datetime) -> None:
    """Count one look at a public listing; those of its own people do not count. One row for each listing and day."""
    if listing.status != Status.PUBLIC or access.owner.check(by, listing):
        return
    key = {"need": listing} if isinstance(listing, Need) else {"offer": listing}
    row, _made = DayViews.objects.get_or_create(**key, day=timezone.localtime(now).date())
    DayViews.objects.filter(pk=row.pk).update(number=F("number") + 1)
