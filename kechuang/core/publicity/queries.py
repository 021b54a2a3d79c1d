"""公示查询: what is and was under public notice, objections that wait."""

from datetime import date
from typing import Any

from django.db.models import QuerySet

from kechuang.core.cases.models import Case
from kechuang.core.publicity import access
from kechuang.core.publicity.models import Objection, PublicNotice


def _with_everything() -> QuerySet[PublicNotice]:
    return PublicNotice.objects.select_related("case__applicant")


def running() -> QuerySet[PublicNotice]:
    """What is under public notice now, also where an objection stops it; what ends first comes first."""
    return access.under_notice.filter(None, _with_everything()).order_by("until", "pk")


def past() -> QuerySet[PublicNotice]:
    """What was under public notice, the newest first."""
    running = access.under_notice.filter(None, PublicNotice.objects.all())
    return _with_everything().exclude(pk__in=running.values("pk")).order_by("-until", "-pk")


def filtered(rows: QuerySet[PublicNotice], *, service: str = "", district: str = "") -> QuerySet[PublicNotice]:
    """Those of one service and one district, as far as they are chosen."""
    rows = rows.filter(case__service=service) if service else rows
    return rows.filter(case__district=district) if district else rows


def places(rows: QuerySet[PublicNotice]) -> tuple[set[str], set[str]]:
    """The services and the districts that occur."""
    found = list(rows.order_by().values_list("case__service", "case__district").distinct())
    return {service for service, _district in found}, {district for _service, district in found if district}


def ended(today: date) -> QuerySet[PublicNotice]:
    """Notices whose last day is over without an open objection."""
    return PublicNotice.objects.filter(case__state=access.NOTICE, until__lt=today)


def notice_of(case: Case) -> PublicNotice | None:
    """The public notice of a case."""
    return PublicNotice.objects.filter(case=case).first()


def objections_to(case: Case) -> QuerySet[Objection]:
    """All objections to a case, the newest first."""
    return Objection.objects.filter(notice__case=case)


def has_open(case: Case) -> bool:
    """Whether an objection to a case waits for its decision."""
    return objections_to(case).filter(decision="").exists()


def open_objections(user: Any) -> QuerySet[Objection]:
    """Objections that wait for the user's decision."""
    rows = Objection.objects.filter(decision="").select_related("notice__case__applicant")
    return access.decide_objection.filter(user, rows).order_by("at")
