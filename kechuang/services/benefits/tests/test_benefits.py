"""兑付: from the claim to the money: caps, one supplement, two officers, notice, objection, order, bank."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import pytest
from django.db import connection

from kechuang.core.dossier.integrity import enter_integrity
from kechuang.core.ledger.actions import results
from kechuang.core.ledger.actions.budget import change_line
from kechuang.core.ledger.models import CapTake, CapUse, Commitment, PaymentOrder
from kechuang.core.ledger.tests.money import bank_file, returned
from kechuang.core.ledger.wording import cap_words
from kechuang.core.publicity import actions as objections
from kechuang.core.publicity.models import PublicNotice
from kechuang.kit.refusal import NoSuchStep, NotAllowed, Refusal
from kechuang.services.benefits import actions, queries
from kechuang.services.benefits.models import Benefit
from kechuang.services.benefits.tests.desk import ACCOUNT, AFTER, WAN, Desk, tick
from tests.city import NOW

pytestmark = pytest.mark.django_db


def figures(desk: Desk) -> tuple[Any, Any]:
    desk.line.refresh_from_db()
    return desk.line.committed, desk.line.paid


def block(desk: Desk) -> None:
    what = {"decision": "示例信用〔2026〕9号", "start": date(2026, 11, 1), "until": date(2027, 11, 1)}
    what |= {"act": "other", "measures": "示例", "found_on": date(2026, 10, 1), "source": "示例"}
    enter_integrity(subject=desk.fund, content=what, by=None, now=NOW)


def test_30_and_80_million_invested_in_a_year_pay_exactly_10_million_and_name_the_cap(desk: Desk) -> None:
    first = desk.on_notice(3000 * WAN, "示例甲项目")
    second = desk.on_notice(8000 * WAN, "示例乙项目")
    assert (first.amount, second.amount) == (300 * WAN, 700 * WAN)
    words = cap_words(CapTake.objects.get(reason=second.reason))
    assert "每家机构每年累计最高 1000 万元" in words
    assert "超出的 100 万元 不予支付" in words
    tick(now=AFTER)
    for row in (first, second):
        desk.step(row, "approve", desk.city.officer, AFTER)
    results.settle(name="回单.csv", data=desk.answer(*desk.sent(first, second)), by=desk.third, now=AFTER)
    tick(now=AFTER)
    assert figures(desk) == (0, 1000 * WAN)
    assert {row.case.state for row in Benefit.objects.all()} == {"paid"}
    more = queries.live(desk.version, desk.fund, {"invested": WAN, "early": True}, "", AFTER.date()).amount
    assert more is not None
    assert more.payable == 0


def test_the_verdict_is_kept_as_evidence_when_the_claim_is_handed_in(desk: Desk) -> None:
    row = desk.submitted()
    assert row.verdict is not None
    assert (row.verdict.result, row.verdict.amount, row.computed) == ("met", 300 * WAN, 300 * WAN)
    assert row.verdict.facts["invested"] == "30000000"
    again = queries.again(row.verdict).amount
    assert again is not None
    assert again.payable == 300 * WAN


def test_what_is_not_met_or_missing_is_refused_with_the_reason_and_nothing_is_lost(desk: Desk) -> None:
    row = desk.draft(early=False)
    with pytest.raises(Refusal, match="投资种子期项目"):
        desk.step(row, "submit", desk.manager)
    row = actions.change(
        benefit=row, item=row.item, facts={"early": True, "invested": None}, account=ACCOUNT, by=desk.manager, now=NOW
    )
    with pytest.raises(Refusal, match="缺少实际投资额"):
        desk.step(row, "submit", desk.manager)
    assert row.case.state == "draft"


def test_a_claim_without_its_materials_is_refused(desk: Desk) -> None:
    row = desk.draft()
    row.case.materials.update(removed_at=NOW)
    with pytest.raises(Refusal, match="还缺材料：投资协议"):
        desk.step(row, "submit", desk.manager)


def test_the_same_item_of_a_year_is_claimed_once(desk: Desk) -> None:
    row = desk.submitted()
    with pytest.raises(Refusal, match=f"编号 {row.case_id}"):
        desk.draft()
    desk.step(row, "withdraw", desk.manager, reason="mistake")
    assert desk.draft().pk != row.pk


def test_a_supplement_is_asked_for_once(desk: Desk) -> None:
    row = desk.submitted()
    row = desk.step(row, "supplement", desk.checker, note="缺到账凭证；协议缺盖章页。")
    assert row.supplement == "缺到账凭证；协议缺盖章页。"
    row = desk.step(row, "resubmit", desk.manager)
    assert row.case.state == "resubmitted"
    with pytest.raises(NoSuchStep):
        desk.step(row, "supplement", desk.checker, note="再补。")


def test_who_checked_does_not_review(desk: Desk) -> None:
    row = desk.checked()
    with pytest.raises(NotAllowed):
        actions.review(benefit=row, line=desk.line, by=desk.checker, now=NOW)
    assert actions.review(benefit=row, line=desk.line, by=desk.second, now=NOW).case.state == "notice"


def test_the_review_waits_for_somebody_who_may_do_it(desk: Desk) -> None:
    row = desk.submitted()
    assert row.case.assignee is not None
    row = desk.step(row, "check", row.case.assignee)
    assert row.checker is not None
    assert row.case.assignee not in (None, row.checker)


def test_the_review_without_a_line_is_refused(desk: Desk) -> None:
    row = desk.checked()
    with pytest.raises(Refusal, match="预算科目"):
        desk.step(row, "review", desk.second)


def test_an_objection_stops_the_notice_and_a_dismissed_one_lets_it_go_on(desk: Desk) -> None:
    row = desk.on_notice()
    notice = row.case.public_notice
    assert (notice.matter, notice.amount, notice.until) == ("示例创投奖励", 300 * WAN, date(2026, 11, 25))
    made = objections.object_to(notice=row.case.public_notice, text="投资款没有到账。", by=desk.city.stranger, now=NOW)
    tick(now=AFTER)
    row, notice = Benefit.objects.get(pk=row.pk), PublicNotice.objects.get()
    assert (row.case.state, notice.left) == ("objected", 5)
    objections.decide(objection=made, upheld=False, answer="到账凭证已核实。", by=desk.second, now=AFTER)
    row, notice = Benefit.objects.get(pk=row.pk), PublicNotice.objects.get()
    assert (row.case.state, notice.until) == ("notice", date(2026, 12, 4))


def test_an_objection_that_is_upheld_gives_cap_and_budget_back(desk: Desk) -> None:
    row = desk.on_notice()
    made = objections.object_to(notice=row.case.public_notice, text="投资款没有到账。", by=desk.city.stranger, now=NOW)
    assert figures(desk)[0] == 300 * WAN
    objections.decide(objection=made, upheld=True, answer="查实没有到账。", by=desk.second, now=NOW)
    assert Benefit.objects.get(pk=row.pk).case.state == "rejected"
    assert figures(desk)[0] == 0
    assert CapUse.objects.get().used == 0


def test_nobody_objects_to_ones_own_notice(desk: Desk) -> None:
    with pytest.raises(NotAllowed):
        objections.object_to(notice=desk.on_notice().case.public_notice, text="我", by=desk.manager, now=NOW)


def test_who_is_blocked_is_refused_with_the_decision_on_handing_in_and_at_every_later_gate(desk: Desk) -> None:
    early, late = desk.draft(item="示例丙项目"), desk.checked()
    noticed = desk.on_notice(item="示例丁项目")
    tick(now=AFTER)
    block(desk)
    with pytest.raises(Refusal, match="示例信用〔2026〕9号"):
        desk.step(early, "submit", desk.manager)
    with pytest.raises(Refusal, match="示例信用〔2026〕9号"):
        actions.review(benefit=late, line=desk.line, by=desk.second, now=NOW)
    with pytest.raises(Refusal, match="示例信用〔2026〕9号"):
        desk.step(noticed, "approve", desk.second, AFTER)


def test_a_reversed_benefit_gives_back_the_order_the_cap_and_the_budget(desk: Desk) -> None:
    row = desk.ordered()
    desk.step(row, "reverse", desk.second, AFTER, reason="error", note="金额重复。")
    assert PaymentOrder.objects.get().state == "cancelled"
    assert figures(desk) == (0, 0)
    assert CapUse.objects.get().used == 0


def test_what_is_out_for_payment_is_not_reversed(desk: Desk) -> None:
    row = desk.ordered()
    desk.sent(row)
    with pytest.raises(Refusal, match="已送出"):
        desk.step(row, "reverse", desk.city.officer, AFTER, reason="error", note="晚了。")


def test_money_that_the_bank_sends_back_goes_out_again_to_the_corrected_account(desk: Desk) -> None:
    row = desk.ordered()
    order = desk.sent(row)[0]
    results.settle(name="退.csv", data=bank_file(returned(order, on="2026-11-27")), by=desk.third, now=AFTER)
    tick(now=AFTER)
    row = Benefit.objects.get(pk=row.pk)
    assert row.case.state == "returned"
    row = actions.correct_account(
        benefit=row, account=ACCOUNT | {"number": "6222029999999999999"}, by=desk.manager, now=AFTER
    )
    desk.step(row, "renew", desk.city.officer, AFTER)
    renewed = PaymentOrder.objects.get(replaces=order)
    assert (renewed.amount, renewed.tail) == (300 * WAN, "9999")


def test_a_cap_that_is_used_up_is_named_and_reserves_nothing(desk: Desk) -> None:
    first, second = desk.checked(10_000 * WAN), desk.checked(1000 * WAN, "示例乙项目")
    actions.review(benefit=first, line=desk.line, by=desk.second, now=NOW)
    with pytest.raises(Refusal, match="已经用完"):
        actions.review(benefit=second, line=desk.line, by=desk.second, now=NOW)
    with pytest.raises(Refusal, match="“每家机构每年累计最高 1000 万元”已经用完"):
        desk.submitted(item="示例丙项目")
    assert Commitment.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_officers_who_review_at_once_do_not_overspend_the_line(live_desk: Desk) -> None:
    desk = live_desk
    change_line(line=desk.line, change=-2600 * WAN, document="示例调减1号", by=desk.city.officer, now=NOW)  # 400 left
    rows = [desk.checked(3000 * WAN, "示例甲项目"), desk.checked(3000 * WAN, "示例乙项目")]

    def one(pair: tuple[Benefit, object]) -> str:
        try:
            actions.review(benefit=pair[0], line=desk.line, by=pair[1], now=NOW)
        except Refusal as refusal:
            return refusal.message
        finally:
            connection.close()
        return "ok"

    with ThreadPoolExecutor(2) as pool:
        said = sorted(pool.map(one, zip(rows, (desk.second, desk.third), strict=True)))
    assert "ok" in said
    assert any("可用余额为 100 万元" in words for words in said)
    assert figures(desk)[0] == 300 * WAN
    assert CapUse.objects.get().used == 300 * WAN
