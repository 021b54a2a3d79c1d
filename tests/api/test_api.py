"""接口 API through HTTP: what a program sees and does by key, by session and unnamed; what goes wrong, in words."""

import json
from datetime import timedelta
from typing import Any

from django.test import Client

from kechuang.core.audit.models import Event
from kechuang.core.cases.models import Case
from kechuang.core.keys.actions import revoke_key
from kechuang.core.keys.models import ApiKey, Reply
from kechuang.core.market.models import Need, Status
from kechuang.core.parties.actions import end_post
from kechuang.core.parties.models import Post, User
from kechuang.web import clock
from tests.api.programs import NEW, V1, Program, fields
from tests.city import NEED, City, listing, party, published, works_for


def test_anybody_finds_what_is_public_and_nothing_else(city: City, client: Client) -> None:
    need, _ = published(city, "needs")
    draft, _ = listing(city, "needs", title="还没写完的需求")
    found = client.get(f"{V1}/search", {"q": "光伏"}).json()
    assert [i["id"] for i in found["items"]] == [need.pk]
    assert client.get(f"{V1}/listings/needs/{need.pk}").json()["content"]["title"] == need.title
    assert "code" not in client.get(f"{V1}/listings/needs/{need.pk}").json()["content"]
    assert client.get(f"{V1}/listings/needs/{draft.pk}").status_code == 404


def test_a_list_is_filtered_sorted_and_paged(city: City, client: Client) -> None:
    for number in range(3):
        published(city, "needs", title=f"第{number}个密封需求", district="370281" if number else "370212")
    page = client.get(f"{V1}/listings/needs", {"limit": "2", "sort": "newest"}).json()
    assert (page["total"], len(page["items"])) == (3, 2)
    following = client.get(page["next"]).json()
    assert (len(following["items"]), following["next"]) == (1, None)
    assert client.get(f"{V1}/listings/needs", {"district": "370212"}).json()["total"] == 1
    wrong = client.get(f"{V1}/listings/needs", {"district": "999"})
    assert wrong.status_code == 422
    assert "district" in fields(wrong)
    assert fields(client.get(f"{V1}/search", {"limit": "101"})) == {"limit": "不能大于 100。"}


def test_a_need_is_made_changed_and_handed_in_with_the_forms_own_errors(city: City, engineer: Program) -> None:
    bad = engineer.send(
        "post", "/listings/needs", {"party": city.company.pk, "content": {"title": "短", "industry": ["?"]}}
    )
    assert bad.status_code == 422
    assert {"title", "text", "industry"} <= set(fields(bad))
    made = engineer.send("post", "/listings/needs", {"party": city.company.pk, "content": NEW})
    assert made.status_code == 201, made.content
    assert made["Location"] == f"{V1}/listings/needs/{made.json()['listing']['id']}"
    url = made["Location"].removeprefix(V1)
    changed = engineer.send("patch", url, {"content": {"title": "改过的标题"}}, **{"if-match": made["ETag"]})
    assert changed.json()["listing"]["title"] == "改过的标题"
    assert changed.json()["listing"]["content"]["tried"] == NEED["tried"]
    sent = engineer.send(
        "patch", url, {"content": {}, "hand_in": True, "confirmed": True}, **{"if-match": changed["ETag"]}
    )
    assert sent.json()["handed_in"] is True
    assert Need.objects.get().status == Status.REVIEW


def test_a_change_from_an_old_version_is_told_what_changed(city: City, engineer: Program) -> None:
    need, _ = listing(city, "needs")
    url = f"/listings/needs/{need.pk}"
    seen = engineer.get(url)["ETag"]
    assert engineer.send("patch", url, {"content": {"tried": "又试了一次"}}, **{"if-match": seen}).status_code == 200
    late = engineer.send("patch", url, {"content": {"tried": "没有试过"}}, **{"if-match": seen})
    assert late.status_code == 412
    assert [(c["name"], c["saved"], c["sent"]) for c in late.json()["changes"]] == [("tried", "又试了一次", "没有试过")]
    assert engineer.send("patch", url, {"content": {}}, **{"if-match": late["ETag"]}).status_code == 200
    assert engineer.send("patch", url, {"content": {}}).status_code == 428


