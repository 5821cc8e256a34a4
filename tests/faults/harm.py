"""What a drill does to running programs: real signals to real processes, and one thread held."""

import ctypes
import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.stack import RunningProcess, Stack
from tests.support.waiting import wait_until

_SEIZE, _INTERRUPT, _DETACH = 0x4206, 0x4207, 17
_LISTEN = "0A"


def keeper_of(process: RunningProcess) -> int:
    """The id of the keeper, which would start the program again."""
    status = Path(f"/proc/{process.pid}/stat").read_text()
    return int(status.rpartition(")")[2].split()[1])


@contextmanager
def keeper_held(process: RunningProcess) -> Iterator[None]:
    """Whatever happens to the program in the block, it is not started again before its end."""
    keeper = keeper_of(process)
    os.kill(keeper, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(keeper, signal.SIGCONT)


@contextmanager
def gone(process: RunningProcess) -> Iterator[None]:
    """Dead, and its ports refuse, until the block ends."""
    with keeper_held(process):
        for pid in process.tree():
            os.kill(pid, signal.SIGKILL)
        yield


@contextmanager
def frozen(process: RunningProcess) -> Iterator[None]:
    """Its ports accept and nothing answers; nobody ends it for that before the block does."""
    pids = process.tree()
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in pids:
            if Path(f"/proc/{pid}").exists():
                os.kill(pid, signal.SIGCONT)


def listens(port: int) -> bool:
    """Whether somebody takes connections there; looked up, not tried."""
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return any(row[1].endswith(f":{port:04X}") and row[3] == _LISTEN for row in rows)


def began_anew(process: RunningProcess, before: int, within: float = 30.0) -> None:
    wait_until(lambda: process.pid not in {0, before}, within, f"{process.name} began anew")


def asterisk(stack: Stack, command: str) -> str:
    """Asterisk's own console: a witness who has nothing to do with our manager connection."""
    settings = stack.settings
    configuration = settings.paths.home / "asterisk" / "etc" / "asterisk.conf"
    done = subprocess.run(
        [str(settings.asterisk.binary), "-C", str(configuration), "-rx", command],
        capture_output=True, text=True, check=True, timeout=10,
    )  # fmt: skip
    return done.stdout


def cut_ami(stack: Stack) -> None:
    """Asterisk itself closes the manager's connections."""
    listed = [line.split() for line in asterisk(stack, "manager show connected").splitlines()]
    ours = [words for words in listed if words[:2] == ["telephony", "127.0.0.1"]]
    assert ours, listed
    for _name, _address, _since, _seconds, descriptor, *_rest in ours:
        asterisk(stack, f"manager kick session {descriptor}")


@contextmanager
def ami_mute(stack: Stack) -> Iterator[None]:
    """The manager's connection stays open and silent, while all else in Asterisk goes on.

    Only a debugger can stop one thread of a process, so we are one: for the thread that serves our
    connection. The kernel lets us, being an ancestor of Asterisk.
    """
    held = [int(thread) for thread in _threads_serving_connections(stack)]
    for thread in held:
        _ptrace(_SEIZE, thread)
        _ptrace(_INTERRUPT, thread)
        os.waitpid(thread, 0x40000000)  # __WALL: threads are waited for as well
    try:
        yield
    finally:
        for thread in held:
            _ptrace(_DETACH, thread)


def _threads_serving_connections(stack: Stack) -> list[str]:
    lines = asterisk(stack, "core show threads").splitlines()
    found = [line.split()[1] for line in lines if "handle_tcptls_connection" in line]
    assert found, f"no thread serves the manager:\n{lines}"
    return found


def _ptrace(request: int, thread: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
    if libc.ptrace(request, thread, None, None) != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
