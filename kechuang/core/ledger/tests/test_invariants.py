"""Whatever happens in whatever order: the books agree. What a dying machine leaves is whole."""

import os
import signal
import subprocess
import sys
import time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from hypothesis import HealthCheck, given
from hypothesis import settings as how
from hypothesis import strategies as st

from kechuang.core.ledger.actions import budget, orders
from kechuang.core.ledger.checks import problems
from kechuang.core.ledger.models import BudgetLine, CapUse, Commitment, Entry, PaymentOrder
from kechuang.core.ledger.tests.money import WAN, Office, again, bank_file, paid, returned
from kechuang.kit.refusal import Refusal
from tests.city import NOW

STEPS = ("reserve", "draft", "approve", "reject", "send", "pay", "return", "renew", "release", "raise", "cut")
WALK = st.lists(st.tuples(st.sampled_from(STEPS), st.integers(0, 4), st.integers(1, 12)), min_size=5, max_size=25)


def take(desk: Office, step: str, which: int, size: int, number: int) -> None:
    """One step of a walk, with whatever commitment or order it falls on; what is not possible is refused."""
    if step == "reserve":
        desk.reserve(size * WAN, f"case:{which}:grant")
    elif step in ("raise", "cut"):
        change = size * WAN * (1 if step == "raise" else -1)
        budget.change_line(line=desk.line, change=change, document=f"示例{number}", by=desk.author, now=NOW)
    elif step in ("draft", "release"):
        held = Commitment.objects.order_by("pk")[which : which + 1].first()
        if held is not None and step == "draft":
            desk.draft(held, amount=size * WAN, reason=f"{held.reason}:{size % 3}")
        elif held is not None:
            budget.release(commitment=held, note="", by=desk.author, now=NOW)
    else:
        rows = PaymentOrder.objects.order_by("pk")
        ended = rows.filter(state__in=("returned", "cancelled"), renewal=None)
        order = ended.first() if step == "renew" else rows[which : which + 1].first()
        if order is not None:
            on_order(desk, step, order)


def on_order(desk: Office, step: str, order: PaymentOrder) -> None:
    if step == "approve":
        desk.approved(order)
    elif step == "reject":
        orders.reject(order=order, note="不符", by=desk.approver, now=NOW)
    elif step == "send":
        desk.sent(order)
    elif step == "pay":
        desk.settle(paid(order), paid(order))
    elif step == "return":
        desk.settle(returned(order))
    else:
        orders.renew(order=order, payee=desk.payee(), by=desk.author, now=NOW)


@pytest.mark.django_db
def test_no_walk_through_budget_and_payment_makes_the_books_disagree(desk: Office) -> None:
    desk.paid(desk.draft(desk.reserve(20 * WAN, "case:0:grant"), amount=9 * WAN, reason="case:0:grant:0"))
    desk.sent(desk.draft(desk.reserve(20 * WAN, "case:1:grant"), amount=9 * WAN, reason="case:1:grant:0"))
    desk.draft(desk.reserve(20 * WAN, "case:2:grant"), amount=9 * WAN, reason="case:2:grant:0")

    reached: set[tuple[str, int]] = set()

    @how(max_examples=25, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(WALK)
    def walk(steps: list[tuple[str, int, int]]) -> None:
        with transaction.atomic():
            for number, (step, which, size) in enumerate(steps):
                try:
                    take(desk, step, which, size, number)
                except Refusal:
                    continue
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            assert list(problems()) == []
            line = BudgetLine.objects.get()
            assert line.committed + line.paid <= line.amount
            reached.update(PaymentOrder.objects.values_list("state", "attempt"))
            transaction.set_rollback(True)

    walk()
    assert {state for state, _attempt in reached} == set(PaymentOrder.State.values)
    assert max(attempt for _state, attempt in reached) >= 2


# --- manage.py ledger verify


def damage(sql: str) -> list[str]:
    """What the check says after somebody with the database's password has been at work."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET LOCAL session_replication_role = replica")
        cursor.execute(sql)
        found = list(problems())
        transaction.set_rollback(True)
    return found


def test_the_check_tells_what_was_tampered_with(desk: Office) -> None:
    desk.paid()
    for sql, words in (
        ("UPDATE ledger_posting SET amount = amount + 1 WHERE amount > 0", "不平"),
        ("UPDATE ledger_budgetline SET committed = 5", "占用记为"),
        ("UPDATE ledger_budgetline SET amount = amount + 5", "预算额记为"),
        ("UPDATE ledger_paymentorder SET amount = 1", "金额或账户不符"),
        ("UPDATE ledger_batch SET total = 1", "控制总额"),
        ("UPDATE ledger_batchfile SET sha256 = 'x'", "指纹不符"),
        ("UPDATE ledger_batchfile SET sealed = 'x'", "无法解密"),
        ("DROP TRIGGER ledger_posting_kept ON ledger_posting", "触发器 ledger_posting_kept"),
        ("ALTER TABLE ledger_entry DISABLE TRIGGER ledger_entry_kept", "触发器 ledger_entry_kept"),
    ):
        found = damage(sql)
        assert any(words in one for one in found), (sql, found)
    CapUse.objects.create(clause="x", scope="2026", label="示例", cap=5, used=3)
    assert any("已用限额记为" in one for one in problems())


def test_the_command_says_that_all_is_well_or_fails(desk: Office, capsys: Any) -> None:
    desk.paid()
    call_command("ledger", "verify")
    assert "资金账一致：凭证 2 张，支付令 1 张。" in capsys.readouterr().out
    Commitment.objects.update(ordered=Decimal(0), paid=0)
    with pytest.raises(CommandError, match="不一致"):
        call_command("ledger", "verify")


# --- kill -9

WORKER = """
import sys, django
from django.conf import settings
django.setup()
settings.DATABASES["default"]["NAME"] = sys.argv[1]
from django.db import connections
connections["default"].settings_dict["NAME"] = sys.argv[1]
from kechuang.core.ledger.tests.money import LATER
from kechuang.core.ledger.actions import results
from kechuang.core.parties.models import User
by = User.objects.get(username="payer")
results.settle(name="回单.csv", data=open(sys.argv[2], "rb").read(), by=by, now=LATER)
"""


@pytest.mark.django_db(transaction=True)
def test_a_machine_that_dies_in_the_middle_leaves_no_half_entry(live_desk: Office, tmp_path: Path) -> None:
    desk = live_desk
    many = [desk.sent(desk.draft(desk.reserve(WAN, f"case:{n}:grant"))) for n in range(24)]
    data = bank_file(*(paid(order) for order in many))
    file = tmp_path / "bank.csv"
    file.write_bytes(data)
    name = str(connection.settings_dict["NAME"])
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "kechuang.settings"}
    worker = subprocess.Popen([sys.executable, "-c", WORKER, name, str(file)], cwd=settings.BASE_DIR, env=environment)
    try:
        until = time.monotonic() + 60
        while PaymentOrder.objects.filter(state="paid").count() < 3 and time.monotonic() < until:
            time.sleep(0.005)
    finally:
        worker.send_signal(signal.SIGKILL)
        worker.wait()
    done = PaymentOrder.objects.filter(state="paid").count()
    assert 3 <= done < len(many)
    assert Entry.objects.filter(reason__startswith="case:").count() == done
    assert list(problems()) == []
    said = desk.settle(*(paid(order) for order in many))
    assert [j.outcome for j in said].count("unchanged") == done
    assert {again(order).state for order in many} == {"paid"}
    assert desk.figures() == (0, 24 * WAN, 76 * WAN)
    assert list(problems()) == []
