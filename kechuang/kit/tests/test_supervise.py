"""进程看护: real processes, real signals."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

from kechuang.kit.supervise import Program, Supervisor

ROOT = Path(__file__).parents[3]
SUPERVISED = """
import sys
from kechuang.kit.supervise import Program, Supervisor
print("started", flush=True)
Supervisor([Program("sleeper", ["sleep", "61"])]).run(tick=lambda: print("tick", flush=True))
"""


def alive(pid: int) -> bool:
    try:
        return "State:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False


def children_of(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def supervised() -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", SUPERVISED],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert [process.stdout.readline() for _ in range(3)] == ["started\n", "tick\n", "tick\n"]
    return process


def test_a_program_that_dies_is_started_again_and_said_so(tmp_path: Path) -> None:
    said: list[str] = []
    count = tmp_path / "count"
    supervisor = Supervisor([Program("短命", ["sh", "-c", f"echo x >> '{count}'; exit 3"])], say=said.append)

    def stop_after_two() -> None:
        supervisor.asked_to_stop = count.exists() and count.read_text() == "x\nx\n"

    supervisor.run(tick=stop_after_two, every=0.05)
    assert said[0] == "短命 意外退出（3），1 秒后重启"


def test_what_a_dead_program_left_running_is_ended(tmp_path: Path) -> None:
    left = tmp_path / "left"
    program = Program("forks", ["sh", "-c", f"sleep 62 & echo $! > '{left}'; exit 1"])
    program.start()
    program.bury()
    time.sleep(0.1)
    assert not alive(int(left.read_text()))


def test_a_program_deaf_to_sigterm_is_killed() -> None:
    supervisor = Supervisor([Program("deaf", ["sh", "-c", "trap '' TERM; sleep 63; sleep 63"])])
    supervisor.programs[0].start()
    process = supervisor.programs[0].process
    assert process is not None
    time.sleep(0.2)
    supervisor.stop(patience=0.3)
    assert process.returncode == -signal.SIGKILL


def test_sigterm_ends_the_supervisor_and_its_programs() -> None:
    supervisor = supervised()
    (child,) = children_of(supervisor.pid)
    supervisor.terminate()
    supervisor.communicate(timeout=10)
    assert (supervisor.returncode, alive(child)) == (0, False)


def test_a_kill_of_the_supervisor_ends_its_programs() -> None:
    supervisor = supervised()
    (child,) = children_of(supervisor.pid)
    supervisor.kill()
    supervisor.communicate(timeout=10)
    time.sleep(0.2)
    assert not alive(child)


def test_it_can_be_stopped_from_within() -> None:
    supervisor = Supervisor([Program("sleeper", ["sleep", "64"])])
    assert threading.current_thread() is threading.main_thread()
    supervisor.run(tick=lambda: setattr(supervisor, "asked_to_stop", True), every=0.01)
    assert supervisor.programs[0].process is None
