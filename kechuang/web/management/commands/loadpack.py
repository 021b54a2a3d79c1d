"""manage.py loadpack REGION: loads code lists, calendar, agreement and task forces of the nation and of a region."""

from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from kechuang.core.catalogue.models import get
from kechuang.core.disclosure.actions import load_default
from kechuang.core.policy.loading import load_policies
from kechuang.core.taskforces.loading import load_teams
from kechuang.core.vocab.actions import load_terms
from kechuang.core.vocab.calendar import load_calendar
from kechuang.kit.refusal import Refusal
from kechuang.web import clock


class Command(BaseCommand):
    """载入地区包; running it again brings the lists and the calendar up to date."""

    help = "载入国家和地区的代码表 · load the code lists of a region pack"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("region")

    def handle(self, *args: Any, **options: Any) -> None:
        for pack in ("national", options["region"]):
            path = settings.PACKS_DIR / pack / "terms.toml"
            if not path.exists():
                raise CommandError(f"没有地区包 {pack}：缺少 {path.name} · no such pack")
            try:
                count = load_terms(path=path)
            except Refusal as error:
                raise CommandError(str(error)) from error
            self.stdout.write(f"  {pack}：{count} 项")
        self._calendar()
        self._policies(options["region"])
        self._agreement(settings.PACKS_DIR / options["region"] / "nda.toml")
        self._teams(settings.PACKS_DIR / options["region"] / "taskforces.jsonl")
        self._rows(settings.PACKS_DIR / options["region"])

    def _rows(self, folder: Path) -> None:
        """A row of the service list may keep data of its own in the pack: its ``pack.py`` loads them."""
        for row in settings.SERVICES:
            if find_spec(f"kechuang.services.{row}.pack") is None:
                continue
            try:
                count = import_module(f"kechuang.services.{row}.pack").load(folder, now=clock.now())
            except Refusal as error:
                raise CommandError(str(error)) from error
            self.stdout.write(f"  {get(row).name}：{count} 项")

    def _teams(self, path: Path) -> None:
        """The task forces that the city names; who has no account or post yet gets the seat with a later run."""
        if not path.exists():
            return
        waits: list[str] = []
        try:
            made = load_teams(path=path, now=clock.now(), waits=waits)
        except Refusal as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"  服务专班：新设 {made} 个")
        for words in waits:
            self.stdout.write(f"    待补 · left for later：{words}")

    def _policies(self, region: str) -> None:
        for pack in ("national", region):
            try:
                count = load_policies(folder=settings.PACKS_DIR / pack, now=clock.now())
            except Refusal as error:
                raise CommandError(str(error)) from error
            self.stdout.write(f"  政策规则包（{pack}）：{count} 个")

    def _agreement(self, path: Path) -> None:
        if path.exists():  # a region without one has no contents behind an agreement, until a party writes its own
            text = load_default(path=path, now=clock.now())
            self.stdout.write(f"  {text.title}：第 {text.version} 版")

    def _calendar(self) -> None:
        try:
            days = load_calendar(path=settings.PACKS_DIR / "national" / "calendar.toml")
        except Refusal as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"  工作日历：{days} 天")
