"""跟进页面: stuck basket, working calendar, satisfaction, choice of mails; through HTTP."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from kechuang.core.cases.models import Case, Satisfaction
from kechuang.core.cases.satisfaction import ask
from kechuang.core.notices.queries import wants_digest
from kechuang.core.parties.models import User
from kechuang.core.taskforces.models import Seat, TaskForce
from kechuang.core.vocab.calendar import load_calendar
from kechuang.web.holidays import gap
from tests.city import NOW, City, listing, published


@pytest.fixture(autouse=True)
def _fresh_calendar() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def page(user: User, name: str, *args: object, query: str = "") -> str:
    response = browser(user).get(reverse(name, args=args) + query)
    assert response.status_code == 200
    return response.content.decode()


def test_the_stuck_basket_names_the_person_her_team_and_her_cases(city: City) -> None:
    team = TaskForce.objects.create(code="T1", name="示例海洋专班")
    Seat.objects.create(task_force=team, role="broker", user=city.broker, since=NOW)
    for number in range(6):
        listing(city, "needs", title=f"积压的需求 {number}")
    long_ago = timezone.now() - timedelta(days=40)
    Case.objects.update(assignee=city.broker, owner="broker", state="submitted", touched_at=long_ago)
    text = page(city.district_officer, "stuck")
    assert [words in text for words in ("示例broker", "示例海洋专班", "技术经纪人")] == [True] * 3
    text = page(city.district_officer, "stuck_person", city.broker.pk)
    assert text.count("积压的需求") == 6
    assert browser(city.district_officer).get(reverse("stuck_person", args=[city.expert.pk])).status_code == 404


def test_the_calendar_shows_years_with_source_and_says_what_is_missing(city: City) -> None:
    assert "还没有载入任何一年" in page(city.officer, "calendar")
    load_calendar(path=settings.PACKS_DIR / "national" / "calendar.toml")
    text = page(city.officer, "calendar")
    assert [words in text for words in ("国务院办公厅关于2026年部分节假日安排的通知", "国庆节", "通行说法")] == [
        True
    ] * 3


def test_officers_are_warned_as_soon_as_a_wait_can_reach_into_a_year_that_is_not_loaded(city: City) -> None:
    load_calendar(path=settings.PACKS_DIR / "national" / "calendar.toml")
    assert gap(city.officer, date(2026, 6, 1)) == ""
    assert gap(city.officer, date(2026, 11, 23)) == "2027 年的放假安排尚未载入，按周一至周五计算"
    assert gap(city.broker, date(2026, 11, 23)) == ""


def test_a_due_date_in_such_a_year_says_so(city: City) -> None:
    load_calendar(path=settings.PACKS_DIR / "national" / "calendar.toml")
    _, case = listing(city, "needs")
    Case.objects.filter(pk=case.pk).update(due_on=date(2031, 1, 6))
    words = "2031 年的放假安排尚未载入，按周一至周五计算"
    assert words in page(city.engineer, "case", case.pk)
    assert words in page(city.engineer, "desk", query="?tab=todo")


def question(city: City, now: datetime) -> Satisfaction:
    _, case = published(city, "needs")
    row = ask(case=case, now=now)
    assert row is not None
    return row


def test_each_tap_is_kept_and_a_long_text_is_refused_without_being_lost(city: City) -> None:
    row = question(city, timezone.now())
    url = reverse("answer_satisfaction", args=[row.case_id])
    client = browser(city.engineer)
    for data in ({"in_time": "no"}, {"useful": "yes"}, {"text": "对方回得慢"}):
        assert client.post(url, data).status_code == 302
    row.refresh_from_db()
    assert (row.in_time, row.useful, row.text) == (False, True, "对方回得慢")
    long = client.post(url, {"text": "慢" * 501})
    assert long.status_code == 422
    assert "慢" * 501 in long.content.decode()
    assert client.post(url, {"in_time": "perhaps"}).status_code == 422
    assert client.post(url, {"decline": "1"}).status_code == 302
    row.refresh_from_db()
    assert (row.in_time, row.useful, row.text) == (None, None, "")


def test_after_the_time_the_page_says_so_and_takes_nothing(city: City) -> None:
    row = question(city, timezone.now() - timedelta(days=31))
    assert "评价期限已过" in page(city.engineer, "answer_satisfaction", row.case_id)
    url = reverse("answer_satisfaction", args=[row.case_id])
    assert browser(city.engineer).post(url, {"useful": "yes"}).status_code == 409


def test_officers_read_the_words_the_unit_does_not(city: City) -> None:
    row = question(city, NOW)
    Satisfaction.objects.filter(pk=row.pk).update(
        unit=city.university, answered_at=NOW, in_time=False, text="等了三周才有人打电话"
    )
    text = page(city.officer, "satisfaction", query=f"?by=unit&unit={city.university.pk}&kind=late")
    assert [words in text for words in ("等了三周才有人打电话", "示例海岸理工大学 · 认为不及时（1）")] == [True] * 2
    assert "等了三周" not in page(city.professor, "party", city.university.pk)
    assert browser(city.professor).get(reverse("satisfaction")).status_code == 403


@pytest.mark.parametrize("query", ["?by=x&kind=x", "?unit=99999999999999999999", "?unit=none&district=%00", "?page=-1"])
def test_strange_addresses_are_ignored(city: City, query: str) -> None:
    question(city, NOW)
    page(city.officer, "satisfaction", query=query)


def test_the_page_of_a_unit_says_that_the_sample_is_too_small(city: City) -> None:
    row = question(city, timezone.now())
    Satisfaction.objects.filter(pk=row.pk).update(unit=city.university, answered_at=NOW, in_time=False)
    text = page(city.stranger, "party", city.university.pk)
    assert "样本不足 5 份，不显示" in text
    assert "答复与满意度" not in page(city.stranger, "party", city.company.pk)


def test_one_chooses_between_mails_at_once_and_one_a_day(city: City) -> None:
    client = browser(city.engineer)
    assert client.post(reverse("notice_mode"), {"daily": "1"}, follow=True).status_code == 200
    assert wants_digest(city.engineer)
    assert 'value="1" checked' in page(city.engineer, "profile")
    client.post(reverse("notice_mode"), {"daily": "0"})
    assert not wants_digest(city.engineer)
