"""Budget lines and caps: never above the amount, not even when two officers race."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import F

from kechuang.core.audit.queries import history
from kechuang.core.ledger import queries
from kechuang.core.ledger.actions import budget, caps
from kechuang.core.ledger.actions.caps import CapKey
from kechuang.core.ledger.checks import problems
from kechuang.core.ledger.models import BudgetLine, CapTake, CapUse, Commitment
from kechuang.core.ledger.tests.money import WAN, Office
from kechuang.core.ledger.wording import cap_words, line_words
from kechuang.kit.refusal import NotAllowed, Refusal
from tests.city import NOW, City


def opened(city: City, **changes: Any) -> BudgetLine:
    given: dict[str, Any] = {
        "year": 2027,
        "code": "2060404",
        "label": "示例奖补",
        "authority": "qd-kjj",
        "amount": 50 * WAN,
        "basis": "示例预〔2027〕1号",
        "by": city.officer,
        "now": NOW,
    }
    return budget.open_line(**given | changes)


def test_a_line_gets_its_money_by_an_entry(desk: Office) -> None:
    line = desk.line
    assert (line.amount, line.left) == (100 * WAN, 100 * WAN)
    assert queries.balance(line.account, date(2026, 11, 18)) == 100 * WAN
    assert [p.amount for p in queries.statement(line).granted] == [100 * WAN]
    assert line_words(line) == "预算 100 万元，已占用 0 元，已支付 0 元，可用 100 万元。"


def test_lines_are_opened_by_officers_of_that_scope_with_a_document(city: City) -> None:
    for somebody in (city.engineer, city.broker, city.district_officer):
        with pytest.raises(NotAllowed):
            opened(city, by=somebody)
    assert opened(city, by=city.district_officer, district="370281").district == "370281"
    for name, value in (("basis", " "), ("authority", "nobody"), ("amount", Decimal(0)), ("code", "")):
        with pytest.raises(Refusal) as refused:
            opened(city, **{name: value})
        assert list(refused.value.fields) == [name]
    opened(city)
    with pytest.raises(Refusal, match="已有科目"):
        opened(city)


def test_raising_and_cutting_name_a_document_which_counts_once(desk: Office) -> None:
    def change(by: Any, amount: Decimal, document: str) -> BudgetLine:
        return budget.change_line(line=desk.line, change=amount, document=document, by=by, now=NOW)

    desk.reserve(80 * WAN)
    for _ in range(2):
        assert change(desk.author, 20 * WAN, "示例预〔2026〕9号").amount == 120 * WAN
    with pytest.raises(Refusal, match="没有重复记账"):
        change(desk.author, 30 * WAN, "示例预〔2026〕9号")
    with pytest.raises(Refusal, match="最多可以调减 40 万元"):
        change(desk.author, -41 * WAN, "示例预〔2026〕10号")
    assert change(desk.author, -40 * WAN, "示例预〔2026〕10号").left == 0
    with pytest.raises(NotAllowed):
        change(desk.city.district_officer, WAN, "示例预〔2026〕11号")
    changes = history(desk.line).filter(verb="change_line")
    assert [(e.before, e.after["amount"]) for e in changes] == [  # type: ignore[index]
        ({"amount": "1000000.00"}, "1200000.00"),
        ({"amount": "1200000.00"}, "800000.00"),
    ]
    assert list(problems()) == []


def test_what_is_left_is_carried_over_once(desk: Office) -> None:
    desk.reserve(30 * WAN)
    new = opened(desk.city)
    for _ in range(2):
        new = budget.carry_over(old=desk.line, new=new, document="示例预〔2027〕2号", by=desk.author, now=NOW)
    assert (new.amount, new.carried_over, desk.figures()) == (120 * WAN, 70 * WAN, (30 * WAN, 0, 0))
    with pytest.raises(Refusal, match="以后年度"):
        budget.carry_over(old=new, new=desk.line, document="倒着", by=desk.author, now=NOW)
    assert list(problems()) == []


def test_what_is_reserved_cannot_be_reserved_again(desk: Office) -> None:
    assert desk.reserve(60 * WAN) == desk.reserve(60 * WAN)
    assert desk.figures() == (60 * WAN, 0, 40 * WAN)
    with pytest.raises(Refusal, match="没有重复占用"):
        desk.reserve(50 * WAN)
    with pytest.raises(Refusal, match="可用余额为 40 万元，不足 41 万元"):
        desk.reserve(41 * WAN, "case:18:grant")
    with pytest.raises(NotAllowed):
        budget.reserve(line=desk.line, amount=WAN, reason="x", by=desk.city.district_officer, now=NOW)


def test_what_is_released_can_be_reserved_by_others(desk: Office) -> None:
    held = desk.reserve(100 * WAN)
    for _ in range(2):
        budget.release(commitment=held, note="申请人撤回", by=desk.city.engineer, now=NOW)
    assert desk.figures() == (0, 0, 100 * WAN)
    desk.reserve(100 * WAN, "case:18:grant")
    with pytest.raises(Refusal, match="已经释放"):
        desk.reserve(100 * WAN)
    assert list(problems()) == []


def test_the_database_refuses_to_overspend_a_line(desk: Office) -> None:
    desk.reserve(60 * WAN)
    for change in ({"committed": F("amount") + 1}, {"paid": 41 * WAN}, {"amount": 59 * WAN}, {"committed": -1}):
        with pytest.raises(IntegrityError, match="ledger_line_not_overspent"), transaction.atomic():
            BudgetLine.objects.filter(pk=desk.line.pk).update(**change)
    with pytest.raises(IntegrityError, match="ledger_commitment_not_exceeded"), transaction.atomic():
        Commitment.objects.update(released=61 * WAN)


@pytest.mark.django_db(transaction=True)
def test_two_officers_race_for_the_last_money_and_one_is_told_what_is_left(live_desk: Office) -> None:
    def spend(number: int) -> str:
        by = (live_desk.author, live_desk.approver)[number % 2]
        try:
            budget.reserve(line=live_desk.line, amount=60 * WAN, reason=f"case:{number}:grant", by=by, now=NOW)
        except Refusal as refusal:
            return refusal.message
        finally:
            connection.close()
        return "reserved"

    with ThreadPoolExecutor(4) as pool:
        said = sorted(pool.map(spend, range(4)))
    assert said.count("reserved") == 1
    assert all("可用余额为 40 万元" in words for words in said if words != "reserved")
    assert live_desk.figures() == (60 * WAN, 0, 40 * WAN)
    assert list(problems()) == []


@pytest.mark.django_db(transaction=True)
def test_the_same_reason_at_once_reserves_once(live_desk: Office) -> None:
    def spend(_number: int) -> int:
        try:
            return live_desk.reserve(60 * WAN).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(spend, range(4)))) == 1
    assert live_desk.figures() == (60 * WAN, 0, 40 * WAN)


# --- caps

VC_CAP = 1_000 * WAN


def vc(city: City, scope: str = "2026") -> CapKey:
    """The reward of a venture capital institution: at most 10 million yuan a year."""
    return CapKey("qd-vc-reward", scope, "同一机构年度奖励上限", city.company)


def test_ten_per_cent_of_30_and_80_million_pays_3_and_7_and_the_cap_is_named(city: City) -> None:
    def claim(invested: int, reason: str) -> CapTake:
        wanted = Decimal(invested) * WAN / 10
        return caps.take(key=vc(city), cap=VC_CAP, wanted=wanted, reason=reason, by=None, now=NOW)

    first, second = claim(3_000, "case:1:reward"), claim(8_000, "case:2:reward")
    assert (first.granted, second.granted) == (300 * WAN, 700 * WAN)
    assert "全额计入" in cap_words(first)
    said = "同一机构年度奖励上限为 1,000 万元，此前已用 300 万元，本次 800 万元 计 700 万元，超出的 100 万元 不予支付。"
    assert cap_words(second).replace(" ", "") == said.replace(" ", "")
    assert claim(8_000, "case:2:reward") == second
    assert claim(10, "case:3:reward").granted == 0
    with pytest.raises(Refusal, match="金额与这次不同"):
        claim(9_000, "case:2:reward")
    next_year = caps.take(key=vc(city, "2027"), cap=VC_CAP, wanted=VC_CAP, reason="case:4", by=None, now=NOW)
    assert next_year.granted == VC_CAP
    assert [u.used for u in queries.caps_of(city.company)] == [VC_CAP, VC_CAP]


def test_what_is_given_back_can_be_taken_by_others_once(city: City) -> None:
    caps.take(key=vc(city), cap=VC_CAP, wanted=VC_CAP, reason="case:1", by=None, now=NOW)
    for _ in range(2):
        caps.give_back(reason="case:1", note="撤回", by=None, now=NOW)
    assert CapUse.objects.get().used == 0
    with pytest.raises(Refusal, match="已经归还"):
        caps.take(key=vc(city), cap=VC_CAP, wanted=VC_CAP, reason="case:1", by=None, now=NOW)
    assert caps.take(key=vc(city), cap=VC_CAP, wanted=VC_CAP, reason="case:2", by=None, now=NOW).granted == VC_CAP
    assert caps.give_back(reason="never", note="", by=None, now=NOW) is None


def test_a_cap_lowered_below_its_use_grants_nothing_more(city: City) -> None:
    caps.take(key=vc(city), cap=VC_CAP, wanted=VC_CAP / 2, reason="case:1", by=None, now=NOW)
    lower = caps.take(key=vc(city), cap=VC_CAP / 4, wanted=WAN, reason="case:2", by=None, now=NOW)
    assert lower.granted == 0
    assert CapUse.objects.get().cap == VC_CAP / 2
    higher = caps.take(key=vc(city), cap=VC_CAP * 2, wanted=VC_CAP * 2, reason="case:3", by=None, now=NOW)
    assert higher.granted == VC_CAP * 3 / 2
    assert list(problems()) == []


@pytest.mark.django_db(transaction=True)
def test_racing_claims_never_exceed_the_cap(live_city: City) -> None:
    def claim(number: int) -> Decimal:
        try:
            taken = caps.take(
                key=vc(live_city), cap=VC_CAP, wanted=300 * WAN, reason=f"case:{number}", by=None, now=NOW
            )
            return taken.granted
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        granted = sorted(pool.map(claim, range(6)))
    assert granted == [0, 0, 100 * WAN, 300 * WAN, 300 * WAN, 300 * WAN]
    assert CapUse.objects.get().used == VC_CAP
