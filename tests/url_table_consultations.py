"""网址权限表: drafts under consultation, comments, their answers."""

from collections.abc import Callable
from typing import Any

from tests.url_table_shapes import DONE, Given, Visit, everybody, form, only, reading, step
from tests.world import World


def at(name: str, field: str = "pk") -> Callable[[World], dict[str, Any]]:
    """The number of a consultation, a comment or their case as the address has it."""
    return lambda world: {"pk": getattr(getattr(world.consulting, name), field)}


def unseen(status: int | str = 200) -> Given:
    """What only the city's bureau has seen yet; for all others it is not there."""
    return only("officer", status=status, others=404)


CONSULTATIONS: dict[str, list[Visit]] = {
    "consultations": reading(everybody(200)),
    "new_consultation": form(only("officer", "district_officer"), only("officer", "district_officer", status=DONE)),
    "answer_comments": reading(only("officer", "district_officer")),
    "consultation": [
        *reading(everybody(200), at("opened")),
        *reading(everybody(200), at("ended")),
        *reading(everybody(404, officer=200), at("prepared")),
    ],
    "comment_consultation": [
        *form(everybody(DONE), everybody(DONE), at("opened")),
        *form(everybody(404, officer=DONE), everybody(404, officer=DONE), at("prepared")),
    ],
    "consultation_comments": [
        *reading(everybody(200), at("opened")),
        *reading(everybody(404, officer=200), at("prepared")),
    ],
    "comment_receipt": [
        *reading(everybody(200), lambda world: {"token": world.consulting.held.token}),
        *reading(everybody(404), lambda _world: {"token": "nobody"}),
    ],
    "edit_consultation": form(unseen(), unseen(DONE), at("prepared", "case_id")),
    "consultation_stage": [
        *form(unseen(), unseen(DONE), at("prepared", "case_id")),
        *form(only("officer"), only("officer", status=DONE), at("opened", "case_id")),
    ],
    "remove_stage": step(unseen(DONE), at("stage")),
    "extend_consultation": form(only("officer"), only("officer", status=DONE), at("opened", "case_id")),
    "group_comments": step(only("officer", status=DONE), at("opened", "case_id")),
    "answer_comment": [
        *form(unseen(), unseen(DONE), at("held", "case_id")),
        *form(only("officer"), only("officer", status=DONE), at("waiting", "case_id")),
    ],
    "consultation_result": form(only("officer"), only("officer", status=DONE), at("ended", "case_id")),
    "trace_consultation": form(only("officer"), only("officer", status=DONE), at("ended", "case_id")),
}
