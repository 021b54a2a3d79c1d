"""改动的场面 builders: who may import a list, and what may be typed into a row."""

from collections.abc import Iterator

from kechuang.core.cases.import_targets import target_of
from kechuang.core.parties.models import User
from kechuang.kit.refusal import NotAllowed
from tests.city import NOW
from tests.sheets.files import (
    exported,
)
from tests.world import World


def writers(code: str, world: World) -> Iterator[User]:
    """Those of the city who may import the list, with something in it."""
    for user in world.city.people().values():
        try:
            target_of(code).require(user, NOW)
        except NotAllowed:
            continue
        if sum(len(rows) - 1 for rows in exported(code, user).values()):
            yield user
