"""经办分配: every wait stands in exactly one person's to-do."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from kechuang.core.cases.actions import advance
from kechuang.core.cases.assignment import assign
from kechuang.core.cases.models import Case
from kechuang.core.cases.queries import waiting_for
from kechuang.core.notices.models import Notice
from kechuang.core.parties.actions import appoint, end_post
from kechuang.core.parties.models import Absence, Mandate, Post, User
from kechuang.core.taskforces.models import Seat, TaskForce
from tests.city import NOW, City, listing, person, published, works_for

pytestmark = pytest.mark.django_db
TODAY = NOW.date()


def away(user: User, deputy: User, **more: Any) -> Absence:
    dates = {"since": TODAY, "until": TODAY + timedelta(days=7)} | more
    return Absence.objects.create(user=user, deputy=deputy, entered_at=NOW, **dates)


def submitted(city: City, **changes: Any) -> Case:
    _, case = listing(city, "needs", **changes)
    return advance(case=case, step="submit", by=city.engineer, now=NOW)


def back(city: City, case: Case) -> Case:
    return advance(case=case, step="return", by=city.officer, now=NOW, reason="unclear", note="请补充工况")


def again(case: Case, **changes: Any) -> Case:
    """The case as it would be assigned anew."""
    for name, value in changes.items():
        setattr(case, name, value)
    assign(case, TODAY)
    return case


def test_a_draft_stands_in_the_to_do_of_the_one_who_opened_it(city: City) -> None:
    _, case = listing(city, "needs")
    assert case.assignee == city.engineer
    assert list(waiting_for(city.engineer)) == [case]
    assert list(waiting_for(city.colleague)) == []


def test_a_submitted_need_stands_with_the_districts_own_officer_who_alone_is_told(city: City) -> None:
    case = submitted(city)
    assert case.assignee == city.district_officer
    assert list(waiting_for(city.officer)) == []
    assert Notice.objects.filter(user=city.district_officer).count() == 1
    assert not Notice.objects.filter(user=city.officer).exists()


def test_an_officer_of_the_same_scope_may_act_though_it_is_not_her_to_do(city: City) -> None:
    case = advance(case=submitted(city), step="publish", by=city.officer, now=NOW)
    assert case.state == "published"


def test_where_nobody_waits_it_stands_with_nobody_and_the_database_sees_to_it(city: City) -> None:
    _, case = published(city, "needs")
    assert case.assignee is None
    with pytest.raises(IntegrityError), transaction.atomic():
        Case.objects.filter(pk=case.pk).update(assignee=city.officer)


def test_work_goes_to_the_officer_with_the_fewest_open_cases_and_comes_back_to_her(city: City) -> None:
    second = person("second")
    appoint(user=second, role="officer", district="370281", by=None, now=NOW)
    first_case, second_case, third = submitted(city), submitted(city), submitted(city)
    assert [c.assignee for c in (first_case, second_case, third)] == [
        city.district_officer,
        second,
        city.district_officer,
    ]
    returned = back(city, second_case)
    assert returned.assignee == city.engineer
    assert advance(case=returned, step="submit", by=city.colleague, now=NOW).assignee == second


def test_the_opener_has_left_an_admin_then_anybody_of_the_party(city: City) -> None:
    _, case = listing(city, "needs")
    mandate = Mandate.objects.get(user=city.engineer)
    newer = person("newer")
    works_for(newer, city.company, Mandate.Role.ADMIN)
    mandate.state = Mandate.State.ENDED
    mandate.save()
    assert again(case).assignee == newer
    Mandate.objects.filter(user=newer).update(state=Mandate.State.ENDED)
    assert again(case).assignee == city.colleague


def test_a_party_without_people_is_cared_for_by_an_officer_of_the_city_until_it_has_some(city: City) -> None:
    _, case = listing(city, "needs")
    Mandate.objects.filter(party=city.company).update(state=Mandate.State.ENDED)
    assert again(case).assignee == city.officer
    assert again(case).assignee == city.officer
    works_for(city.stranger, city.company, Mandate.Role.AGENT)
    assert again(case).assignee == city.stranger


def test_a_closed_account_gets_nothing(city: City) -> None:
    User.objects.filter(pk=city.district_officer.pk).update(is_active=False)
    assert submitted(city).assignee == city.officer


def test_who_is_away_is_stood_in_for_by_her_deputy_and_gets_it_back(city: City) -> None:
    absence = away(city.district_officer, city.officer)
    case = submitted(city)
    assert (case.assignee, case.on_behalf_of) == (city.officer, city.district_officer)
    absence.delete()
    assert (again(case).assignee, case.on_behalf_of) == (city.district_officer, None)


def test_a_deputy_who_may_not_act_is_passed_over(city: City) -> None:
    away(city.district_officer, city.stranger)
    case = submitted(city)
    assert (case.assignee, case.on_behalf_of) == (city.officer, None)


def test_deputies_in_a_circle_end_with_somebody_who_is_there(city: City) -> None:
    third = person("third")
    appoint(user=third, role="officer", by=None, now=NOW)
    away(city.district_officer, city.officer)
    away(city.officer, city.district_officer)
    assert submitted(city).assignee == third
    away(third, city.officer)
    assert submitted(city).assignee == city.district_officer


def test_an_absence_counts_on_its_days_only_and_not_after_it_was_ended(city: City) -> None:
    away(city.district_officer, city.officer, since=TODAY + timedelta(days=1))
    away(city.district_officer, city.officer, since=TODAY - timedelta(days=9), until=TODAY - timedelta(days=1))
    away(city.district_officer, city.officer, ended_at=NOW)
    assert submitted(city).assignee == city.district_officer


def test_a_wait_of_the_team_goes_to_its_brokers_then_liaison_section_and_an_officer(city: City) -> None:
    _, case = published(city, "needs")
    team = TaskForce.objects.create(code="t", name="示例服务专班")
    other = person("other")
    seats = [
        Seat.objects.create(task_force=team, user=user, role=role, since=NOW)
        for user, role in ((city.broker, "broker"), (other, "liaison"), (city.expert, "section"))
    ]
    case.task_force = team
    for seat, expected in zip(seats, (city.broker, other, city.expert), strict=True):
        assert again(case, owner="broker").assignee == expected
        seat.until = NOW
        seat.save()
    assert again(case).assignee == city.district_officer


def test_a_wait_of_the_counterpart_goes_to_the_publisher_of_the_offer(city: City) -> None:
    offer, _ = published(city, "achievements")
    _, case = published(city, "needs")
    assert again(case, offer=offer, owner="counterpart").assignee == city.professor
    Mandate.objects.filter(user=city.professor).update(state=Mandate.State.ENDED)
    assert again(case).assignee == city.officer


def test_in_a_city_without_officers_the_wait_is_kept_for_the_first_one(city: City) -> None:
    Post.objects.filter(role="officer").update(until=NOW)
    case = submitted(city)
    assert case.assignee is None
    appoint(user=city.officer, role="officer", by=None, now=NOW)
    assert again(case).assignee == city.officer


def test_a_new_officer_does_not_take_over_what_another_has_begun(city: City) -> None:
    case = submitted(city)
    appoint(user=city.expert, role="officer", district="370281", by=None, now=NOW)
    assert again(case).assignee == city.district_officer
    end_post(post=Post.objects.get(user=city.district_officer), by=city.officer, now=NOW)
    assert again(case).assignee == city.expert
