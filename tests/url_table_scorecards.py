"""网址权限表: scorecards of state-owned enterprises."""

from collections.abc import Callable
from typing import Any

from tests.url_table_shapes import DONE, Visit, fixed, form, members, only, reading, step
from tests.world import World

OFFICERS = ("officer", "district_officer")


def of(name: str, /, **more: Any) -> Callable[[World], dict[str, Any]]:
    """The number of an object of the state-owned world."""
    return lambda world: {"pk": getattr(world.state_owned, name).pk, **more}


def case(name: str, /, **more: Any) -> Callable[[World], dict[str, Any]]:
    """The number of the case of a card."""
    return lambda world: {"pk": getattr(world.state_owned, name).case_id, **more}


SCORECARDS: dict[str, list[Visit]] = {
    "scorecards": form(members(), only(*OFFICERS, status=422)),
    "scorecard_owner": [
        *form(
            only("officer", district_officer=404),
            only("officer", status=422, district_officer=404),
            of("owner"),
            add="1",
        ),
        *form(only(*OFFICERS, status=404), only(*OFFICERS, status=404), fixed(pk=999_999)),
    ],
    "scorecard_round": [
        *form(
            only("officer", district_officer=404),
            only("officer", status=422, district_officer=404),
            of("running"),
            publish="1",
        ),
        *form(only("officer", district_officer=404), only("officer", district_officer=404), of("published")),
    ],
    "confirm_scorecard": form(
        only("engineer", officer=403, others=404),
        only("engineer", status=422, officer=403, others=404),
        case("confirming"),
        seen="old",
    ),
    "review_scorecard": form(
        only("officer", engineer=403, others=404),
        only("officer", status=DONE, engineer=403, others=404),
        case("submitted"),
    ),
    "correct_scorecard": form(
        only("officer", engineer=403, others=404), only("officer", status=422, engineer=403, others=404), case("done")
    ),
    "case": [
        *reading(only("engineer", "officer", others=404), case("done")),
        *reading(only("engineer", "officer", others=404), case("confirming")),
    ],
    "case_step": step(
        only("officer", status=DONE, engineer=403, others=404),
        case("submitted", name="remove"),
        reason="moved",
        note="已划转。",
    ),
    "sheet": reading(members(), fixed(code="scorecards")),
}
