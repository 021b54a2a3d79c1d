"""无人跟进: a case that nobody touches, day by day, with an injected clock: reminders, last chance, end, question."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core import mail
from django.core.cache import cache
from django.utils import timezone

from kechuang.core.cases.actions import advance
from kechuang.core.cases.handover import sweep
from kechuang.core.cases.ladder import Climbed, climb
from kechuang.core.cases.models import Case
from kechuang.core.cases.queries import events
from kechuang.core.cases.satisfaction import ask_ended
from kechuang.core.catalogue import models as catalogue
from kechuang.core.notices.actions import deliver_due
from kechuang.core.notices.digest import gather
from kechuang.core.notices.models import Notice
from kechuang.core.notices.queries import notices_of
from kechuang.core.parties.models import Absence, User
from kechuang.core.taskforces.models import Seat
from kechuang.core.vocab.calendar import calendar, load_calendar
from kechuang.services.introductions import actions
from tests.city import City, person, published, task_force

SITE = "https://city.example"
CALENDAR = Path(django_settings.PACKS_DIR) / "national" / "calendar.toml"
START = datetime(2026, 9, 8, 2, 0, tzinfo=UTC)  # Tuesday, 10:00 in Qingdao
# Both sides and the task force, to whom it is told that a case has ended.
ALL = ("broker", "colleague", "district_officer", "engineer", "professor", "second", "section")


@pytest.fixture(autouse=True)
def _the_nations_holidays(db: None) -> Iterator[None]:
    cache.clear()
    load_calendar(path=CALENDAR)
    yield
    cache.clear()


@pytest.fixture
def case(city: City) -> Case:
    """The company asks for the university's achievement; the broker of the task force has it in her to-do."""
    team = task_force(city)
    Seat.objects.create(task_force=team, role="section", user=person("section"), since=START)
    found = introduction(city)
    Notice.objects.all().delete()  # what the steps before have told
    Case.objects.exclude(pk=found.pk).update(since=START - timedelta(days=300))
    assert found.assignee == city.broker
    return found


def introduction(city: City, title: str = "") -> Case:
    """Proposed by the engineer at the start."""
    offer, _ = published(city, "achievements", **({"title": title} if title else {}))
    need, _ = published(city, "needs", **({"title": title} if title else {}))
    actions.propose(need=need, offer=offer, words="", nda_wanted=False, by=city.engineer, now=START)
    return Case.objects.get(need=need, offer=offer)


def day_of(now: datetime) -> date:
    return timezone.localtime(now).date()


def live(days: int, *, start: datetime = START) -> list[tuple[date, str, str]]:
    """Let the tasks run for so many days, from the next morning on; what arrived in whose inbox, with the date."""
    found = []
    for number in range(1, days + 1):
        day = timezone.localtime(start) + timedelta(days=number)
        early, eight = day.replace(hour=7, minute=35), day.replace(hour=8, minute=1)
        sweep(now=early)
        climb(now=early)
        ask_ended(now=early)
        gather(now=eight)
        deliver_due(now=eight, site_url=SITE)
        found += [(day_of(eight), m.to[0].split("@")[0], str(m.body)) for m in mail.outbox]
        mail.outbox.clear()
    return found


def said(mails: list[tuple[date, str, str]], word: str) -> list[tuple[date, str]]:
    """When and to whom something was said."""
    return sorted((day, who) for day, who, body in mails if word in body)


def after(days: int) -> date:
    """So many working days after the start, by the nation's calendar."""
    return calendar().after(day_of(START), days)


def test_the_days_of_the_calendar_are_those_of_the_october_holidays() -> None:
    # 20 September and 10 October are worked; 25 September and 1 to 7 October are not.
    assert [after(n) for n in (9, 21, 45)] == [date(2026, 9, 20), date(2026, 10, 13), date(2026, 11, 16)]


def test_untouched_for_45_working_days_every_reminder_is_in_the_right_inbox_once(city: City, case: Case) -> None:
    mails = live(80)
    assert said(mails, "已超期") == [(after(4), "broker")]
    assert said(mails, "【催办】") == [(after(9), "broker")]
    assert said(mails, "【最后提醒】") == [(after(21), "broker"), (after(21), "section")]
    assert said(mails, "长期无人跟进") == [(after(45), who) for who in ALL]
    assert said(mails, "联系及时吗") == [(after(45), "engineer")]
    assert len(mails) == 4 + len(ALL) + 1
    words = next(body for _day, _who, body in mails if "【最后提醒】" in body)
    assert f"成果对接“{case.title}”已 21 个工作日没有跟进" in words
    assert f"2026-11-16 前仍无人跟进，将自动结束并告知申请单位。\n  {SITE}/cases/{case.pk}/" in words
    _see_the_end(city, case)


def _see_the_end(city: City, case: Case) -> None:
    """The case tells its way; the asker is told what happened and what she can do."""
    case.refresh_from_db()
    assert (case.state, case.owner) == ("closed", "")
    way = [label for _event, label in events(case)]
    assert way == ["发起", "催办", "最后提醒", "长期无人跟进，自动结束"]
    (told,) = [n for n in notices_of(city.engineer) if "长期无人跟进" in n.text]
    assert told.text == (
        f"{case.title}：长期无人跟进，自动结束（45 个工作日无人跟进。仍有需要可以再次提出，匹配页还有其他选择。）"
    )
    assert told.url == f"/cases/{case.pk}/"


