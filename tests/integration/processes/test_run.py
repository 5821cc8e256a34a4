"""`make run`: ready in time, alone in its data folder, beside other copies, and gone at the end."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.support.stack import PROGRAMS, PROJECT, Stack
from tests.support.waiting import wait_until

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def second() -> Iterator[Stack]:
    with Stack() as started:
        yield started


@pytest.fixture
def copy(second: Stack) -> Stack:
    """A second copy, beside the session's; started again where a test has ended it."""
    if not second.is_running:
        second.start()
    second.wait_ready()
    return second


@pytest.fixture
def ended(second: Stack) -> Stack:
    """The second copy's data folder, in which nothing runs."""
    if second.is_running:
        second.end()
    return second


def run_for_its_complaint(environment: dict[str, str]) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "callcenter.processes.run"],
        cwd=PROJECT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    assert done.returncode == 1
    return done.stderr


def test_two_copies_run_side_by_side_and_share_no_port(stack: Stack, copy: Stack) -> None:
    ours, theirs = stack.settings, copy.settings
    assert ours.web.port != theirs.web.port
    assert ours.asterisk.sip_port != theirs.asterisk.sip_port
    assert ours.asterisk.rtp_start != theirs.asterisk.rtp_start


def test_a_data_folder_serves_one_copy_at_a_time(copy: Stack) -> None:
    assert "Another copy runs in" in run_for_its_complaint(copy.environment)


def test_a_port_that_is_set_and_taken_is_named(second: Stack, tmp_path: Path) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        port = str(server.getsockname()[1])
        environment = second.environment | {
            "CALLCENTER_HOME": str(tmp_path),
            "CALLCENTER_WEB_PORT": port,
        }
        complaint = run_for_its_complaint(environment)
    assert f"CALLCENTER_WEB_PORT is {port}, but that port is taken" in complaint


def test_a_missing_program_is_named_with_what_to_do(second: Stack, tmp_path: Path) -> None:
    environment = second.environment | {
        "CALLCENTER_HOME": str(tmp_path),
        "CALLCENTER_ASTERISK_BINARY": "/nowhere/asterisk",
    }
    complaint = run_for_its_complaint(environment)
    assert "missing: /nowhere/asterisk; run: make setup" in complaint


def test_every_process_that_is_killed_comes_back(copy: Stack) -> None:
    for name in PROGRAMS:
        process = copy.process(name)
        before = process.pid
        process.kill9()
        wait_until(lambda p=process, b=before: p.pid not in {0, b}, 10, f"another {name}")
    copy.wait_ready()


def test_our_programs_begin_as_copies_that_are_told_apart(copy: Stack) -> None:
    for name in set(PROGRAMS) - {"asterisk", "nginx", "postgres", "redis"}:
        process = Path(f"/proc/{copy.process(name).pid}")
        assert f"callcenter {name}" in (process / "cmdline").read_text()
        # Who is started by a command is given this; a copy has the environment of the supervisor.
        assert "CALLCENTER_PROCESS=" not in (process / "environ").read_text()


def test_the_end_leaves_no_process_and_it_starts_again(copy: Stack) -> None:
    copy.end(signal.SIGINT)
    assert copy.left_processes() == []
    copy.start()
    copy.wait_ready()


@pytest.mark.parametrize("milestone", ["ports.json", "run/asterisk.pid"])
def test_a_ctrl_c_while_it_starts_leaves_no_process(ended: Stack, milestone: str) -> None:
    (ended.home / milestone).unlink(missing_ok=True)
    ended.start()
    wait_until((ended.home / milestone).exists, 180, milestone)
    # A terminal sends it to everyone in the foreground.
    os.killpg(ended.pid, signal.SIGINT)
    assert ended.wait_end() != 0
    assert ended.left_processes() == []


def test_a_supervisor_that_dies_takes_everything_along(copy: Stack) -> None:
    copy.kill9()
    wait_until(lambda: copy.left_processes() == [], 15, "the end of all processes")


def test_what_tells_of_customers_is_readable_for_its_user_only(copy: Stack) -> None:
    places = (*("secrets.json", "redis/redis.conf", "journal", "recordings"), "log", "asterisk")
    open_to_others = [name for name in places if (copy.home / name).stat().st_mode & 0o077]
    assert open_to_others == []
