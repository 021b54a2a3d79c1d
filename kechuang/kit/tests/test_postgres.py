"""内嵌数据库: real servers, real kills."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from kechuang.kit.postgres import Server, ServerUnavailable, check_server, django_settings, url_settings

ROOT = Path(__file__).parents[3]
USER_OF_SERVER = """
import sys, time
from kechuang.kit.postgres import Server
server = Server(sys.argv[1]).start()
print("ready", flush=True)
sys.stdin.read()
server.stop()
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A data directory in a private folder whose path has a space and Chinese characters, with one table."""
    home = tmp_path_factory.mktemp("科创 通") / ("很长的目录名字" * 8)
    with Server(home) as server, psycopg.connect(server.url) as conn:
        conn.execute("CREATE TABLE kept (what text)")
    yield home
    assert not Path(Server(home).socket_dir).exists()


def processes_of(home: Path) -> list[int]:
    """The processes of the server on ``home`` and its watcher, by working directory and command line."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            inside = (process / "cwd").resolve() == home / "data"
            command = (process / "cmdline").read_bytes()
        except OSError:
            continue
        if inside or (b"postgres_watcher" in command and json.dumps(str(home)).encode() in command):
            found.append(int(process.name))
    return found


def soon(true: Callable[[], bool], seconds: float = 15) -> bool:
    deadline = time.monotonic() + seconds
    while not true():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def postmaster(home: Path) -> int:
    return int((home / "data/postmaster.pid").read_text().split()[0])


def another_user(home: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", USER_OF_SERVER, str(home)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def kept(server: Server) -> set[str]:
    with psycopg.connect(server.url) as conn:
        return {row[0] for row in conn.execute("SELECT what FROM kept")}


def keep(server: Server, what: str) -> None:
    with psycopg.connect(server.url) as conn:
        conn.execute("INSERT INTO kept VALUES (%s)", [what])


def test_it_folds_case_beyond_ascii_listens_on_no_port_and_leaves_no_process(home: Path) -> None:
    with Server(home) as server, psycopg.connect(server.url) as conn:
        found = conn.execute("SELECT lower('ÄЖ'), current_setting('listen_addresses'), current_setting('fsync')")
        assert found.fetchone() == ("äж", "", "on")
        assert len(os.fsencode(server.socket_dir)) < 60
    assert processes_of(home) == []


def test_django_reaches_the_same_database(home: Path) -> None:
    parameters = django_settings(home)
    with (
        Server(home),
        psycopg.connect(
            host=parameters["HOST"],
            port=parameters["PORT"],
            user=parameters["USER"],
            dbname=parameters["NAME"],
        ) as conn,
    ):
        assert conn.info.dbname == "kechuang"


def test_what_was_acknowledged_survives_a_kill_of_the_server(home: Path) -> None:
    with Server(home) as server:
        keep(server, "before the kill")
        os.kill(postmaster(home), signal.SIGKILL)
        assert soon(lambda: not server.answers())
        assert "before the kill" in kept(server.start())
    assert processes_of(home) == []


def test_a_kill_of_the_only_user_ends_the_server(home: Path) -> None:
    user = another_user(home)
    assert user.stdout is not None
    assert user.stdout.readline() == "ready\n"
    assert processes_of(home) != []
    user.kill()
    user.wait()
    assert soon(lambda: processes_of(home) == [])


def test_a_kill_of_the_watcher_ends_the_server_and_the_next_start_recovers(home: Path) -> None:
    with Server(home) as server:
        keep(server, "before the watcher's kill")
        status = Path(f"/proc/{postmaster(home)}/status").read_text()
        os.kill(int(status.split("PPid:")[1].split()[0]), signal.SIGKILL)
        assert soon(lambda: processes_of(home) == [])
        assert "before the watcher's kill" in kept(server.start())


def test_many_may_start_it_at_once_and_it_ends_with_the_last(home: Path) -> None:
    users = [another_user(home) for _ in range(3)]
    assert [user.stdout.readline() for user in users if user.stdout] == ["ready\n"] * 3
    first = postmaster(home)
    for user in users[:2]:
        user.communicate("")
    assert postmaster(home) == first
    assert Server(home).answers()
    users[2].communicate("")
    assert processes_of(home) == []


def test_a_pid_file_that_names_a_stranger_is_no_obstacle(home: Path) -> None:
    with Server(home):
        lines = (home / "data/postmaster.pid").read_text().splitlines()
    (home / "data/postmaster.pid").write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")
    with Server(home) as server:
        assert server.answers()


def test_the_site_uses_the_database_that_database_url_names(home: Path, tmp_path: Path) -> None:
    asks = "import django; django.setup(); from django.db import connection as c; c.ensure_connection(); "
    with Server(home) as server:
        given = {"DATABASE_URL": f"{server.url}?application_name=elsewhere", "KECHUANG_VAR": str(tmp_path)}
        found = subprocess.run(
            [sys.executable, "-c", asks + "print(c.connection.info.get_parameters()['application_name'])"],
            env={**os.environ, **given, "DJANGO_SETTINGS_MODULE": "kechuang.settings"},
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
    assert found.stdout.strip() == "elsewhere", found.stderr


def test_a_database_url_is_read_as_postgresql_reads_it() -> None:
    found = url_settings("postgresql://kc:p%40ss@db:6432/city?sslmode=require")
    assert (found["HOST"], found["PORT"], found["NAME"], found["OPTIONS"]) == (
        "db",
        "6432",
        "city",
        {"sslmode": "require"},
    )
    assert (found["USER"], found["PASSWORD"]) == ("kc", "p@ss")
    with pytest.raises(ServerUnavailable, match="DATABASE_URL"):
        url_settings("postgresql:///?nonsense=1")


def test_a_cluster_half_made_is_made_anew(tmp_path: Path) -> None:
    (tmp_path / "data.new").mkdir()
    (tmp_path / "data.new" / "PG_VERSION").write_text("18\n")
    with Server(tmp_path) as server:
        assert server.answers()


def test_a_wrong_setting_is_reported_with_the_servers_own_words(home: Path) -> None:
    with pytest.raises(ServerUnavailable, match="work_mem"):
        Server(home, settings={"work_mem": "much"}).start()
    assert processes_of(home) == []


def test_a_socket_directory_that_others_can_enter_is_refused(home: Path) -> None:
    place = Path(Server(home).socket_dir)
    place.mkdir(mode=0o755)
    with pytest.raises(ServerUnavailable, match="私有目录"):
        Server(home).start()
    place.rmdir()


def test_a_server_without_pgvector_or_with_an_old_one_is_named(home: Path) -> None:
    with Server(home) as server, psycopg.connect(server.url) as conn:
        check_server(conn)
        # A temporary table stands before the catalogue's view of the same name.
        conn.execute(
            "CREATE TEMP TABLE pg_available_extensions (name text, installed_version text, default_version text)"
        )
        with pytest.raises(ServerUnavailable, match="缺少 pgvector"):
            check_server(conn)
        conn.execute("INSERT INTO pg_available_extensions VALUES ('vector', '0.7.4', '0.8.1')")
        with pytest.raises(ServerUnavailable, match=r"0\.7\.4"):
            check_server(conn)
        conn.execute("UPDATE pg_available_extensions SET installed_version = NULL")
        check_server(conn)
