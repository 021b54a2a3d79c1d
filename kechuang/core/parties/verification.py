"""单位核验 verification: an officer confirms that a newly registered organisation is what it says."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from kechuang.core.audit.actions import record
from kechuang.core.parties import access
from kechuang.core.parties.actions import register_party
from kechuang.core.parties.models import Mandate, Party, User
from kechuang.kit.refusal import NotAllowed, Refusal
from kechuang.kit.text import noop

RETURN_REASONS = {
    "name": noop("单位名称与统一社会信用代码不一致"),
    "unknown": noop("未查到该统一社会信用代码的登记信息"),
    "kind": noop("单位类型或所在区市填写有误"),
    "impostor": noop("登记人不是该单位人员，授权已全部结束"),
}
# After these reasons nobody acts for the party any more.
ENDING = frozenset({"impostor"})


def _waiting(party: Party, by: User) -> Party:
    party = Party.objects.select_for_update().get(pk=party.pk)
    if not access.supervises.check(by, party):
        raise NotAllowed(_("只有该单位所在区市的主管部门或市级主管部门可以核验。"))
    if party.verified_at is not None:
        raise Refusal(_("该单位已经核验，无需重复办理。"))
    return party


@transaction.atomic
def verify_party(*, party: Party, by: User, now: datetime) -> Party:
    """Confirm a party as real."""
    party = _waiting(party, by)
    party.verified_at, party.returned_for = now, ""
    party.save(update_fields=["verified_at", "returned_for"])
    record(party, "verify", by=by, now=now, after={"name": party.name, "uscc": party.uscc})
    return party


@transaction.atomic
def enter_party(
    *,
    kind: str,
    name: str,
    uscc: str,
    district: str,
    industries: Sequence[str],
    by: User,
    now: datetime,
    accept_check: bool = False,
) -> Party:
    """Register an organisation of the officer's own scope; her word is its verification.

    Nobody acts for it yet: whoever asks to join waits for an officer (see ``actions.join``).
    """
    access.require_scope(by, district)
    party = register_party(
        kind=kind,
        name=name,
        uscc=uscc,
        district=district,
        industries=list(industries),
        accept_check=accept_check,
        by=by,
        now=now,
    )
    return verify_party(party=party, by=by, now=now)


@transaction.atomic
def return_party(*, party: Party, reason: str, by: User, now: datetime, note: str = "") -> list[Mandate]:
    """Send a party back to its people with a reason; gives those people, for telling them.

    An impostor's mandates end, so that the party's own people can come in.
    """
    party = _waiting(party, by)
    if reason not in RETURN_REASONS:
        raise Refusal(_("请选择原因，对方会看到。"), fields={"reason": _("请从列表中选择一个原因。")})
    words = "；".join(w for w in (RETURN_REASONS[reason], note.strip()) if w)
    party.returned_for = words[:300]
    party.save(update_fields=["returned_for"])
    live = Mandate.objects.filter(party=party).exclude(state=Mandate.State.ENDED).select_related("user", "party")
    people = list(live)
    if reason in ENDING:
        live.update(state=Mandate.State.ENDED, decided_at=now)
    record(party, "return", by=by, now=now, after={"reason": reason}, note=words)
    return people


@transaction.atomic
def correct_party(
    *, party: Party, kind: str, name: str, district: str, industries: Sequence[str], by: User, now: datetime
) -> Party:
    """Correct what was registered; only until it is verified. It then waits for the officer again."""
    party = Party.objects.select_for_update().get(pk=party.pk)
    if not access.administers.check(by, party):
        raise NotAllowed(_("只有本单位管理员可以更正登记信息。"))
    if party.verified_at is not None:
        raise Refusal(_("单位已经核验，登记信息不能自行修改。如有变更，请联系主管部门。"))
    before = {"kind": party.kind, "name": party.name, "district": party.district, "industries": party.industries}
    after = {"kind": kind, "name": name.strip(), "district": district, "industries": list(industries)}
    for field, value in after.items():
        setattr(party, field, value)
    party.returned_for = ""
    party.save(update_fields=[*after, "returned_for"])
    record(party, "correct", by=by, now=now, before=before, after=after)
    return party
