"""授权查看写入 consents: the enterprise's administrators let others look at parts of its file, and take it back."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from kechuang.core.audit.actions import record
from kechuang.core.dossier import access
from kechuang.core.dossier.facts import groups as all_groups
from kechuang.core.dossier.models import Consent
from kechuang.core.parties import access as parties
from kechuang.core.parties.models import Party, Post
from kechuang.kit.refusal import NotAllowed, Refusal

LONGEST_DAYS = 366 * 2
ROLES = (Post.Role.BROKER, Post.Role.PLATFORM_HEAD, Post.Role.EXPERT, Post.Role.FINANCIER)


@transaction.atomic
def give_consent(
    *,
    party: Party,
    to_party: Party | None,
    to_role: str,
    groups: Collection[str],
    since: date,
    until: date,
    purpose: str,
    by: Any,
    now: datetime,
) -> Consent:
    """Let an organisation, or everybody in a role, see some groups of the file from ``since`` to before ``until``."""
    if not parties.administers.check(by, party):
        raise NotAllowed(_("授权他人查看档案，由本单位管理员办理。"))
    _check(party, to_party, to_role, groups, since, until)
    row = Consent.objects.create(
        party=party,
        to_party=to_party,
        to_role=to_role,
        groups=[g for g in all_groups() if g in groups],
        since=since,
        until=until,
        purpose=purpose.strip(),
        given_at=now,
        given_by=by,
    )
    after = {"to": str(to_party or to_role), "groups": row.groups, "since": since, "until": until}
    record(party, "consent", by=by, now=now, after=after, note=row.purpose)
    return row


def _check(
    party: Party, to_party: Party | None, to_role: str, groups: Collection[str], since: date, until: date
) -> None:
    wrong: dict[str, str] = {}
    if (to_party is None) == (not to_role) or (to_role and to_role not in ROLES):
        wrong["to_party"] = _("请填写一个单位，或选择一种岗位，二者选一。")
    elif to_party == party:
        wrong["to_party"] = _("本单位的人员不需要授权。")
    if not groups or not set(groups) <= set(all_groups()):
        wrong["groups"] = _("请至少选择一个部分。")
    if until <= since:
        wrong["until"] = _("结束日期应晚于开始日期。")
    elif (until - since).days > LONGEST_DAYS:
        wrong["until"] = _("一次授权最长两年，到期可以再次授权。")
    if wrong:
        raise Refusal(next(iter(wrong.values())), fields=wrong)


@transaction.atomic
def withdraw_consent(*, consent: Consent, by: Any, now: datetime) -> Consent:
    """Take a consent back at once; doing it twice changes nothing."""
    row = Consent.objects.select_for_update(of=("self",)).select_related("party", "to_party").get(pk=consent.pk)
    if not access.give_consent.check(by, row):
        raise NotAllowed(_("授权由本单位管理员撤回。"))
    if row.withdrawn_at is not None:
        return row
    row.withdrawn_at = now
    row.save(update_fields=["withdrawn_at"])
    record(row.party, "withdraw_consent", by=by, now=now, before={"to": str(row.to_party or row.to_role)})
    return row
