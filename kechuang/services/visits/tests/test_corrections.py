"""更正走访记录: with a reason, both wordings kept, the enterprise told; by page and by file alike."""

from datetime import timedelta
from typing import Any

import pytest
from django.http import QueryDict  # noqa: TID251 - the filters of an address are part of what is asked for
from django.test import Client
from django.urls import reverse

from kechuang.core.notices.models import Notice
from kechuang.kit.refusal import NotAllowed, Refusal, Stale
from kechuang.services.visits.correcting import correct, corrections, version_of
from kechuang.services.visits.figures import figures
from kechuang.services.visits.rows import VISIT
from kechuang.services.visits.tests.town import LOGGED, TODAY, agency, fresh, logged, planned
from kechuang.web.sheets import Ask, Given
from tests.city import NOW, build

pytestmark = pytest.mark.django_db
RIGHT = TODAY - timedelta(days=30)
WHY = "日期写成了当天"


def client(user: Any) -> Client:
    found = Client()
    found.force_login(user)
    return found


def test_a_wrong_date_is_put_right_and_the_enterprise_reads_both_with_the_reason() -> None:
    city = build()
    visit = logged(city)
    url = reverse("correct_visit", args=[visit.case_id])
    officer = client(city.district_officer)
    sent = LOGGED | {"visited_on": RIGHT, "version": version_of(visit), "private": "内部的另一句话"}
    assert "这个字段是必填项" in officer.post(url, sent).content.decode()
    assert officer.post(url, sent | {"reason": WHY}).status_code == 302
    assert fresh(visit).visited_on == RIGHT
    page = client(city.engineer).get(reverse("case", args=[visit.case_id])).content.decode()
    assert f"<del>{TODAY}</del>" in page
    assert f"<ins>{RIGHT}</ins>" in page
    assert WHY in page
    assert "内部的另一句话" not in page
    assert LOGGED["private"] not in page
    told = Notice.objects.filter(user=city.engineer, text__contains=f"更正了 {RIGHT} 走访").get()
    assert told.text.endswith(f"走访日期。原因：{WHY}")
    assert figures(city.officer, "month", 2026, TODAY)[0].key == f"{RIGHT:%Y-%m}"


def test_only_the_visiting_unit_and_officers_correct_and_only_what_was_logged() -> None:
    city = build()
    visit, plan = logged(city), planned(city)
    agency(city)
    given: dict[str, Any] = {"content": LOGGED | {"visited_on": RIGHT}, "reason": WHY, "now": NOW}
    for stranger in (city.engineer, city.broker):
        with pytest.raises(NotAllowed):
            correct(visit=visit, by=stranger, **given)
    by = city.district_officer
    with pytest.raises(Refusal, match="还没有记录的走访不用更正"):
        correct(visit=plan, by=by, **given)
    with pytest.raises(Refusal, match="不能晚于今天"):
        correct(visit=visit, by=by, **given | {"content": LOGGED | {"visited_on": TODAY + timedelta(days=1)}})
    with pytest.raises(Refusal, match="没有改动"):
        correct(visit=visit, by=by, **given | {"content": LOGGED})
    opened = version_of(visit)
    correct(visit=visit, by=by, version=opened, **given)
    with pytest.raises(Stale):
        correct(visit=visit, by=city.officer, version=opened, **given | {"content": LOGGED})
    assert len(corrections(visit)) == 1


def test_a_log_is_put_right_by_a_file_once_and_its_problems_stay() -> None:
    city = build()
    visit = logged(city)
    ask = Ask(city.district_officer, QueryDict(""), NOW)
    key = (str(visit.case_id),)

    def given(*changed: str, **values: Any) -> Given:
        row = VISIT.find(ask, [key])[key]
        data = dict(VISIT.content(row)) | {"reason": ""} | values
        return Given(ask, row, key, data, VISIT.content(row), frozenset(changed))

    with pytest.raises(Refusal, match="请写明更正的原因"):
        VISIT.plan(given("visited_on", visited_on=RIGHT))
    with pytest.raises(Refusal, match="企业和诉求不能在表格里改"):
        VISIT.plan(given("problems", "reason", problems=[], reason=WHY))
    stamp = VISIT.stamp(visit)
    VISIT.plan(given("visited_on", "reason", visited_on=RIGHT, reason=WHY))(NOW)
    assert fresh(visit).visited_on == RIGHT
    assert VISIT.stamp(fresh(visit)) != stamp
    assert VISIT.done(given("reason", reason=WHY)) is True
    assert visit.problems.count() == 1
