"""manage.py reference [--check]: writes docs/reference from the program."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from kechuang.web.reference import differing, write


class Command(BaseCommand):
    """参考页: the pages follow from the code, never the other way round."""

    help = "重新生成 docs/reference；--check 只核对 · write docs/reference anew; --check only compares"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--check", action="store_true", help="与程序不一致时以 1 退出 · exit 1 where a page differs"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        folder = Path(settings.BASE_DIR) / "docs" / "reference"
        if options["check"]:
            if names := differing(folder):
                raise CommandError(f"与程序不一致，请运行 make docs · differ: {'、'.join(names)}", returncode=1)
            return
        for name in write(folder):
            self.stdout.write(f"已更新 · written: docs/reference/{name}")
