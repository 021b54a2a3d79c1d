"""梯度页面: who sees what on the pages, and what the forms say to bad input."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from kechuang.core.audit.models import Event
from kechuang.core.dossier.consents import give_consent
from kechuang.core.dossier.models import Qualification
from kechuang.core.parties.actions import appoint
from kechuang.core.parties.models import User
from kechuang.core.tiers.models import Threshold, Window
from kechuang.services.ladder.actions import record_certificate
from kechuang.services.ladder.tests.town import fill, load_rules
from tests.city import NOW, City

pytestmark = pytest.mark.django_db


@pytest.fixture
def town(city: City) -> City:
    load_rules()
    fill(city.company)
    record_certificate(party=city.company, rung="hnte", valid_from=timezone.localdate(), content={}, by=None, now=NOW)
    return city


def opened(user: User | None, url: str) -> str:
    client = Client()
    if user is not None:
        client.force_login(user)
    response = client.get(url)
    assert response.status_code == 200
    return response.content.decode()


def test_the_ladder_is_explained_to_everybody_and_says_what_is_not_announced(town: City) -> None:
    page = opened(None, "/ladder/")
    assert "尚未公布" in page
    assert "calculator/?policy=cn-tech-sme" in page
    assert "没有公开的量化条件" in page
    assert "崂山区梯次培育" in page
    assert "平台暂定" in page


def test_the_page_of_the_organisation_shows_its_rungs_to_those_who_may_know(town: City) -> None:
    url = f"/parties/{town.company.pk}/"
    assert "有效期至" in opened(town.engineer, url)
    assert "有效期至" in opened(town.district_officer, url)
    for other in (town.professor, None):
        assert "有效期至" not in opened(other, url)


def test_who_was_shown_the_certificates_sees_them_without_the_gap(town: City) -> None:
    appoint(user=town.expert, role="financier", by=None, now=NOW)
    give_consent(
        party=town.company,
        to_party=None,
        to_role="financier",
        groups=["standing"],
        since=timezone.localdate() - timedelta(days=40),
        until=timezone.localdate() + timedelta(days=40),
        purpose="示例",
        by=town.engineer,
        now=NOW,
    )
    url = f"/ladder/{town.company.pk}/"
    page = opened(town.expert, url)
    assert "有效期至" in page
    assert "科技人员" not in page
    assert "科技人员" in opened(town.engineer, url)
    looks = Event.objects.filter(verb="look", subject_id=town.company.pk).values_list("by_id", "after")
    assert list(looks) == [(town.expert.pk, {"groups": ["standing"]})]


def test_a_window_with_a_wrong_date_loses_nothing(city: City) -> None:
    client = Client()
    client.force_login(city.officer)
    given = {"opens": "2026-06-01", "closes": "2026-05-01", "batches": "7月", "source": "示例通知", "seen": "0"}
    response = client.post("/ladder/windows/sme/2026/", given)
    assert response.status_code == 422
    page = response.content.decode()
    assert "“7月”不是日期" in page
    assert 'value="2026-06-01"' in page
    page = client.post("/ladder/windows/sme/2026/", given | {"batches": ""}).content.decode()
    assert "截止日期不能早于开始日期" in page
    right = given | {"closes": "2026-08-31", "batches": "2026-07-17、2026-08-20"}
    assert client.post("/ladder/windows/sme/2026/", right).status_code == 302
    assert Window.objects.get().batches == [date(2026, 7, 17), date(2026, 8, 20)]
    assert client.post("/ladder/windows/sme/2026/", right | {"source": "别的"}).status_code == 422
    assert client.get("/ladder/windows/sme/1999/").status_code == 404
    assert client.get("/ladder/windows/sme/2026/?district=000").status_code == 404


def test_thresholds_and_members_are_entered_on_the_page_of_the_list(city: City) -> None:
    client = Client()
    client.force_login(city.officer)
    assert "系统不预设数字" in client.get("/ladder/lists/leader/").content.decode()
    given = {"fact": "revenue", "direction": "least", "value": "500000000", "since": "2026-01-01", "source": "示例决定"}
    assert client.post("/ladder/lists/leader/threshold/", given).status_code == 302
    assert Threshold.objects.get().value == 500_000_000
    assert "5 亿元" in client.get("/ladder/lists/leader/").content.decode()
    member = {
        "uscc": "91370202MADEM2099A",
        "number": "示例〔2026〕1号",
        "granted_on": "2026-01-05",
        "valid_from": "2026-01-05",
    }
    response = client.post("/ladder/lists/leader/enter/", member)
    assert "没有统一社会信用代码" in response.content.decode()
    assert client.post("/ladder/lists/leader/enter/", member | {"uscc": city.company.uscc}).status_code == 302
    row = Qualification.objects.get()
    url = f"/ladder/lists/leader/{row.pk}/remove/"
    assert client.post(url, {"on": "2025-01-01", "reason": "示例"}).status_code == 422
    assert client.post(url, {"on": "2026-11-18", "reason": "企业注销"}).status_code == 302
    assert "企业注销" in client.get("/ladder/lists/leader/").content.decode()
