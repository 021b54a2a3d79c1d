"""意见: with and without login, held, shown, grouped, answered; nobody floods it."""

import pytest
from django.test import Client

from kechuang.core.cases.models import Case
from kechuang.core.notices.models import Notice
from kechuang.kit.refusal import NotAllowed, Refusal, Stale
from kechuang.services.consultations import commenting, queries
from kechuang.services.consultations.models import Comment
from tests.city import NOW, build
from tests.consulting import VISITOR, consulting, opened, said
from tests.sheets.files import Cells, checked, entered, exported, reasons

pytestmark = pytest.mark.django_db


def test_a_visitors_comment_is_held_until_an_officer_lets_it_be_shown() -> None:
    city = build()
    here = consulting(city)
    assert here.held not in queries.comments(VISITOR, here.opened)
    assert here.held in queries.comments(city.officer, here.opened)
    assert here.held.case.assignee == city.officer
    with pytest.raises(NotAllowed):
        commenting.moderate(comment=here.held, show=True, by=city.engineer, now=NOW)
    shown = commenting.moderate(comment=here.held, show=True, by=city.officer, now=NOW)
    assert shown in queries.comments(VISITOR, here.opened)
    assert shown.case.due_on is not None


def test_a_comment_that_is_kept_from_the_public_has_a_reason() -> None:
    city = build()
    here = consulting(city)
    with pytest.raises(Refusal):
        commenting.moderate(comment=here.held, show=False, by=city.officer, now=NOW)
    hidden = commenting.moderate(comment=here.held, show=False, reason="advert", by=city.officer, now=NOW)
    assert (hidden.case.state, hidden.case.reason) == ("hidden", "advert")
    assert hidden not in queries.comments(VISITOR, here.opened)
    with pytest.raises(Refusal):
        commenting.answer(comments=[hidden], outcome="adopted", text="", by=city.officer, now=NOW)


def test_visitors_are_slowed_down_by_origin_and_the_same_form_is_one_comment() -> None:
    city = build()
    row = opened(city)
    first = said(row, VISITOR, "第 1 条", origin="a", form_key="k")
    assert said(row, VISITOR, "第 1 条", origin="a", form_key="k") == first
    for number in range(2, commenting.VISITOR_LIMIT + 1):
        said(row, VISITOR, f"第 {number} 条", origin="a")
    with pytest.raises(Refusal, match="同一网络"):
        said(row, VISITOR, "再一条", origin="a")
    said(row, VISITOR, "别处的一条", origin="b")


def test_the_same_words_of_the_same_person_are_one_comment_while_it_waits() -> None:
    city = build()
    row = opened(city)
    said(row, city.engineer)
    with pytest.raises(Refusal, match="已经提过"):
        said(row, city.engineer)


def test_nobody_speaks_for_an_organisation_that_is_not_hers() -> None:
    city = build()
    with pytest.raises(NotAllowed):
        said(opened(city), city.stranger, party=city.company)


def test_comments_under_one_heading_are_answered_together_and_their_authors_told() -> None:
    city = build()
    row = opened(city)
    rows = [said(row, city.engineer, "太低"), said(row, city.professor, "比例太低")]
    commenting.group(comments=rows, topic=" 比例 太低 ", by=city.officer, now=NOW)
    one, other = (Comment.objects.select_related("case").get(pk=r.pk) for r in rows)
    assert queries.together(one) == [other]
    commenting.answer(comments=[one, other], outcome="declined", text="财力有限。", by=city.officer, now=NOW)
    assert queries.counts(row) == {"adopted": 0, "partly": 0, "declined": 2, "": 0}
    told = Notice.objects.filter(text__contains="财力有限").values_list("user__username", flat=True)
    assert sorted(told) == ["engineer", "professor"]
    with pytest.raises(NotAllowed):
        commenting.group(comments=[one], topic="x", by=city.professor, now=NOW)


def test_a_held_comment_cannot_be_grouped_and_an_answer_can_be_changed() -> None:
    city = build()
    here = consulting(city)
    with pytest.raises(Stale):
        commenting.group(comments=[here.held], topic="x", by=city.officer, now=NOW)
    commenting.answer(comments=[here.waiting], outcome="adopted", text="", by=city.officer, now=NOW)
    (changed,) = commenting.answer(
        comments=[here.waiting], outcome="declined", text="不合规定。", by=city.officer, now=NOW
    )
    assert (changed.outcome, changed.case.state) == ("declined", "answered")
    with pytest.raises(Refusal, match="理由"):
        commenting.answer(comments=[here.waiting], outcome="partly", text=" ", by=city.officer, now=NOW)


def test_who_commented_takes_it_back_while_it_waits() -> None:
    city = build()
    here = consulting(city)
    case = Case.objects.get(pk=here.waiting.case_id)
    client = Client()
    client.force_login(city.engineer)
    client.post(f"/cases/{case.pk}/withdraw/", {"withdraw-reason": "mistake"})
    case.refresh_from_db()
    assert case.state == "withdrawn"
    assert here.waiting not in queries.comments(city.professor, here.opened)


def cell(cells: Cells, line: int, column: str, value: str) -> Cells:
    """The same with one cell changed."""
    ((label, rows),) = cells.items()
    changed = [list(row) for row in rows]
    changed[line][rows[0].index(column)] = value
    return {label: changed}


def test_answers_come_back_by_excel_after_a_preview() -> None:
    city = build()
    here = consulting(city)
    label, query = "对草案的意见", f"consultation={here.opened.pk}"
    cells = exported("comments", city.officer, query)
    line = next(n for n, row in enumerate(cells[label]) if row[0] == here.waiting.case_id)
    declined = cell(cells, line, "采纳情况", "未采纳")
    assert "请写明理由" in reasons(checked("comments", city.officer, declined))
    batch = entered("comments", city.officer, cell(declined, line, "答复和理由", "财力有限。"))
    answered = Comment.objects.select_related("case").get(pk=here.waiting.pk)
    assert (batch.updated, answered.outcome, answered.answer) == (1, "declined", "财力有限。")
    assert answered.case.state == "answered"
    held = next(n for n, row in enumerate(cells[label]) if row[0] == here.held.case_id)
    assert "不能答复" in reasons(checked("comments", city.officer, cell(cells, held, "采纳情况", "采纳")))
