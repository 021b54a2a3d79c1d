"""页面: accessible and without horizontal scroll with what pages load afterwards, on a desk and on a phone.

Every address alone is looked at in test_every_page.py.
"""

import pytest

from kechuang.core.alerts import actions
from kechuang.core.alerts.links import Grant, token
from kechuang.core.alerts.models import Pair, Told
from kechuang.core.search.actions import embed_pending
from tests.browser.conftest import Faults, Open
from tests.city import NOW, City, listing, published

pytestmark = pytest.mark.browser
NEED = "海边的薄膜光伏板进水汽发黄，想找不用高温的密封办法"


def _pages(city: City) -> dict[str, list[str]]:
    offer, _ = published(city, "achievements")
    need, _ = published(city, "needs")
    draft, _case = listing(city, "needs", title="另一条还在写的需求", code="draft")
    embed_pending()
    search = actions.save_search(
        text="光伏", kinds=["achievements"], facets={}, name="光伏", by=city.engineer, now=NOW
    )[0]
    actions.mute(what="kind", kind="brokers", by=city.engineer, now=NOW)
    pair = Pair.objects.create(need=need, offer=offer, score=80, words="意思很接近", at=NOW)
    Told.objects.create(pair=pair, user=city.engineer, side="asker", at=NOW)
    stop, mute = (
        token(Grant(city.engineer.pk, *rest)) for rest in (("search", "", search.pk), ("item", "needs", need.pk))
    )
    public = [
        f"/mail/{stop}/",
        f"/mail/{mute}/",
        "/",
        f"/match/?q={NEED}",
        "/search/?q=光伏",
        f"/s/needs/{need.pk}/match/",
        f"/s/achievements/{offer.pk}/needs/",
        "/no-such-page/",
    ]
    own = [
        "/desk/",
        "/s/needs/new/",
        f"/s/needs/{draft.pk}/edit/",
        "/my/searches/",
        f"/my/searches/{search.pk}/?after=0",
    ]
    office = ["/desk/", f"/s/needs/{need.pk}/match/"]
    return {"": public, "engineer": own, "officer": office}


def test_pages_are_accessible_and_fit(open_page: Open, faults: Faults, live_city: City) -> None:
    found: dict[str, object] = {}
    for name, paths in _pages(live_city).items():
        user = live_city.people()[name] if name else None
        page = open_page("/healthz", user=user)
        for path in paths:
            page.goto(path)
            found |= faults(page, f"{name} {path}")
    assert found == {}
