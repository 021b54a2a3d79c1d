"""算过的数据接着用: typed without login, there after the login, taken over into the file by a form."""

from datetime import date

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from kechuang.core.audit.queries import history
from kechuang.core.dossier.queries import facts_of
from kechuang.core.policy.loading import load_policies
from kechuang.services.policies.tests.test_policies import FACTS
from tests.city import NOW, PASSWORD, City, build

pytestmark = pytest.mark.django_db
CALCULATOR = reverse("calculator")


@pytest.fixture
def city() -> City:
    built = build()
    load_policies(folder=settings.PACKS_DIR / "national", now=NOW)
    return built


def typed(client: Client, **facts: str) -> str:
    return client.post(CALCULATOR, {"policy": "cn-tech-sme", **FACTS, **facts}).content.decode()


def sign_in(client: Client) -> None:
    client.post(reverse("account_login"), {"login": "engineer@test.example", "password": PASSWORD})


def test_what_a_visitor_typed_is_there_after_the_login_and_gone_when_she_clears_it(city: City, client: Client) -> None:
    assert "登录</a> / " in typed(client)
    sign_in(client)
    page = client.get(CALCULATOR, {"policy": "cn-tech-sme"}).content.decode()
    assert 'value="19"' in page
    assert "暂不符合" in page
    assert reverse("dossier_typed", args=[city.company.pk]) in page
    assert client.post(CALCULATOR, {"policy": "cn-tech-sme", "clear": "1"}).status_code == 302
    assert 'value="19"' not in client.get(CALCULATOR, {"policy": "cn-tech-sme"}).content.decode()
    typed(client)
    client.post(reverse("account_logout"))
    assert 'value="19"' not in client.get(CALCULATOR, {"policy": "cn-tech-sme"}).content.decode()


def test_only_what_is_confirmed_in_the_form_enters_the_file_and_the_history_says_from_where(
    city: City, client: Client
) -> None:
    on = date(2026, 11, 18)
    typed(client)
    sign_in(client)
    url = reverse("dossier_typed", args=[city.company.pk])
    page = client.get(url).content.decode()
    assert "由本单位在计算器填写，还没有写入档案" in page
    assert "staff_sme_2025" in page
    assert "staff_sme" not in facts_of(city.company, on=on)
    answer = client.post(url, {"staff_sme_2025": "101", "rd_staff_sme_2025": "", "seen": "{}"})
    assert answer["Location"] == f"{CALCULATOR}?party={city.company.pk}"
    known = facts_of(city.company, on=on)
    assert (known["staff_sme"], known.get("rd_staff_sme")) == (101, None)
    event = history(city.company).filter(verb="report").last()
    assert event is not None
    assert event.note == "由本单位在计算器填写"
    assert 'id="kept"' not in client.get(answer["Location"]).content.decode()


def test_a_colleagues_statement_is_not_overwritten_unseen(city: City, client: Client) -> None:
    typed(client)
    sign_in(client)
    url = reverse("dossier_typed", args=[city.company.pk])
    refused = client.post(url, {"staff_sme_2025": "101", "seen": '{"2025": {"staff_sme": "77"}}'})
    assert refused.status_code == 422
    assert "已被同事保存过" in refused.content.decode()
    assert 'value="101"' in refused.content.decode()