def test_the_same_call_sent_twice_makes_one_record_and_gets_one_answer(city: City, engineer: Program) -> None:
    body = {"party": city.company.pk, "content": NEW}
    one = engineer.send("post", "/listings/needs", body, **{"idempotency-key": "a-1"})
    two = engineer.send("post", "/listings/needs", body, **{"idempotency-key": "a-1"})
    assert (one.status_code, two.status_code, Need.objects.count()) == (201, 201, 1)
    assert (two.content, two["ETag"], two["Idempotent-Replay"]) == (one.content, one["ETag"], "true")
    other = engineer.send("post", "/listings/needs", {**body, "hand_in": True}, **{"idempotency-key": "a-1"})
    assert other.status_code == 422
    assert "Idempotency-Key" in fields(other)
    Reply.objects.update(at=clock.now() - timedelta(hours=25))
    assert engineer.send("post", "/listings/needs", body, **{"idempotency-key": "a-1"}).status_code == 201
    assert Need.objects.count() == 2


def test_a_refused_call_keeps_no_answer(city: City, engineer: Program) -> None:
    head = {"idempotency-key": "b"}
    assert (
        engineer.send("post", "/listings/needs", {"party": city.company.pk, "content": {}}, **head).status_code == 422
    )
    assert not Reply.objects.exists()
    made = engineer.send("post", "/listings/needs", {"party": city.company.pk, "content": NEW}, **head)
    assert (made.status_code, Reply.objects.get().status) == (201, 201)


def test_every_write_by_key_is_an_event_that_names_the_key(city: City, engineer: Program) -> None:
    engineer.send("post", "/listings/needs", {"party": city.company.pk, "content": NEW})
    event = Event.objects.get(subject="keys.apikey", verb="use")
    assert (event.by_id, event.subject_id, event.note) == (city.engineer.pk, engineer.key.pk, engineer.key.name)
    assert event.after == {"call": "POST /api/v1/listings/needs"}


def test_a_key_does_what_its_scopes_say_and_no_more(city: City) -> None:
    need, _ = listing(city, "needs")
    narrow = Program(city.engineer, "read:public")
    assert narrow.get(f"/listings/needs/{need.pk}").status_code == 404
    assert narrow.get("/cases").status_code == 403
    assert narrow.send("post", "/listings/needs", {"party": city.company.pk, "content": NEW}).status_code == 403
    assert narrow.get("/me").json()["parties"] == []
    assert Program(city.engineer, "read:own").get(f"/listings/needs/{need.pk}").status_code == 200


def test_a_key_never_does_more_than_its_user_now_may(city: City) -> None:
    _, case = published(city, "needs")
    officer = Program(city.district_officer)
    assert officer.get(f"/cases/{case.pk}").status_code == 200
    end_post(post=Post.objects.get(user=city.district_officer), by=city.officer, now=clock.now())
    assert officer.get(f"/cases/{case.pk}").status_code == 404
    assert officer.get("/cases").json()["total"] == 0


def test_a_key_for_one_party_acts_for_no_other(city: City) -> None:
    second = party("enterprise", "示例第二机械有限公司", "91370200264574251E", "370281")
    works_for(city.engineer, second, "admin")
    key = Program(city.engineer, "read:own", "write:listings", "write:cases", party=second)
    need, case = listing(city, "needs")
    assert key.get(f"/listings/needs/{need.pk}").status_code == 404
    assert key.get(f"/cases/{case.pk}").status_code == 404
    assert key.get("/my/listings", service="needs").json()["total"] == 0
    refused = key.send("post", "/listings/needs", {"party": city.company.pk, "content": NEW})
    assert "party" in fields(refused)
    assert [p["id"] for p in key.get("/me").json()["parties"]] == [second.pk]
    assert key.send("post", "/listings/needs", {"party": second.pk, "content": NEW}).status_code == 201
    assert key.get("/notices").status_code == 403


