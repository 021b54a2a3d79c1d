#!/usr/bin/env python
"""命令行入口 command line: starts the embedded database when no other is named, then runs Django."""

import contextlib
import os
import sys
from pathlib import Path

from django.core.management import execute_from_command_line

from kechuang.kit.postgres import Server, ServerUnavailable

# These need no database, or start it themselves.
WITHOUT_DATABASE = {"help", "up", "compilemessages", "makemessages", "collectstatic", "reference"}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kechuang.settings")
    home = Path(os.environ.get("KECHUANG_VAR") or Path(__file__).resolve().parent / "var") / "pg"
    command = sys.argv[1] if len(sys.argv) > 1 else "help"
    embedded = not os.environ.get("DATABASE_URL") and command not in WITHOUT_DATABASE
    try:
        with Server(home) if embedded else contextlib.nullcontext():
            execute_from_command_line(sys.argv)
    except ServerUnavailable as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
