"""走访时钟 clock: reminds of a visit on the working day before, proposes joint visits. Twice changes nothing."""

from datetime import datetime

from django.utils import timezone

from kechuang.core.notices.actions import tell
from kechuang.core.vocab.calendar import calendar
from kechuang.kit.language import main_language
from kechuang.services.visits import queries
from kechuang.services.visits.actions import joint_key
from kechuang.services.visits.models import Visit
from kechuang.services.visits.units import unit_of


def tick(*, now: datetime) -> tuple[int, int]:
    """Returns how many were reminded and how many joint visits were proposed."""
    today = timezone.localdate(now)
    open_plans = list(queries.with_everything().filter(case__state="planned").order_by("planned_on", "pk"))
    until = calendar().after(today, 1)
    soon = [visit for visit in open_plans if today <= visit.planned_on <= until]
    return sum(_remind(visit, now) for visit in soon), sum(_propose(visit, now) for visit in open_plans)


def _remind(visit: Visit, now: datetime) -> bool:
    person = visit.case.assignee or visit.planner
    text = f"{visit.planned_on} 走访{visit.party}：{visit.purpose}"
    key = f"visit:{visit.pk}:soon:{visit.planned_on}"
    return tell(user=person, text=text, url=f"/cases/{visit.case_id}/", key=key, now=now) is not None


def _propose(visit: Visit, now: datetime) -> bool:
    told = False
    for other in queries.near(visit.party, visit.planned_on, unit_of(visit)):
        with main_language():
            text = f"{unit_of(other).label}也计划 {other.planned_on} 走访{visit.party}，建议合并成一次。"
        key = joint_key(visit, other)
        url = f"/cases/{visit.case_id}/"
        told = tell(user=visit.planner, text=text, url=url, key=key, now=now) is not None or told
    return told
