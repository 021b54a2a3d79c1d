"""研发中心 centres: a registered centre with a record and an inquiry, for the world of tests/test_urls.py."""

from dataclasses import dataclass

from kechuang.core.cases.models import Case
from kechuang.services.research_centers.actions import inquire
from kechuang.services.research_centers.models import Activity, Center
from kechuang.services.research_centers.tests.lab import defined, recorded, registered
from tests.city import NOW, City


@dataclass
class Centers:
    """What the company registered."""

    center: Center
    activity: Activity
    inquiry: Case  # of the university


def centers(city: City) -> Centers:
    """All of them."""
    defined(city)
    center = registered(city)
    text = "想请贵中心试锻两件新材料样品。"
    asked = inquire(center=center, party=city.university, text=text, by=city.professor, now=NOW)
    return Centers(center=center, activity=recorded(city, center), inquiry=asked.case)
