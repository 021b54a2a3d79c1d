"""限额的说法 shown: what the cap left of a claim, in the language of the reader."""

from kechuang.core.ledger.models import CapTake
from kechuang.core.ledger.wording import cap_words
from kechuang.services.benefits.models import Benefit


def capped(benefit: Benefit) -> str:
    """What the cap left of a claim, in words; empty before money is held."""
    take = CapTake.objects.filter(reason=benefit.reason).select_related("use").first()
    return cap_words(take) if take is not None else ""
