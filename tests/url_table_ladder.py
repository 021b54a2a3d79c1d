"""网址权限表: the enterprise ladder."""

from typing import Any

from tests.url_table_shapes import DONE, Visit, everybody, fixed, form, only, reading, step

OFFICERS = ("officer", "district_officer")


def company(**more: Any) -> Any:
    """The place of the company."""
    return lambda world: {"pk": world.city.company.pk, **more}


LADDER: dict[str, list[Visit]] = {
    "ladder": reading(everybody(200)),
    "ladder_register": reading(only(*OFFICERS)),
    "ladder_next": reading(only(*OFFICERS)),
    "ladder_windows": reading(only(*OFFICERS)),
    "ladder_window": form(
        only("officer"),
        only("officer", status=DONE),
        fixed(rung="hnte", year=2026),
        opens="2026-11-01",
        source="示例通知",
        seen="0",
    ),
    "drop_ladder_window": step(only("officer", status=DONE), lambda w: {"pk": w.ladder.window.pk}),
    "ladder_list": [
        *reading(only(*OFFICERS), fixed(code="leader")),
        *reading(only(others=403, officer=404, district_officer=404), fixed(code="hnte")),
    ],
    "ladder_threshold": form(only("officer"), only("officer", status=DONE), fixed(code="leader")),
    "ladder_enter": form(only("officer"), only("officer", status=DONE), fixed(code="leader")),
    "ladder_remove": form(
        only("officer"),
        only("officer", status=DONE),
        lambda w: {"code": "leader", "pk": w.ladder.member.pk},
        on="2026-11-18",
        reason="示例原因",
    ),
    "party_ladder": [
        *reading(only("engineer", *OFFICERS, others=404), company()),
        *reading(only(others=404), fixed(pk=999_999)),
    ],
    "ladder_correct": form(
        only("engineer", officer=403, district_officer=403, others=404),
        only("engineer", status=DONE, officer=403, district_officer=403, others=404),
        company(),
        rung="sme",
        text="示例更正",
    ),
}
