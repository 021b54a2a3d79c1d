"""备份与恢复：one archive with the database (``pg_dump``) and the documents; the database comes back whole or not."""

import os
import shutil
import subprocess
import tempfile
import zipfile
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from kechuang.kit.postgres import binaries

DUMP, DOCUMENTS = "database.dump", "documents/"
EMPTY = "DROP SCHEMA public CASCADE; CREATE SCHEMA public AUTHORIZATION pg_database_owner"
AS_ANYBODY = ("--no-owner", "--no-privileges")


class BackupFailed(RuntimeError):  # noqa: N818
    """备份或恢复失败: the message says why; the database is as before."""


def save(database: Mapping[str, Any], documents: Path, folder: Path, *, now: datetime) -> Path:
    """备份: writes ``folder/kechuang-YYYYmmdd-HHMMSS.zip``, readable by its owner only; returns its path.

    ``database`` has the parameters of ``psycopg.connect``. It is dumped first: documents are only ever added, so
    each one that the dump names is in the archive. Raises ``BackupFailed``.
    """
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"kechuang-{now:%Y%m%d-%H%M%S}.zip"
    partial = target.with_suffix(".partial")
    try:
        with zipfile.ZipFile(partial, "w") as archive:
            partial.chmod(0o600)
            with tempfile.TemporaryFile(dir=folder) as dump:
                _run(["pg_dump", "--format=custom", *AS_ANYBODY], database, stdout=dump)
                dump.seek(0)
                with archive.open(DUMP, "w", force_zip64=True) as entry:
                    shutil.copyfileobj(dump, entry, 1 << 20)
            for path in sorted(p for p in documents.rglob("*") if p.is_file()):
                archive.write(path, DOCUMENTS + path.relative_to(documents).as_posix())
        partial.rename(target)
    finally:
        partial.unlink(missing_ok=True)
    return target


def restore(database: Mapping[str, Any], documents: Path, source: Path) -> int:
    """恢复: replaces the database by that of an archive and adds the archive's documents; how many it added.

    Emptying and filling the database are one transaction. Raises ``BackupFailed``.
    """
    documents.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        with zipfile.ZipFile(source) as archive, tempfile.TemporaryDirectory(dir=documents.parent) as scratch:
            if broken := archive.testzip():
                raise BackupFailed(f"{source} 已损坏：{broken} · is damaged")
            archive.extractall(scratch)
            found = Path(scratch)
            added = _add(found / DOCUMENTS, documents)
            with (found / DUMP).open("rb") as dump, (found / "script.sql").open("wb") as script:
                _run(["pg_restore", *AS_ANYBODY, "--file=-"], {}, stdin=dump, stdout=script)
            _run(
                [
                    *("psql", "--no-psqlrc", "--quiet", "--output=/dev/null", "--set=ON_ERROR_STOP=1"),
                    *("--single-transaction", f"--command={EMPTY}", f"--file={found / 'script.sql'}"),
                ],
                database,
            )
    except (OSError, zipfile.BadZipFile) as error:
        raise BackupFailed(f"{source} 不是完整的备份文件 · is not a complete backup: {error}") from error
    return added


def prune(folder: Path, keep: int) -> list[Path]:
    """清理: removes all but the newest ``keep`` (≥ 1) archives of a folder; returns those removed."""
    old = sorted(folder.glob("kechuang-*.zip"))[:-keep]
    for path in old:
        path.unlink()
    return old


def _add(new: Path, place: Path) -> int:
    """Moves in the documents that are missing: a document is named by its content, so others are the same."""
    missing = [p for p in new.rglob("*") if p.is_file() and not (place / p.relative_to(new)).exists()]
    for path in missing:
        target = place / path.relative_to(new)
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.replace(target)
        target.chmod(0o600)
    return len(missing)


def _run(
    command: list[str],
    database: Mapping[str, Any],
    stdin: IO[bytes] | int = subprocess.DEVNULL,
    stdout: IO[bytes] | None = None,
) -> None:
    """Runs a PostgreSQL program; the password goes by the environment, where other users cannot see it."""
    names = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD", "dbname": "PGDATABASE"}
    environment = {variable: str(database[name]) for name, variable in names.items() if database.get(name)}
    program, *options = command
    done = subprocess.run(  # noqa: S603
        [binaries() / program, *options],
        env={**os.environ, **environment},
        stdin=stdin,
        stdout=stdout,
        stderr=subprocess.PIPE,
        check=False,
    )
    if done.returncode:
        raise BackupFailed(f"{program}: {done.stderr.decode('utf-8', 'replace').strip()}")
