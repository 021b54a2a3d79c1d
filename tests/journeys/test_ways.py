"""怎样享受: from a policy's page, from the calculator and from beside a need, the way to claim, or why not now."""

from datetime import date
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from kechuang.core.dossier.actions import report
from kechuang.core.dossier.integrity import enter_integrity
from kechuang.core.policy.loading import load_pack
from kechuang.core.policy.models import PackVersion
from kechuang.services.benefits import runs
from kechuang.services.benefits.models import Benefit
from kechuang.services.benefits.tests.desk import AUTO, Desk, desk
from tests.city import NOW, build, published

pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> Desk:
    """The test city with a clause that investors claim and one that is computed for everybody."""
    made = desk(build())
    load_pack(text=AUTO, file="test-auto.toml", now=NOW)
    return made


def spent(town: Desk, amount: int) -> None:
    report(party=town.city.company, values={2025: {"rd_sme": Decimal(amount)}}, by=town.city.engineer, now=NOW)


def page(client: Client, code: str = "test-auto") -> str:
    return client.get(reverse("policy", args=[code])).content.decode()


def test_a_visitor_is_led_to_the_form_and_an_officer_to_nothing(town: Desk, client: Client) -> None:
    assert reverse("apply_benefit", args=["test-vc"]) in page(client, "test-vc")
    assert "登录后申报兑付" in page(client, "test-vc")
    client.force_login(town.city.officer)
    assert "怎样享受" not in page(client, "test-vc")


def test_a_firm_is_told_what_is_missing_then_why_not_then_led_to_the_form(town: Desk, client: Client) -> None:
    client.force_login(town.city.engineer)
    apply = f"{reverse('apply_benefit', args=['test-auto'])}?party={town.city.company.pk}"
    assert "企业档案缺少" in page(client)
    spent(town, 999_999)
    assert "按现有事实不符合，暂不能申报" in page(client)
    assert apply not in page(client)
    spent(town, 5_000_000)
    assert apply in page(client)
    assert client.get(apply).status_code == 200
    calculated = client.get(reverse("calculator"), {"party": town.city.company.pk}).content.decode()
    assert apply in calculated
    need, _case = published(town.city, "needs")
    assert apply in client.get(reverse("need_match", args=[need.pk])).content.decode()


def test_what_is_offered_is_confirmed_and_not_claimed_again(town: Desk, client: Client) -> None:
    spent(town, 5_000_000)
    version = PackVersion.objects.get(code="test-auto")
    run = runs.compute(version=version, district="", on=NOW.date(), by=town.city.officer, now=NOW)
    runs.confirm(run=run, line=town.line, by=town.city.officer, now=NOW)
    runs.open_all(run.pk, now=NOW)
    client.force_login(town.city.engineer)
    offer = reverse("benefit_offer", args=[Benefit.objects.get().case_id])
    assert offer in page(client)
    assert reverse("apply_benefit", args=["test-auto"]) not in page(client)


def test_a_claim_with_facts_of_its_own_is_open_to_the_fund_and_its_cases_are_beside_it(
    town: Desk, client: Client
) -> None:
    client.force_login(town.manager)
    apply = f"{reverse('apply_benefit', args=['test-vc'])}?party={town.fund.pk}"
    assert apply in page(client, "test-vc")
    row = town.submitted()
    shown = page(client, "test-vc")
    assert f"办件 {row.case_id}：待初审" in shown
    assert "再申报一项" in shown
    client.force_login(town.city.engineer)
    assert "不在这项政策的适用对象" in page(client, "test-vc")


def test_who_is_blocked_is_told_the_decision_until_it_expires(town: Desk, client: Client) -> None:
    spent(town, 5_000_000)
    what = {"decision": "示例信用〔2025〕3号", "start": date(2025, 11, 1), "until": date(2027, 1, 1)}
    what |= {"act": "other", "measures": "示例", "found_on": date(2025, 10, 1), "source": "示例"}
    entry = enter_integrity(subject=town.city.company, content=what, by=None, now=NOW)
    client.force_login(town.city.engineer)
    assert "示例信用〔2025〕3号" in page(client)
    assert reverse("apply_benefit", args=["test-auto"]) not in page(client)
    entry.until = date(2026, 1, 1)
    entry.save()
    assert reverse("apply_benefit", args=["test-auto"]) in page(client)
