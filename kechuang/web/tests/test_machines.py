"""给机器读的页面: RSS, sitemap, robots.txt structured data: what the public may read, and nothing breaks out."""

import json
import re
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from django.test import Client
from django.urls import reverse

from kechuang.core.market.models import Offer
from kechuang.web import sitemaps
from tests.city import City, listing, published

EVIL = '</script><script>alert("封装")</script>&amp;'


def items(response: Any) -> list[str]:
    assert response.status_code == 200
    return [item.findtext("title") or "" for item in ET.fromstring(response.content).iter("item")]


def data_of(response: Any) -> dict[str, Any]:
    page = response.content.decode()
    found = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    assert len(found) == 1
    return json.loads(found[0])  # type: ignore[no-any-return]


def test_a_feed_has_what_is_public_the_newest_first_and_its_filters(client: Client, city: City) -> None:
    first, _ = published(city, "achievements")
    second, _ = published(city, "achievements", title="第二项成果的名称", code="2", industry=["ai"], district="370281")
    listing(city, "achievements", title="还没有发布的成果", code="3")
    assert set(items(client.get("/feeds/achievements/"))) == {first.title, second.title}
    assert items(client.get("/feeds/achievements/?industry=ai")) == [second.title]
    assert items(client.get("/feeds/achievements/?district=370212&industry=green-energy&sort=newest")) == [first.title]
    assert items(client.get("/feeds/needs/")) == []
    assert "http://testserver/feeds/achievements/?industry=ai" in _text(client, "/feeds/achievements/?industry=ai&q=x")


def test_an_unknown_filter_is_named_instead_of_bringing_everything(client: Client, city: City) -> None:
    answer = client.get("/feeds/needs/?industry=nonsense&district=370212")
    assert (answer.status_code, "industry=nonsense" in answer.content.decode()) == (400, True)
    assert client.get("/feeds/nothing/").status_code == 404


def test_a_reader_that_has_the_feed_is_told_so_in_one_line(client: Client, city: City) -> None:
    published(city, "needs")
    answer = client.get("/feeds/needs/")
    assert answer["Last-Modified"]
    again = client.get("/feeds/needs/", HTTP_IF_NONE_MATCH=answer["ETag"])
    assert (again.status_code, again.content) == (304, b"")
    published(city, "needs", title="又一个需求的名称", code="2")
    assert client.get("/feeds/needs/", HTTP_IF_NONE_MATCH=answer["ETag"]).status_code == 200
    assert "public" in answer["Cache-Control"]


def test_control_characters_and_markup_do_not_break_a_feed(client: Client, city: City) -> None:
    offer, _ = published(city, "achievements")
    Offer.objects.filter(pk=offer.pk).update(title=f"封装\x0b\x1f{EVIL}", summary="\x00"[:0] + EVIL)
    assert items(client.get("/feeds/achievements/")) == [f"封装{EVIL}"]


def test_pages_name_their_feeds(client: Client, city: City) -> None:
    assert 'href="/feeds/needs/"' in client.get("/").content.decode()
    assert 'href="/feeds/needs/?industry=ai"' in client.get("/s/needs/?industry=ai&q=x").content.decode()


def test_an_achievement_a_need_and_an_organisation_speak_schema_org(client: Client, city: City) -> None:
    offer, _ = published(city, "achievements")
    need, _ = published(city, "needs")
    said = data_of(client.get(reverse("listing", args=["achievements", offer.pk])))
    assert (said["@context"], said["@type"], said["name"]) == ("https://schema.org", "CreativeWork", offer.title)
    assert said["creator"]["name"] == city.university.name
    said = data_of(client.get(reverse("listing", args=["needs", need.pk])))
    assert (said["@type"], said["name"], said["seeks"]["@type"]) == ("Organization", city.company.name, "Demand")
    assert said["seeks"]["priceSpecification"] == {
        "@type": "PriceSpecification",
        "priceCurrency": "CNY",
        "minPrice": 300000.0,
        "maxPrice": 800000.0,
    }
    said = data_of(client.get(reverse("party", args=[city.company.pk])))
    assert (said["@type"], said["identifier"]) == ("Organization", city.company.uscc)
    platform, _ = published(city, "platforms", title="示例封装中试基地", kind="pilot-base", level="city")
    said = data_of(client.get(reverse("listing", args=["platforms", platform.pk])))
    assert said["@type"] == "Organization"


def test_no_text_ends_the_script_that_holds_it(client: Client, city: City) -> None:
    offer, _ = published(city, "achievements")
    Offer.objects.filter(pk=offer.pk).update(title=EVIL, text=EVIL, keywords=[EVIL])
    answer = client.get(reverse("listing", args=["achievements", offer.pk]))
    assert data_of(answer)["name"] == EVIL
    assert EVIL not in answer.content.decode()


def test_what_is_not_public_has_no_structured_data(client: Client, city: City) -> None:
    offer, _ = listing(city, "achievements")
    client.force_login(city.professor)
    assert "ld+json" not in client.get(reverse("listing", args=["achievements", offer.pk])).content.decode()


def test_the_sitemap_has_every_public_page_in_parts(client: Client, city: City, monkeypatch: Any) -> None:
    monkeypatch.setattr(sitemaps.Listings, "limit", 2)
    rows = [published(city, "needs", title=f"第{n}个需求的名称", code=str(n))[0] for n in range(5)]
    listing(city, "needs", title="还没有发布的需求", code="x")
    index = client.get("/sitemap.xml").content.decode()
    parts = re.findall(r"<loc>http://testserver(/sitemap-needs\.xml[^<]*)</loc>", index)
    assert len(parts) == 3
    found = {u for part in parts for u in re.findall(r"<loc>http://testserver(/s/[^<]*)</loc>", _text(client, part))}
    assert found == {reverse("listing", args=["needs", row.pk]) for row in rows}
    assert reverse("party", args=[city.company.pk]) in _text(client, "/sitemap-parties.xml")
    assert "/catalogue/" in _text(client, "/sitemap-pages.xml")
    for wrong in ("/sitemap-needs.xml?p=9", "/sitemap-needs.xml?p=x", "/sitemap-nothing.xml"):
        assert client.get(wrong).status_code == 404


def _text(client: Client, url: str) -> str:
    return client.get(url).content.decode()


@pytest.mark.parametrize(("demo", "closed"), [(True, "Disallow: /\n"), (False, "Disallow: /my/\n")])
def test_a_demo_stays_out_of_search_engines(client: Client, settings: Any, demo: bool, closed: str) -> None:
    settings.DEMO = demo
    text = _text(client, "/robots.txt")
    assert closed in text
    assert f"Sitemap: {settings.SITE_URL}/sitemap.xml" in text
