"""限额写入: take from a cap what it still allows, give it back. The caller judges who may."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from kechuang.core.audit.actions import record
from kechuang.core.ledger.amounts import exact
from kechuang.core.ledger.models import CapTake, CapUse
from kechuang.core.parties.models import Party
from kechuang.kit.refusal import Refusal


@dataclass(frozen=True)
class CapKey:
    """限额键: which cap: of a clause, for a party (None: all together), in a scope (2026, total, item:…)."""

    clause: str
    scope: str
    label: str
    party: Party | None = None


@transaction.atomic
def take(*, key: CapKey, cap: Decimal, wanted: Decimal, reason: str, by: Any, now: datetime) -> CapTake:
    """Take ``min(wanted, cap - used)``, once for each reason; a retry gives what was granted then.

    The take says what was wanted, what was granted, the cap and what had been used before: ``wording.cap_words``.
    """
    wanted, cap = exact(wanted, "wanted"), exact(cap, "cap")
    use = _locked(key, cap)
    found = CapTake.objects.filter(reason=reason).first()
    if found is not None:
        return _same(found, use, wanted)
    before = use.used
    granted = min(wanted, max(cap - before, Decimal(0)))
    try:
        with transaction.atomic():
            made = CapTake.objects.create(
                use=use, reason=reason, wanted=wanted, granted=granted, cap=cap, before=before, by=by, at=now
            )
    except IntegrityError:  # the same reason under another cap, in this moment
        return _same(CapTake.objects.get(reason=reason), use, wanted)
    use.used, use.cap, use.label = before + granted, max(cap, before), key.label
    use.save(update_fields=["used", "cap", "label"])
    after = {"wanted": str(wanted), "granted": str(granted), "cap": str(cap), "before": str(before), "reason": reason}
    record(made, "take_cap", by=by, now=now, after=after)
    return made


def _locked(key: CapKey, cap: Decimal) -> CapUse:
    row, _new = CapUse.objects.get_or_create(
        clause=key.clause, party=key.party, scope=key.scope, defaults={"label": key.label, "cap": cap}
    )
    return CapUse.objects.select_for_update(of=("self",)).get(pk=row.pk)


def _same(found: CapTake, use: CapUse, wanted: Decimal) -> CapTake:
    if (found.use_id, found.wanted) != (use.pk, wanted):
        raise Refusal(_("事由“%(reason)s”已经取用过限额，条款或金额与这次不同。") % {"reason": found.reason})
    if found.given_back_at is not None:
        raise Refusal(_("事由“%(reason)s”取用的限额已经归还。请用新的办件重新申请。") % {"reason": found.reason})
    return found


@transaction.atomic
def give_back(*, reason: str, note: str, by: Any, now: datetime) -> CapTake | None:
    """Give back what a reason took, when its case is withdrawn or refused, once; None where there is nothing."""
    take_ = CapTake.objects.filter(reason=reason).first()
    if take_ is None:
        return None
    use = CapUse.objects.select_for_update(of=("self",)).get(pk=take_.use_id)
    take_.refresh_from_db()
    if take_.given_back_at is None:
        take_.given_back_at = now
        take_.save(update_fields=["given_back_at"])
        use.used -= take_.granted
        use.save(update_fields=["used"])
        record(take_, "give_back_cap", by=by, now=now, after={"granted": str(take_.granted)}, note=note)
    return take_
