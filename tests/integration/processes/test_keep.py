"""A kept program is started again, watched, and never outlives who started it."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.waiting import wait_until

pytestmark = pytest.mark.integration

SLEEPER = "import signal; print('up', flush=True); signal.pause()"
BEATING = """
import os, pathlib, threading
beat = pathlib.Path(os.environ["CALLCENTER_HOME"], "run", os.environ["CALLCENTER_PROCESS"] + ".beat")
while True:
    beat.touch()
    threading.Event().wait(0.5)
"""

Start = Callable[..., "subprocess.Popen[bytes]"]


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    return os.environ | {
        "CALLCENTER_HOME": str(tmp_path),
        "PYTHONPATH": os.pathsep.join(sys.path),
    }


@pytest.fixture
def keep(environment: dict[str, str]) -> Iterator[Start]:
    processes: list[subprocess.Popen[bytes]] = []

    def start(
        program: str, *options: str, through: tuple[str, ...] = ()
    ) -> "subprocess.Popen[bytes]":
        command = (*through, sys.executable, "-m", "callcenter.processes.keep", "thing", *options)
        process = subprocess.Popen(
            [*command, "--", sys.executable, "-c", program], env=environment, stdout=subprocess.PIPE
        )
        processes.append(process)
        return process

    yield start
    for process in processes:
        process.kill()
        process.communicate()


@pytest.fixture
def pid(tmp_path: Path) -> Callable[[], int]:
    """The program's process id, once there is one other than `not_this`."""
    file = tmp_path / "run" / "thing.pid"

    def read(not_this: int = 0) -> int:
        def told() -> int:
            try:
                found = int(file.read_text())
            except (FileNotFoundError, ValueError):
                return 0
            return found if found != not_this and alive(found) else 0

        return wait_until(told, what="a process id")

    return read


def test_a_program_that_is_killed_is_started_again(keep: Start, pid) -> None:
    keep(SLEEPER)
    first = pid()
    os.kill(first, signal.SIGKILL)
    assert pid(not_this=first) != first


def test_a_program_that_keeps_failing_is_started_ever_more_seldom(keep: Start) -> None:
    process = keep("import sys; sys.exit(3)")
    assert process.stdout
    lines = [process.stdout.readline().decode() for _ in range(3)]
    assert [line.rsplit(maxsplit=2)[1] for line in lines] == ["0.2", "0.4", "0.8"]
    assert "status 3" in lines[0]


def test_the_end_of_keep_is_the_end_of_the_program(keep: Start, pid, tmp_path: Path) -> None:
    process, program = keep(SLEEPER), pid()
    process.terminate()
    assert process.wait(5) == 0
    assert not alive(program)
    assert not (tmp_path / "run" / "thing.pid").exists()


def test_a_program_that_ignores_the_end_is_killed(keep: Start, pid) -> None:
    stubborn = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {SLEEPER}"
    process = keep(stubborn, "--grace", "0.5")
    assert process.stdout
    process.stdout.readline()
    program = pid()
    process.terminate()
    assert process.wait(5) == 0
    assert not alive(program)


def test_a_keep_that_is_killed_takes_its_program_along(keep: Start, pid) -> None:
    process, program = keep(SLEEPER), pid()
    process.kill()
    process.wait()
    wait_until(lambda: not alive(program), what="the program's end")


def test_what_the_program_started_ends_with_it(keep: Start, pid, tmp_path: Path) -> None:
    grandchild = tmp_path / "grandchild"
    keep(
        "import os, pathlib, subprocess, sys, signal\n"
        f"child = subprocess.Popen([sys.executable, '-c', {SLEEPER!r}])\n"
        f"pathlib.Path({str(grandchild)!r}).write_text(str(child.pid))\n"
        "signal.pause()\n"
    )
    left = int(wait_until(lambda: grandchild.exists() and grandchild.read_text()))
    os.kill(pid(), signal.SIGKILL)
    wait_until(lambda: not alive(left), what="the grandchild's end")


def test_signals_are_passed_on(keep: Start, pid) -> None:
    process = keep(
        "import os, signal; signal.signal(signal.SIGHUP, lambda *_: os.write(1, b'hup\\n'));"
        "print('up', flush=True)\nwhile True: signal.pause()"
    )
    assert process.stdout
    process.stdout.readline()
    pid()
    process.send_signal(signal.SIGHUP)
    assert process.stdout.readline() == b"hup\n"


def test_the_program_may_wait_for_children_of_its_own(keep: Start) -> None:
    # keep blocks SIGCHLD for itself; gunicorn and nginx must still be told of it.
    process = keep(
        "import signal\n"
        "print(signal.SIGCHLD in signal.pthread_sigmask(signal.SIG_BLOCK, []), flush=True)\n"
        "signal.pause()"
    )
    assert process.stdout
    assert process.stdout.readline() == b"False\n"


def test_a_frozen_program_that_has_beaten_is_killed_after_three_seconds(
    keep: Start, pid, tmp_path: Path
) -> None:
    keep(BEATING, "--beat")
    first = pid()
    wait_until((tmp_path / "run" / "thing.beat").exists, what="the first beat")
    os.kill(first, signal.SIGSTOP)
    frozen = time.monotonic()
    assert pid(not_this=first) != first
    assert 2.0 < time.monotonic() - frozen < 5.5


def test_a_program_that_has_not_beaten_yet_may_take_its_time(keep: Start, pid) -> None:
    process, program = keep(SLEEPER, "--beat"), pid()
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(3.5)
    assert alive(program)


def test_a_background_program_yields_to_calls(keep: Start) -> None:
    process = keep("import os; print(os.nice(0), flush=True)", "--nice", "7")
    assert process.stdout is not None
    assert process.stdout.readline().strip() == b"7"


def test_the_bridge_goes_before_others(keep: Start) -> None:
    """Tests run as root, as the product does on a server of its own."""
    process = keep("import os; print(os.nice(0), flush=True)", "--nice", "-7")
    assert process.stdout is not None
    assert process.stdout.readline().strip() == b"-7"


def test_who_may_not_go_before_others_is_started_all_the_same(keep: Start) -> None:
    process = keep(
        "import os; print(os.nice(0), flush=True)", "--nice", "-7",
        through=("setpriv", "--bounding-set", "-sys_nice"),
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdout.readline().strip() == b"0"
