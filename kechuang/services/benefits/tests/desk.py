"""兑付测试台: an investor, a paying clause with a yearly cap, a line of the budget, and officers for every part."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from kechuang.core.cases.actions import advance, attach
from kechuang.core.cases.models import Case
from kechuang.core.ledger.actions import budget, orders, payments
from kechuang.core.ledger.models import BudgetLine, PaymentOrder
from kechuang.core.ledger.tests.money import bank_file, paid
from kechuang.core.parties.actions import appoint
from kechuang.core.parties.models import Party, User
from kechuang.core.policy.loading import load_pack
from kechuang.core.policy.models import PackVersion
from kechuang.core.publicity.clock import end_notices
from kechuang.services.benefits import actions
from kechuang.services.benefits.clock import Ticked
from kechuang.services.benefits.clock import tick as follow
from kechuang.services.benefits.models import Benefit
from tests.city import NOW, City, party, person, works_for

WAN = Decimal(10_000)
AFTER = NOW + timedelta(days=9)  # the notice is over
ACCOUNT = {"account_name": "示例早投创投管理有限公司", "bank": "示例银行崂山支行", "number": "6222021234567890123"}
ACCOUNT |= {"bank_code": ""}
VC = """
code = "test-vc"
title = "示例创投奖励"
kind = "benefit"
basis = "示例〔2026〕1号"
authority = "示例科技局"
text_status = "ours"
effective_from = 2026-01-01
facts = ["kind"]

[about]
level = "city"
applicants = ["finance"]
materials = ["投资协议"]

[own.invested]
type = "money"
label = "实际投资额"

[own.early]
type = "bool"
label = "被投的是种子期项目"

[parameters.rate]
label = "奖励比例"
kind = "ratio"
source = "示例"
text_status = "ours"
value = 0.1

[parameters.cap]
label = "每家机构每年累计最高 1000 万元"
kind = "money"
source = "示例"
text_status = "ours"
value = 10_000_000

[[require]]
code = "early"
label = "投资种子期项目"
formula = "early"

[benefit]
kind = "reward"
label = "奖励金额"
formula = "invested * p.rate"
cap = "cap"
cap_scope = "entity-year"

[[example]]
name = "奖励 300 万元"
on = 2026-03-01
facts = {kind = "finance", invested = 30_000_000, early = true}
expect = {result = "met", amount = 3_000_000}

[[example]]
name = "封顶 1000 万元"
on = 2026-03-01
facts = {kind = "finance", invested = 110_000_000, early = true}
expect = {result = "met", amount = 10_000_000, rest = 1_000_000}

[[example]]
name = "不是种子期"
on = 2026-03-01
facts = {kind = "finance", invested = 30_000_000, early = false}
expect = {result = "unmet"}

[[example]]
name = "不知道是不是种子期"
on = 2026-03-01
facts = {kind = "finance", invested = 30_000_000}
expect = {result = "unknown", missing = ["early"]}
"""


AUTO = """
code = "test-auto"
title = "示例研发补助"
kind = "benefit"
basis = "示例〔2026〕3号"
authority = "示例科技局"
text_status = "ours"
effective_from = 2026-01-01
facts = ["rd_sme"]

[about]
level = "city"
applicants = ["enterprise"]

[parameters.least]
label = "研发费用下限"
kind = "money"
source = "示例"
text_status = "ours"
value = 1_000_000

[parameters.rate]
label = "补助比例"
kind = "ratio"
source = "示例"
text_status = "ours"
value = 0.1

[parameters.cap]
label = "每家每年最高 100 万元"
kind = "money"
source = "示例"
text_status = "ours"
value = 1_000_000

[[require]]
code = "least"
label = "研发费用达到 {least}"
formula = "rd_sme >= p.least"

[benefit]
kind = "grant"
label = "补助金额"
formula = "rd_sme * p.rate"
cap = "cap"
cap_scope = "entity-year"
automatic = true

