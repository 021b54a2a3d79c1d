"""征求意见: prepared, opened, extended, ended by the clock, published only when every comment has its answer."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from kechuang.core.cases.actions import advance
from kechuang.core.cases.models import Case
from kechuang.core.notices.models import Notice
from kechuang.core.parties.models import Party
from kechuang.kit.refusal import NotAllowed, Refusal, Stale
from kechuang.services.consultations import actions, commenting, queries
from kechuang.services.consultations.clock import tick
from kechuang.services.consultations.models import Clause, Comment, Consultation
from kechuang.services.consultations.shown import table
from tests.city import NOW, build
from tests.consulting import VISITOR, consulting, draft, opened, prepared, said

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=30)


def test_a_draft_becomes_numbered_clauses_of_the_bureau() -> None:
    city = build()
    row = prepared(city)
    assert [(c.number, c.label) for c in row.clauses.all()] == [(1, "第一条"), (2, "第二条"), (3, "第三条")]
    assert (row.case.applicant.kind, row.case.state, row.case.owner) == ("government", "drafting", "officer")
    again = actions.prepare(draft=draft(title="另一份"), district="", by=city.officer, now=NOW)
    assert again.case.applicant == row.case.applicant
    assert Party.objects.filter(kind="government").count() == 1


def test_the_same_form_sent_twice_is_one_consultation() -> None:
    city = build()
    rows = [actions.prepare(draft=draft(), district="", by=city.officer, now=NOW, form_key="k") for _time in range(2)]
    assert rows[0] == rows[1]
    assert Case.objects.filter(service="consultations").count() == 1


def test_only_officers_of_the_place_prepare_and_change() -> None:
    city = build()
    with pytest.raises(NotAllowed):
        actions.prepare(draft=draft(), district="", by=city.engineer, now=NOW)
    with pytest.raises(NotAllowed):
        actions.prepare(draft=draft(), district="", by=city.district_officer, now=NOW)
    row = actions.prepare(draft=draft(), district="370281", by=city.district_officer, now=NOW)
    assert row.case.district == "370281"
    with pytest.raises(Stale):
        actions.change(row=row, draft=draft(text="第一条 改。"), seen=9, by=city.district_officer, now=NOW)
    row = actions.change(row=row, draft=draft(text="第一条 改。"), seen=0, by=city.district_officer, now=NOW)
    assert [c.text for c in row.clauses.all()] == ["第一条 改。"]


def test_a_consultation_needs_clauses_and_a_stage_before_it_opens() -> None:
    city = build()
    row = actions.prepare(draft=draft(text=""), district="", by=city.officer, now=NOW)
    with pytest.raises(Refusal, match="还没有条文"):
        advance(case=row.case, step="begin", by=city.officer, now=NOW)
    actions.change(row=row, draft=draft(), seen=0, by=city.officer, now=NOW)
    with pytest.raises(Refusal, match="起草步骤"):
        advance(case=row.case, step="begin", by=city.officer, now=NOW)


def test_the_period_counts_working_days_and_grows_with_a_reason() -> None:
    city = build()
    row = opened(city)  # a Wednesday, five working days
    assert (row.opened_on, row.closes_on, row.case.due_on) == (
        date(2026, 11, 18),
        date(2026, 11, 25),
        date(2026, 11, 25),
    )
    for days, reason in ((5, "太短"), (10, " ")):
        with pytest.raises(Refusal):
            actions.extend(row=row, days=days, reason=reason, by=city.officer, now=NOW)
    row = actions.extend(row=row, days=10, reason="意见较多", by=city.officer, now=NOW)
    assert (row.closes_on, row.case.due_on, row.case.note) == (date(2026, 12, 2), date(2026, 12, 2), "意见较多")


def test_named_organisations_are_told_reminded_once_and_alone_may_comment() -> None:
    city = build()
    row = opened(city, audience="invited", parties=[city.company])
    told = Notice.objects.filter(user=city.engineer, key=f"consultation:{row.pk}:opened")
    assert told.count() == 1
    assert list(queries.consultations(city.professor)) == []
    with pytest.raises(NotAllowed):
        said(row, city.professor, party=city.university)
    before = NOW + timedelta(days=5)
    assert tick(now=before)[0] == 2  # both people of the company
    assert tick(now=before)[0] == 0
    said(row, city.engineer, party=city.company)


def test_the_clock_ends_the_period_and_nothing_is_said_after_it() -> None:
    city = build()
    row = opened(city)
    assert tick(now=NOW + timedelta(days=7)) == (0, 0)  # the last day still counts
    assert tick(now=NOW + timedelta(days=8)) == (0, 1)
    assert actions.locked(row).case.state == "answering"
    with pytest.raises(Refusal, match="期限已满"):
        said(row, city.engineer)


def test_it_is_not_published_while_a_comment_lacks_its_answer() -> None:
    city = build()
    here = consulting(city)
    row = here.ended
    with pytest.raises(Refusal, match="还有 1 条意见"):
        actions.publish(row=row, by=city.officer, now=LATER)
    assert actions.locked(row).published_on is None
    commenting.answer(comments=[here.left], outcome="partly", text="改为百分之十五。", by=city.officer, now=LATER)
    second = row.clauses.get(number=2)
    actions.keep_result(
        row=row, finals={second.pk: "第二条 补助比例为百分之十五。"}, result="共收到 1 条。", by=city.officer, now=LATER
    )
    row = actions.publish(row=row, by=city.officer, now=LATER)
    assert row.case.state == "published"
    (passage,) = table(VISITOR, row)
    assert passage.clause is not None
    assert (passage.clause.number, passage.bundles[0].outcome, passage.bundles[0].answer) == (
        2,
        "partly",
        "改为百分之十五。",
    )
    assert "".join(text for text, changed in passage.new if changed) != ""
    with pytest.raises(Refusal):
        commenting.answer(comments=[here.left], outcome="adopted", text="", by=city.officer, now=LATER)
    assert Notice.objects.filter(user=city.engineer, key=f"consultation:{row.pk}:published").exists()


def test_a_dropped_consultation_ends_its_comments_with_the_reason() -> None:
    city = build()
    here = consulting(city)
    advance(case=here.opened.case, step="drop", by=city.officer, now=NOW, reason="merged", note="并入另一份文件。")
    states = Comment.objects.filter(consultation=here.opened).values_list("case__state", flat=True)
    assert set(states) == {"ended"}
    assert Notice.objects.filter(user=city.engineer, text__contains="并入另一份文件").exists()


def test_the_database_refuses_an_answer_without_author_and_a_decline_without_reason() -> None:
    city = build()
    here = consulting(city)
    rows = Comment.objects.filter(pk=here.waiting.pk)
    for wrong in ({"outcome": "adopted"}, {"outcome": "declined", "answered_by": city.officer, "answered_at": NOW}):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**wrong)
    with pytest.raises(IntegrityError), transaction.atomic():
        Clause.objects.create(consultation=here.opened, number=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        Consultation.objects.filter(pk=here.opened.pk).update(closes_on=here.opened.opened_on)
