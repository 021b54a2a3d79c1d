"""支付流程 flow: the states of a payment order and who moves it on."""

from django.utils.translation import gettext_noop

from kechuang.core.ledger import access
from kechuang.kit.access import Rule
from kechuang.kit.workflow import State, Step, Workflow

# Working days within which each should act: our own choice, no source sets them.
DAYS = {"drafted": 3, "approved": 3, "sent": 5}


def _step(name: str, label: str, sources: tuple[str, ...], target: str, by: Rule, *, why: bool = False) -> Step:
    return Step(name, label, sources, target, by, note_required=why, danger=why)


ORDER = Workflow(
    start="drafted",
    states={
        "drafted": State(gettext_noop("待审批"), owner="approver", days=DAYS["drafted"]),
        "approved": State(gettext_noop("待付款"), owner="payer", days=DAYS["approved"]),
        "sent": State(gettext_noop("已送出"), owner="bank", days=DAYS["sent"]),
        "paid": State(gettext_noop("已支付"), end=True),
        "returned": State(gettext_noop("银行已退回"), end=True),
        "cancelled": State(gettext_noop("已作废"), end=True),
    },
    steps=(
        _step("approve", gettext_noop("审批通过"), ("drafted",), "approved", access.approve_order),
        _step("reject", gettext_noop("不予通过"), ("drafted", "approved"), "cancelled", access.approve_order, why=True),
        _step("withdraw", gettext_noop("撤回"), ("drafted",), "cancelled", access.withdraw_order, why=True),
        _step("send", gettext_noop("送出付款"), ("approved",), "sent", access.pay_order),
        _step("settle", gettext_noop("银行已付"), ("sent",), "paid", access.pay_order),
        # A bank may send money back days after it had paid 退汇.
        _step("return", gettext_noop("银行退回"), ("sent", "paid"), "returned", access.pay_order, why=True),
    ),
)
