"""怎样申报 applying: beside a policy the way to claim it or to confirm the offer, or why not now."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from kechuang.core.cases.queries import state_of
from kechuang.core.dossier.queries import blocked
from kechuang.core.dossier.wording import words
from kechuang.core.parties.models import Party
from kechuang.core.parties.queries import parties_of
from kechuang.core.policy.queries import Standing, applies
from kechuang.services.benefits import queries
from kechuang.services.benefits.models import Benefit
from kechuang.web import clock
from kechuang.web.ways import Way, register_ways

MANY = 3  # so many cases of a year are a list of their own


@register_ways
def ways(user: Any, party: Party | None, standings: Sequence[Standing]) -> list[list[Way]]:
    """For each policy that pays by a formula what this user can do; nothing for all others."""
    today = timezone.localdate(clock.now())
    paying = [standing.version.code for standing in standings if queries.pays(standing.pack)]
    if party is None:
        known = user.is_authenticated and parties_of(user).exclude(kind="person").exists()
        return [_in_general(user, s, known=known) if s.version.code in paying else [] for s in standings]
    rows = Benefit.objects.filter(party=party, code__in=paying, year=today.year, ended_at=None).select_related("case")
    open_: dict[str, list[Benefit]] = {}
    for row in rows.order_by("pk"):
        open_.setdefault(row.code, []).append(row)
    barred = blocked(party, today) if paying else []
    return [
        _of(party, s, open_.get(s.version.code, []), barred, today) if s.version.code in paying else []
        for s in standings
    ]


def _in_general(user: Any, standing: Standing, *, known: bool) -> list[Way]:
    """Without an organisation: where to go, as far as there is something to go to."""
    if not queries.claimable(standing.pack):
        return [_by_itself()]
    if user.is_authenticated and not known:
        return []
    label = _("申报兑付") if user.is_authenticated else _("登录后申报兑付")
    return [Way(label, reverse("apply_benefit", args=[standing.version.code]))]


def _by_itself() -> Way:
    return Way(_("免申即享：由系统核算后通知单位确认，不用申报。"))


def _of(party: Party, standing: Standing, rows: list[Benefit], barred: Sequence[str], today: date) -> list[Way]:
    """For one organisation: its offer or case, what is in the way, or the form."""
    found = [_case(row) for row in rows] if len(rows) < MANY else [_cases(rows)]
    pack, verdict = standing.pack, standing.verdict
    own = {fact.code for fact in queries.own_facts(pack)}
    if found and (not own or any(row.case.state == "offered" for row in rows)):
        return found
    if barred:
        said = _("有生效的诚信处理决定（%(decisions)s），解除之前不能申报。")
        return [*found, Way(said % {"decisions": _("、").join(barred)})]
    if not applies(pack, {"kind": party.kind, "district": party.district}) or verdict.result == "not_in_force":
        return [*found, Way(_("不在这项政策的适用对象或施行期内，不能申报。"))]
    if verdict.result == "unmet":
        return [*found, Way(_("按现有事实不符合，暂不能申报；原因见各项条件。"))]
    lacking = [code for code in verdict.missing if code not in own]
    if lacking:
        names = _("、").join(words().label(pack.facts[code]) for code in lacking)
        said = _("企业档案缺少%(names)s，补充后才能判断。") % {"names": names}
        return [*found, Way(said, reverse("dossier", args=[party.pk]))]
    if not queries.claimable(pack):
        return [*found, _by_itself()]
    url = f"{reverse('apply_benefit', args=[standing.version.code])}?party={party.pk}"
    return [*found, Way(_("再申报一项") if found else _("申报兑付"), url, main=not found)]


def _cases(rows: list[Benefit]) -> Way:
    return Way(_("今年已有 %(n)s 件，看清单") % {"n": len(rows)}, reverse("benefit_cases"))


def _case(row: Benefit) -> Way:
    if row.case.state == "offered":
        return Way(_("系统已核算，确认即可享受"), reverse("benefit_offer", args=[row.case_id]), main=True)
    said = _("办件 %(case)s：%(state)s") % {"case": row.case_id, "state": _(state_of(row.case).label)}
    return Way(said, reverse("case", args=[row.case_id]))
