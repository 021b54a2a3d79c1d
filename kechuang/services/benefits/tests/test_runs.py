"""免申即享与付款: the batch, one click, no second case, facts that changed, money out and the bank's file."""

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from kechuang.core.cases.actions import advance
from kechuang.core.dossier.actions import report
from kechuang.core.ledger.actions import budget
from kechuang.core.ledger.models import PaymentOrder
from kechuang.core.parties.models import Party
from kechuang.core.policy.loading import load_pack
from kechuang.core.policy.models import PackVersion
from kechuang.kit.refusal import NotAllowed, Refusal, Stale
from kechuang.services.benefits import paying, queries, runs
from kechuang.services.benefits.models import Benefit, Run
from kechuang.services.benefits.tests.desk import ACCOUNT, AFTER, AUTO, VC, WAN, Desk, tick
from kechuang.services.benefits.tests.test_benefits import block
from tests.city import NOW

pytestmark = pytest.mark.django_db(transaction=False)
TODAY = NOW.date()
OWN = ACCOUNT | {"account_name": "示例重锻机械有限公司"}


def spent(desk: Desk, party: Party, amount: int) -> None:
    report(party=party, values={2025: {"rd_sme": Decimal(amount)}}, by=desk.city.engineer, now=NOW)


@pytest.fixture
def auto(desk: Desk) -> PackVersion:
    return load_pack(text=AUTO, file="test-auto.toml", now=NOW)


def confirmed(desk: Desk, auto: PackVersion) -> Benefit:
    spent(desk, desk.city.company, 5_000_000)
    run = runs.compute(version=auto, district="", on=TODAY, by=desk.city.officer, now=NOW)
    assert (run.rows, run.total) == ([[desk.city.company.pk, 50_000_000, "370281", ""]], 50 * WAN)
    run = runs.confirm(run=run, line=desk.line, by=desk.city.officer, now=NOW)
    runs.open_all(run.pk, now=NOW)
    return Benefit.objects.get(run=run)


def test_the_batch_finds_who_qualifies_and_the_firm_confirms_in_one_click(desk: Desk, auto: PackVersion) -> None:
    row = confirmed(desk, auto)
    assert (row.case.state, row.case.assignee) == ("offered", desk.city.engineer)
    row = runs.accept(benefit=row, seen=50 * WAN, account=OWN, by=desk.city.engineer, now=NOW)
    assert (row.case.state, row.amount, row.line) == ("notice", 50 * WAN, desk.line)
    assert row.verdict is not None
    assert row.verdict.amount == 50 * WAN


def test_a_firm_reads_why_it_gets_the_amount_before_it_confirms(desk: Desk, auto: PackVersion, client: Client) -> None:
    row = confirmed(desk, auto)
    client.force_login(desk.city.engineer)
    page = client.get(f"/cases/{row.case_id}/").content.decode()
    assert "按今天有效的规则和企业档案计算" in page
    assert "可得 50 万元" in page


def test_the_batch_run_again_makes_no_second_case(desk: Desk, auto: PackVersion) -> None:
    row = confirmed(desk, auto)
    assert runs.candidates(auto, TODAY, "") == []
    advance(case=row.case, step="withdraw", by=desk.city.engineer, now=NOW, reason="waived")
    assert runs.candidates(auto, TODAY, "") == []
    old = Run.objects.get()
    Run.objects.filter(pk=old.pk).update(state="running")
    assert runs.open_all(old.pk, now=NOW) == 0
    assert Benefit.objects.count() == 1


def test_a_firm_whose_file_has_changed_is_told_the_new_amount_before_it_confirms(desk: Desk, auto: PackVersion) -> None:
    row = confirmed(desk, auto)
    spent(desk, desk.city.company, 3_000_000)
    with pytest.raises(Refusal, match="重新核算为 30 万元"):
        runs.accept(benefit=row, seen=50 * WAN, account=OWN, by=desk.city.engineer, now=NOW)
    row = runs.accept(benefit=row, seen=30 * WAN, account=OWN, by=desk.city.engineer, now=NOW)
    assert row.amount == 30 * WAN


def test_a_firm_that_no_longer_qualifies_is_told_why(desk: Desk, auto: PackVersion) -> None:
    row = confirmed(desk, auto)
    spent(desk, desk.city.company, 10_000)
    with pytest.raises(Stale):
        runs.accept(benefit=row, seen=50 * WAN, account=OWN, by=desk.city.engineer, now=NOW)
    row = Benefit.objects.get()
    assert row.case.state == "rejected"
    assert "研发费用达到" in row.case.note


def test_a_line_that_no_longer_suffices_is_left_to_the_officers(desk: Desk, auto: PackVersion) -> None:
    row = confirmed(desk, auto)
    budget.reserve(line=desk.line, amount=2990 * WAN, reason="case:9999:other", by=desk.city.officer, now=NOW)
    row = runs.accept(benefit=row, seen=50 * WAN, account=OWN, by=desk.city.engineer, now=NOW)
    assert (row.case.state, row.case.owner, row.amount) == ("checked", "officer", None)