def test_a_wrong_an_expired_and_a_revoked_key_are_told_apart(city: City, engineer: Program, client: Client) -> None:
    head = {"authorization": "Bearer kc_nothing"}
    unknown = client.get(f"{V1}/search", headers=head)
    assert (unknown.status_code, unknown["WWW-Authenticate"]) == (401, "Bearer")
    assert client.get(f"{V1}/me", headers={"authorization": "Basic eA=="}).status_code == 401
    ApiKey.objects.update(created_at=clock.now() - timedelta(days=20), expires_at=clock.now() - timedelta(days=1))
    assert "过期" in engineer.get("/me").json()["detail"]
    revoke_key(key=engineer.key, by=city.engineer, now=clock.now())
    assert "停用" in engineer.get("/me").json()["detail"]


def test_a_key_of_somebody_who_left_is_dead(city: City, engineer: Program) -> None:
    User.objects.filter(pk=city.engineer.pk).update(is_active=False)
    assert engineer.get("/me").status_code == 401


def test_too_many_calls_in_a_minute_wait(city: City, engineer: Program, settings: Any) -> None:
    settings.API_CALLS_PER_MINUTE = 2
    ApiKey.objects.update(minute=clock.now().replace(second=0, microsecond=0), used=2)
    late = engineer.get("/me")
    if late.status_code == 200:  # the minute turned between the two lines
        return
    assert late.status_code == 429
    assert 1 <= int(late["Retry-After"]) <= 60


def test_a_session_reads_freely_and_writes_with_its_token_alone(city: City) -> None:
    need, _ = listing(city, "needs")
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(city.engineer)
    assert browser.get(f"{V1}/listings/needs/{need.pk}").status_code == 200
    body = json.dumps({"party": city.company.pk, "content": NEW})
    bare = browser.post(f"{V1}/listings/needs", body, content_type="application/json")
    assert bare.status_code == 403
    browser.get("/")
    token = browser.cookies["csrftoken"].value
    assert (
        browser.post(
            f"{V1}/listings/needs", body, content_type="application/json", headers={"x-csrftoken": token}
        ).status_code
        == 201
    )
    assert not Event.objects.filter(verb="use").exists()


def test_a_step_is_taken_once_and_a_stale_one_is_told_the_state(city: City) -> None:
    _, case = listing(city, "needs")
    engineer, officer = Program(city.engineer), Program(city.district_officer)
    url = f"/cases/{case.pk}"
    assert engineer.send("post", f"{url}/steps/submit").json()["state"] == "submitted"
    assert engineer.send("post", f"{url}/steps/publish").status_code == 403
    waiting = officer.get("/cases", which="waiting").json()
    assert case.pk in [c["id"] for c in waiting["items"]]
    refused = officer.send("post", f"{url}/steps/return", {"note": ""})
    assert {"reason", "note"} <= set(fields(refused))
    seen = officer.get(url)["ETag"]
    assert officer.send("post", f"{url}/steps/publish", {}, **{"if-match": seen}).json()["state"] == "published"
    assert officer.send("post", f"{url}/steps/publish", {}, **{"if-match": seen}).status_code == 412
    again = officer.send("post", f"{url}/steps/publish")
    assert (again.status_code, Case.objects.get(pk=case.pk).state) == (409, "published")
    assert [e["step"] for e in officer.get(f"{url}/events").json()] == ["open", "submit", "publish"]


def test_others_cases_and_drafts_are_not_there(city: City) -> None:
    _, case = listing(city, "needs")
    professor, broker = Program(city.professor), Program(city.broker)
    for program in (professor, broker):
        assert program.get(f"/cases/{case.pk}").status_code == 404
        assert program.get(f"/cases/{case.pk}/events").status_code == 404
        assert program.send("post", f"/cases/{case.pk}/steps/submit").status_code == 404
