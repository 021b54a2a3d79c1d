"""发布办理 publishing: what a publishing page does in one call: save a form, hand it in, propose a wording."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from kechuang.core.cases.actions import advance, open_case, require_step
from kechuang.core.cases.models import Case
from kechuang.core.cases.publication import PROPOSE, questions
from kechuang.core.cases.queries import publication_case, state_of
from kechuang.core.catalogue.models import get
from kechuang.core.market import actions as market
from kechuang.core.market import queries
from kechuang.core.market.access import edit_listing
from kechuang.core.market.models import Need, Offer
from kechuang.core.market.questions import Question
from kechuang.core.market.wording import changes
from kechuang.core.parties.models import Party
from kechuang.core.parties.queries import parties_in_roles
from kechuang.core.search.queries import Hit, near_duplicates
from kechuang.kit.refusal import NoSuchStep, NotAllowed, Refusal, Stale


@dataclass(frozen=True)
class Outcome:
    """保存结果: the listing and its case after a form was sent.

    Where it was to be handed in and ``handed_in`` is False, the wording is saved, and ``asked`` and ``alike`` say what
    the author should answer or look at first.
    """

    listing: Any
    case: Case
    handed_in: bool = False
    asked: list[Question] = field(default_factory=list)
    alike: list[Hit] = field(default_factory=list)


def send_form(
    *,
    service: str,
    content: dict[str, Any],
    by: Any,
    now: datetime,
    party: Party | None = None,
    listing: Any = None,
    version: int | None = None,
    key: str | None = None,
    submit: bool = False,
    confirmed: bool = False,
) -> Outcome:
    """Save a cleaned form as a new listing of ``party`` or as a new wording of ``listing``; hand it in if asked to.

    The same form sent twice makes one record. Blocking questions stop the submission; open ones, and records that are
    nearly alike, stop it until ``confirmed``. Raises Stale when somebody else saved since ``version``.
    """
    if listing is None:
        saved = _create(service, content, party, key, by=by, now=now)
    else:
        saved = _change(listing, content, version, by=by, now=now)
    return _submit(saved, by=by, now=now, confirmed=confirmed) if submit else saved


def latest(listing: Any) -> dict[str, Any]:
    """The newest wording: the change that waits, else the one in force."""
    return queries.content(listing) | (listing.pending or {})


def is_saved(listing: Any, content: dict[str, Any]) -> bool:
    """Whether a content says what the newest wording says."""
    return not changes(listing.service, latest(listing), content)


def made_from(key: str, service: str, by: Any) -> Any:
    """The listing that the user already made from this page; None where there is none."""
    return queries.listings(service).filter(form_key=key, created_by=by).first() if key else None


def warnings(listing: Any, now: datetime) -> tuple[list[Question], list[Hit]]:
    """What the diagnosis asks about the newest wording, and which other published records are nearly alike."""
    content = latest(listing)
    alike = near_duplicates(content["title"], content["text"], listing.service, limit=4)
    return questions(listing.service, content, now), [hit for hit in alike if hit.ref != listing.pk][:3]


def _create(
    service: str, content: dict[str, Any], party: Party | None, key: str | None, *, by: Any, now: datetime
) -> Outcome:
    if party is None or not parties_in_roles(by, get(service).audience).filter(pk=party.pk).exists():
        raise NotAllowed(_("请选择您有权经办的单位。若尚未加入单位，请先在“我的单位”中申请。"))
    try:
        with transaction.atomic():
            listing = market.create_listing(
                service=service, party=party, content=content, by=by, now=now, form_key=key or None
            )
            return Outcome(listing, _open(listing, by=by, now=now))
    except market.FormSentTwice:
        listing = made_from(key or "", service, by)
        if listing is None:
            raise
        return _change(listing, content, 1, by=by, now=now)


def _open(listing: Any, *, by: Any, now: datetime) -> Case:
    return open_case(
        service=listing.service,
        applicant=listing.party,
        by=by,
        now=now,
        offer=listing if isinstance(listing, Offer) else None,
        need=listing if isinstance(listing, Need) else None,
        district=listing.district or listing.party.district,
    )


@transaction.atomic
def _change(listing: Any, content: dict[str, Any], version: int | None, *, by: Any, now: datetime) -> Outcome:
    if not edit_listing.check(by, listing):
        raise NotAllowed(_("只有发布单位的经办人可以修改。"))
    case = publication_case(listing) or _open(listing, by=by, now=now)
    case = Case.objects.select_for_update(of=("self",)).get(pk=case.pk)
    fresh = queries.listings(listing.service).get(pk=listing.pk)
    if is_saved(fresh, content):
        return Outcome(fresh, case)  # nothing was changed, or the same form was sent twice
    if get(case.service).workflow.handing_in(case.state) is None:
        words = _("当前状态为“{state}”，不能修改。请在办件页查看可以办理的步骤。")
        raise Refusal(words.format(state=_(state_of(case).label)))
    try:
        with transaction.atomic():
            fresh = market.save_listing(listing=fresh, content=content, version=version, by=by, now=now)
    except Stale:
        fresh.refresh_from_db()
        if not is_saved(fresh, content):
            raise
    return Outcome(fresh, case)


def _submit(saved: Outcome, *, by: Any, now: datetime, confirmed: bool) -> Outcome:
    step = get(saved.case.service).workflow.handing_in(saved.case.state)
    if step is None:  # sent twice: the first one was handed in
        return Outcome(saved.listing, saved.case, handed_in=True)
    asked, alike = warnings(saved.listing, now)
    if any(q.blocking for q in asked) or ((asked or alike) and not confirmed):
        return Outcome(saved.listing, saved.case, asked=asked, alike=alike)
    try:
        case = advance(case=saved.case, step=step.name, by=by, now=now)
    except NoSuchStep:
        case = Case.objects.get(pk=saved.case.pk)
        if get(case.service).workflow.handing_in(case.state) is not None:
            raise
    return Outcome(saved.listing, case, handed_in=True)


@transaction.atomic
def drop_change(*, listing: Any, by: Any, now: datetime) -> Any:
    """Give up a change of a published wording, unless the officers are just looking at it."""
    case = publication_case(listing)
    if case is not None and get(case.service).workflow.handing_in(case.state) is None:
        raise Refusal(_("当前状态为“{state}”，不能放弃修改。请先取回变更。").format(state=_(state_of(case).label)))
    return market.drop_pending(listing=listing, by=by, now=now)


@transaction.atomic
def propose(*, case: Case, content: dict[str, Any], by: Any, now: datetime, note: str = "") -> Case:
    """An officer or a broker proposes a wording; the case waits for the asker. Raises like ``advance``."""
    case = Case.objects.select_for_update(of=("self",)).get(pk=case.pk)
    move = require_step(case, PROPOSE, by)
    if case.need is None:
        raise NotAllowed(_("您的身份不能执行“{label}”。").format(label=_(move.label)))
    before = queries.content(case.need)
    changed = {c.name: content[c.name] for c in changes(case.service, before, before | content)}
    if not changed:
        raise Refusal(_("建议的措辞与原文完全相同，请先修改再提交。"))
    market.propose_wording(need=case.need, content=changed, by=by, now=now)
    return advance(case=case, step=PROPOSE, by=by, now=now, note=note)
