"""走访 visited: a visit with a problem and a plan, for the world of tests/test_urls.py."""

from dataclasses import dataclass

from kechuang.services.visits.models import Problem, Visit
from kechuang.services.visits.tests.town import DISTRICT, logged, planned
from tests.city import City


@dataclass
class Visited:
    """Visits to the company by the officers of Jiaozhou."""

    visit: Visit
    problem: Problem
    plan: Visit


def visited(city: City) -> Visited:
    """All of them."""
    visit = logged(city)
    return Visited(visit=visit, problem=visit.problems.get(), plan=planned(city, days=900, unit=DISTRICT))
