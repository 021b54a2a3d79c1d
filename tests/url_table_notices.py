"""网址权限表: public notices and objections to them."""

from typing import Any

from tests.url_table_shapes import Visit, everybody, form, members, only, reading
from tests.world import World


def notice(name: str) -> Any:
    """The number of the public notice of a benefit."""
    return lambda world: {"pk": getattr(world.grants, name).case.public_notice.pk}


def objection(world: World) -> dict[str, Any]:
    """The number of the objection."""
    return {"pk": world.grants.objection.pk}


NOTICES: dict[str, list[Visit]] = {
    "public_notices": reading(everybody(200)),
    "object_to_notice": [
        *form(members(), members(422), notice("noticed")),
        *form(members(404), members(404), notice("paid")),
    ],
    "decide_objection": form(
        only("officer", "district_officer", others=404),
        only("officer", "district_officer", status=422, others=404),
        objection,
    ),
}
