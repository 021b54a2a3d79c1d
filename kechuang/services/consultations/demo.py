"""演示征求意见: fictional drafts of the demo bureau: one open, one published with its table, one that is prepared."""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.utils import timezone

from kechuang.core.cases.actions import advance
from kechuang.core.parties.models import Mandate, Post, User
from kechuang.services.consultations import actions, commenting
from kechuang.services.consultations.clock import tick
from kechuang.services.consultations.models import Comment, Consultation

NOTE = "演示文本，内容虚构，不是任何机关的文件。"
CARS = """第一条 为方便企业共用中试装置，制定本办法（示例）。

第二条 示例中试平台对外服务满一年的，可以申请示例补助。

第三条 补助按当年对外服务收入的 10% 计算，每家每年最高 100 万元。

第四条 申请单位每年 3 月提交上一年度的服务合同和到账凭证。

第五条 弄虚作假的，取消资格并追回补助。"""
VOUCHER = """第一条 为降低小微企业检测成本，发放示例检测券。

第二条 员工 50 人以下的科技型企业可以领取，每家每年一次。

第三条 每张面额 5000 元，有效期六个月。"""
STAGES = (
    ("research", 60, "示例调研组，12 家企业", "走访 12 家企业，多数希望按实际支出补助，并减少重复提交的材料。"),
    ("experts", 40, "示例专家组 5 人", "专家认为按收入比例可行，建议设上限，并写明计算口径。"),
    ("risk", 30, "示例评估机构", "财政承受能力和廉政风险为低，舆情风险为低。"),
)
# Who, on which clause, what, outcome, answer.
TOLD = (
    (
        "e24.admin@demo.example",
        2,
        "员工 50 人的线太低，请放宽到 100 人。",
        "partly",
        "放宽到 80 人，按上年末社保人数计算。",
    ),
    ("", 2, "希望把 100 人以内的企业都包括进来。", "partly", "放宽到 80 人，按上年末社保人数计算。"),
    ("u01.admin@demo.example", 3, "六个月太短，长周期检测用不完，请改为一年。", "adopted", "已改为一年。"),
    ("", 0, "建议直接发现金。", "declined", "检测券只能用于检测，便于核对用途，因此不改为现金。"),
)
FINALS = {
    2: "第二条 员工 80 人以下的科技型企业可以领取，每家每年一次；人数按上年末社保人数计算。",
    3: "第三条 每张面额 5000 元，有效期一年。",
}
OPEN = (
    ("e24.admin@demo.example", 3, "比例请提高到 20%，设备折旧很高。"),
    ("u01.admin@demo.example", 3, "请写明“服务收入”含不含税。"),
    ("", 4, "每年 3 月太集中，能不能全年受理？"),
)


@transaction.atomic
def load(now: datetime, progress: Callable[[str, int, int], None]) -> int:
    """Enter the drafts where there are none yet; returns how many."""
    held = Post.objects.filter(role=Post.Role.OFFICER, district="", until=None).select_related("user").order_by("pk")
    officer = held[0].user if held else None
    if officer is None or Consultation.objects.exists():
        return 0
    _published(officer, now)
    _open(officer, now)
    plan = actions.Draft("示例场景开放清单管理办法（起草中）", NOTE, "第一条 每季度征集一次场景。", "all", 20)
    actions.prepare(draft=plan, district="", by=officer, now=now)
    progress("consultations", 3, 3)
    return 3


def _begun(title: str, text: str, days: int, officer: User, at: datetime) -> Consultation:
    draft = actions.Draft(title, NOTE, text, "all", days)
    row = actions.prepare(draft=draft, district="", by=officer, now=at)
    for kind, before, who, words in STAGES:
        on = timezone.localdate(at) - timedelta(days=before)
        actions.add_stage(row=row, kind=kind, on=on, who=who, text=words, by=officer, now=at)
    advance(case=row.case, step="begin", by=officer, now=at, quiet=True)
    return actions.locked(row)


def _said(row: Consultation, email: str, number: int, text: str, at: datetime) -> Comment:
    mandate = Mandate.objects.filter(user__email=email, state=Mandate.State.ACTIVE).select_related("user", "party")
    who = mandate.first() if email else None
    said = commenting.Said(
        text=text, clause=row.clauses.filter(number=number).first(), party=who.party if who is not None else None
    )
    return commenting.comment(row=row, said=said, by=who.user if who is not None else AnonymousUser(), now=at)


def _published(officer: User, now: datetime) -> None:
    start = now - timedelta(days=50)
    row = _begun("示例检测券发放办法（征求意见稿）", VOUCHER, 10, officer, start)
    comments = []
    for email, number, text, outcome, answer in TOLD:
        comment = _said(row, email, number, text, start + timedelta(days=2))
        if comment.case.state == "held":
            comment = commenting.moderate(comment=comment, show=True, by=officer, now=start + timedelta(days=3))
        comments.append((comment, outcome, answer))
    commenting.group(
        comments=[c for c, _outcome, _answer in comments[:2]],
        topic="放宽人数",
        by=officer,
        now=start + timedelta(days=3),
    )
    end = now - timedelta(days=20)
    tick(now=end)
    for comment, outcome, answer in comments:
        commenting.answer(comments=[comment], outcome=outcome, text=answer, by=officer, now=end)
    finals: dict[int, str | None] = {row.clauses.get(number=n).pk: text for n, text in FINALS.items()}
    words = "收到 4 条意见，采纳 1 条，部分采纳 2 条，未采纳 1 条。" + NOTE
    actions.keep_result(row=row, finals=finals, result=words, by=officer, now=end)
    actions.publish(row=row, by=officer, now=end)


def _open(officer: User, now: datetime) -> None:
    row = _begun("示例中试平台开放服务补助办法（征求意见稿）", CARS, 20, officer, now - timedelta(days=6))
    for email, number, text in OPEN:
        _said(row, email, number, text, now - timedelta(days=3))
