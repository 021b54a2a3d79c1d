"""合作渠道: what a platform says to enterprises, and who may read how to call it."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from kechuang.core.audit.models import Event
from kechuang.core.market.models import Offer
from kechuang.core.search.models import Query
from kechuang.core.search.queries import find
from kechuang.kit.refusal import NotAllowed
from kechuang.services.platforms.actions import save_contact
from tests.city import NOW, City, build, published

CONTACT = {"name": "示例联系人", "title": "对外服务部主任", "phone": "0532-00000000", "email": "lab@test.example"}
PLATFORM: dict[str, Any] = {
    "title": "示例封装中试基地",
    "kind": "pilot-base",
    "level": "city",
    "pairing": "open",
    "pairing_wish": "光伏组件企业",
    "pairing_places": "3",
}
pytestmark = pytest.mark.django_db


def platform(city: City, **changes: Any) -> Offer:
    found: Offer = published(city, "platforms", **PLATFORM | changes)[0]
    return found


def page(offer: Offer, user: Any = None) -> str:
    client = Client()
    if user is not None:
        client.force_login(user)
    return client.get(reverse("listing", args=["platforms", offer.pk])).content.decode()


def test_everybody_reads_the_name_and_only_people_who_signed_in_how_to_call() -> None:
    city = build()
    offer = platform(city)
    save_contact(platform=offer, content=CONTACT, by=city.professor, now=NOW)
    public, inside = page(offer), page(offer, city.stranger)
    assert "示例联系人" in public
    assert "登录后可见" in public
    assert [secret in public for secret in ("0532-00000000", "lab@test.example")] == [False, False]
    assert [shown in inside for shown in ("0532-00000000", "lab@test.example")] == [True, True]


def test_no_event_keeps_the_phone_number() -> None:
    city = build()
    save_contact(platform=platform(city), content=CONTACT, by=city.professor, now=NOW)
    event = Event.objects.get(verb="contact")
    assert event.after == {"name": "示例联系人", "title": "对外服务部主任"}


def test_only_the_people_of_the_platform_name_its_contact() -> None:
    city = build()
    offer = platform(city)
    with pytest.raises(NotAllowed):
        save_contact(platform=offer, content=CONTACT, by=city.engineer, now=NOW)


def test_a_contact_without_phone_and_address_is_refused_at_the_field() -> None:
    city = build()
    offer = platform(city)
    client = Client()
    client.force_login(city.professor)
    answer = client.post(reverse("platform_contact", args=[offer.pk]), {"name": "示例甲", "title": "主任"})
    assert answer.status_code == 422
    assert "电话和邮箱至少填一项。" in answer.content.decode()


def test_platforms_are_found_by_their_wish_to_pair() -> None:
    city = build()
    wanted = platform(city, code="P1")
    platform(city, code="P2", pairing="closed")
    result = find(Query(kinds=("platforms",), facets={"pairing": ("open",)}, sort="newest"))
    assert [hit.ref for hit in result.hits] == [wanted.pk]
    assert result.counts["pairing"] == {"open": 1, "closed": 1}
