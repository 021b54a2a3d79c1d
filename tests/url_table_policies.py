"""网址权限表: policies and the calculator."""

from tests.url_table_shapes import DONE, Visit, everybody, fixed, form, members, only, reading, step
from tests.world import World

PACK = fixed(code="cn-tech-sme")


def DRAFT(world: World) -> dict[str, int]:  # noqa: N802 - a place like PACK
    """The officer's draft."""
    return {"pk": world.policy_draft.pk}


POLICIES: dict[str, list[Visit]] = {
    "policies": reading(everybody(200)),
    "calculator": form(everybody(200), everybody(DONE)),
    "policy_document": [
        *reading(everybody(200), fixed(code="gkfz-2017-115")),
        *reading(everybody(404), fixed(code="no")),
    ],
    "policy": [*reading(everybody(200), PACK), *reading(everybody(404), fixed(code="no"))],
    "policy_versions": [*reading(everybody(200), PACK), *reading(everybody(404), fixed(code="no"))],
    "policy_version": [
        *reading(everybody(200), fixed(code="cn-tech-sme", number=1)),
        *reading(everybody(404), fixed(code="cn-tech-sme", number=99)),
    ],
    "ask_policy": form(members(), members(DONE), PACK),
    "policy_drafts": reading(only("officer", "district_officer")),
    "draft_policy": step(only("officer", status=DONE), PACK),
    "policy_draft": form(only("officer", others=404), only("officer", status=DONE, others=404), DRAFT),
    "try_policy_draft": step(only("officer", status=DONE, others=404), DRAFT),
    "decide_policy_draft": step(
        only("officer", status=DONE, others=404), lambda world: {"pk": world.policy_draft.pk, "step": "drop"}
    ),
}
