"""梯度旁栏 beside: where an enterprise stands on its own page, and figures on the home pages."""

from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from kechuang.core.parties.access import holds_office
from kechuang.core.parties.models import Party
from kechuang.services.ladder import access, queries
from kechuang.services.ladder.standing import standing
from kechuang.web import clock
from kechuang.web.extend import Aside, Figure

OWN = 3  # so many enterprises of one person have a figure


def party_aside(user: Any, party: Party) -> Aside | None:
    """The rungs of an enterprise and its distance to the next, for those who may know."""
    today = clock.today()
    if party.kind != "enterprise" or not access.see_rungs(today).check(user, party):
        return None
    found = standing(party, today, own=access.is_own(user, party), gaps=access.see_gap.check(user, party))
    return Aside("ladder/beside.html", {"standing": found})


def home_figures(user: Any, today: date) -> list[Figure]:
    """首页数字: what lacks for the next rung and what ends soon; for officers how much ends soon in their district."""
    found = []
    for party in queries.own(user)[:OWN]:
        one = standing(party, today, own=True)
        url = reverse("party_ladder", args=[party.pk])
        if one.next is not None and one.next.gap is not None:
            note = _("%(rung)s：%(result)s") % {"rung": one.next.rung.label, "result": one.next.gap.headline}
            found.append(Figure(_("离下一级还差（项）"), one.next.gap.steps, url, note))
        ends = [c for c in one.certificates if c.days_left is not None and c.days_left <= queries.DAYS]
        found += [Figure(_("剩余有效天数"), c.days_left or 0, url, c.rung.label) for c in ends]
    if holds_office(user):
        url = f"{reverse('ladder_register')}?state=expiring"
        found.append(Figure(_("90 天内到期的资格"), queries.expiring(user, today), url))
    return found
