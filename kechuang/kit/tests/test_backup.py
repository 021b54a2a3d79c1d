"""备份与恢复: a real database, dumped and restored."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest

from kechuang.kit import backup
from kechuang.kit.backup import BackupFailed
from kechuang.kit.postgres import Server, django_settings

NOW = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    home = tmp_path_factory.mktemp("备份 pg")
    with Server(home):
        settings = django_settings(home)
        yield {
            "host": settings["HOST"],
            "port": settings["PORT"],
            "user": settings["USER"],
            "dbname": settings["NAME"],
        }


@pytest.fixture
def documents(tmp_path: Path) -> Path:
    place = tmp_path / "材料" / "documents"
    (place / "ab").mkdir(parents=True)
    (place / "ab" / "abcd").write_bytes(b"a contract")
    return place


@pytest.fixture
def archive(database: dict[str, Any], documents: Path, tmp_path: Path) -> Path:
    """A backup of a table with a vector and a trigger that forbids updates, as the audit log has."""
    run(
        database,
        "DROP SCHEMA public CASCADE; CREATE SCHEMA public; CREATE EXTENSION vector",
        "CREATE TABLE deal (id int PRIMARY KEY, title text, meaning vector(3))",
        "INSERT INTO deal VALUES (1, '示例成果', '[1,2,3]')",
        "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''no''; END'",
        "CREATE TRIGGER kept BEFORE UPDATE OR DELETE ON deal FOR EACH ROW EXECUTE FUNCTION refuse()",
    )
    return backup.save(database, documents, tmp_path / "backups", now=NOW)


def run(database: dict[str, Any], *statements: str) -> None:
    with psycopg.connect(**database) as conn:
        for statement in statements:
            conn.execute(statement.encode())


def deals(database: dict[str, Any]) -> list[tuple[Any, ...]]:
    with psycopg.connect(**database) as conn:
        return conn.execute("SELECT id, title, meaning::text FROM deal ORDER BY id").fetchall()


def test_a_backup_is_one_private_file_named_by_its_time(archive: Path) -> None:
    assert archive.name == "kechuang-20260301-093000.zip"
    assert archive.stat().st_mode & 0o777 == 0o600
    assert list(archive.parent.iterdir()) == [archive]


def test_what_was_lost_or_changed_comes_back_and_what_came_later_goes(
    database: dict[str, Any], documents: Path, archive: Path
) -> None:
    run(database, "INSERT INTO deal VALUES (2, '后来', NULL)", "CREATE TABLE later (deal int REFERENCES deal)")
    (documents / "ab" / "abcd").unlink()
    for _ in range(2):  # a second time changes nothing
        backup.restore(database, documents, archive)
        assert deals(database) == [(1, "示例成果", "[1,2,3]")]
        assert (documents / "ab" / "abcd").read_bytes() == b"a contract"
    with pytest.raises(psycopg.errors.UndefinedTable):
        run(database, "SELECT FROM later")
    with pytest.raises(psycopg.errors.RaiseException):
        run(database, "UPDATE deal SET title = ''")


def test_a_restored_city_can_be_backed_up_and_restored_again(
    database: dict[str, Any], documents: Path, archive: Path
) -> None:
    backup.restore(database, documents, archive)
    second = backup.save(database, documents, archive.parent / "second", now=NOW)
    backup.restore(database, documents, second)
    assert deals(database) == [(1, "示例成果", "[1,2,3]")]


def test_a_damaged_archive_changes_nothing(database: dict[str, Any], documents: Path, archive: Path) -> None:
    whole = archive.read_bytes()
    run(database, "INSERT INTO deal VALUES (2, '后来', NULL)")
    for damaged in (whole[: len(whole) // 2], whole.replace(b"contract", b"contrast", 1), b"", b"PK"):
        archive.write_bytes(damaged)
        with pytest.raises(BackupFailed):
            backup.restore(database, documents, archive)
    assert [deal[0] for deal in deals(database)] == [1, 2]


def test_a_restore_that_fails_half_way_changes_nothing(
    database: dict[str, Any], documents: Path, archive: Path
) -> None:
    with pytest.raises(BackupFailed, match="psql"):
        backup.restore({**database, "dbname": "no such database"}, documents, archive)
    with pytest.raises(BackupFailed, match="pg_dump"):
        backup.save({**database, "dbname": "no such database"}, documents, archive.parent, now=NOW)
    assert list(archive.parent.iterdir()) == [archive]


def test_pruning_keeps_the_newest(tmp_path: Path) -> None:
    names = [f"kechuang-2026030{day}-020000.zip" for day in range(1, 5)]
    for name in [*names, "notes.txt"]:
        (tmp_path / name).touch()
    assert [path.name for path in backup.prune(tmp_path, 3)] == names[:1]
    assert sorted(path.name for path in tmp_path.iterdir()) == [*names[1:], "notes.txt"]
