"""manage.py ledger verify: checks the books."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from kechuang.core.ledger.checks import problems
from kechuang.core.ledger.models import Entry, PaymentOrder


class Command(BaseCommand):
    """账目核验."""

    help = "核验资金账：借贷平衡、不可改动、预算占用、支付令与凭证、限额、付款文件是否一致。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("what", choices=["verify"])

    def handle(self, *args: Any, **options: Any) -> None:
        found = list(problems())
        for words in found:
            self.stderr.write(words)
        if found:
            raise CommandError(f"资金账有 {len(found)} 处不一致，见上。")
        entries, orders = Entry.objects.count(), PaymentOrder.objects.count()
        self.stdout.write(f"资金账一致：凭证 {entries} 张，支付令 {orders} 张。")
