"""演示兑付: a fictional budget line and a few claims of investors in several states."""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal

from kechuang.core.cases.actions import advance, attach
from kechuang.core.cases.models import Case
from kechuang.core.ledger.actions import budget, results
from kechuang.core.ledger.files import AMOUNT, DAY, ORDER, PAID, REFERENCE, RESULT, WHY
from kechuang.core.ledger.models import BudgetLine, PaymentOrder
from kechuang.core.parties.access import posts
from kechuang.core.parties.models import Mandate, Party, Post, User
from kechuang.core.policy.models import PackVersion
from kechuang.core.policy.queries import version_on
from kechuang.core.publicity.clock import end_notices
from kechuang.kit.workbooks import csv_table
from kechuang.services.benefits import actions, paying
from kechuang.services.benefits.clock import tick
from kechuang.services.benefits.models import Benefit
from kechuang.web.demo_sheets import sheet

CLAUSE, CODE = "qd-vc10", "DEMO-VC"
WAN = Decimal(10_000)
LINE = 3000 * WAN
# Investor, item, invested, days since, how far it has come.
STORIES = (
    ("finance01@demo.example", "示例种子项目甲", 3000 * WAN, 45, "paid"),
    ("finance01@demo.example", "示例种子项目乙", 8000 * WAN, 6, "notice"),
    ("finance03@demo.example", "示例种子项目丙", 1200 * WAN, 9, "supplement"),
    ("finance03@demo.example", "示例种子项目丁", 2000 * WAN, 2, "submitted"),
)
FACTS = {"seed_stage": True, "talent_firm": False, "held_long": True}
MISSING = "投资款到账凭证看不清金额；持股证明缺盖章页。请一次补齐。"


def load(now: datetime, progress: Callable[[str, int, int], None]) -> int:
    """Enter the stories where there are none yet; returns how many."""
    version = version_on(CLAUSE, now.date())
    officers = _officers()
    if version is None or len(officers) < 3 or Benefit.objects.exists():
        return 0
    line = _line(officers[0], now)
    made = sum(_tell(version, line, officers, story, now) for story in STORIES)
    progress("benefits", made, made)
    return made


def _officers() -> list[User]:
    """Officers of the whole city: author, approver and payer are three."""
    held = Post.objects.filter(role=Post.Role.OFFICER, district="", until=None).select_related("user").order_by("pk")
    return [post.user for post in held if posts(post.user, Post.Role.OFFICER).exists()]


def _line(officer: User, now: datetime) -> BudgetLine:
    found = BudgetLine.objects.filter(year=now.year, code=CODE).first()
    return found or budget.open_line(
        year=now.year,
        code=CODE,
        label="示例创投风投奖励资金（虚构）",
        authority="qd-kjj",
        amount=LINE,
        basis="示例预〔0000〕0号（虚构）",
        by=officer,
        now=now - timedelta(days=60),
    )


def _tell(
    version: PackVersion,
    line: BudgetLine,
    officers: list[User],
    story: tuple[str, str, Decimal, int, str],
    now: datetime,
) -> bool:
    email, item, invested, days, end = story
    mandate = (
        Mandate.objects.filter(user__email=email, state=Mandate.State.ACTIVE).select_related("user", "party").first()
    )
    at = now - timedelta(days=days)
    if mandate is None or at.year != now.year:
        return False
    row = _claimed(version, mandate.party, mandate.user, item, invested, at)
    _step(row, "submit", mandate.user, at)
    if end == "supplement":
        _step(row, "supplement", officers[1], at + timedelta(days=2), note=MISSING)
    if end in ("notice", "paid"):
        _step(row, "check", officers[0], at + timedelta(days=1))
        actions.review(benefit=row, line=line, by=officers[1], now=at + timedelta(days=3))
    if end == "paid":
        _paid(row, officers, at + timedelta(days=16))
    return True


def _claimed(version: PackVersion, party: Party, by: User, item: str, invested: Decimal, at: datetime) -> Benefit:
    account = {"account_name": party.name, "bank": "示例银行演示支行", "number": "6222020000000000000", "bank_code": ""}
    facts = FACTS | {"invested": invested}
    row = actions.start(version=version, party=party, item=item, facts=facts, account=account, by=by, now=at)
    for label in actions.materials_of(version):
        data = [sheet(label, f"{item}的{label}，演示材料，内容虚构。")]
        attach(case=row.case, name=f"{label[:40]}.pdf", chunks=data, label=label, by=by, now=at)
    return row


def _step(row: Benefit, name: str, by: User, at: datetime, note: str = "") -> None:
    advance(case=Case.objects.get(pk=row.case_id), step=name, by=by, now=at, note=note, quiet=True)


def _paid(row: Benefit, officers: list[User], at: datetime) -> None:
    end_notices(now=at)
    _step(row, "approve", officers[0], at)
    order = PaymentOrder.objects.get(reason=row.reason)
    paying.approve(order=order, by=officers[1], now=at)
    paying.send(numbers=[order.pk], by=officers[2], now=at)
    day = at + timedelta(days=2)
    answer = [(str(order), f"{order.amount}", PAID, day.date().isoformat(), "示例流水0001", "")]
    data = csv_table((ORDER, AMOUNT, RESULT, DAY, REFERENCE, WHY), answer)
    results.settle(name="示例回单.csv", data=data, by=officers[2], now=day)
    tick(now=day)
