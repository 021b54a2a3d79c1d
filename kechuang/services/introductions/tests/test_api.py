"""对接接口: what both sides and the task force see and do by key; private remarks stay out."""

import json
from typing import Any

from django.test import Client

from kechuang.core.cases.models import Case
from kechuang.core.keys.access import usable_scopes
from kechuang.core.keys.actions import create_key
from kechuang.core.parties.models import User
from kechuang.services.introductions.actions import add_remark
from kechuang.services.introductions.holding import claim
from kechuang.web import clock
from tests.city import City, published, task_force

V1 = "/api/v1/introductions"


def call(user: User, method: str, path: str = "", body: Any = None, **query: str) -> Any:
    """A call by a new key with everything that the user can use."""
    name = f"{method} {path} {clock.now().timestamp()}"
    _, secret = create_key(user=user, name=name, scopes=usable_scopes(user), days=9, by=user, now=clock.now())
    head = {"authorization": f"Bearer {secret}"}
    if method == "get":
        return Client().get(V1 + path, query, headers=head)
    return Client().post(V1 + path, json.dumps(body), content_type="application/json", headers=head)


def test_an_introduction_is_asked_for_followed_up_and_seen_by_both_sides(city: City) -> None:
    task_force(city)
    need, _ = published(city, "needs")
    offer, _ = published(city, "achievements")
    asked = {"need": need.pk, "offer": offer.pk, "words": "想先看样件"}
    assert call(city.stranger, "post", body=asked).status_code == 403
    made = call(city.engineer, "post", body=asked)
    assert made.status_code == 201, made.content
    again = call(city.professor, "post", body=asked)
    assert again.status_code == 409
    assert "已经在对接中" in again.json()["detail"]
    pk = made.json()["id"]
    case = claim(case=Case.objects.get(pk=pk), by=city.broker, now=clock.now())
    add_remark(case=case, text="只给专班看", by=city.broker, now=clock.now())
    said = {
        "person": "需求方 赵经理",
        "channel": "phone",
        "result": "reached",
        "on": str(clock.today()),
        "text": "约好下周见面",
        "move": True,
    }
    assert call(city.engineer, "post", f"/{pk}/contacts", said).status_code == 403
    late = call(city.broker, "post", f"/{pk}/contacts", said | {"on": "2999-01-01"})
    assert "on" in {f["name"] for f in late.json()["fields"]}
    logged = call(city.broker, "post", f"/{pk}/contacts", said)
    assert (logged.status_code, logged.json()["state"]) == (201, "contacted")
    for user in (city.engineer, city.professor, city.broker, city.officer):
        seen = call(user, "get", f"/{pk}")
        assert [c["text"] for c in seen.json()["contacts"]] == ["约好下周见面"]
        assert "只给专班看" not in seen.content.decode()
    assert call(city.stranger, "get", f"/{pk}").status_code == 404


def test_the_lists_are_those_of_the_page(city: City) -> None:
    task_force(city)
    need, _ = published(city, "needs")
    offer, _ = published(city, "achievements")
    call(city.engineer, "post", body={"need": need.pk, "offer": offer.pk})
    counts = {
        name: [call(user, "get", scope=name).json()["total"] for user in (city.professor, city.broker, city.stranger)]
        for name in ("all", "mine", "team", "own")
    }
    assert counts == {"all": [1, 1, 0], "mine": [0, 1, 0], "team": [0, 1, 0], "own": [1, 0, 0]}
    assert call(city.broker, "get", state="met").json()["total"] == 0
    assert call(city.broker, "get", overdue="true").json()["total"] == 0


def test_what_is_not_there_is_named(city: City) -> None:
    wrong = call(city.engineer, "post", body={"need": 999, "offer": 999})
    assert {f["name"] for f in wrong.json()["fields"]} == {"need", "offer"}
