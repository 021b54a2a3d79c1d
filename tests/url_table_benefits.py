"""网址权限表: benefits, from the claim to the payment."""

from collections.abc import Callable
from typing import Any

from tests.url_table_shapes import DONE, Visit, everybody, fixed, form, members, only, reading, step
from tests.world import World

OFFICERS = ("officer", "district_officer")


def case(name: str, /, **more: Any) -> Callable[[World], dict[str, Any]]:
    """The number of the case of a benefit."""
    return lambda world: {"pk": getattr(world.grants, name).case_id, **more}


def grant(name: str, /, **more: Any) -> Callable[[World], dict[str, Any]]:
    """The number of an object of the grants."""
    return lambda world: {"pk": getattr(world.grants, name).pk, **more}


BENEFITS: dict[str, list[Visit]] = {
    "benefits": reading(everybody(200)),
    "benefit_cases": reading(members()),
    "apply_benefit": [
        *form(only("engineer"), only("engineer", status=DONE), fixed(code="test-vc"), item="新项目"),
        *form(members(404), members(404), fixed(code="no-such-clause")),
    ],
    "edit_benefit": [
        *form(only("engineer", others=404), only("engineer", status=DONE, others=404), case("draft"), item="草稿二"),
        *form(
            only("engineer", status=409, others=404, officer=403, district_officer=403),
            only("engineer", status=409, others=404, officer=403, district_officer=403),
            case("checked"),
        ),
    ],
    "review_benefit": form(
        only("officer", others=404, engineer=403, district_officer=403),
        only("officer", status=422, others=404, engineer=403, district_officer=403),
        case("checked"),
    ),
    "benefit_account": form(
        only("engineer", *OFFICERS, status=409, others=404),
        only("engineer", *OFFICERS, status=409, others=404),
        case("checked"),
    ),
    "benefit_notices": reading(everybody(200)),
    "object_benefit": [
        *form(members(), members(422), case("noticed")),
        *form(members(404), members(404), case("checked")),
    ],
    "decide_objection": form(only(*OFFICERS, others=404), only(*OFFICERS, status=422, others=404), grant("objection")),
    "case": [
        *reading(only("engineer", *OFFICERS, others=404), case("checked")),
        *reading(only("engineer", others=404), case("draft")),
    ],
    "case_step": [
        *step(
            only("officer", status=422, others=404, engineer=403, district_officer=403), case("checked", name="review")
        ),
        *step(only("engineer", status=DONE, others=404), case("draft", name="submit")),
    ],
}
