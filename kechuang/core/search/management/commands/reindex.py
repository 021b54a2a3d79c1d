"""重建索引: embed what is pending, or compute everything anew; shows progress and may be killed and called again."""

import time
from argparse import ArgumentParser
from collections.abc import Callable

from django.core.management.base import BaseCommand

from kechuang.core.search.actions import embed_pending, rebuild


class Command(BaseCommand):
    """重建索引: indexes everything anew, with progress."""

    help = "检索索引：补算待嵌入的向量（默认），或以 --all 全部重算；可随时中断，再次运行即从中断处继续"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--all", action="store_true", help="重新切分全部文本、重算词频，并核对全部向量")

    def handle(self, **options: bool) -> None:
        if options["all"]:
            rebuild(self._progress("关键词"))
        done = embed_pending(progress=self._progress("向量"))
        self.stdout.write(f"完成，向量 {done} 篇")

    def _progress(self, label: str) -> Callable[[int, int], None]:
        started = time.monotonic()

        def show(done: int, total: int) -> None:
            rate = done / max(time.monotonic() - started, 1e-3)
            left = (total - done) / rate if rate else 0.0
            self.stderr.write(f"\r{label} {done}/{total}，每秒 {rate:.0f} 篇，约剩 {left:.0f} 秒  ", ending="")
            self.stderr.flush()
            if done >= total:
                self.stderr.write("")

        return show
