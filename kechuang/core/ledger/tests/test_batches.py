"""Batches, their files, and the bank's answers"""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection

from kechuang.core.audit.queries import history
from kechuang.core.ledger import queries
from kechuang.core.ledger.access import view_account, view_entry
from kechuang.core.ledger.actions import budget, orders, payments, results
from kechuang.core.ledger.checks import problems
from kechuang.core.ledger.files import result_form
from kechuang.core.ledger.models import Account, Entry
from kechuang.core.ledger.payees import Payee
from kechuang.core.ledger.tests.money import LATER, NUMBER, WAN, Office, again, bank_file, paid, returned
from kechuang.core.ledger.wording import order_number
from kechuang.core.parties.actions import appoint
from kechuang.core.parties.models import User
from kechuang.kit.refusal import NotAllowed, Refusal, Stale
from kechuang.kit.tables import read
from tests.city import NOW, person, works_for


def test_a_batch_goes_out_with_number_control_total_and_fingerprints(desk: Office) -> None:
    many = [desk.approved(desk.draft(desk.reserve(n * WAN, f"case:{n}:grant"))) for n in (1, 2, 3)]
    batch = payments.send(orders=[o.pk for o in many], by=desk.payer, now=NOW)
    assert (batch.count, batch.total) == (3, 6 * WAN)
    assert payments.send(orders=[o.pk for o in many], by=desk.payer, now=LATER) == batch
    for kind in ("csv", "xlsx"):
        first, second = (payments.export(batch=batch, kind=kind, by=desk.payer, now=LATER) for _ in range(2))
        assert first == second
        assert hashlib.sha256(first).hexdigest() == batch.files.get(kind=kind).sha256
        table = read(f"付款.{kind}", first)
        assert [Decimal(r.values["金额（元）"]) for r in table.rows] == [WAN, 2 * WAN, 3 * WAN]
        assert {r.values["收款人账号"] for r in table.rows} == {NUMBER}
        assert [order_number(r.values["支付令号"]) for r in table.rows] == [o.pk for o in many]
        assert {r.values["批次号"] for r in table.rows} == {str(batch)}
    with pytest.raises(Refusal, match="xlsx"):
        payments.export(batch=batch, kind="pdf", by=desk.payer, now=NOW)
    assert [e.verb for e in history(batch)] == ["send", *["export"] * 4]


def test_the_files_are_for_those_who_may_pay_and_hold_no_formula(desk: Office) -> None:
    payee = Payee(desk.city.company, "=HYPERLINK(0)", "@银行", NUMBER)
    order = desk.sent(desk.draft(payee=payee, purpose="+1"))
    assert order.batch is not None
    for somebody in (desk.author, desk.approver, desk.city.district_officer, desk.city.engineer):
        with pytest.raises(NotAllowed):
            payments.export(batch=order.batch, kind="csv", by=somebody, now=NOW)
    text = payments.export(batch=order.batch, kind="csv", by=desk.payer, now=NOW).decode("utf-8-sig")
    assert "'=HYPERLINK(0)" in text
    assert ",'@银行," in text
    assert ",'+1," in text


def test_what_is_not_ready_is_not_sent(desk: Office) -> None:
    drafted = desk.draft()
    with pytest.raises(Stale, match="不是“待付款”"):
        payments.send(orders=[drafted.pk], by=desk.payer, now=NOW)
    with pytest.raises(Stale):
        payments.send(orders=[drafted.pk, 999], by=desk.payer, now=NOW)
    with pytest.raises(Refusal, match="先选择"):
        payments.send(orders=[], by=desk.payer, now=NOW)
    sent = desk.sent(drafted)
    fresh = desk.approved(desk.draft(desk.reserve(WAN, "z")))
    with pytest.raises(Stale):
        payments.send(orders=[sent.pk, fresh.pk], by=desk.payer, now=NOW)


