"""关口 gates: nobody who is blocked applies or is recommended; a technology SME revoked this year waits."""

from datetime import date

from django.utils.translation import gettext as _

from kechuang.core.dossier.models import Qualification
from kechuang.core.dossier.queries import blocked
from kechuang.core.parties.models import Party
from kechuang.core.tiers.ladder import Rung
from kechuang.kit.refusal import Refusal

YEAR_BARRED = ("sme",)  # 国科发政〔2017〕115号: 被撤销的企业当年不得再次参与


def require_clear(party: Party, on: date) -> None:
    """Raise Refusal with the references of the decisions in force."""
    decisions = blocked(party, on)
    if decisions:
        words = _("“%(party)s”有生效的诚信处理决定（%(decisions)s），在解除之前不能申报、推荐。")
        raise Refusal(words % {"party": party, "decisions": _("、").join(decisions)})


def revoked_in(party: Party, rung: Rung, year: int) -> date | None:
    """The day on which the firm lost the rung in a year in which it therefore may not apply again."""
    if rung.code not in YEAR_BARRED:
        return None
    rows = Qualification.objects.filter(party=party, kind=rung.code, revoked_on__year=year)
    return rows.order_by("-revoked_on").values_list("revoked_on", flat=True).first()


def require_not_revoked(party: Party, rung: Rung, year: int) -> None:
    """Raise Refusal with the day of the revocation."""
    day = revoked_in(party, rung, year)
    if day is not None:
        words = _("“%(party)s”的%(rung)s资格已在 %(day)s 撤销，当年不得再次申报；%(next)s 年可以重新申报。")
        raise Refusal(words % {"party": party, "rung": rung.label, "day": day, "next": year + 1})
