"""网址权限表: platforms, pairings and alliances."""

from collections.abc import Callable
from typing import Any

from tests.url_table_shapes import DONE, Visit, everybody, fixed, form, members, only, pk, reading, step
from tests.world import World

OFFICERS = ("officer", "district_officer")


def partner(name: str, /, **more: Any) -> Callable[[World], dict[str, Any]]:
    """The number of an object of the partners as the address has it."""
    return lambda world: {"pk": getattr(world.partners, name).pk, **more}


PARTNERS: dict[str, list[Visit]] = {
    "platform_contact": form(only("professor"), only("professor", status=DONE), pk("platform")),
    "ask_platform": form(
        only("engineer", anonymous=200), only("engineer", status=DONE, anonymous=DONE), pk("platform"), kind="question"
    ),
    "pairings": reading(members()),
    "pairing_terms": form(
        only("professor", others=404, engineer=403, officer=403, district_officer=403),
        only("professor", status=DONE, others=404, engineer=403, officer=403, district_officer=403),
        partner("pairing"),
    ),
    "pairing_report": form(
        only("professor", "engineer", *OFFICERS, status=409, others=404),
        only("professor", "engineer", *OFFICERS, status=409, others=404),
        partner("pairing"),
    ),
    "alliances": reading(everybody(200)),
    "alliance": [*reading(everybody(200), partner("alliance")), *reading(everybody(404), fixed(pk=999_999))],
    "alliance_apply": form(members(), members(DONE), partner("alliance")),
    "alliance_edit": form(only(*OFFICERS), only(*OFFICERS, status=DONE), partner("alliance")),
    "alliance_members": reading(only(*OFFICERS), partner("alliance")),
    "alliance_workbook": reading(everybody(200), partner("alliance")),
    "alliance_scores": reading(only("engineer", *OFFICERS), partner("alliance")),
    "alliance_score": reading(
        only("engineer", *OFFICERS), lambda w: {"pk": w.partners.alliance.pk, "party": w.city.company.pk}
    ),
    "alliance_activities": reading(everybody(200), partner("alliance")),
    "new_activity": form(only("engineer"), only("engineer", status=DONE), partner("alliance")),
    "activity": reading(everybody(200), partner("activity")),
    "activity_ics": reading(everybody(200), partner("activity")),
    "sign_up": step(only("engineer", status=DONE), partner("activity")),
    "cancel_sign_up": step(members(DONE), partner("activity")),
    "attendance": step(only("engineer", *OFFICERS, status=DONE), partner("held")),
    "activity_edit": form(
        only("engineer", *OFFICERS),
        only("engineer", *OFFICERS, status=DONE),
        lambda w: {"pk": w.partners.activity.case_id},
    ),
    "activity_report": form(
        only("engineer", *OFFICERS), only("engineer", *OFFICERS, status=DONE), lambda w: {"pk": w.partners.held.case_id}
    ),
    "case": [
        *reading(only("engineer", "professor", *OFFICERS, others=404), partner("pairing")),
        *reading(only("engineer", *OFFICERS, others=404), partner("membership")),
        *reading(only("professor", *OFFICERS, others=404), partner("application")),
        *reading(only("engineer", *OFFICERS, others=404), lambda w: {"pk": w.partners.held.case_id}),
    ],
    "case_step": [
        *step(only(*OFFICERS, status=DONE, others=404, professor=403), partner("application", name="accept")),
        *step(
            only("professor", status=DONE, others=404, engineer=403, officer=403, district_officer=403),
            partner("pairing", name="decline"),
        ),
    ],
}
