"""What the API answers"""

from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from kechuang.core.audit.models import Event
from kechuang.core.vocab.region import region
from tests.api.programs import NEW, V1, Program, fields
from tests.city import City, published


def test_a_text_and_a_need_are_answered_with_reasons_and_judged(city: City) -> None:
    offer, _ = published(city, "achievements")
    need, _ = published(city, "needs")
    engineer, professor = Program(city.engineer), Program(city.professor)
    answer = engineer.send("post", "/match", {"text": "薄膜光伏组件进水汽，想找低温封装"}).json()
    assert [a["offer"]["id"] for a in answer["answers"] + answer["further"]] == [offer.pk]
    assert engineer.get(f"/needs/{need.pk}/matches").status_code == 200
    assert engineer.get(f"/achievements/{offer.pk}/needs").json()[0]["need"]["id"] == need.pk
    url = f"/needs/{need.pk}/judgements/{offer.pk}"
    assert "reason" in fields(engineer.send("put", url, {"fits": False}))
    assert engineer.send("put", url, {"fits": False, "reason": "known"}).json()["reason"] == "known"
    assert engineer.get(f"/needs/{need.pk}/judgements").json()[0]["mine"] is True
    assert professor.send("put", url, {"fits": True}).status_code == 403
    assert professor.get(f"/needs/{need.pk}/judgements").status_code == 403
    assert engineer.send("delete", url).status_code == 204
    assert engineer.get(f"/needs/{need.pk}/judgements").json() == []


def test_code_lists_figures_services_and_organisations_carry_their_source(city: City, client: Client) -> None:
    terms = client.get(f"{V1}/vocabularies/maturity").json()
    assert len(terms) == 13
    assert all(t["source"] and t["text_status"] for t in terms)
    assert all(f["source"] for f in client.get(f"{V1}/figures").json())
    assert "needs" in [s["code"] for s in client.get(f"{V1}/services").json()]
    assert client.get(f"{V1}/services/none").status_code == 404
    assert client.get(f"{V1}/parties", {"name": "重锻"}).json()["items"][0]["id"] == city.company.pk
    assert client.get(f"{V1}/parties/{city.company.pk}").json()["uscc"] == city.company.uscc


BODIES = [
    (b"{", 400),
    (b"\xff\xfe\x00", 400),
    (b'{"party": 1e400, "content": {}}', 422),
    (b'{"party": NaN}', 400),
    (b"[" * 100_000, 400),
    (b"[]", 422),
    (b"null", 422),
    (b'"x"', 422),
    (b"", 422),
    (b'{"party": ' + b"9" * 5000 + b"}", 400),
    (b'{"party": 99999999999999999999, "content": {}}', 422),
    (b'{"party": 1, "content": {"title": "a\\u0000b"}}', 422),
    (b'{"party": 1, "content": {"title": "\\ud800"}}', 422),
    (b'{"party": 1, "content": {"\\u0000": 1}}', 422),
    (b'{"party": true, "content": []}', 422),
    (b'{"party": 1, "content": {"title": ["a"], "targets": "x", "nothing": 1}}', 422),
    (b'{"x": "' + b"a" * 4_000_000 + b'"}', 413),
]


@pytest.mark.parametrize(("body", "status"), BODIES, ids=[str(b[:24]) for b, _ in BODIES])
def test_bad_bodies_get_words_not_faults(engineer: Program, body: bytes, status: int) -> None:
    response = engineer.send("post", "/listings/needs", body)
    assert (response.status_code, response["Content-Type"]) == (status, "application/problem+json")


def test_a_body_names_the_field_that_is_wrong(city: City, engineer: Program) -> None:
    base = {"party": city.company.pk}
    long = engineer.send("post", "/listings/needs", {**base, "content": {**NEW, "text": "长" * 400_000}})
    assert "20000" in fields(long)["text"]
    types = engineer.send(
        "post",
        "/listings/needs",
        {**base, "content": {**NEW, "title": 5, "targets": [{"name": {}, "x": 1}], "budget_min": True, "no": 1}},
    )
    assert set(fields(types)) == {"title", "targets[0].name", "targets[0].x", "budget_min", "no"}
    assert set(fields(engineer.send("post", "/listings/needs", {"party": "x"}))) == {"party", "content"}
    assert "budget_max" in fields(
        engineer.send("post", "/listings/needs", {**base, "content": {**NEW, "budget_max": 10**40}})
    )


def test_unknown_addresses_and_methods_are_problems_too(engineer: Program, client: Client) -> None:
    for path, method, status in (("/nothing", "get", 404), ("/search", "delete", 405), ("/cases/x", "get", 404)):
        response = getattr(client, method)(V1 + path)
        assert (response.status_code, response["Content-Type"]) == (status, "application/problem+json")
    assert client.delete(f"{V1}/search")["Allow"] == "GET"
    assert client.post(f"{V1}/match", {"text": "form"}).status_code == 415
    assert client.get(f"{V1}/search", {"q": "a\0b"}).status_code == 422
    assert client.get(f"{V1}/listings/needs/99999999999999999999999").status_code == 422


def test_a_fault_is_told_without_its_traces(city: City, client: Client, settings: Any, tmp_path: Path) -> None:
    settings.PACKS_DIR = tmp_path  # the region's pack is gone
    region.cache_clear()
    client.raise_request_exception = False
    response = client.get(f"{V1}/figures")
    region.cache_clear()
    assert (response.status_code, response["Content-Type"]) == (500, "application/problem+json")
    assert str(tmp_path) not in response.content.decode()


def test_what_lies_above_the_public_tier_needs_its_right_and_leaves_a_record(city: City) -> None:
    need, _ = published(city, "needs", inner_text="登录才能看的工况" * 3, secret_text="签了协议才能看的配方" * 3)
    url = f"/listings/needs/{need.pk}"
    assert {"inner_text", "secret_text"} <= set(Program(city.engineer).get(url).json()["content"])
    assert not Event.objects.filter(verb="view_tier").exists()
    inner = Program(city.professor).get(url).json()["content"]
    assert "inner_text" in inner
    assert "secret_text" not in inner
    assert Event.objects.get(verb="view_tier").by_id == city.professor.pk
    for program in (Program(city.professor, "read:public"), Program(city.stranger, "read:public")):
        for answer in (program.get(url), program.get("/search", q="配方")):
            assert "才能看" not in answer.content.decode()


def test_a_change_that_waits_is_shown_to_its_people_and_the_officers(city: City) -> None:
    need, _ = published(city, "needs")
    url, engineer = f"/listings/needs/{need.pk}", Program(city.engineer)
    changed = engineer.send("patch", url, {"content": {"tried": "又换了一种"}}, **{"if-match": "*"})
    assert changed.json()["listing"]["pending"]["tried"] == "又换了一种"
    assert Program(city.officer).get(url).json()["pending"]["tried"] == "又换了一种"
    assert Program(city.broker).get(url).json()["pending"] is None
