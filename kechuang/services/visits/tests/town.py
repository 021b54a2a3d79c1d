"""走访小城: a broker with her organisation, visits planned and made, with builders."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from kechuang.core.parties.models import Mandate, Party
from kechuang.services.visits import actions
from kechuang.services.visits.models import Problem, Visit
from kechuang.services.visits.units import Unit
from tests.city import NOW, City, party, works_for

TODAY = timezone.localdate(NOW)
DISTRICT = Unit(None, "370281")
CITY = Unit(None, "")
LOGGED: dict[str, Any] = {
    "visited_on": TODAY,
    "purpose": "了解研发投入和困难",
    "people": "示例科员、示例总工",
    "seen": "新上一条热模锻线，正在调试。",
    "private": "老板准备换地方，先不要说。",
}
PROBLEM = {"kind": "technology", "text": "热模锻的余热想发电，不知道找谁。", "days": "8"}


def agency(city: City) -> Unit:
    """The organisation of the broker."""
    found: Party = party("agency", "示例技术转移中心", "91370202MADEM2018X", "370202")
    works_for(city.broker, found, Mandate.Role.ADMIN)
    return Unit(found)


def planned(city: City, days: int = 5, **more: Any) -> Visit:
    """A visit that the district's officer plans."""
    given: dict[str, Any] = {"party": city.company, "unit": DISTRICT, "by": city.district_officer, "now": NOW} | more
    return actions.plan(planned_on=TODAY + timedelta(days=days), purpose="了解研发投入和困难", **given)


def logged(city: City, *raised: dict[str, str], **more: Any) -> Visit:
    """A visit that the district's officer has made, with one problem unless others are given."""
    given: dict[str, Any] = {"party": city.company, "unit": DISTRICT, "by": city.district_officer, "now": NOW} | more
    return actions.log_now(content=LOGGED, raised=raised or (PROBLEM,), **given)


def problem(city: City, **changes: str) -> Problem:
    """A problem of the company."""
    return logged(city, PROBLEM | changes).problems.select_related("case", "visit__party").get()


def fresh(visit: Visit) -> Visit:
    """As the database has it."""
    return Visit.objects.select_related("case", "party").get(pk=visit.pk)