[[example]]
name = "50 万元"
on = 2026-03-01
facts = {rd_sme = 5_000_000}
expect = {result = "met", amount = 500_000}

[[example]]
name = "封顶"
on = 2026-03-01
facts = {rd_sme = 50_000_000}
expect = {result = "met", amount = 1_000_000, rest = 4_000_000}

[[example]]
name = "不足"
on = 2026-03-01
facts = {rd_sme = 999_999}
expect = {result = "unmet"}

[[example]]
name = "没有填"
on = 2026-03-01
facts = {}
expect = {result = "unknown", missing = ["rd_sme"]}
"""


def tick(*, now: datetime) -> Ticked:
    """Both clocks: of the public notices, and of benefits."""
    end_notices(now=now)
    return follow(now=now)


@dataclass
class Desk:
    """The people and things of a benefit."""

    city: City
    fund: Party
    manager: User
    checker: User
    second: User
    third: User
    line: BudgetLine
    version: PackVersion

    def draft(self, invested: Any = 30_000_000, item: str = "示例甲项目", *, early: bool = True) -> Benefit:
        row = actions.start(
            version=self.version,
            party=self.fund,
            item=item,
            facts={"invested": Decimal(invested), "early": early},
            account=ACCOUNT,
            by=self.manager,
            now=NOW,
        )
        attach(case=row.case, name="协议.pdf", chunks=[b"%PDF-1.4 x"], label="投资协议", by=self.manager, now=NOW)
        return row

    def step(self, row: Benefit, name: str, by: Any, now: datetime = NOW, **said: Any) -> Benefit:
        advance(case=Case.objects.get(pk=row.case_id), step=name, by=by, now=now, **said)
        return Benefit.objects.get(pk=row.pk)

    def submitted(self, invested: Any = 30_000_000, item: str = "示例甲项目") -> Benefit:
        return self.step(self.draft(invested, item), "submit", self.manager)

    def checked(self, invested: Any = 30_000_000, item: str = "示例甲项目") -> Benefit:
        return self.step(self.submitted(invested, item), "check", self.checker)

    def on_notice(self, invested: Any = 30_000_000, item: str = "示例甲项目") -> Benefit:
        row = self.checked(invested, item)
        return actions.review(benefit=row, line=self.line, by=self.second, now=NOW)

    def ordered(self, invested: Any = 30_000_000, item: str = "示例甲项目") -> Benefit:
        row = self.on_notice(invested, item)
        tick(now=AFTER)
        return self.step(row, "approve", self.city.officer, AFTER)

    def sent(self, *rows: Benefit) -> Sequence[PaymentOrder]:
        found = [PaymentOrder.objects.get(reason=row.reason) for row in rows]
        for order in found:
            orders.approve(order=order, by=self.second, now=AFTER)
        payments.send(orders=[order.pk for order in found], by=self.third, now=AFTER)
        return found

    def answer(self, *found: PaymentOrder) -> bytes:
        return bank_file(*[paid(order, on="2026-11-27") for order in found])


def desk(city: City, amount: Decimal = 3000 * WAN) -> Desk:
    """Three officers of the city besides the one there is, a fund, a line."""
    people = [person(name) for name in ("checker", "second", "third")]
    for user in people:
        appoint(user=user, role="officer", by=None, now=NOW)
    fund = party("finance", "示例早投创投管理有限公司", "91370212MADEM3018C", "370212")
    manager = person("manager")
    works_for(manager, fund, "admin")
    line = budget.open_line(
        year=2026, code="2060404", label="示例创投奖励资金", authority="qd-kjj", amount=amount,
        basis="示例预〔2026〕2号", by=city.officer, now=NOW,
    )  # fmt: skip
    version = load_pack(text=VC, file="test-vc.toml", now=NOW)
    return Desk(city, fund, manager, people[0], people[1], people[2], line, version)
