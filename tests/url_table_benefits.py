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
    "benefit_steps": step(only(*OFFICERS, status=422)),
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
    "benefit_offer": form(
        only("engineer", others=404, officer=403, district_officer=403),
        only("engineer", status=DONE, others=404, officer=403, district_officer=403),
        case("offered"),
    ),
    "benefit_runs": form(only(*OFFICERS), only(*OFFICERS, status=422)),
    "benefit_run": form(
        only("officer", others=404), only("officer", status=422, others=404), grant("run"), confirm="1"
    ),
    "payments": form(only(*OFFICERS), only(*OFFICERS, status=422)),
    "payment_order": form(
        only("engineer", "officer", others=404),
        only(others=404, engineer=403, officer=403),
        grant("order"),
        approve="1",
    ),
    "payment_batch": reading(only("officer", others=403, district_officer=404), grant("batch")),
    "payment_file": step(only(district_officer=404), grant("batch", kind="csv")),
    "bank_upload": step(only(*OFFICERS, status=422)),
    "bank_file": form(
        only("officer", others=403, district_officer=404),
        only("officer", status=DONE, others=403, district_officer=404),
        grant("file"),
    ),
    "budget_lines": form(only(*OFFICERS), only(*OFFICERS, status=422)),
    "budget_line": reading(only("officer", others=403, district_officer=404), grant("line")),
    "ledger_entry": reading(only("engineer", *OFFICERS, others=404), lambda w: {"pk": w.grants.sent.entry_id}),
}
