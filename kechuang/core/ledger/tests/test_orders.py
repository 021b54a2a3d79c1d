"""Payment orders: three people, never twice, files that do not change, the bank's answers."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from kechuang.core.audit.queries import history
from kechuang.core.ledger import queries
from kechuang.core.ledger.actions import budget, orders, payments
from kechuang.core.ledger.checks import problems
from kechuang.core.ledger.flow import ORDER
from kechuang.core.ledger.models import BatchFile, PaymentOrder
from kechuang.core.ledger.payees import Payee, number_of
from kechuang.core.ledger.tests.money import NUMBER, WAN, Office, again, paid
from kechuang.core.ledger.wording import case_number, due_on, masked, state_words
from kechuang.kit.refusal import NoSuchStep, NotAllowed, Refusal
from tests.city import NOW


def test_the_flow_has_no_dead_ends() -> None:
    assert ORDER.problems() == []


def test_an_order_goes_from_draft_to_payment_and_leads_back_to_its_case(desk: Office) -> None:
    order = desk.paid()
    assert (order.state, order.paid_on, order.attempt) == ("paid", date(2026, 11, 19), 1)
    assert desk.figures() == (0, 30 * WAN, 70 * WAN)
    entry = order.entry
    assert entry is not None
    assert (entry.reason, entry.on) == ("case:17:grant/1", date(2026, 11, 19))
    assert {p.account.code: p.amount for p in entry.postings.all()} == {
        desk.line.account.code: -30 * WAN,
        f"party:{desk.city.company.pk}": 30 * WAN,
    }
    assert list(queries.for_case(17)) == [order]
    assert (queries.order_of(entry), case_number(entry.reason)) == (order, 17)
    assert [(r.year, r.amount) for r in queries.received(desk.city.company)] == [(2026, 30 * WAN)]
    assert [e.verb for e in history(order)] == ["draft", "approve", "settle"]
    assert list(problems()) == []


def test_author_approver_and_payer_are_three_people(desk: Office) -> None:
    order = desk.draft()
    with pytest.raises(NotAllowed):
        orders.approve(order=order, by=desk.author, now=NOW)
    order = desk.approved(order)
    for somebody in (desk.author, desk.approver):
        with pytest.raises(NotAllowed, match="第三位"):
            payments.send(orders=[order.pk], by=somebody, now=NOW)
    order = desk.sent(order)
    for somebody in (desk.author, desk.approver):
        (line,) = desk.settle(paid(order), by=somebody)
        assert (line.outcome, "请由其他工作人员导入" in line.why) == ("refused", True)
    people = {"approver": desk.author, "payer": desk.approver}
    for role, user in people.items():
        with pytest.raises(IntegrityError, match="ledger_three_people"), transaction.atomic():
            PaymentOrder.objects.update(**{role: user})


def test_only_officers_of_the_lines_scope_take_part(desk: Office) -> None:
    held, order = desk.reserve(), desk.draft()
    for name, somebody in desk.city.people().items():
        if name == "officer":
            continue
        with pytest.raises(NotAllowed):
            desk.draft(held, by=somebody)
        with pytest.raises(NotAllowed):
            orders.approve(order=order, by=somebody, now=NOW)
        with pytest.raises(NotAllowed):
            payments.send(orders=[order.pk], by=somebody, now=NOW)
        if name not in ("district_officer",):
            with pytest.raises(NotAllowed):
                desk.settle(paid(order), by=somebody)


def test_who_sees_an_order(desk: Office) -> None:
    order = desk.draft()
    seeing = {name for name, user in desk.city.people().items() if order in queries.orders(user)}
    assert seeing == {"engineer", "colleague", "officer"}  # the payee's people, and officers of the line's scope
    assert (list(queries.to_approve(desk.author)), list(queries.to_approve(desk.approver))) == ([], [order])
    order = desk.approved(order)
    assert (list(queries.to_pay(desk.approver)), list(queries.to_pay(desk.payer))) == ([], [order])
    assert list(queries.to_pay(desk.city.engineer)) == []


def test_a_retry_drafts_nothing_twice_and_another_content_is_refused(desk: Office) -> None:
    held = desk.reserve()
    assert desk.draft(held) == desk.draft(held)
    for changes in ({"amount": WAN}, {"payee": desk.payee("99998888777")}):
        with pytest.raises(Refusal, match="没有重复制单"):
            desk.draft(held, **changes)
    again_ = PaymentOrder.objects.get()
    again_.pk, again_.attempt = None, 2
    with pytest.raises(IntegrityError, match="ledger_one_live_order"), transaction.atomic():
        again_.save(force_insert=True)


def test_orders_of_a_commitment_never_exceed_it(desk: Office) -> None:
    held = desk.reserve()
    desk.draft(held, amount=20 * WAN, reason="case:17:grant:1")
    with pytest.raises(Refusal, match="还可以支付 10 万元"):
        desk.draft(held, amount=11 * WAN, reason="case:17:grant:2")
    desk.draft(held, amount=10 * WAN, reason="case:17:grant:2")
    other = Payee(desk.city.university, "示例海岸理工大学", "示例银行", NUMBER)
    with pytest.raises(Refusal, match="其他单位"):
        desk.draft(held, payee=other, reason="case:17:grant:3")


def test_a_wrong_account_is_refused_by_field(desk: Office) -> None:
    with pytest.raises(Refusal) as refused:
        desk.draft(payee=Payee(desk.city.company, " ", "", "12ab", "1"))
    assert set(refused.value.fields) == {"account_name", "bank", "number", "bank_code"}


def test_the_account_number_is_sealed_and_shown_by_its_tail(desk: Office) -> None:
    order = desk.draft(payee=desk.payee("6222 0212 3456 7890 123"))
    assert (masked(order), number_of(again(order))) == ("示例银行胶州支行 **** 0123", NUMBER)
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(o)::text FROM ledger_paymentorder o")
        assert NUMBER not in cursor.fetchone()[0]
    assert not order.name_differs
    assert desk.draft(desk.reserve(WAN, "x"), payee=Payee(desk.city.company, "别的户名", "b", NUMBER)).name_differs


def test_the_key_can_be_replaced_while_the_old_one_is_kept(desk: Office, settings: Any) -> None:
    order = desk.draft()
    settings.SEAL_KEYS = ["new", *settings.SEAL_KEYS]
    assert number_of(again(order)) == NUMBER
    settings.SEAL_KEYS = ["new"]
    with pytest.raises(Refusal, match="无法解密"):
        number_of(again(order))
    assert list(problems()) == []  # no file has gone out yet


def test_what_an_order_orders_never_changes(desk: Office) -> None:
    desk.sent()
    changes: list[Callable[[], Any]] = [
        lambda: PaymentOrder.objects.update(amount=1),
        lambda: PaymentOrder.objects.update(number_sealed=b"x"),
        lambda: PaymentOrder.objects.all()._raw_delete("default"),
        lambda: BatchFile.objects.update(sha256="x"),
    ]
    for change in changes:
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            change()


def test_a_rejected_order_needs_a_reason_and_can_be_renewed_once(desk: Office) -> None:
    order = desk.draft()
    with pytest.raises(Refusal, match="原因"):
        orders.reject(order=order, note=" ", by=desk.approver, now=NOW)
    orders.reject(order=order, note="账号有误", by=desk.approver, now=NOW)
    assert state_words(again(order)) == "已作废：账号有误"
    with pytest.raises(Refusal, match="重新制单"):
        desk.draft()
    new = orders.renew(order=order, payee=desk.payee("99998888777"), by=desk.author, now=NOW)
    assert new == orders.renew(order=order, payee=desk.payee("99998888777"), by=desk.author, now=NOW)
    assert (new.attempt, new.replaces, new.amount) == (2, order, order.amount)
    with pytest.raises(NoSuchStep):
        orders.approve(order=order, by=desk.approver, now=NOW)
    orders.withdraw(order=new, note="再核对", by=desk.author, now=NOW)
    with pytest.raises(NotAllowed):  # withdrawing is the author's
        orders.withdraw(order=desk.draft(desk.reserve(WAN, "y")), note="x", by=desk.approver, now=NOW)
    budget.release(commitment=order.commitment, note="不再支付", by=desk.author, now=NOW)
    assert desk.figures() == (WAN, 0, 99 * WAN)
    assert list(problems()) == []


def test_an_order_waits_for_somebody_within_working_days(desk: Office) -> None:
    order = desk.draft()
    assert (state_words(order), due_on(order)) == ("待审批，等另一位工作人员审批", date(2026, 11, 23))
    assert due_on(desk.paid(order)) is None
