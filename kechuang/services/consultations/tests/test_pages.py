"""征求意见页面: visitors comment, officers answer, the table is public; what was typed is never lost."""

from datetime import timedelta

import pytest
from django.test import Client

from kechuang.services.consultations.models import Comment, Consultation
from kechuang.web import clock
from kechuang.web.visitors import stamp
from tests.city import City, build
from tests.consulting import TEXT, consulting, opened

pytestmark = pytest.mark.django_db


def client_of(user: object) -> Client:
    client = Client()
    client.force_login(user)  # type: ignore[arg-type]
    return client


def typed(seconds: int = 10, **more: str) -> dict[str, str]:
    """What a person types who opened the form some time ago."""
    return {"text": "建议提高比例。", "stamp": stamp(clock.now() - timedelta(seconds=seconds))} | more


def running(city: City) -> Consultation:
    """Open by today's date, whatever day the tests run on."""
    row = opened(city)
    today = clock.today()
    Consultation.objects.filter(pk=row.pk).update(opened_on=today, closes_on=today + timedelta(days=9))
    return row


def test_a_visitor_comments_and_reads_the_answer_by_the_receipt() -> None:
    row = running(build())
    client = Client()
    answer = client.post(f"/consultations/{row.pk}/comment/", typed(clause=str(row.clauses.get(number=2).pk)))
    comment = Comment.objects.get()
    assert answer["Location"] == f"/consultations/comments/{comment.token}/"
    assert (comment.case.state, comment.clause and comment.clause.number) == ("held", 2)
    assert len(comment.origin) == 32
    assert "建议提高比例" in client.get(answer["Location"]).content.decode()
    assert "建议提高比例" not in client.get(f"/consultations/{row.pk}/comments/").content.decode()


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"website": "http://x.example"}, "请清空后再提交"),
        ({"seconds": 0}, "提交得太快"),
        ({"stamp": "falsch"}, "请再按一次"),
        ({"text": " "}, "意见和理由"),
    ],
)
def test_what_looks_like_a_robot_comes_back_with_what_was_typed(given: dict[str, object], words: str) -> None:
    row = running(build())
    sent = typed(int(given.pop("seconds", 10)), **({"name": "示例"} | given))  # type: ignore[arg-type, call-overload]
    answer = Client().post(f"/consultations/{row.pk}/comment/", sent)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert 'value="示例"' in answer.content.decode()
    assert not Comment.objects.exists()


def test_a_session_that_ends_while_typing_loses_nothing() -> None:
    city = build()
    row = running(city)
    client = Client()
    answer = client.post(f"/consultations/{row.pk}/comment/", typed(signed="1"))
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "登录已超时" in page
    assert "建议提高比例" in page
    client.force_login(city.engineer)
    assert "建议提高比例" in client.get(f"/consultations/{row.pk}/comment/").content.decode()


def test_an_officer_pastes_a_draft_and_opens_it_after_a_stage() -> None:
    city = build()
    client = client_of(city.officer)
    given = {"title": "示例办法", "summary": "说明", "text": TEXT, "audience": "all", "days": "5", "district": ""}
    case = client.post("/consultations/new/", given)["Location"]
    row = Consultation.objects.get()
    assert client.post(f"{case}begin/").status_code == 422  # nothing of its drafting is on record
    stage = {"kind": "experts", "on": "2026-01-05", "who": "示例专家", "text": "同意。"}
    assert client.post(f"/consultations/cases/{row.case_id}/stages/", stage).status_code == 302
    assert client.post(f"{case}begin/").status_code == 302
    page = Client().get(f"/consultations/{row.pk}/").content.decode()
    assert "示例专家" in page
    assert "第二条" in page


def test_answers_and_the_table_are_written_and_published_in_the_browser() -> None:
    city = build()
    here = consulting(city)
    row, client = here.ended, client_of(city.officer)
    result = f"/consultations/cases/{row.case_id}/result/"
    assert "还有 1 条意见" in client.post(result, {"publish": "1"}).content.decode()
    wrong = client.post(f"/consultations/cases/{here.left.case_id}/answer/", {"outcome": "declined"})
    assert (wrong.status_code, "请写明理由" in wrong.content.decode()) == (422, True)
    client.post(f"/consultations/cases/{here.left.case_id}/answer/", {"outcome": "adopted", "answer": "已改。"})
    finals = {f"c{c.pk}": c.text for c in row.clauses.all()} | {f"c{row.clauses.get(number=3).pk}": ""}
    client.post(result, {"add": "1", "new-label": "第四条", "new-text": "第四条 有效期三年。"})
    client.post(result, finals | {"result": "收到 1 条。", "publish": "1"})
    page = Client().get(f"/consultations/{row.pk}/").content.decode()
    assert "已公布采纳情况" in page
    assert "（删去）" in page
    assert "第四条 有效期三年" in page
    assert "已改。" in page


def test_an_unknown_organisation_is_named_in_its_line() -> None:
    city = build()
    given = {"title": "示例", "summary": "说明", "audience": "invited", "days": "5", "district": ""}
    given |= {"invited": f"{city.company.name}\n没有这家"}
    page = client_of(city.officer).post("/consultations/new/", given)
    assert (page.status_code, "没有找到：没有这家" in page.content.decode()) == (422, True)
