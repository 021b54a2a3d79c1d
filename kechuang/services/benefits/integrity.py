"""诚信关口 integrity: nobody who is blocked claims, is granted or is paid; the decision is named."""

from datetime import date

from django.utils.translation import gettext as _

from kechuang.core.dossier.queries import blocked
from kechuang.core.parties.models import Party
from kechuang.kit.refusal import Refusal


def require_clear(party: Party, on: date) -> None:
    """Raise Refusal with the references of the decisions in force."""
    decisions = blocked(party, on)
    if decisions:
        words = _("“%(party)s”有生效的诚信处理决定（%(decisions)s），在解除之前不能申报、核定或付款。")
        raise Refusal(words % {"party": party, "decisions": _("、").join(decisions)})
