"""档案写入: core actions together with the case that lets an officer's to-do show what is to be settled."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from kechuang.core.dossier import actions as core
from kechuang.core.dossier.models import Dispute
from kechuang.core.dossier.reporting import Outcome
from kechuang.core.parties.models import Party
from kechuang.services.dossiers.clock import keep_cases


@transaction.atomic
def fill(
    *,
    party: Party,
    values: Mapping[int, Mapping[str, Any]],
    by: Any,
    now: datetime,
    source: str = core.OWN,
    seen: Mapping[int, Mapping[str, Any]] | None = None,
    note: str = "",
) -> Outcome:
    """State figures; a case opens where sources now disagree, and ends where they have come to agree."""
    outcome = core.report(party=party, values=values, by=by, now=now, source=source, seen=seen, note=note)
    if outcome.opened or outcome.ended:
        keep_cases(now=now, parties=[party.pk])
    return outcome


@transaction.atomic
def settle(
    *, dispute: Dispute, chosen: str, note: str, seen: Mapping[str, str], value: Any, by: Any, now: datetime
) -> Dispute:
    """Settle a dispute; with the last one of an organisation its case ends."""
    found = core.settle(dispute=dispute, chosen=chosen, note=note, seen=seen, value=value, by=by, now=now)
    keep_cases(now=now, parties=[found.party_id])
    return found
