"""备份 backup: the database and the documents into one archive."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from kechuang.kit import backup
from kechuang.web.clock import now


class Command(BaseCommand):
    """备份: safe while the city is being used."""

    help = "备份数据库和材料到一个文件 · back up the database and the documents into one archive"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", nargs="?", type=Path, default=settings.VAR_DIR / "backups")
        parser.add_argument("--keep", type=int, help="只保留最新的若干份 · keep only the newest KEEP archives")

    def handle(self, *_args: Any, **options: Any) -> None:
        keep = options["keep"]
        if keep is not None and keep < 1:
            raise CommandError("--keep 至少为 1 · must be at least 1")
        parameters = connection.get_connection_params()
        try:
            made = backup.save(parameters, settings.DOCUMENTS_DIR, options["folder"], now=now())
        except (backup.BackupFailed, OSError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"已备份 · saved: {made}（{made.stat().st_size / 1e6:.1f} MB）")
        for path in backup.prune(options["folder"], keep) if keep else []:
            self.stdout.write(f"已删除旧备份 · removed: {path.name}")
