"""演示兑付: fictional budget lines, claims of investors and a run without application, in every state.

The claims of the first investor are the worked case: 30 and 80 million invested in a year pay exactly 10 million.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal

from kechuang.core.cases.actions import advance, attach
from kechuang.core.cases.models import Case
from kechuang.core.ledger.actions import budget, results
from kechuang.core.ledger.files import AMOUNT, DAY, ORDER, PAID, REFERENCE, RESULT, RETURNED, WHY
from kechuang.core.ledger.models import BudgetLine, PaymentOrder
from kechuang.core.parties.access import posts
from kechuang.core.parties.models import Mandate, Party, Post, User
from kechuang.core.policy.models import PackVersion
from kechuang.core.policy.queries import version_on
from kechuang.core.publicity.actions import object_to
from kechuang.core.publicity.clock import end_notices
from kechuang.core.publicity.models import PublicNotice
from kechuang.kit.workbooks import csv_table
from kechuang.services.benefits import actions, paying, runs
from kechuang.services.benefits.clock import tick
from kechuang.services.benefits.models import Benefit
from kechuang.web.demo_sheets import sheet

AFTER = ("dossiers",)
CLAUSE, AUTOMATIC = "qd-vc10", "qd-rd-grow"
WAN = Decimal(10_000)
LINES = {
    "DEMO-VC": ("示例创投风投奖励资金（虚构）", 3000 * WAN),
    "DEMO-RD": ("示例企业研发投入奖励资金（虚构）", 9000 * WAN),
}
RUN_DISTRICT = "370211"
OBJECTOR, OBJECTION = "e24.admin@demo.example", "示例异议：这家被投企业不在本市，请核实。"
# Investor, item, invested, days since, how far it has come.
STORIES = (
    ("finance01@demo.example", "示例种子项目甲", 3000 * WAN, 45, "paid"),
    ("finance01@demo.example", "示例种子项目乙", 8000 * WAN, 6, "notice"),
    ("finance03@demo.example", "示例种子项目丙", 1200 * WAN, 9, "supplement"),
    ("finance03@demo.example", "示例种子项目丁", 2000 * WAN, 2, "submitted"),
    ("finance03@demo.example", "示例种子项目戊", 800 * WAN, 30, "drafted"),
    ("finance03@demo.example", "示例种子项目己", 600 * WAN, 33, "approved"),
    ("finance03@demo.example", "示例种子项目庚", 500 * WAN, 36, "sent"),
    ("finance03@demo.example", "示例种子项目辛", 400 * WAN, 38, "returned"),
    ("finance03@demo.example", "示例种子项目壬", 300 * WAN, 28, "late"),
    ("finance03@demo.example", "示例种子项目癸", 900 * WAN, 5, "checked"),
    ("finance03@demo.example", "示例人才企业子", 200 * WAN, 7, "objected"),
)
ORDERED = ("drafted", "approved", "sent", "returned", "paid")
FACTS = {"seed_stage": True, "talent_firm": False, "held_long": True}
MISSING = "投资款到账凭证看不清金额；持股证明缺盖章页。请一次补齐。"


def load(now: datetime, progress: Callable[[str, int, int], None]) -> int:
    """Enter the stories where there are none yet; returns how many."""
    version = version_on(CLAUSE, now.date())
    officers = _officers()
    if version is None or len(officers) < 3 or Benefit.objects.exists():
        return 0
    line = _line("DEMO-VC", officers[0], now)
    made = sum(_tell(version, line, officers, story, now) for story in STORIES)
    tick(now=now)
    made += _run(officers, now)
    progress("benefits", made, made)
    return made


def _officers() -> list[User]:
    """Officers of the whole city: author, approver and payer are three."""
    held = Post.objects.filter(role=Post.Role.OFFICER, district="", until=None).select_related("user").order_by("pk")
    return [post.user for post in held if posts(post.user, Post.Role.OFFICER).exists()]


def _line(code: str, officer: User, now: datetime) -> BudgetLine:
    found = BudgetLine.objects.filter(year=now.year, code=code).first()
    label, amount = LINES[code]
    return found or budget.open_line(
        year=now.year,
        code=code,
        label=label,
        authority="qd-kjj",
        amount=amount,
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
    if end in ("supplement", "late"):
        _step(row, "supplement", officers[1], at + timedelta(days=2), note=MISSING)
    if end in (*ORDERED, "notice", "objected", "checked"):
        _step(row, "check", officers[0], at + timedelta(days=1))
    if end in (*ORDERED, "notice", "objected"):
        actions.review(benefit=row, line=line, by=officers[1], now=at + timedelta(days=3))
    if end == "objected":
        _object(row, at + timedelta(days=4))
    if end in ORDERED:
        _ordered(row, officers, at + timedelta(days=16), end)
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


def _ordered(row: Benefit, officers: list[User], at: datetime, end: str) -> None:
    """From the end of the notice to wherever the story stops: drafted, approved, sent, answered by the bank."""
    end_notices(now=at)
    _step(row, "approve", officers[0], at)
    order = PaymentOrder.objects.get(reason=row.reason)
    if end == "drafted":
        return
    paying.approve(order=order, by=officers[1], now=at)
    if end == "approved":
        return
    paying.send(numbers=[order.pk], by=officers[2], now=at)
    day = at + timedelta(days=2)
    if end == "sent":  # the bank's file waits for whoever uploaded it to look at and book
        paying.upload(name="示例回单（待入账）.csv", data=_answer(order, day, PAID), by=officers[2], now=day)
        return
    data = _answer(order, day, RETURNED if end == "returned" else PAID)
    results.settle(name="示例回单.csv", data=data, by=officers[2], now=day)
    tick(now=day)


def _answer(order: PaymentOrder, day: datetime, result: str) -> bytes:
    why = "示例：户名与账号不符" if result == RETURNED else ""
    line = (str(order), f"{order.amount}", result, day.date().isoformat(), f"示例流水{order.pk:04d}", why)
    return csv_table((ORDER, AMOUNT, RESULT, DAY, REFERENCE, WHY), [line])


def _run(officers: list[User], now: datetime) -> int:
    """Automatic benefits: the firms of one district were asked; the list of the rest of the city waits."""
    at = now - timedelta(days=3)
    version = version_on(AUTOMATIC, at.date())
    if version is None or at.year != now.year:
        return 0
    run = runs.compute(version=version, district=RUN_DISTRICT, on=at.date(), by=officers[0], now=at)
    if run.rows:
        runs.confirm(run=run, line=_line("DEMO-RD", officers[0], now), by=officers[0], now=at)
        runs.open_all(run.pk, now=at)
    waits = runs.compute(version=version, district="", on=now.date(), by=officers[1], now=now)
    if len(waits.rows) > 1:
        runs.leave_out(run=waits, parties=[waits.rows[0][0]], why="示例：研发费用待核实", by=officers[1], now=now)
    return int(run.benefits.count())


def _object(row: Benefit, at: datetime) -> None:
    objector = User.objects.filter(email=OBJECTOR).first()
    if objector is not None:
        object_to(notice=PublicNotice.objects.get(case=row.case_id), text=OBJECTION, by=objector, now=at)
