"""manage.py explain PACK FACTS.json [--on DATE] [--json]: what a rule pack says of one case, on the command line."""

import json
from argparse import ArgumentParser
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from kechuang.core.dossier.facts import catalogue
from kechuang.core.policy.stored import as_data
from kechuang.kit.rules.examples import check_examples
from kechuang.kit.rules.explain import explain
from kechuang.kit.rules.facts import WrongFact, cleaned
from kechuang.kit.rules.packs import Pack
from kechuang.kit.rules.reading import PackRefused, read_file
from kechuang.kit.rules.wording import Words, report


class Command(BaseCommand):
    """讲清一户: one pack, one set of facts, one day; exit code 1 for a pack or facts that cannot be used."""

    help = "用一个规则包计算一户 · explain one case under a rule pack"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("pack", help="规则包代码（如 cn-tech-sme）或 TOML 文件 · code of a pack, or its file")
        parser.add_argument("facts", type=Path, help="事实，JSON 文件 · the facts as a JSON file")
        parser.add_argument("--on", type=date.fromisoformat, help="哪一天，默认今天 · the day, today by default")
        parser.add_argument(
            "--used", type=Decimal, default=Decimal(0), help="限额中已用的金额（元） · used under the cap"
        )
        parser.add_argument("--json", action="store_true", help="输出 JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        pack = self._pack(options["pack"])
        facts = self._facts(options["facts"], pack)
        verdict = explain(pack, facts, on=options["on"] or timezone.localdate(), used=options["used"])
        if options["json"]:
            self.stdout.write(json.dumps(as_data(verdict), ensure_ascii=False, indent=1))
            return
        for line in report(verdict, Words()):
            self.stdout.write(line)

    def _pack(self, name: str) -> Pack:
        paths = [Path(name)] if name.endswith(".toml") else sorted(settings.PACKS_DIR.glob(f"*/policies/{name}.toml"))
        if not paths or not paths[0].is_file():
            raise CommandError(f"没有规则包 {name} · no such pack")
        try:
            pack = read_file(paths[0], catalogue())
            check_examples(pack, file=paths[0].name)
        except PackRefused as refused:
            raise CommandError(f"规则包不能使用：\n{refused}") from refused
        return pack

    def _facts(self, path: Path, pack: Pack) -> dict[str, Any]:
        try:
            given = json.loads(path.read_text("utf-8"), parse_float=Decimal)
        except (OSError, ValueError) as error:
            raise CommandError(f"事实文件读不出来：{error}") from error
        if not isinstance(given, Mapping):
            raise CommandError('事实文件应是一个 JSON 对象：{"staff_sme": 100, …}')
        unknown = sorted(given.keys() - pack.facts.keys())
        if unknown:
            raise CommandError(f"这个规则包不用这些事实：{'、'.join(unknown)}")
        try:
            return {code: cleaned(pack.facts[code], value) for code, value in given.items()}
        except WrongFact as wrong:
            raise CommandError(str(wrong)) from wrong
