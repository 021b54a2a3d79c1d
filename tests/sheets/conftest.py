"""列表的夹具 fixtures: everything that a list can show."""

from datetime import date

import pytest

from kechuang.core.matching.actions import judge
from kechuang.core.matching.models import Match
from kechuang.services.introductions.actions import Said, log_contact
from tests.city import NOW
from tests.sheets.files import FORMULA, _list_more
from tests.world import World


@pytest.fixture(scope="module")
def built(built: World) -> World:
    """The world with something in every list."""
    made = built
    said = Said(person="需求方 赵经理", channel="phone", result="reached", on=date(2026, 11, 18), text=FORMULA)
    log_contact(case=made.introduction, said=said, form_key="", by=made.city.broker, now=NOW)
    judge(need=made.need, offer=made.achievement, fits=False, reason="other", by=made.city.broker, now=NOW)
    _list_more(made)
    Match.objects.get_or_create(
        need=made.need, offer=made.achievement, defaults={"score": 50, "engine": "t", "at": NOW}
    )
    return made
