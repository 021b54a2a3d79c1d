"""启动 up: prepares the city, serves it and does its background work, until Ctrl-C."""

import contextlib
import math
import os
import signal
import socket
import sys
import time
import urllib.error
import urllib.request
from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from kechuang.kit.postgres import Server, ServerUnavailable, check_server
from kechuang.kit.supervise import Program, Supervisor, end_with

LOOK_AT_DATABASE = 2.0  # seconds between two looks


class Command(BaseCommand):
    """启动: one command for a demo or a small city; larger ones run the parts by systemd (deploy/)."""

    requires_system_checks: list[str] = []  # make check runs them; here they would cost a second at every start
    help = "准备数据库并启动网站与后台任务 · prepare the database, serve the site, run the background work"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--workers", type=int, default=1, help="网站进程数 · processes of the web server")
        parser.add_argument("--with-parent", action="store_true", help="父进程结束时一并结束 · end with the parent")

    def handle(self, *_args: Any, **options: Any) -> None:
        parent = os.getppid() if options["with_parent"] else None
        if parent:
            end_with(parent, signal.SIGTERM)
        signal.signal(signal.SIGTERM, signal.default_int_handler)  # as Ctrl-C, also while things are prepared
        host, port = options["host"], options["port"]
        say_address(host, port)
        refuse_taken_port(host, port)
        server = None if settings.DATABASE_URL else Server(settings.VAR_DIR / "pg")
        try:
            with server or contextlib.nullcontext():
                self.prepare()
                self.serve(server, parent, programs(host, port, options["workers"]), f"http://{host}:{port}/")
        except ServerUnavailable as error:
            raise CommandError(str(error)) from error
        except KeyboardInterrupt:
            self.stdout.write("已中断 · interrupted")

    def prepare(self) -> None:
        """准备: every step can be repeated and is quick when there is nothing to do."""
        steps: list[tuple[str, Callable[[], object]]] = [
            ("检查数据库 · database", check_database),
            ("数据表 · tables", migrate),
            (f"城市数据包 {settings.REGION} · packs", lambda: call_command("loadpack", settings.REGION)),
        ]
        if settings.DEMO:
            steps.append(("演示数据 · demo data", lambda: call_command("demo")))
        for number, (label, step) in enumerate(steps, start=1):
            self.stdout.write(f"[{number}/{len(steps)}] {label} …")
            began = time.monotonic()
            step()
            self.stdout.write(f"[{number}/{len(steps)}] {label}：{time.monotonic() - began:.1f} s")
        connection.close()
        connection.close_pool()  # type: ignore[attr-defined]  # no threads when the programs are started

    def serve(self, server: Server | None, parent: int | None, programs: list[Program], url: str) -> None:
        """运行: the web server and the worker, and the embedded database should it be killed."""
        settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
        self.stdout.write("启动网站 · starting the site …")
        _, worker = programs
        worker.due = math.inf  # until the site is up: it would only slow it down
        supervisor = Supervisor(programs, say=self.stderr.write)
        announced, looked = False, time.monotonic()

        def tick() -> None:
            nonlocal announced, looked
            if not announced and answers(f"{url}healthz"):
                announced = True
                worker.due = 0.0
                self.stdout.write(self.style.SUCCESS(f"科创通已就绪 · ready at {url}  (Ctrl-C 结束 · to end)"))
            if server and time.monotonic() - looked > LOOK_AT_DATABASE:
                if not server.answers():
                    self.stderr.write("数据库没有应答，重新启动 · starting the database again, it does not answer")
                    server.start()
                looked = time.monotonic()
            if parent and is_interrupted(parent):
                supervisor.asked_to_stop = True

        supervisor.run(tick=tick)
        self.stdout.write("已停止 · stopped")


def programs(host: str, port: int, workers: int) -> list[Program]:
    """网站与后台任务的命令行: command lines of the web server and of the worker."""
    web = [
        *("-m", "granian", "--interface", "wsgi", "--host", host, "--port", str(port)),
        *("--workers", str(workers), "--blocking-threads", "8", "--respawn-failed-workers", "--log-level", "error"),
        "kechuang.web.wsgi:application",
    ]
    # A job that is cut off is taken up again by the next worker, so nobody waits long for the end of one.
    work = ["manage.py", "procrastinate", "worker", "--shutdown-graceful-timeout", "2"]
    return [
        Program("网站 web", [sys.executable, *web], cwd=settings.BASE_DIR),
        Program("后台任务 worker", [sys.executable, *work], cwd=settings.BASE_DIR),
    ]


def say_address(host: str, port: int) -> None:
    """对外地址: links in e-mails lead to this port, unless the city has given an address of its own."""
    if not os.environ.get("SITE_URL"):
        everywhere = ("0.0.0.0", "::")  # noqa: S104 - no address to which a link could lead
        settings.SITE_URL = f"http://{'127.0.0.1' if host in everywhere else host}:{port}"
        os.environ["SITE_URL"] = settings.SITE_URL  # for the programs that are started


def refuse_taken_port(host: str, port: int) -> None:
    """端口检查: a clear word before anything is started."""
    if not 0 < port < 65536:
        raise CommandError(f"端口号 {port} 无效，应为 1–65535 · not a port number")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise CommandError(
                f"端口 {port} 不可用（{error.strerror}），请换一个：make demo PORT={port + 1}"
                f" · port {port} cannot be used: choose another"
            ) from error


def migrate() -> None:
    """建表: only when a migration is missing, as Django's command takes seconds even when none is."""
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        call_command("migrate", verbosity=0)


def check_database() -> None:
    """检查数据库: version, encoding and extension; see ``check_server``."""
    connection.ensure_connection()
    check_server(connection.connection)


def answers(url: str) -> bool:
    """应答: whether the site says that it can serve."""
    try:
        with urllib.request.urlopen(url, timeout=2) as reply:  # noqa: S310
            return bool(reply.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def is_interrupted(parent: int) -> bool:
    """中断: whether SIGINT has come to ``make`` alone: it blocks the signal then, and waits for us untold."""
    try:
        status = Path(f"/proc/{parent}/status").read_text("utf-8")
    except OSError:
        return False
    blocked = int(status.split("SigBlk:")[1].split()[0], 16)
    return bool(blocked & 1 << (signal.SIGINT - 1))
