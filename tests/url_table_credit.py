"""网址权限表: the credit white list, from the run to the appeal."""

from collections.abc import Callable
from typing import Any

from tests.url_table_shapes import DONE, Visit, everybody, fixed, form, members, only, reading, step
from tests.world import World

OFFICERS = ("officer", "district_officer")


def listed(name: str, /, **more: Any) -> Callable[[World], dict[str, Any]]:
    """The number of an object of the white list."""
    return lambda world: {"pk": getattr(world.white_list, name).pk, **more}


def company(world: World) -> dict[str, Any]:
    """The number of the company."""
    return {"pk": world.city.company.pk}


def appeal(**more: Any) -> Callable[[World], dict[str, Any]]:
    """The number of the case of the appeal."""
    return lambda world: {"pk": world.white_list.appeal.case_id, **more}


CREDIT: dict[str, list[Visit]] = {
    "credit": reading(everybody(200)),
    "credit_firms": reading(only(*OFFICERS)),
    "credit_lists": form(only(*OFFICERS), only("officer", status=422)),
    "credit_list": [
        *form(only(*OFFICERS), only("officer", status=DONE, district_officer=DONE), listed("published"), publish="1"),
        *form(
            only("officer", district_officer=404),
            only("officer", status=403, district_officer=404),
            listed("draft"),
            publish="1",
        ),
    ],
    "credit_compare": reading(only(*OFFICERS)),
    "credit_result": reading(only("engineer", *OFFICERS, others=404), company),
    "credit_consent": step(only("engineer", status=DONE, others=404, officer=403, district_officer=403), company),
    "appeal_credit": [
        *form(
            only("engineer", others=404),
            only("engineer", status=422, others=404),
            listed("entry"),
            text="资格已补录到企业档案里。",
        ),
        *form(members(404), members(404), fixed(pk=999_999)),
    ],
    "case": reading(only("engineer", "officer", others=404), appeal()),
    "case_step": [
        *step(
            only("officer", status=DONE, others=404, engineer=403),
            appeal(name="dismiss"),
            reason="facts",
            note="查无依据。",
        ),
        *step(only("engineer", status=DONE, others=404, officer=403), appeal(name="withdraw")),
    ],
    "sheet": [
        *reading(only(*OFFICERS), fixed(code="credit-firms")),
        *reading(only(*OFFICERS), fixed(code="credit-list")),
    ],
}
