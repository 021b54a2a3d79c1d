"""兑付世界 grants: benefits of the company in several states, a line, an order, for tests/test_urls.py."""

from dataclasses import dataclass
from decimal import Decimal

from kechuang.core.cases.actions import advance, attach
from kechuang.core.dossier.actions import report
from kechuang.core.ledger.actions import budget, results
from kechuang.core.ledger.models import Batch, BudgetLine, PaymentOrder
from kechuang.core.ledger.tests.money import bank_file, paid
from kechuang.core.parties.actions import appoint
from kechuang.core.policy.loading import load_pack
from kechuang.core.publicity.actions import object_to
from kechuang.core.publicity.models import Objection
from kechuang.services.benefits import actions, paying, runs
from kechuang.services.benefits.models import BankFile, Benefit, Run
from kechuang.services.benefits.tests.desk import ACCOUNT, AFTER, AUTO, VC, tick
from tests.city import NOW, City, person


@dataclass
class Grants:
    """The company's benefits: checked by the district's officer, reviewed by the city's."""

    draft: Benefit
    checked: Benefit
    noticed: Benefit
    paid: Benefit  # its notice is over
    objection: Objection
    order: PaymentOrder  # drafted
    line: BudgetLine
    offered: Benefit
    run: Run
    batch: Batch | None
    sent: PaymentOrder  # and paid
    file: BankFile


def grants(city: City) -> Grants:
    """All of them."""
    version = load_pack(text=VC.replace('["finance"]', '["enterprise"]'), file="test-vc.toml", now=NOW)
    line = budget.open_line(
        year=2026, code="2060404", label="示例奖励资金", authority="qd-kjj", amount=Decimal(9_000_000),
        basis="示例预〔2026〕2号", by=city.officer, now=NOW,
    )  # fmt: skip

    def claim(item: str) -> Benefit:
        facts = {"invested": Decimal(1_000_000), "early": True}
        row = actions.start(
            version=version, party=city.company, item=item, facts=facts, account=ACCOUNT, by=city.engineer, now=NOW
        )
        attach(case=row.case, name="协议.pdf", chunks=[b"%PDF-1.4"], label="投资协议", by=city.engineer, now=NOW)
        return row

    def checked(item: str) -> Benefit:
        row = claim(item)
        case = advance(case=row.case, step="submit", by=city.engineer, now=NOW)
        advance(case=case, step="check", by=city.district_officer, now=NOW)
        return Benefit.objects.get(pk=row.pk)

    drafted = actions.review(benefit=checked("支付"), line=line, by=city.officer, now=NOW)
    claim_paid = actions.review(benefit=checked("到账"), line=line, by=city.officer, now=NOW)
    tick(now=AFTER)
    for row in (drafted, claim_paid):
        advance(case=Benefit.objects.get(pk=row.pk).case, step="approve", by=city.officer, now=AFTER)
    noticed = actions.review(benefit=checked("公示"), line=line, by=city.officer, now=AFTER)
    objected = actions.review(benefit=checked("异议"), line=line, by=city.officer, now=AFTER)
    sent = _paid(city, line, claim_paid)
    run, offered = _run(city, line)
    return Grants(
        draft=claim("草稿"),
        checked=checked("复核"),
        noticed=noticed,
        paid=claim_paid,
        objection=object_to(notice=objected.case.public_notice, text="投资款没有到账。", by=city.stranger, now=AFTER),
        order=PaymentOrder.objects.get(reason=drafted.reason),
        line=line,
        offered=offered,
        run=run,
        batch=sent.batch,
        sent=sent,
        file=BankFile.objects.create(name="回单.csv", data=bank_file(paid(sent)), by=city.officer, at=AFTER),
    )


def _paid(city: City, line: BudgetLine, row: Benefit) -> PaymentOrder:
    """An order that three people of the city brought to the bank and back."""
    second, third = person("grants-second"), person("grants-third")
    for user in (second, third):
        appoint(user=user, role="officer", by=None, now=NOW)
    order = PaymentOrder.objects.get(reason=row.reason)
    paying.approve(order=order, by=second, now=AFTER)
    paying.send(numbers=[order.pk], by=third, now=AFTER)
    results.settle(name="已付.csv", data=bank_file(paid(order, on="2026-11-27")), by=third, now=AFTER)
    tick(now=AFTER)
    return PaymentOrder.objects.select_related("batch").get(pk=order.pk)


def _run(city: City, line: BudgetLine) -> tuple[Run, Benefit]:
    """A run whose only firm is asked, and one that waits for its confirmation."""
    version = load_pack(text=AUTO, file="test-auto.toml", now=NOW)
    report(party=city.company, values={2025: {"rd_sme": Decimal(5_000_000)}}, by=city.engineer, now=NOW)
    first = runs.compute(version=version, district="", on=NOW.date(), by=city.officer, now=NOW)
    waits = runs.compute(version=version, district="", on=NOW.date(), by=city.officer, now=NOW)
    runs.confirm(run=first, line=line, by=city.officer, now=NOW)
    runs.open_all(first.pk, now=NOW)
    return waits, Benefit.objects.get(run=first)
