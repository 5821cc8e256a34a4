"""Starting services under `keep`, waiting until they answer, and ending them in order."""

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
"""Seconds in which a service must answer."""
LOOK_AGAIN = 0.05
"""Seconds. Ready is what answers a client, so a client asks; a server's own word of it (sd_notify)
is an option of some builds."""


@dataclass(frozen=True)
class Service:
    """grace: seconds that it has to end in."""

    name: str
    command: Sequence[str]
    is_ready: Callable[[], bool]
    stop_signal: str = "TERM"
    grace: float = 3.5


@contextmanager
def started(
    services: Sequence[Service], environment: Mapping[str, str], places: Places
) -> Iterator[None]:
    """All services, answering; they end with the block. Output goes to log/NAME.log."""
    with ExitStack() as stack:
        for service in services:
            stack.enter_context(_running(service, environment, places))
        for service in services:
            _wait_for(service, places)
        yield


@contextmanager
def _running(
    service: Service, environment: Mapping[str, str], places: Places
) -> Iterator["subprocess.Popen[bytes]"]:
    places.log.mkdir(parents=True, exist_ok=True)
    keep = [sys.executable, "-m", "callcenter.processes.keep", service.name]
    options = ["--stop-signal", service.stop_signal, "--grace", str(service.grace), "--"]
    with (places.log / f"{service.name}.log").open("ab") as log:
        process = subprocess.Popen(
            [*keep, *options, *service.command],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env=dict(environment),
            cwd=PROJECT,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        process.terminate()
        process.wait()


def _wait_for(service: Service, places: Places) -> None:
    until = time.monotonic() + START
    while not service.is_ready():
        if time.monotonic() > until:
            log = places.log / f"{service.name}.log"
            raise SettingsError(
                f"{service.name} does not answer after {START:.0f} s; see {log}:\n{_tail(log)}"
            )
        time.sleep(LOOK_AGAIN)


def _tail(log: Path) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-10:])
