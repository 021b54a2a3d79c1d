"""评价年度写入 rounds: open for an owner's firms, publish all at once, call off."""

from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kechuang.core.audit.actions import record
from kechuang.core.cases.actions import advance, open_case, people_of
from kechuang.core.cases.models import Case
from kechuang.core.dossier.facts import last_full_year
from kechuang.core.notices.actions import tell
from kechuang.core.parties.models import Party
from kechuang.kit.refusal import NotAllowed, Refusal, Stale
from kechuang.services.scorecards import access, queries
from kechuang.services.scorecards.models import Card, Owner, Round

SERVICE = "scorecards"
YEARS_BACK = 2


@transaction.atomic
def open_round(*, owner: Owner, year: int, deadline: date, by: Any, now: datetime) -> Round:
    """A card for every firm of the owner, with the indicator set in force; the firms have until the deadline."""
    if not access.manage_owner.check(by, owner):
        raise NotAllowed(_("这个出资人不在您的管辖范围内。"))
    row, today = Owner.objects.select_for_update().get(pk=owner.pk), timezone.localdate(now)
    if not last_full_year(today) - YEARS_BACK < year <= last_full_year(today):
        words = _("评价年度应是最近两个完整的会计年度之一。")
        raise Refusal(words, fields={"year": words})
    if deadline <= today:
        words = _("截止日期应在今天以后。")
        raise Refusal(words, fields={"deadline": words})
    day = queries.day_of(year, today)
    version, firms = queries.set_of(row, day), list(Party.objects.filter(holding__owner=row).order_by("pk"))
    if version is None or not firms:
        raise Refusal(_("没有施行中的指标表，或名下还没有企业，不能发起。"))
    try:
        with transaction.atomic():
            found = Round.objects.create(
                owner=row, year=year, version=version, on=day, deadline=deadline, by=by, at=now
            )
    except IntegrityError as error:
        raise Refusal(_("这个出资人这一年度已经发起过评价。")) from error
    for party in firms:
        _card(found, party, by=by, now=now)
    record(found, "open", by=by, now=now, after={"version": version.pk, "firms": [p.pk for p in firms]})
    return found


def _card(found: Round, party: Party, *, by: Any, now: datetime) -> Card:
    data = {"title": f"{found.year} 年国企创新评价：{party.name}"[:200], "year": found.year}
    case = open_case(service=SERVICE, applicant=party, by=by, now=now, district=found.owner.district, data=data)
    case.due_on = found.deadline
    case.save(update_fields=["due_on"])
    text = f"{found.owner}发起 {found.year} 年国企创新评价，请在 {found.deadline} 前核对并确认预填的数据。"
    for user in people_of(case):
        tell(user=user, text=text, url=f"/cases/{case.pk}/", key=f"scorecard:{case.pk}:open", now=now)
    return Card.objects.create(case=case, round=found, party=party)


def _locked(found: Round, by: Any) -> Round:
    row = Round.objects.select_for_update(of=("self",)).select_related("owner", "version").get(pk=found.pk)
    if not access.manage_round.check(by, row):
        raise NotAllowed(_("这一轮评价不在您的管辖范围内。"))
    if row.state != Round.State.OPEN:
        raise Stale(_("这一轮评价%(state)s，不能再改。") % {"state": row.get_state_display()})
    return row


@transaction.atomic
def publish(*, found: Round, by: Any, now: datetime) -> Round:
    """Publish the results of all firms together; every card must have been reviewed."""
    row = _locked(found, by)
    cases = Case.objects.filter(scorecard__round=row)
    left = cases.exclude(state__in=("reviewed", "removed")).count()
    if left:
        raise Refusal(_("还有 %(n)s 家没有评定。请先评定，或写明原因移出本轮。") % {"n": left})
    ready = list(cases.filter(state="reviewed"))
    if not ready:
        raise Refusal(_("没有可以公布的结果。"))
    row.state, row.publisher, row.published_at = Round.State.PUBLISHED, by, now
    row.save()
    for case in ready:
        advance(case=case, step="publish", by=None, now=now)
    record(row, "publish", by=by, now=now, after={"firms": len(ready)})
    return row


@transaction.atomic
def drop(*, found: Round, reason: str, by: Any, now: datetime) -> Round:
    """Call a round off with a reason that the firms are told."""
    row = _locked(found, by)
    if not reason.strip():
        words = _("请写明取消原因，企业会看到。")
        raise Refusal(words, fields={"reason": words})
    row.state, row.reason = Round.State.DROPPED, reason.strip()
    row.save(update_fields=["state", "reason"])
    for case in Case.objects.filter(scorecard__round=row).exclude(state="removed"):
        advance(case=case, step="cancel", by=None, now=now, note=row.reason)
    record(row, "drop", by=by, now=now, note=row.reason)
    return row
