"""付款文件 files: what goes to the finance system, and what comes back from the bank. No file holds a formula."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from kechuang.core.ledger.models import Batch, BatchFile, PaymentOrder
from kechuang.core.ledger.payees import number_of
from kechuang.kit.refusal import Refusal
from kechuang.kit.tables import Row, Table, read
from kechuang.kit.workbooks import Head, csv_table, workbook

ORDER, AMOUNT, RESULT, DAY, REFERENCE, WHY = "支付令号", "金额（元）", "结果", "日期", "银行流水号", "退回原因"
PAID, RETURNED = "已付", "退回"
# Files are read by another system: their heads stay Chinese whatever language the reader has.
_OUT = (
    Head("序号", width=6),
    Head("批次号", width=16),
    Head(ORDER, "本系统的支付令编号，回单按它核对", width=18),
    Head("收款人户名", width=30),
    Head("收款人账号", width=26),
    Head("开户银行", width=30),
    Head("联行号", width=16),
    Head(AMOUNT, width=16),
    Head("用途", width=30),
    Head("预算年度", width=10),
    Head("科目代码", width=14),
    Head("预算科目", width=26),
    Head("依据", width=30),
    Head("统一社会信用代码", width=22),
)
RESULT_HEADS = (
    Head(ORDER, "与付款文件一致，例如 KC-ZF-00000017", required=True, width=18),
    Head(AMOUNT, "须与支付令一致", required=True, width=16),
    Head(RESULT, "银行是否已付", required=True, choices=(PAID, RETURNED), width=10),
    Head(DAY, "银行付款或退回的日期，例如 2026-11-20", required=True, width=14),
    Head(REFERENCE, "银行的交易流水号", width=24),
    Head(WHY, "退回时必填", width=30),
)


def _row(number: int, batch: Batch, order: PaymentOrder) -> tuple[Any, ...]:
    line = order.commitment.line
    return (
        number,
        str(batch),
        str(order),
        order.account_name,
        number_of(order),
        order.bank,
        order.bank_code,
        order.amount,
        order.purpose,
        line.year,
        line.code,
        line.label,
        order.basis,
        order.payee.uscc,
    )


def outgoing(batch: Batch, orders: Sequence[PaymentOrder]) -> dict[str, bytes]:
    """The files of a batch by kind; their bytes are kept, so that they can be given out again unchanged."""
    rows = [_row(number, batch, order) for number, order in enumerate(orders, 1)]
    guide = (f"批次号：{batch}", f"笔数：{batch.count}", f"控制总额（元）：{batch.total}", "请核对笔数和总额后付款。")
    return {
        BatchFile.Kind.XLSX: workbook(sheet="付款明细", heads=_OUT, rows=rows, guide=guide),
        BatchFile.Kind.CSV: csv_table([head.label for head in _OUT], rows),
    }


def result_form(orders: Sequence[PaymentOrder]) -> bytes:
    """An Excel file in which the results of these orders can be typed, where the bank sends no file."""
    guide = ("每行填一张支付令的结果，没有结果的行请删去。", "金额或编号不符的行不会入账，会逐行说明原因。")
    rows = [(str(order), order.amount) for order in orders]
    return workbook(sheet="支付结果", heads=RESULT_HEADS, rows=rows, guide=guide)


@dataclass(frozen=True)
class Result:
    """回单行: what a line of the bank's file says. ``problem`` is what is wrong with the line by itself."""

    number: int
    order: str
    amount: Decimal
    returned: bool
    on: date
    reference: str
    why: str
    problem: str = ""


def incoming(name: str, data: bytes) -> list[Result]:
    """The lines of the bank's file; Refusal where it is no such file at all."""
    table = read(name, data)
    missing = [head.label for head in RESULT_HEADS if head.required and head.label not in table.heads]
    if missing:
        words = _("文件缺少列：%(heads)s。请用本页的结果模板，或改好表头后重新上传。") % {"heads": "、".join(missing)}
        raise Refusal(words, fields={"file": words})
    return [_result(table, row) for row in table.rows]


def _result(table: Table, row: Row) -> Result:
    values = {head: str(row.values.get(head, "")).strip() for head in (h.label for h in RESULT_HEADS)}
    problems = []
    amount, on = Decimal(0), date.min
    try:
        amount = Decimal(values[AMOUNT].replace(",", "").replace("，", ""))
        if not amount.is_finite():
            raise InvalidOperation
    except InvalidOperation:
        problems.append(_("%(cell)s 金额不是数字") % {"cell": table.cell(AMOUNT, row.number)})
    try:
        on = date.fromisoformat(values[DAY][:10].replace("/", "-"))
    except ValueError:
        problems.append(_("%(cell)s 日期应写成 2026-11-20 的样子") % {"cell": table.cell(DAY, row.number)})
    if values[RESULT] not in (PAID, RETURNED):
        problems.append(_("%(cell)s 结果应为“已付”或“退回”") % {"cell": table.cell(RESULT, row.number)})
    if values[RESULT] == RETURNED and not values[WHY]:
        problems.append(_("%(cell)s 退回须写原因") % {"cell": table.cell(WHY, row.number)})
    return Result(
        row.number,
        values[ORDER],
        amount,
        values[RESULT] == RETURNED,
        on,
        values[REFERENCE][:60],
        values[WHY][:300],
        "；".join(problems),
    )