def test_a_list_that_costs_more_than_the_line_is_not_confirmed(desk: Desk, auto: PackVersion) -> None:
    spent(desk, desk.city.company, 5_000_000)
    run = runs.compute(version=auto, district="", on=TODAY, by=desk.city.officer, now=NOW)
    budget.reserve(line=desk.line, amount=2990 * WAN, reason="case:9999:other", by=desk.city.officer, now=NOW)
    with pytest.raises(Refusal, match="不足名单合计 50 万元"):
        runs.confirm(run=run, line=desk.line, by=desk.city.officer, now=NOW)


def test_a_district_officer_runs_only_her_district(desk: Desk, auto: PackVersion) -> None:
    with pytest.raises(NotAllowed):
        runs.compute(version=auto, district="", on=TODAY, by=desk.city.district_officer, now=NOW)
    assert runs.compute(version=auto, district="370281", on=TODAY, by=desk.city.district_officer, now=NOW).rows == []


def test_an_offer_that_nobody_confirms_lapses(desk: Desk, auto: PackVersion) -> None:
    row = confirmed(desk, auto)
    assert tick(now=NOW.replace(month=12, day=30)).lapsed == 1
    assert Benefit.objects.get(pk=row.pk).case.state == "lapsed"


def client(user: Any) -> Client:
    found = Client()
    found.force_login(user)
    return found


def test_money_goes_out_by_three_people_and_each_number_opens_to_its_list(
    desk: Desk, django_capture_on_commit_callbacks: Any
) -> None:
    row = desk.ordered()
    order = PaymentOrder.objects.get()
    assert "待我审批 1" in client(desk.second).get(reverse("payments")).content.decode()
    client(desk.second).post(reverse("payment_order", args=[order.pk]), {"approve": "1"})
    client(desk.third).post(reverse("payments"), {"order": order.pk})
    order.refresh_from_db()
    assert (order.state, order.payer) == ("sent", desk.third)
    out = client(desk.third).post(reverse("payment_file", args=[order.batch_id, "csv"]))
    assert ACCOUNT["number"] in out.content.decode("utf-8-sig")
    kept = paying.upload(name="回单.csv", data=desk.answer(order), by=desk.third, now=AFTER)
    assert [line.outcome for line in paying.preview(file=kept, by=desk.third, now=AFTER)] == ["paid"]
    with django_capture_on_commit_callbacks(execute=True):
        paying.confirm(file=kept, by=desk.third, now=AFTER)
    row = Benefit.objects.get(pk=row.pk)
    order.refresh_from_db()
    assert row.case.state == "paid"
    case, entry = reverse("case", args=[row.case_id]), reverse("ledger_entry", args=[order.entry_id])
    way = {
        case: reverse("payment_order", args=[order.pk]),
        reverse("payment_order", args=[order.pk]): entry,
        entry: case,
    }
    for page, link in way.items():  # the firm follows its yuan
        assert f'href="{link}"' in client(desk.manager).get(page).content.decode()
    line = client(desk.city.officer).get(reverse("budget_line", args=[desk.line.pk])).content.decode()
    assert f'href="{case}"' in line
    assert "已支付 300 万元" in line


def test_who_has_been_blocked_since_is_not_paid(desk: Desk) -> None:
    desk.ordered()
    order = PaymentOrder.objects.get()
    block(desk)
    with pytest.raises(Refusal, match="示例信用〔2026〕9号"):
        paying.approve(order=order, by=desk.second, now=AFTER)


def test_an_order_that_is_refused_leaves_the_case_to_be_ordered_anew(desk: Desk) -> None:
    row = desk.ordered()
    paying.reject(order=PaymentOrder.objects.get(), note="用途写错。", by=desk.second, now=AFTER)
    assert Benefit.objects.get(pk=row.pk).case.state == "renewing"


def test_the_page_of_an_offer_shows_the_amount_and_takes_one_click(desk: Desk, auto: PackVersion) -> None:
    row = confirmed(desk, auto)
    url = reverse("benefit_offer", args=[row.case_id])
    page = client(desk.city.engineer).get(url)
    assert "确认领取 50 万元" in page.content.decode()
    done = client(desk.city.engineer).post(url, OWN | {"seen": page.context["seen"]})
    assert done.status_code == 302
    assert Benefit.objects.get().case.state == "notice"


def test_sums_that_a_review_sets_and_what_others_pay_are_not_claimed_here(desk: Desk) -> None:
    load_pack(text=AUTO.replace('level = "city"', 'level = "national"'), file="test-auto.toml", now=NOW)
    asked = VC.replace("test-vc", "test-review").replace("invested", "requested")
    load_pack(text=asked, file="test-review.toml", now=NOW)
    assert [v.code for v in queries.paying(TODAY)] == ["test-vc"]
