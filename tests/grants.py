"""兑付世界 grants: benefits of the company in several states, a line, an order, for tests/test_urls.py."""

from dataclasses import dataclass
from decimal import Decimal

from kechuang.core.cases.actions import advance, attach
from kechuang.core.ledger.actions import budget
from kechuang.core.ledger.models import BudgetLine, PaymentOrder
from kechuang.core.policy.loading import load_pack
from kechuang.services.benefits import actions, objections
from kechuang.services.benefits.clock import tick
from kechuang.services.benefits.models import Benefit, Objection
from kechuang.services.benefits.tests.desk import ACCOUNT, AFTER, VC
from tests.city import NOW, City


@dataclass
class Grants:
    """The company's benefits: checked by the district's officer, reviewed by the city's."""

    draft: Benefit
    checked: Benefit
    noticed: Benefit
    objection: Objection
    order: PaymentOrder
    line: BudgetLine


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

    paid = actions.review(benefit=checked("支付"), line=line, by=city.officer, now=NOW)
    tick(now=AFTER)
    advance(case=Benefit.objects.get(pk=paid.pk).case, step="approve", by=city.officer, now=AFTER)
    noticed = actions.review(benefit=checked("公示"), line=line, by=city.officer, now=AFTER)
    objected = actions.review(benefit=checked("异议"), line=line, by=city.officer, now=AFTER)
    return Grants(
        draft=claim("草稿"),
        checked=checked("复核"),
        noticed=noticed,
        objection=objections.object_to(benefit=objected, text="投资款没有到账。", by=city.stranger, now=AFTER),
        order=PaymentOrder.objects.get(reason=paid.reason),
        line=line,
    )
