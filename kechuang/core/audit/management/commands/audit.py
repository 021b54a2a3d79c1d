"""manage.py audit verify: checks the chain of events."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from kechuang.core.audit.actions import GENESIS, fingerprint
from kechuang.core.audit.models import Event


class Command(BaseCommand):
    """留痕核验."""

    help = "核验留痕链：每条记录的指纹和前后相连关系。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("what", choices=["verify"])

    def handle(self, *args: Any, **options: Any) -> None:
        previous, count = GENESIS, 0
        for event in Event.objects.order_by("id").iterator(chunk_size=2000):
            if event.previous != previous or event.hash != fingerprint(event):
                raise CommandError(f"留痕链在第 {event.pk} 条断裂：内容或前后关系被改动。")
            previous, count = event.hash, count + 1
        self.stdout.write(f"留痕链完整，共 {count} 条。")
