"""收款账户 payees: a bank account as it is typed, checked, sealed and shown."""

import re
from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext as _

from kechuang.core.ledger.models import PaymentOrder
from kechuang.core.parties.models import Party
from kechuang.kit.refusal import Refusal
from kechuang.kit.seal import seal, unseal

_NUMBER = re.compile(r"[0-9]{6,30}")
_BANK_CODE = re.compile(r"[0-9]{12}")


@dataclass(frozen=True)
class Payee:
    """收款人: the party, and the account into which it is paid."""

    party: Party
    account_name: str
    bank: str
    number: str
    bank_code: str = ""


def checked(payee: Payee) -> Payee:
    """The payee without the blanks that people type into numbers; raises Refusal naming every wrong field."""
    clean = Payee(
        payee.party,
        payee.account_name.strip(),
        payee.bank.strip(),
        re.sub(r"[\s-]", "", payee.number),
        re.sub(r"[\s-]", "", payee.bank_code),
    )
    wrong = {}
    if not 0 < len(clean.account_name) <= 120:
        wrong["account_name"] = _("请填写户名，不超过 120 个字。")
    if not 0 < len(clean.bank) <= 120:
        wrong["bank"] = _("请填写开户银行，写到支行，不超过 120 个字。")
    if not _NUMBER.fullmatch(clean.number):
        wrong["number"] = _("账号应为 6 至 30 位数字，请核对。")
    if clean.bank_code and not _BANK_CODE.fullmatch(clean.bank_code):
        wrong["bank_code"] = _("联行号应为 12 位数字；不清楚可以不填。")
    if wrong:
        raise Refusal(_("收款账户填写有误：%(words)s") % {"words": " ".join(wrong.values())}, fields=wrong)
    return clean


def sealed(data: bytes) -> bytes:
    """The bytes, sealed with the city's key."""
    return seal(data, settings.SEAL_KEYS)


def opened(data: bytes | memoryview) -> bytes:
    """The bytes again; raises Refusal where the city has lost the key."""
    plain = unseal(bytes(data), settings.SEAL_KEYS)
    if plain is None:
        raise Refusal(_("账号无法解密：加密密钥已更换或数据被改动。请联系系统管理员恢复原来的 SEAL_KEYS。"))
    return plain


def number_of(order: PaymentOrder) -> str:
    """The whole account number; for the file to the bank only."""
    return opened(order.number_sealed).decode()
