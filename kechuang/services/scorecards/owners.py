"""出资人写入 owners: an owner, its firms, its indicator set."""

from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kechuang.core.audit.actions import record
from kechuang.core.parties.access import holds_office, posts
from kechuang.core.parties.models import Party, Post
from kechuang.core.parties.queries import party_by_code
from kechuang.core.policy.models import PackVersion
from kechuang.core.policy.variants import copy_as
from kechuang.kit.refusal import NotAllowed, Refusal
from kechuang.services.scorecards import access, queries
from kechuang.services.scorecards.models import Holding, Owner

PACK = "cn-soe-scorecard"


def _own_place(user: Any, district: str) -> bool:
    scopes = set(posts(user, Post.Role.OFFICER).values_list("district", flat=True)) if holds_office(user) else set()
    return "" in scopes or bool(district and district in scopes)


@transaction.atomic
def add_owner(*, name: str, district: str, by: Any, now: datetime) -> Owner:
    """An owner in an officer's place; it begins with the template of the indicator set."""
    if not _own_place(by, district):
        raise NotAllowed(_("请选择您管辖的区市；市级出资人由市级主管部门登记。"))
    try:
        with transaction.atomic():
            row = Owner.objects.create(name=name.strip(), district=district, pack=PACK)
    except IntegrityError as error:
        words = _("已有同名的出资人。")
        raise Refusal(words, fields={"name": words}) from error
    record(row, "add", by=by, now=now, after={"name": row.name, "district": district})
    return row


def _managed(owner: Owner, by: Any) -> Owner:
    row = Owner.objects.select_for_update().get(pk=owner.pk)
    if not access.manage_owner.check(by, row):
        raise NotAllowed(_("这个出资人不在您的管辖范围内。"))
    return row


@transaction.atomic
def choose_set(*, owner: Owner, code: str, by: Any, now: datetime) -> Owner:
    """Which indicator set applies to the rounds to come; those that are open keep theirs."""
    row = _managed(owner, by)
    today: date = timezone.localdate(now)
    if code not in {version.code for version in queries.sets(row.district, today)}:
        words = _("请从施行中的指标表里选择。")
        raise Refusal(words, fields={"pack": words})
    before, row.pack = row.pack, code
    row.save(update_fields=["pack"])
    record(row, "choose_set", by=by, now=now, before={"pack": before}, after={"pack": code})
    return row


@transaction.atomic
def own_set(*, owner: Owner, code: str, title: str, by: Any, now: datetime) -> PackVersion:
    """A draft of an indicator set for this owner alone, from the one that it uses; another officer approves it."""
    row = _managed(owner, by)
    version = queries.set_of(row, timezone.localdate(now))
    if version is None:
        raise Refusal(_("所用的指标表现在不在施行期，请先另选一个。"))
    return copy_as(version=version, code=code, title=title, district=row.district, by=by, now=now)


@transaction.atomic
def add_firm(*, owner: Owner, uscc: str, by: Any, now: datetime) -> Holding:
    """Put an enterprise under an owner, by its credit code."""
    row, party = _managed(owner, by), party_by_code(uscc.strip().upper())
    if party is None or party.kind != "enterprise":
        words = _("没有登记这个统一社会信用代码的企业，请核对后再填。")
        raise Refusal(words, fields={"uscc": words})
    found = Holding.objects.filter(party=party).select_related("owner").first()
    if found is not None:
        words = _("“%(party)s”已列在“%(owner)s”名下。") % {"party": party, "owner": found.owner}
        raise Refusal(words, fields={"uscc": words})
    try:
        with transaction.atomic():
            made = Holding.objects.create(owner=row, party=party)
    except IntegrityError as error:
        raise Refusal(_("这家企业刚刚列入别处，请刷新页面。")) from error
    record(row, "add_firm", by=by, now=now, after={"party": party.pk})
    return made


@transaction.atomic
def remove_firm(*, owner: Owner, party: Party, by: Any, now: datetime) -> None:
    """Take an enterprise out for the rounds to come. Twice changes nothing."""
    row = _managed(owner, by)
    gone, _rows = Holding.objects.filter(owner=row, party=party).delete()
    if gone:
        record(row, "remove_firm", by=by, now=now, after={"party": party.pk})
