"""恢复 restore: the database and the documents from an archive of ``backup``."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from kechuang.kit import backup


class Command(BaseCommand):
    """恢复: replaces everything, so it must be asked for twice."""

    help = "从备份文件恢复，现有数据将被替换 · restore from an archive; what is there now is replaced"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("archive", type=Path)
        parser.add_argument("--yes", action="store_true", help="确认替换现有数据 · yes, replace what is there")

    def handle(self, *_args: Any, **options: Any) -> None:
        if not options["yes"]:
            raise CommandError("现有数据将被替换；确认请加 --yes · this replaces all data; confirm by --yes")
        parameters = connection.get_connection_params()
        connection.close()
        try:
            added = backup.restore(parameters, settings.DOCUMENTS_DIR, options["archive"])
        except backup.BackupFailed as error:
            raise CommandError(str(error)) from error
        call_command("migrate", verbosity=0)  # the archive may be older than the program
        self.stdout.write(f"已恢复，补回材料 {added} 份 · restored, {added} documents added")