def test_a_districts_money_is_its_officers_and_goes_out_by_itself(desk: Office) -> None:
    district = desk.city.district_officer
    line = budget.open_line(
        year=2026,
        code="2060404",
        label="示例区级奖补",
        authority="qd-district",
        amount=WAN,
        basis="示例区预〔2026〕1号",
        district="370281",
        by=district,
        now=NOW,
    )
    held = budget.reserve(line=line, amount=WAN, reason="case:9:grant", by=district, now=NOW)
    order = desk.draft(held, by=district)
    city_wide = desk.draft()
    assert list(queries.orders(district)) == [order]
    assert set(queries.orders(desk.payer)) == {order, city_wide}
    both = [desk.approved(order).pk, desk.approved(city_wide).pk]
    with pytest.raises(Refusal, match="同一级财政"):
        payments.send(orders=both, by=desk.payer, now=NOW)
    batch = payments.send(orders=[order.pk], by=desk.payer, now=NOW)
    assert (batch.district, list(queries.batches(district))) == ("370281", [batch])


def test_the_same_file_twice_changes_nothing(desk: Office) -> None:
    order = desk.sent()
    assert [j.outcome for j in desk.settle(paid(order))] == ["paid"]
    assert [j.outcome for j in desk.settle(paid(order))] == ["unchanged"]
    assert Entry.objects.filter(reason__startswith="case:").count() == 1
    assert desk.figures() == (0, 30 * WAN, 70 * WAN)


def test_a_preview_changes_nothing(desk: Office) -> None:
    order = desk.sent()
    said = results.preview(name="回单.csv", data=bank_file(paid(order)), by=desk.payer, now=LATER)
    assert ([j.outcome for j in said], again(order).state) == (["paid"], "sent")


def test_bad_lines_are_refused_with_reasons_and_good_ones_are_booked(desk: Office) -> None:
    good, other = desk.sent(), desk.sent(desk.draft(desk.reserve(WAN, "b")))
    unsent = desk.draft(desk.reserve(WAN, "c"))
    lines = (
        paid(good),
        paid(good),
        paid(other, amount="1"),
        paid(other, number="KC-ZF-00099999"),
        paid(other, number="x"),
        paid(unsent),
        paid(other, on="2027-01-01"),
        paid(other, on="2026-11-01"),
        paid(other, on="昨天", amount="很多"),
    )
    said = desk.settle(*lines)
    words = ["", "两次", "不符", "没有支付令", "没有支付令", "没有送出", "还没有到", "早于", "不是数字"]
    # An order counts as seen once, whatever its line said: the later lines of `other` stand in files of their own.
    said[6:] = [desk.settle(line)[0] for line in lines[6:]]
    assert [j.outcome for j in said] == ["paid", *["refused"] * 8]
    assert [(w, j.why) for w, j in zip(words, said, strict=True) if w not in j.why] == []
    assert (again(good).state, again(other).state) == ("paid", "sent")
    with pytest.raises(Refusal, match="缺少列：结果、日期"):
        results.settle(name="x.csv", data="支付令号,金额（元）\n1,2\n".encode(), by=desk.payer, now=LATER)


def test_what_the_bank_returns_is_sent_again_under_a_new_order(desk: Office) -> None:
    order = desk.sent()
    assert [j.outcome for j in desk.settle(returned(order))] == ["returned"]
    order = again(order)
    assert (order.state, order.ended_for, desk.figures()) == ("returned", "户名不符", (30 * WAN, 0, 70 * WAN))
    new = desk.paid(orders.renew(order=order, payee=desk.payee("99998888777"), by=desk.author, now=NOW))
    assert (new.attempt, new.state, desk.figures()) == (2, "paid", (0, 30 * WAN, 70 * WAN))
    assert [j.outcome for j in desk.settle(returned(order), paid(new))] == ["unchanged", "unchanged"]
    (late,) = desk.settle(paid(order))
    assert (late.outcome, "新的支付令号" in late.why) == ("refused", True)
    assert [(r.year, r.amount) for r in queries.received(desk.city.company)] == [(2026, 30 * WAN)]
    assert list(problems()) == []


