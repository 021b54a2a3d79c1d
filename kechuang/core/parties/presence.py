"""在岗 presence: who is away today, and who then acts in her place."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date

from kechuang.core.parties.models import Absence


def away(today: date) -> dict[int, int]:
    """Who is away today, with her deputy."""
    rows = Absence.objects.filter(since__lte=today, until__gte=today, ended_at=None)
    return dict(rows.order_by("-entered_at").values_list("user_id", "deputy_id"))


def present(pk: int, gone: Mapping[int, int], able: Collection[int]) -> int | None:
    """The person herself, or the deputy of the deputy …, as far as they may act; None where all are away."""
    seen = set()
    while pk in gone and pk not in seen:
        seen.add(pk)
        pk = gone[pk]
        if pk not in able:
            return None
    return None if pk in gone else pk


def acting(order: Iterable[int], gone: Mapping[int, int], able: Collection[int]) -> int | None:
    """Who does it today: the first of the order who is there, or whose deputy is; None where all are away."""
    return next((found for pk in order if (found := present(pk, gone, able))), None)
