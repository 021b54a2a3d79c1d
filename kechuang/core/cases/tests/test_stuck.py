"""滞留清单: who has too much waiting for too long, seen by the officers in whose scope it waits."""

from datetime import timedelta

from kechuang.core.cases.models import Case
from kechuang.core.cases.stuck import stuck, waits_of
from kechuang.core.parties.models import User
from tests.city import NOW, City, listing

TODAY = NOW.date()
LONG = NOW - timedelta(days=22)  # 16 working days before
JUST = NOW - timedelta(days=21)  # 15 working days before


def waiting(city: City, user: User, count: int, *, old: int, district: str = "370281") -> list[Case]:
    """So many cases in the user's hands, some of them untouched for long."""
    cases = [listing(city, "needs", title=f"需求 {n}")[1] for n in range(count)]
    rows = Case.objects.filter(pk__in=[c.pk for c in cases])
    rows.update(assignee=user, owner="officer", state="submitted", district=district, touched_at=NOW)
    rows.filter(pk__in=[c.pk for c in cases[:old]]).update(touched_at=LONG)
    return cases


def found(officer: User) -> list[tuple[str, int, int]]:
    return [(row.user.username, row.count, row.old) for row in stuck(officer, TODAY)]


def test_listed_is_who_has_more_than_five_two_of_them_old(city: City) -> None:
    waiting(city, city.broker, 6, old=2)
    assert found(city.officer) == [("broker", 6, 2)]


def test_five_are_not_too_many_and_one_old_one_is_not_enough(city: City) -> None:
    waiting(city, city.broker, 5, old=5)
    waiting(city, city.expert, 7, old=1)
    assert found(city.officer) == []


def test_old_means_more_than_fifteen_working_days(city: City) -> None:
    cases = waiting(city, city.broker, 6, old=2)
    Case.objects.filter(pk=cases[0].pk).update(touched_at=JUST)
    assert found(city.officer) == []


def test_a_touch_counts_not_the_age_of_the_state(city: City) -> None:
    cases = waiting(city, city.broker, 6, old=2)
    Case.objects.filter(pk__in=[c.pk for c in cases]).update(since=LONG, touched_at=NOW)
    assert found(city.officer) == []


def test_drafts_and_what_waits_for_nobody_do_not_count(city: City) -> None:
    cases = waiting(city, city.broker, 7, old=3)
    Case.objects.filter(pk=cases[3].pk).update(state="draft", owner="applicant")
    Case.objects.filter(pk=cases[4].pk).update(state="published", owner="", assignee=None)
    assert found(city.officer) == []


def test_an_officer_of_a_district_sees_the_waits_of_her_district_alone(city: City) -> None:
    waiting(city, city.broker, 6, old=2, district="370212")
    waiting(city, city.expert, 6, old=3)
    assert found(city.officer) == [("expert", 6, 3), ("broker", 6, 2)]
    assert found(city.district_officer) == [("expert", 6, 3)]
    assert [found(user) for user in (city.broker, city.engineer, city.stranger)] == [[], [], []]
    assert waits_of(city.district_officer, city.broker).count() == 0
    assert waits_of(city.officer, city.broker).count() == 6