def test_money_that_comes_back_after_payment_is_booked_back(desk: Office) -> None:
    order = desk.paid()
    assert [j.outcome for j in desk.settle(returned(order))] == ["returned"]
    assert [j.outcome for j in desk.settle(returned(order))] == ["unchanged"]
    assert [j.outcome for j in desk.settle(paid(order))] == ["unchanged"]  # the first file, read again
    order = again(order)
    assert order.entry is not None
    assert (order.state, order.entry.reversal.on) == ("returned", date(2026, 11, 20))
    assert queries.order_of(order.entry.reversal) == order
    assert desk.figures() == (30 * WAN, 0, 70 * WAN)
    assert queries.received(desk.city.company)[0].amount == 0
    desk.paid(orders.renew(order=order, payee=desk.payee(), by=desk.author, now=NOW))
    assert desk.figures() == (0, 30 * WAN, 70 * WAN)
    assert list(problems()) == []


def test_paid_again_with_another_reference_is_refused(desk: Office) -> None:
    order = desk.paid()
    (line,) = desk.settle(paid(order, reference="B-other"))
    assert (line.outcome, "没有重复入账" in line.why) == ("refused", True)


def test_results_can_be_typed_into_a_form(desk: Office) -> None:
    order = desk.sent()
    table = read("结果.xlsx", result_form([order]))
    assert (table.rows[0].values["支付令号"], table.rows[0].values["金额（元）"]) == (str(order), "300000")


def test_the_statement_of_a_line_opens_to_its_lists(desk: Office) -> None:
    desk.paid(desk.draft(desk.reserve(10 * WAN, "case:1:grant")))
    desk.sent(desk.draft(desk.reserve(20 * WAN, "case:2:grant")))
    desk.reserve(5 * WAN, "case:3:grant")
    desk.line.refresh_from_db()
    made = queries.statement(desk.line)
    assert sum(p.amount for p in made.granted) == desk.line.amount
    assert sum(c.held for c in made.held) == desk.line.committed == 25 * WAN
    assert sum(o.amount for o in made.paid) == desk.line.paid == 10 * WAN
    assert (made.under_way, made.left) == ({"sent": 20 * WAN}, 65 * WAN)
    assert queries.balance(desk.line.account, date(2026, 12, 31)) == desk.line.amount - desk.line.paid


def test_a_party_sees_its_own_account_and_entries_and_no_other(desk: Office) -> None:
    entry = desk.paid().entry
    assert entry is not None
    works_for(desk.city.stranger, desk.city.university, "agent")
    assert [a.party for a in view_account.filter(desk.city.engineer, Account.objects.all())] == [desk.city.company]
    assert view_entry.check(desk.city.engineer, entry)
    assert not view_entry.check(desk.city.stranger, entry)
    assert view_entry.filter(desk.city.officer, Entry.objects.all()).count() == Entry.objects.count()


@pytest.mark.django_db(transaction=True)
def test_two_payers_at_once_pay_once(live_desk: Office) -> None:
    desk = live_desk
    order = desk.approved()
    second = person("second")
    appoint(user=second, role="officer", by=None, now=NOW)

    def send(by: User) -> str:
        try:
            return str(payments.send(orders=[order.pk], by=by, now=NOW))
        except Stale:
            return "told"
        finally:
            connection.close()

    def settle(by: User) -> str:
        try:
            return desk.settle(paid(order), by=by)[0].outcome
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert sum(said != "told" for said in pool.map(send, (desk.payer, second))) == 1
        assert sorted(pool.map(settle, (desk.payer, second))) == ["paid", "unchanged"]
    assert desk.figures() == (0, 30 * WAN, 70 * WAN)
    assert list(problems()) == []
