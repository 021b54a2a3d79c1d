"""训练匹配权重 train_matching: learns the weights of the reasons from the verdicts; adopts them if better."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from kechuang.core.matching.adoption import adopt, roll_back
from kechuang.core.matching.training import train
from kechuang.kit.refusal import Refusal


class Command(BaseCommand):
    """训练匹配权重: prints the report; keeps it with the version, which is put in force only on demand."""

    help = "用评判训练匹配权重：在留出的需求上胜过现行权重才能启用 · learn the weights of matching from verdicts"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--report", type=Path, help="把报告另存为文件")
        parser.add_argument("--folds", type=int, default=5, help="交叉验证的份数，2 到 10")
        what = parser.add_mutually_exclusive_group()
        what.add_argument("--adopt", action="store_true", help="胜过现行权重时立即启用")
        what.add_argument("--dry-run", action="store_true", help="只看报告，不留版本")
        what.add_argument("--rollback", action="store_true", help="不训练，退回上一版权重")

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()  # noqa: TID251 - a command reads the clock
        try:
            if options["rollback"]:
                former = roll_back(by=None, now=now)
                self.stdout.write(f"已退回：{f'w{former.version}' if former else '代码中写定的权重'}。匹配随后重算。")
                return
            if not 2 <= options["folds"] <= 10:
                raise CommandError("--folds 应在 2 到 10 之间。")
            version = train(by=None, now=now, folds=options["folds"], keep=not options["dry_run"])
            self.stdout.write(version.report)
            if options["report"]:
                options["report"].write_text(version.report, "utf-8")
            if options["adopt"] and version.better:
                adopt(version=version, by=None, now=now)
                self.stdout.write(f"已启用 w{version.version}。匹配随后重算。")
        except Refusal as refusal:
            raise CommandError(refusal.message) from refusal
