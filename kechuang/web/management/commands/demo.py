"""manage.py demo [--scale N]: loads the fictional demo city, and makes it larger for load tests."""

import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from kechuang.core.search.actions import embed_pending, pending_count
from kechuang.web import clock
from kechuang.web.demo import DemoCity
from kechuang.web.demo_scale import grow

LARGEST = 10


class Command(BaseCommand):
    """载入演示城市; running it again adds only what is missing."""

    help = "载入虚构的演示城市；--scale 10 生成到来源文件给出的规模 · load the fictional demo city"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--scale", type=int, default=1, help="1（默认）到 10（3 200 项成果、900 项需求……）")
        parser.add_argument("--seed", type=int, default=2028)
        parser.add_argument("--no-embed", action="store_true", help="不计算语义向量，留给后台任务")

    def handle(self, *args: Any, **options: Any) -> None:
        if not 1 <= options["scale"] <= LARGEST:
            raise CommandError(f"--scale 应在 1 到 {LARGEST} 之间。")
        city = DemoCity(settings.PACKS_DIR / settings.REGION / "demo", clock.now(), self.progress)
        made = city.load()
        if options["scale"] > 1:
            made = {k: made.get(k, 0) + n for k, n in grow(city, options["scale"], options["seed"]).items()}
        if not options["no_embed"] and pending_count():
            embed_pending(progress=lambda done, total: self.progress("embeddings", done, total))
        made |= city.load_rows()
        if any(made.values()):
            self.stdout.write("  新增：" + "，".join(f"{k} {n}" for k, n in made.items() if n))

    def progress(self, what: str, done: int, total: int) -> None:
        """One line that counts up; in a log, a line at every quarter."""
        if sys.stdout.isatty():
            self.stdout.write(f"\r  {what} {done}/{total}", ending="\n" if done == total else "")
        elif done == total or done % max(1, total // 4) == 0:
            self.stdout.write(f"  {what} {done}/{total}")