def test_a_step_begins_a_new_spell(city: City, case: Case) -> None:
    before = live(20)
    step = START + timedelta(days=20, hours=1)
    advance(case=case, step="meet", by=city.broker, now=step)
    mails = live(100, start=step)
    assert [len(said(m, "【催办】")) for m in (before, mails)] == [1, 1]
    assert len(said(mails, "【最后提醒】")) == 2
    ends = calendar().after(day_of(step), 45)
    assert said(mails, "长期无人跟进") == [(ends, who) for who in ALL]


def test_a_contact_begins_a_new_spell_too(city: City, case: Case) -> None:
    live(60)
    later = START + timedelta(days=60)
    talk = actions.Said(person="示例教授", channel="phone", result="reached", on=day_of(later), text="愿意见面")
    actions.log_contact(case=case, said=talk, form_key="", by=city.broker, now=later)
    assert said(live(10, start=later), "无人跟进") == []
    case.refresh_from_db()
    assert case.state == "proposed"


def test_running_twice_a_day_or_at_once_changes_nothing(city: City, case: Case) -> None:
    nine = START + timedelta(days=(after(9) - day_of(START)).days)
    assert climb(now=nine) == Climbed(reminded=1, overdue=1)
    assert climb(now=nine) == climb(now=nine + timedelta(hours=3)) == Climbed()


def test_nothing_happens_on_days_off(city: City, case: Case) -> None:
    holiday = datetime(2026, 10, 3, 2, 0, tzinfo=UTC)
    assert climb(now=holiday) == Climbed()
    assert climb(now=datetime(2026, 10, 10, 2, 0, tzinfo=UTC)).reminded == 1  # a Saturday on which people work


def test_a_worker_that_was_down_for_30_days_sends_one_mail_and_ends_nothing(city: City, case: Case) -> None:
    back = START + timedelta(days=65)
    mails = live(5, start=back)
    assert Counter(who for _day, who, _body in mails) == {"broker": 1, "section": 1}
    assert said(mails, "【催办】") == []
    case.refresh_from_db()
    assert case.state == "proposed"
    ends = calendar().after(day_of(back) + timedelta(days=1), 5)
    assert [who for _day, who in said(mails, f"{ends} 前仍无人跟进")] == ["broker", "section"]


def test_a_case_older_than_the_last_rung_ends_only_after_a_warning_of_five_working_days(city: City, case: Case) -> None:
    back = START + timedelta(days=90)
    assert climb(now=back) == Climbed(warned=1, overdue=1)
    warned = day_of(back)
    for day in range(1, 30):
        now = back + timedelta(days=day)
        if climb(now=now).closed:
            assert day_of(now) == calendar().after(warned, 5)
            break
    else:
        pytest.fail("the case did not end")


def test_a_mail_server_that_is_down_delays_but_loses_nothing(city: City, case: Case, settings: Any) -> None:
    back = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND = "kechuang.core.notices.tests.test_outbox.DeadServer"
    assert live(40) == []
    settings.EMAIL_BACKEND = back
    mails = live(40, start=START + timedelta(days=40))
    first = [body for _day, who, body in mails if who == "broker" and "自上次摘要以来" in body]
    assert len(first) == 1
    assert [word in first[0] for word in ("【已超期】", "【催办】", "【最后提醒】")] == [True] * 3
    assert len(said(mails, "长期无人跟进")) == len(ALL)


def test_a_year_without_holidays_is_counted_monday_to_friday_and_the_reminder_says_so(city: City, case: Case) -> None:
    moved = datetime(2026, 12, 21, 2, 0, tzinfo=UTC)
    Case.objects.filter(pk=case.pk).update(touched_at=moved)
    mails = live(90, start=moved)
    (words,) = {body for _day, who, body in mails if "【催办】" in body and who == "broker"}
    assert "2027 年的放假安排尚未载入，按周一至周五计算" in words
    assert {day for day, _who in said(mails, "长期无人跟进")} == {date(2027, 2, 22)}


def test_a_case_in_nobodys_hands_is_told_to_the_officers_of_the_district(city: City, case: Case) -> None:
    Case.objects.filter(pk=case.pk).update(assignee=None, task_force=None)
    assert said(live(20), "【催办】") == [(after(9), "district_officer")]
    User.objects.filter(pk=city.district_officer.pk).update(is_active=False)
    Case.objects.filter(pk=case.pk).update(touched_at=START + timedelta(days=20))
    assert {who for _day, who in said(live(30, start=START + timedelta(days=20)), "【催办】")} == {"officer"}


def test_a_person_who_is_away_is_not_the_right_inbox_but_her_deputy(city: City, case: Case) -> None:
    second = User.objects.get(username="second")
    Absence.objects.create(
        user=city.broker, deputy=second, since=date(2026, 9, 10), until=date(2026, 9, 30), entered_at=START
    )
    assert said(live(20), "【催办】") == [(after(9), "second")]


def test_one_case_that_cannot_be_moved_does_not_hold_up_the_others(
    city: City, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = introduction(city, "另一项户外光伏密封")
    Case.objects.exclude(pk__in=[case.pk, other.pk]).update(since=START - timedelta(days=300))

    def fail(found: Case, *, by: Any, now: datetime) -> None:
        if found.pk == case.pk:
            raise RuntimeError

    row = catalogue.get("introductions")
    steps = tuple(replace(s, effect=fail) if s.name == "lapse" else s for s in row.workflow.steps)
    monkeypatch.setitem(catalogue._services, row.code, replace(row, workflow=replace(row.workflow, steps=steps)))
    live(80)
    assert [Case.objects.get(pk=c.pk).state for c in (case, other)] == ["proposed", "closed"]
