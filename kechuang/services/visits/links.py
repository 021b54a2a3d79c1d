"""走访链接: on the page of a need the problem from which it came."""

from typing import Any

from kechuang.services.visits import access
from kechuang.services.visits.models import Problem
from kechuang.services.visits.units import unit_of
from kechuang.web.extend import Aside


def need_aside(user: Any, listing: Any) -> Aside | None:
    """来自走访: for those who may see the visit."""
    if not listing.form_key or not user.is_authenticated:
        return None
    rows = Problem.objects.filter(need_key=listing.form_key).select_related("visit__unit", "visit__party")
    problem = access.see_problem.filter(user, rows).first()
    if problem is None:
        return None
    return Aside("visits/aside.html", {"problem": problem, "unit": unit_of(problem.visit)})
