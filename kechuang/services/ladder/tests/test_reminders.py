"""提醒: before certificates end and windows open or close, once each, to those whom it concerns."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from kechuang.core.notices.models import Notice
from kechuang.core.parties.models import Mandate, Party, User
from kechuang.core.tiers.actions import set_window
from kechuang.services.ladder.actions import record_certificate
from kechuang.services.ladder.reminders import Told, remind
from kechuang.services.ladder.tests.town import fill, firm, load_rules
from tests.city import NOW, City, person, works_for

pytestmark = pytest.mark.django_db
ENDS = date(2027, 1, 1)  # 44 days after NOW


def at(days: int) -> datetime:
    """So many days before the certificate ends, in the morning."""
    return NOW + timedelta(days=44 - days)


def notices(user: User) -> list[str]:
    return [row.text for row in Notice.objects.filter(user=user).order_by("at", "pk")]


@pytest.fixture
def held(city: City) -> City:
    record_certificate(
        party=city.company, rung="sme", valid_from=date(2026, 5, 20), content={"valid_to": ENDS}, by=None, now=NOW
    )
    return city


def test_both_people_of_the_firm_and_one_of_the_district_are_told_three_times(held: City) -> None:
    assert remind(now=at(91)) == Told(0, 0, 0)
    assert remind(now=at(90)) == Told(2, 1, 0)
    assert remind(now=at(60)) == Told(0, 0, 0)
    assert remind(now=at(30)) == Told(2, 1, 0)
    assert remind(now=at(7)) == Told(2, 1, 0)
    assert remind(now=at(0)) == Told(0, 0, 0)
    assert (
        notices(held.engineer)
        == ["示例重锻机械有限公司的科技型中小企业有效期到 2026-12-31，请留意重新申报的时间。"] * 3
    )
    assert notices(held.district_officer) == ["胶州市有 1 家企业的科技型中小企业有效期到 2026-12-31。"] * 3
    assert notices(held.officer) == []
    row = Notice.objects.filter(user=held.engineer).first()
    assert row is not None
    assert row.url == f"/ladder/{held.company.pk}/"


def test_a_day_on_which_nothing_ran_is_made_up_for_with_the_latest_reminder_alone(held: City) -> None:
    assert remind(now=at(20)) == Told(2, 1, 0)
    assert len(notices(held.engineer)) == 1


def test_a_run_that_was_killed_goes_on_and_tells_nobody_twice(held: City) -> None:
    remind(now=at(30))
    Notice.objects.filter(user=held.colleague).delete()
    assert remind(now=at(30)) == Told(1, 0, 0)
    assert (len(notices(held.engineer)), len(notices(held.colleague))) == (1, 1)


def test_nobody_is_told_of_a_certificate_that_is_followed_by_another_or_revoked(held: City) -> None:
    renewed = date(2026, 12, 20)
    record_certificate(
        party=held.company, rung="sme", valid_from=renewed, content={"valid_to": date(2028, 1, 1)}, by=None, now=NOW
    )
    assert remind(now=at(7)) == Told(0, 0, 0)
    gone = {"valid_to": date(2028, 1, 1), "revoked_on": renewed, "revoked_for": "示例"}
    record_certificate(party=held.company, rung="sme", valid_from=renewed, content=gone, by=None, now=NOW)
    assert remind(now=at(7)) == Told(2, 1, 0)


def window(**changes: Any) -> None:
    content = {"opens": date(2026, 11, 20), "closes": date(2026, 12, 20), "source": "示例通知"} | changes
    set_window(rung="sme", year=2026, content=content, by=None, now=NOW)


def acting(party: Party, name: str) -> User:
    user = person(name)
    works_for(user, party, Mandate.Role.AGENT)
    return user


def test_firms_that_qualify_or_nearly_are_told_of_a_window_and_no_others(city: City) -> None:
    load_rules()
    fill(city.company)
    ready = acting(firm("示例已具备企业", "370212", rd_staff_sme=20), "ready")
    far = acting(firm("示例很远企业", "370212", staff_sme=900, revenue=900_000_000, rd_sme=0), "far")
    unknown = acting(firm("示例缺数据企业", "370212", rd_staff_sme=None), "unknown")
    there = firm("示例已有企业", "370212", rd_staff_sme=20)
    holder = acting(there, "holder")
    record_certificate(party=there, rung="sme", valid_from=date(2026, 5, 20), content={}, by=None, now=NOW)
    window()
    assert remind(now=NOW - timedelta(days=9)).windows == 0
    assert remind(now=NOW).windows == 3
    assert remind(now=NOW).windows == 0
    assert remind(now=NOW + timedelta(days=26)).windows == 3
    assert notices(ready) == [
        "2026 年度科技型中小企业申报 2026-11-20 至 2026-12-20。按本单位的档案，条件已具备或只差一点。",
        "2026 年度科技型中小企业申报 2026-12-20 截止。按本单位的档案，条件已具备或只差一点。",
    ]
    assert len(notices(city.engineer)) == 2
    assert [notices(user) for user in (far, unknown)] == [[], []]
    assert not any("申报" in text and "年度" in text for text in notices(holder))


def test_a_window_of_the_district_takes_the_place_of_that_of_the_city(city: City) -> None:
    load_rules()
    fill(city.company, rd_staff_sme=20)
    window()
    later = {"opens": date(2027, 2, 1), "source": "示例区通知"}
    set_window(
        rung="sme", year=2026, district="370281", content=later | {"opens": date(2026, 12, 15)}, by=None, now=NOW
    )
    assert remind(now=NOW).windows == 0
    assert remind(now=NOW + timedelta(days=25)).windows == 2
