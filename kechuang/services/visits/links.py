"""走访链接: on the page of a need the problem from which it came; figures on the home page of a visitor."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from kechuang.services.visits import access, queries
from kechuang.services.visits.models import Problem
from kechuang.services.visits.units import units_of
from kechuang.web.extend import Figure, Link, Pair


def need_links(user: Any, pairs: Sequence[Pair]) -> Sequence[Sequence[Link]]:
    """来自走访: for those who may see the visit."""
    keys = {pair.need.form_key for pair in pairs if pair.need is not None and pair.offer is None} - {None}
    rows = Problem.objects.filter(need_key__in=keys).select_related("visit") if keys else Problem.objects.none()
    found = {problem.need_key: problem for problem in access.see_problem.filter(user, rows)} if keys else {}
    return [_links(pair, found) for pair in pairs]


def _links(pair: Pair, found: dict[str | None, Problem]) -> list[Link]:
    problem = found.get(pair.need.form_key) if pair.need is not None and pair.offer is None else None
    if problem is None:
        return []
    words = _("来自走访 %(day)s") % {"day": problem.visit.visited_on}
    return [Link(words, reverse("case", args=[problem.case_id]))]


def own_figures(user: Any, today: date) -> Sequence[Figure]:
    """首页数字: for those who visit: open plans of one's own, open and overdue problems."""
    if not units_of(user):
        return []
    plans, problems = reverse("visits"), reverse("visit_problems")
    return [
        Figure(
            _("我的走访计划"),
            queries.visits(user, {"mine": "1", "state": "planned"}).count(),
            f"{plans}?mine=1&state=planned",
        ),
        Figure(_("未办结的诉求"), queries.problems(user, {"state": "open"}, today).count(), f"{problems}?state=open"),
        Figure(_("已超期的诉求"), queries.problems(user, {"late": "1"}, today).count(), f"{problems}?late=1"),
    ]
