"""进程看护：starts programs, restarts one that dies, and leaves no process behind, however it ends itself."""

import contextlib
import ctypes
import functools
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

LIBC = ctypes.CDLL(None)
PR_SET_PDEATHSIG = 1  # from <linux/prctl.h>
LONGEST_PAUSE = 30.0  # seconds between two tries of a program that keeps dying
SETTLED = 60.0  # seconds of life after which a program's earlier deaths are forgotten


def end_with(parent: int, sig: signal.Signals) -> None:
    """随父退出: has the kernel send ``sig`` to this process when its parent dies, even by ``kill -9``.

    ``parent`` is the parent's process id: it may have died before this call. No effect outside Linux.
    """
    if sys.platform == "linux":
        LIBC.prctl(PR_SET_PDEATHSIG, int(sig), 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)


def die_with_parent(sig: signal.Signals) -> Callable[[], None]:
    """随父退出: a ``preexec_fn`` that ties the new process to the caller; see ``end_with``."""
    return functools.partial(end_with, os.getpid(), sig)


@dataclass
class Program:
    """受看护的程序: a command line, and how it has fared."""

    name: str
    argv: Sequence[str]
    cwd: Path | None = None
    deaths: int = 0
    started: float = 0.0  # time.monotonic()
    due: float = 0.0  # time.monotonic() of the next start
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    def start(self) -> None:
        """启动: in a process group of its own, so that Ctrl-C reaches the supervisor alone."""
        self.started = time.monotonic()
        self.process = subprocess.Popen(  # noqa: S603
            self.argv,
            cwd=self.cwd,
            stdin=subprocess.DEVNULL,
            process_group=0,
            preexec_fn=die_with_parent(signal.SIGTERM),  # noqa: PLW1509 (it takes no lock)
        )

    def bury(self) -> int:
        """收尾: clears away a program that has ended; it is due again after 1, 2, 4 … 30 s. Its exit code."""
        assert self.process is not None
        code = self.process.wait()
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)  # what its own children left running
        now = time.monotonic()
        self.deaths = 1 if now - self.started > SETTLED else self.deaths + 1
        self.due = now + min(2.0 ** (self.deaths - 1), LONGEST_PAUSE)
        self.process = None
        return code


class Supervisor:
    """看护者: keeps programs running until it is told to stop."""

    def __init__(self, programs: Sequence[Program], *, say: Callable[[str], None] = print) -> None:
        self.programs = programs
        self.say = say
        self.asked_to_stop = False

    def run(self, *, tick: Callable[[], None] = lambda: None, every: float = 0.3) -> None:
        """看护: returns when SIGINT, SIGTERM or SIGHUP has come and every program has ended.

        ``tick`` is called every ``every`` seconds; an exception in it ends the programs, too.
        """
        old = {s: signal.signal(s, self._on_signal) for s in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
        try:
            while not self.asked_to_stop:
                tick()
                for program in self.programs:
                    self._look_after(program)
                time.sleep(every)
        finally:
            self.stop()
            for sig, handler in old.items():
                signal.signal(sig, handler)

    def stop(self, *, patience: float = 10.0) -> None:
        """停止: SIGTERM to all, SIGKILL to what still lives after ``patience`` seconds."""
        alive = [(p, p.process) for p in self.programs if p.process is not None]
        for _, process in alive:
            process.terminate()
        deadline = time.monotonic() + patience
        for program, process in alive:
            try:
                process.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
            program.bury()

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        self.asked_to_stop = True

    def _look_after(self, program: Program) -> None:
        if program.process is None:
            if time.monotonic() >= program.due:
                program.start()
        elif program.process.poll() is not None:
            code = program.bury()
            pause = program.due - time.monotonic()
            self.say(f"{program.name} 意外退出（{code}），{pause:.0f} 秒后重启")
