"""梯度权限: who sees a certificate and where an enterprise stands, and who sees what is missing."""

from datetime import date
from typing import Any

from django.db.models import Q

from kechuang.core.dossier import access as dossier
from kechuang.core.parties import access as parties
from kechuang.core.parties.models import Party
from kechuang.kit.access import Rule, signed_in

STANDING = "standing"  # the part of the file that holds the certificates

# Of a certificate (a qualification of the file): officers see those of their district.
register: Rule = signed_in(lambda user: Q(party__in=parties.supervises.filter(user, Party.objects.all())))

# Of a party: what it lacks is worked out from its whole file.
see_gap: Rule = dossier.own_or_checked


def see_rungs(on: date) -> Rule:
    """看梯度: its own people, the officers of its district, and those to whom it showed its certificates."""
    shown = signed_in(
        lambda user: Q(pk__in=dossier.consents_of(user, on).filter(groups__contains=[STANDING]).values("party_id"))
    )
    return see_gap | shown


def is_own(user: Any, party: Party) -> bool:
    """Whether the user acts for the enterprise."""
    return dossier.fill_file.check(user, party)
