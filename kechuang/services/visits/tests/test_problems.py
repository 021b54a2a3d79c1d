"""走访诉求: assigned, answered, confirmed or reopened; a need and a question on a policy grow out of it."""

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from kechuang.core.cases.actions import advance
from kechuang.core.cases.ladder import climb
from kechuang.core.cases.queries import waiting_for
from kechuang.core.market.models import Need
from kechuang.core.notices.models import Notice
from kechuang.core.policy.loading import load_policies
from kechuang.core.vocab.calendar import calendar
from kechuang.kit.refusal import NotAllowed, Refusal
from kechuang.services.visits import problems
from kechuang.services.visits.problems import need_of
from kechuang.services.visits.tests.town import PROBLEM, TODAY, agency, logged, problem
from tests.city import NEED, NOW, build

pytestmark = pytest.mark.django_db
ASSIGN: dict[str, Any] = {"days": 8, "policy": "", "note": ""}


def client(user: Any) -> Client:
    found = Client()
    found.force_login(user)
    return found


def test_a_problem_goes_round_until_the_enterprise_confirms_and_waits_for_one_person_all_the_time() -> None:
    city = build()
    row = problem(city)
    assert list(waiting_for(city.district_officer)) == [row.case]
    done = problems.assign_problem(problem=row, owner=city.officer, **ASSIGN, by=city.district_officer, now=NOW)
    assert (done.case.assignee, done.case.due_on) == (city.officer, calendar().after(TODAY, 8))
    case = advance(case=row.case, step="answer", by=city.officer, now=NOW, note="已联系示例大学，下周来看。")
    assert (case.state, case.assignee) == ("answered", city.engineer)
    with pytest.raises(Refusal):
        advance(case=case, step="reopen", by=city.engineer, now=NOW)
    case = advance(case=case, step="reopen", by=city.engineer, now=NOW, note="没有人来。")
    assert (case.state, case.assignee) == ("reopened", city.officer)
    advance(case=case, step="answer", by=city.officer, now=NOW, note="周四上午到。")
    with pytest.raises(NotAllowed):
        advance(case=case, step="confirm", by=city.district_officer, now=NOW)
    case = advance(case=case, step="confirm", by=city.colleague, now=NOW)
    row.refresh_from_db()
    assert (case.state, case.owner, row.confirmed_at) == ("confirmed", "", NOW)


def test_what_is_overdue_is_told_to_the_one_person_with_whom_it_stands() -> None:
    city = build()
    row = problem(city)
    late = NOW + timedelta(days=20)
    climb(now=late)
    told = Notice.objects.filter(url=f"/cases/{row.case_id}/", text__contains="已超期")
    assert [one.user for one in told] == [city.district_officer]


def test_the_unit_that_visited_answers_itself_and_only_those_who_may_are_given_a_problem() -> None:
    city = build()
    broker = agency(city)
    row = logged(city, PROBLEM, unit=broker, by=city.broker).problems.get()
    assert row.case.assignee == city.broker
    with pytest.raises(Refusal, match="责任人"):
        problems.assign_problem(problem=row, owner=city.professor, **ASSIGN, by=city.broker, now=NOW)
    with pytest.raises(NotAllowed):
        problems.assign_problem(problem=row, owner=city.officer, **ASSIGN, by=city.engineer, now=NOW)
    assert advance(case=row.case, step="answer", by=city.broker, now=NOW, note="已找到两家。").state == "answered"


def test_a_technical_problem_becomes_a_need_and_both_know_each_other() -> None:
    city = build()
    row = problem(city)
    with pytest.raises(NotAllowed):
        problems.start_need(problem=row, by=city.district_officer, now=NOW)
    browser = client(city.engineer)
    answer = browser.post(reverse("need_of_problem", args=[row.case_id]))
    page = browser.get(answer["Location"])
    assert PROBLEM["text"] in page.content.decode()
    key = problems.start_need(problem=row, by=city.engineer, now=NOW)  # a second click goes on with the same page
    assert answer["Location"].endswith(key)
    sent = {k: v for k, v in NEED.items() if not isinstance(v, list)} | {
        "keywords": "余热",
        "industry": ["green-energy"],
        "cooperation": ["development"],
        "key": key,
        "party": city.company.pk,
    }
    browser.post(reverse("new_listing", args=["needs"]), sent)
    need = Need.objects.get()
    row.refresh_from_db()
    assert need_of(row) == need
    assert need.title in browser.get(reverse("case", args=[row.case_id])).content.decode()
    listing = reverse("listing", args=["needs", need.pk])
    assert "来自走访" in browser.get(listing).content.decode()
    with pytest.raises(Refusal, match="已经整理成需求"):
        problems.start_need(problem=row, by=city.engineer, now=NOW)


def test_a_question_on_a_policy_leads_to_the_policy_and_to_what_was_asked_about_it() -> None:
    city = build()
    load_policies(folder=settings.PACKS_DIR / "national", now=NOW)
    row = problem(city, kind="policy", text="科技型中小企业评价今年还能报吗？")
    given = ASSIGN | {"policy": "cn-tech-sme"}
    problems.assign_problem(problem=row, owner=city.officer, **given, by=city.district_officer, now=NOW)
    browser = client(city.engineer)
    url = reverse("ask_policy", args=["cn-tech-sme"])
    assert url in browser.get(reverse("case", args=[row.case_id])).content.decode()
    browser.post(url, {"text": "科技型中小企业评价今年什么时候截止？", "party": city.company.pk})
    page = browser.get(reverse("case", args=[row.case_id]))
    assert len(page.context["thread"].questions) == 1


def test_a_forgotten_problem_is_added_by_those_who_visited_and_not_twice() -> None:
    city = build()
    visit = logged(city)
    url = reverse("raise_problem", args=[visit.case_id])
    sent = {"kind": "talent", "text": "招不到模具工程师。", "days": "5"}
    assert client(city.engineer).post(url, sent).status_code == 403
    for expected in (302, 422):
        assert client(city.district_officer).post(url, sent).status_code == expected
    assert visit.problems.count() == 2


def test_problems_with_odd_days_are_refused_with_the_row() -> None:
    city = build()
    url = reverse("log_visit_now", args=[city.company.pk])
    sent = {"problems.kind": ["talent"], "problems.text": ["招不到人。"], "problems.days": ["900"]}
    answer = client(city.district_officer).post(url, sent)
    assert answer.status_code == 422
    assert "第 1 行的期限" in str(answer.context["form"].errors["problems"])
