"""网址权限表: recognition, from the application to the outcome."""

from typing import Any

from tests.url_table_shapes import DONE, Visit, everybody, fixed, form, members, only, reading, step

OFFICERS = ("officer", "district_officer")


def case(name: str, /, **more: Any) -> Any:
    """The number of the case of an application."""
    return lambda world: {"pk": getattr(world.recognitions, name).case_id, **more}


RECOGNITION: dict[str, list[Visit]] = {
    "recognition": reading(everybody(200)),
    "recognition_outcomes": reading(everybody(200)),
    "apply_recognition": [
        *form(only("engineer"), only("engineer", status=DONE), fixed(code="sme"), submit="1"),
        *form(members(404), members(404), fixed(code="leader")),
    ],
    "recognition_cases": reading(members()),
    "recognition_outcome": [
        *form(
            only("officer", others=404, district_officer=403),
            only("officer", status=422, others=404, district_officer=403),
            case("sent"),
        ),
        *form(
            only("engineer", *OFFICERS, status=409, others=404),
            only("engineer", *OFFICERS, status=409, others=404),
            case("checked"),
        ),
    ],
    "recognition_batches": form(only("officer"), only("officer", status=422)),
    "recognition_batch": reading(only("officer"), lambda world: {"pk": world.recognitions.batch.pk}),
    "case": [
        *reading(only("engineer", *OFFICERS, others=404), case("checked")),
        *reading(only("engineer", others=404), case("draft")),
        *reading(only(*OFFICERS, others=404), case("noticed")),
    ],
    "case_step": [
        *step(
            only("officer", status=DONE, others=404, engineer=403, district_officer=403),
            case("checked", name="recommend"),
        ),
        *step(only("officer", status=DONE, others=404, district_officer=403), case("noticed", name="send")),
        *step(only("engineer", status=DONE, others=404), case("draft", name="submit")),
    ],
}
