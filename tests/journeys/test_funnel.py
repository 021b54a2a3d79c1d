"""漏斗: numbers by hand, lists as long as their numbers, scope, period, file; the hall screen shows the public tier."""

import io
import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from python_calamine import CalamineWorkbook

from kechuang.core.cases.actions import advance
from kechuang.core.indicators import funnel
from kechuang.core.market.actions import count_view
from kechuang.core.market.models import Need, Offer
from kechuang.core.matching.hot import hottest
from kechuang.core.matching.models import Match
from kechuang.services.introductions.actions import propose
from kechuang.web.funnels import asked_for, funnel_page
from tests.city import NOW, City, listing, published, task_force

TODAY = date(2026, 11, 18)
ASKED = funnel.Asked("needs", date(2026, 1, 1), date(2026, 12, 1))
LATER = NOW + timedelta(days=7)  # the same weekday: five working days


def browser(user: Any = None) -> Client:
    client = Client()
    if user is not None:
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def text_of(page: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.content.decode()))


@pytest.fixture
def needs(city: City) -> dict[str, Need]:
    """Six needs, each come as far as its name says; a draft besides. One lies in another district."""
    task_force(city)
    offer, _ = published(city, "achievements")
    found: dict[str, Need] = {}
    for name in ("collected", "evaluated", "published", "matched", "met", "elsewhere", "draft"):
        district = "370202" if name == "elsewhere" else "370281"
        row, case = listing(city, "needs", title=f"需求走到了这一步 {name}", code=name, district=district)
        found[name] = row
        if name == "draft":
            continue
        case = advance(case=case, step="submit", by=city.engineer, now=NOW)
        if name in ("collected", "elsewhere"):
            continue
        if name == "evaluated":
            advance(case=case, step="return", by=city.officer, now=LATER, reason="unclear", note="请补充")
            continue
        advance(case=case, step="publish", by=city.officer, now=LATER)
        row.refresh_from_db()
    Match.objects.create(need=found["matched"], offer=offer, score=70, engine="t", at=NOW)
    Match.objects.create(need=found["published"], offer=offer, score=40, engine="t", at=NOW)
    met = propose(need=found["met"], offer=offer, words="", nda_wanted=False, by=city.engineer, now=LATER)
    advance(case=met, step="meet", by=city.officer, now=LATER + timedelta(days=2))
    return found


def counts(user: Any, asked: funnel.Asked = ASKED) -> list[int]:
    return [stage.count for stage in funnel.stages(funnel.followed(user, asked))]


def test_the_numbers_are_those_counted_by_hand(city: City, needs: dict[str, Need]) -> None:
    assert counts(city.officer) == [6, 4, 3, 2, 1, 0]
    found = {s.name: s for s in funnel.stages(funnel.followed(city.officer, ASKED))}
    assert found["evaluated"].share == pytest.approx(4 / 6)
    assert (found["evaluated"].days, found["published"].days, found["met"].days) == (5, 0, 2)
    assert found["matched"].days is None
    assert found["signed"].share == 0


def test_an_officer_of_a_district_sees_that_district_alone(city: City, needs: dict[str, Need]) -> None:
    assert counts(city.district_officer) == [5, 4, 3, 2, 1, 0]
    assert counts(city.engineer) == [0] * 6
    there = funnel.Asked("needs", ASKED.since, ASKED.until, district="370202")
    assert counts(city.officer, there) == [1, 0, 0, 0, 0, 0]


def test_the_period_is_half_open_and_groups_add_up(city: City, needs: dict[str, Need]) -> None:
    assert counts(city.officer, funnel.Asked("needs", date(2026, 11, 1), date(2026, 12, 1)))[0] == 6
    assert counts(city.officer, funnel.Asked("needs", date(2026, 10, 1), date(2026, 11, 1)))[0] == 0
    rows = funnel.followed(city.officer, ASKED)
    assert funnel.grouped(rows, "month") == {"2026-11": dict(zip(funnel.STAGES, [6, 4, 3, 2, 1, 0], strict=True))}
    by_district = funnel.grouped(rows, "district")
    assert {key: per["collected"] for key, per in by_district.items()} == {"370281": 5, "370202": 1}
    assert funnel.grouped(rows, "industry")["green-energy"]["met"] == 1


