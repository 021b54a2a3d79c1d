"""网上管理密钥: made once, seen once, revoked at once; too wide a scope is refused with what was typed kept."""

import re

from django.test import Client

from kechuang.core.keys.models import ApiKey
from kechuang.core.parties.models import User
from tests.city import City


def browser(user: User) -> Client:
    """A browser in which the user is signed in."""
    client = Client()
    client.force_login(user)
    return client


def test_a_secret_is_shown_once_and_works_until_it_is_revoked(city: City) -> None:
    client = browser(city.engineer)
    page = client.post("/my/keys/", {"name": "成果管理系统", "scopes": ["read:own"], "days": "90"})
    text = page.content.decode()
    secret = re.findall(r"value=\"(kc_[\w-]{43})\"", text)[0]
    assert "no-store" in page["Cache-Control"]
    assert secret not in client.get("/my/keys/").content.decode()
    head = {"authorization": f"Bearer {secret}"}
    assert Client().get("/api/v1/cases", headers=head).status_code == 200
    key = ApiKey.objects.get()
    client.post(f"/my/keys/{key.pk}/revoke/")
    assert Client().get("/api/v1/cases", headers=head).status_code == 401
    assert "停用" in client.get("/my/keys/").content.decode()


def test_the_page_offers_only_what_the_person_can_use(city: City) -> None:
    client = browser(city.stranger)
    assert 'value="write:listings"' not in client.get("/my/keys/").content.decode()
    sent = {"name": "我的程序", "scopes": ["read:own", "write:listings"], "days": "90"}
    refused = client.post("/my/keys/", sent)
    text = refused.content.decode()
    assert refused.status_code == 422
    assert "密钥的权限不能比本人更大" in text
    assert 'value="我的程序"' in text
    assert not ApiKey.objects.exists()


def test_sent_twice_it_is_made_once_and_bad_values_are_named(city: City) -> None:
    client = browser(city.engineer)
    sent = {"name": "程序", "scopes": ["judge"], "days": "365", "party": city.company.pk}
    assert client.post("/my/keys/", sent).status_code == 200
    assert client.post("/my/keys/", sent).status_code == 422
    assert ApiKey.objects.get().party == city.company
    for wrong in ({"days": "9999"}, {"party": city.university.pk}, {"scopes": ["all"]}, {"name": "a\0b"}, {"name": ""}):
        assert client.post("/my/keys/", sent | {"name": "另一个"} | wrong).status_code == 422
    assert ApiKey.objects.count() == 1


def test_the_reference_names_every_call_and_every_problem_has_an_anchor(client: Client, db: None) -> None:
    text = client.get("/api/").content.decode()
    described = client.get("/api/v1/openapi.json").json()
    for path, methods in described["paths"].items():
        for call in methods.values():
            assert f'id="{call["operationId"]}"' in text, path
    assert 'id="problem-412"' in text
    assert set(re.findall(r'href="#(shape-[^"]+)"', text)) <= set(re.findall(r'id="(shape-[^"]+)"', text))
