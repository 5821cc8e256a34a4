"""Starting services under `keep`, hearing from them that they serve, and ending them in order."""

import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from callcenter.core.places import PROJECT, Places
from callcenter.core.settings import SettingsError

START = 30.0
"""Seconds in which a service must say that it serves."""
_READY = b"READY=1"


@dataclass(frozen=True)
class Service:
    """It says that it serves as systemd would hear it (sd_notify). grace: seconds to end in."""

    name: str
    command: Sequence[str]
    stop_signal: str = "TERM"
    grace: float = 3.5


@contextmanager
def started(
    services: Sequence[Service],
    environment: Mapping[str, str],
    places: Places,
    meanwhile: Callable[[], None] = lambda: None,
) -> Iterator[None]:
    """All services, serving; they end with the block. Output goes to log/NAME.log.

    meanwhile: what is done while they start.
    """
    with ExitStack() as stack:
        ears = [stack.enter_context(_running(each, environment, places)) for each in services]
        meanwhile()
        for service, ear in zip(services, ears, strict=True):
            _wait_for(service, ear, places)
        yield


@contextmanager
def _running(
    service: Service, environment: Mapping[str, str], places: Places
) -> Iterator[socket.socket]:
    """Gives the socket at which it is heard."""
    places.log.mkdir(parents=True, exist_ok=True)
    keep = [sys.executable, "-m", "callcenter.processes.keep", service.name]
    options = ["--stop-signal", service.stop_signal, "--grace", str(service.grace), "--"]
    ear = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    # A name of the kernel's choice, and no file: a service may run as another user.
    ear.bind("")
    name = "@" + ear.getsockname()[1:].decode()
    with ear, (places.log / f"{service.name}.log").open("ab") as log:
        process = subprocess.Popen(
            [*keep, *options, *service.command],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env={**environment, "NOTIFY_SOCKET": name},
            cwd=PROJECT,
            start_new_session=True,
        )
        try:
            yield ear
        finally:
            process.terminate()
            process.wait()


def _wait_for(service: Service, ear: socket.socket, places: Places) -> None:
    until = time.monotonic() + START
    try:
        while True:
            ear.settimeout(max(0.001, until - time.monotonic()))
            if _READY in ear.recv(4096).split(b"\n"):
                return
    except TimeoutError:
        log = places.log / f"{service.name}.log"
        raise SettingsError(
            f"{service.name} does not serve after {START:.0f} s; see {log}:\n{_tail(log)}"
        ) from None


def _tail(log: Path) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-10:])