def test_achievements_have_the_same_funnel(city: City, needs: dict[str, Need]) -> None:
    asked = funnel.Asked("achievements", ASKED.since, ASKED.until)
    assert counts(city.officer, asked) == [1, 1, 1, 1, 1, 0]


@pytest.mark.parametrize("group", funnel.GROUPS)
def test_each_number_opens_a_list_of_that_length(city: City, needs: dict[str, Need], group: str) -> None:
    client = browser(city.officer)
    page = funnel_page(city.officer, {"by": group, "from": "2026-01", "to": "2026-12"}, TODAY)
    cells = [row.cell for row in page.stages] + [cell for _label, row in page.table for cell in row]
    assert sum(cell.count for cell in cells) > 0
    assert {c.url: client.get(c.url).context["total"] for c in cells} == {c.url: c.count for c in cells}


def test_a_period_that_makes_no_sense_is_named_and_replaced(city: City) -> None:
    page = asked_for({"from": "x", "to": "2026-13", "what": "?"}, TODAY)
    assert len(page.problems) == 2
    assert (page.asked.what, page.asked.since, page.asked.until) == ("needs", date(2025, 12, 1), date(2026, 12, 1))
    assert "晚于" in asked_for({"from": "2026-05", "to": "2026-03"}, TODAY).problems[0]


def test_the_file_holds_the_table_with_its_totals(city: City, needs: dict[str, Need]) -> None:
    page = browser(city.officer).get("/funnel/export.xlsx?by=district&from=2026-01&to=2026-12")
    rows = CalamineWorkbook.from_filelike(io.BytesIO(page.content)).get_sheet_by_index(0).to_python()
    assert rows[0] == ["区市", "征集", "评估", "发布", "匹配", "见面", "签约"]
    assert [r[1:] for r in rows if r[0] == "合计（每条只计一次）"] == [[6, 4, 3, 2, 1, 0]]


def test_the_hottest_pairs_are_public_and_views_count_up_to_ten(city: City) -> None:
    offer, _ = published(city, "achievements")
    second, _ = published(city, "achievements", title="另一种低温封装用的丁基胶", code="2")
    need, _ = published(city, "needs")
    other, _ = published(city, "needs", title="另一条公开的密封需求", code="2")
    hidden, _ = listing(city, "needs", title="没有公开的需求", code="3")
    reasons = [
        {"feature": "budget", "value": 1, "words": "预算相合"},
        {"feature": "words", "value": 0.6, "words": "都提到：密封"},
    ]
    for a, b, score in ((need, offer, 70), (other, second, 66), (hidden, offer, 99), (need, second, 60)):
        Match.objects.create(need=a, offer=b, score=score, reasons=reasons, engine="t", at=NOW)
    assert [(h.need, h.offer) for h in hottest(TODAY, 9)] == [(need, offer), (other, second)]
    for _ in range(12):
        count_view(listing=second, by=city.engineer, now=NOW)
    first = hottest(TODAY, 9)[0]
    assert (first.offer, first.heat, first.views, first.reason) == (second, 76, 12, "都提到：密封")


def test_the_hall_shows_public_titles_alone_whoever_looks(city: City) -> None:
    cache.clear()
    offer, _ = published(city, "achievements")
    draft, _ = listing(city, "needs", title="没有公开的需求题目")
    for user in (None, city.engineer, city.officer):
        page = browser(user).get("/hall/")
        assert page.status_code == 200
        assert offer.title in text_of(page)
        assert draft.title not in text_of(page)
        assert offer.contact == "" or offer.contact not in text_of(page)
    part = browser().get("/hall/", headers={"HX-Request": "true"}).content.decode()
    assert offer.title in part
    assert "<html" not in part


def test_many_screens_cost_one_making(city: City, django_assert_max_num_queries: Any) -> None:
    cache.clear()
    published(city, "achievements")
    client = browser()
    client.get("/hall/")
    with django_assert_max_num_queries(1):
        client.get("/hall/", headers={"HX-Request": "true"})
    assert Offer.objects.count() == 1
