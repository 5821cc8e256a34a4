"""Keeps one program running: `python -m callcenter.processes.keep NAME [options] -- COMMAND…`.

It starts the command again when it ends (after 0.2 s, doubling to 5 s while it keeps failing),
passes signals on, and ends with its parent. With --beat it also watches run/NAME.beat: a process
that has beaten once and then is silent for 3 s is killed, since a frozen process ends by nothing
less. With --nice it yields to those without, by that much; with a negative one it goes before them,
where we may ask for that. The process id stands in run/NAME.pid. A program that is loaded here, as
the supervisor's copies have it, begins as a copy of this process.
"""

import argparse
import os
import select
import signal
import subprocess
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from setproctitle import setproctitle

from callcenter.core.places import Places
from callcenter.core.settings import places_of
from callcenter.processes.copies import Copy, loaded
from callcenter.processes.parent import die_with_parent

SHORTEST, LONGEST = 0.2, 5.0
"""Seconds before another start."""

STEADY = 10.0
"""Seconds of life after which a failure counts as the first one."""

SILENCE = 3.0
TICK = 0.1
GRACE = 3.5
"""Seconds to end in unless --grace says otherwise; the supervisor above kills after `PATIENCE`."""


Child = subprocess.Popen[bytes] | Copy


class Beat:
    """The file that a living process touches, judged by our own monotonic clock."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._seen: int | None = None
        self._changed = 0.0
        self._looked = 0.0

    def forget(self) -> None:
        self._file.unlink(missing_ok=True)
        self._seen = None

    def is_silent(self, now: float) -> bool:
        gap, self._looked = now - self._looked, now
        try:
            touched = self._file.stat().st_mtime_ns
        except FileNotFoundError:
            return False
        if touched != self._seen or gap > 1:  # we were held up ourselves: judge anew
            self._seen, self._changed = touched, now
        return now - self._changed > SILENCE


class Supervisor:
    """`run`, which we may outlive by a moment when it is killed while we start."""

    def __init__(self, pid: str | None) -> None:
        self._end: int | None = None
        self._gone = False
        if pid is not None:
            try:
                self._end = os.pidfd_open(int(pid))
            except ProcessLookupError:
                self._gone = True

    def is_gone(self) -> bool:
        if self._end is not None and select.select([self._end], [], [], 0)[0]:
            self._gone = True
        return self._gone


class Keeper:
    def __init__(self, places: Places, options: argparse.Namespace) -> None:
        self._supervisor = Supervisor(os.environ.get("CALLCENTER_SUPERVISOR"))
        self._name: str = options.name
        self._command: Sequence[str] = options.command
        self._stop_signal: int = signal.Signals[f"SIG{options.stop_signal}"]
        self._grace: float = options.grace
        self._nice: int = options.nice
        self._pid_file = places.run / f"{self._name}.pid"
        self._beat = Beat(places.run / f"{self._name}.beat") if options.beat else None
        self._child: Child | None = None
        self._ending: float | None = None

    def run(self) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._end)
        for number in (signal.SIGHUP, signal.SIGUSR1, signal.SIGUSR2):
            signal.signal(number, self._forward)
        pause = SHORTEST
        while not self._is_ending():
            started = time.monotonic()
            code = self._live_once()
            if self._is_ending():
                break
            if time.monotonic() - started > STEADY:
                pause = SHORTEST
            print(f"{self._name} ended ({_reason(code)}), again in {pause} s", flush=True)
            self._pause(pause)
            pause = min(pause * 2, LONGEST)
        self._pid_file.unlink(missing_ok=True)

    def _live_once(self) -> int:
        if self._beat:
            self._beat.forget()
        self._child = self._start()
        self._pid_file.write_text(f"{self._child.pid}\n")
        if self._is_ending():  # the signal came between the loop's test and the start
            self._child.send_signal(self._stop_signal)
        while self._child.poll() is None:
            signal.sigtimedwait({signal.SIGCHLD}, TICK)
            self._watch(self._child)
        _sweep(self._child.pid)
        return self._child.wait()

    def _start(self) -> Child:
        if program := loaded(self._command):
            return Copy(program, begin=self._in_copy)
        # A session of its own: the terminal's Ctrl-C reaches only the supervisor, once.
        return subprocess.Popen(
            self._command,
            start_new_session=True,
            preexec_fn=self._in_child,  # noqa: PLW1509 - there is one thread here
        )

    def _watch(self, child: Child) -> None:
        now = time.monotonic()
        if self._supervisor.is_gone():
            self._end(signal.SIGTERM, None)
        if self._ending is not None and now - self._ending > self._grace:
            child.kill()
        elif self._ending is None and self._beat and self._beat.is_silent(now):
            print(f"{self._name} has not beaten for {SILENCE:.0f} s and is killed", flush=True)
            child.kill()

    def _in_child(self) -> None:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})
        if self._nice:
            _be_nice(self._nice)
        die_with_parent(self._stop_signal)

    def _in_copy(self) -> None:
        setproctitle(f"callcenter {self._name}")
        self._in_child()

    def _pause(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while not self._is_ending() and (left := until - time.monotonic()) > 0:
            signal.sigtimedwait({signal.SIGCHLD}, min(left, TICK))

    def _is_ending(self) -> bool:
        return self._ending is not None

    def _end(self, _number: int, _frame: object) -> None:
        if self._ending is None:
            self._ending = time.monotonic()
            self._forward(self._stop_signal, None)

    def _forward(self, number: int, _frame: object) -> None:
        if self._child and self._child.poll() is None:
            self._child.send_signal(number)


def _be_nice(nice: int) -> None:
    with suppress(PermissionError):
        os.nice(nice)
    # A session is a group to the scheduler, and within it niceness is all that os.nice() changes.
    with suppress(OSError):
        Path("/proc/self/autogroup").write_text(str(nice))


def _sweep(group: int) -> None:
    """What the ended process left behind in its session (jobs, workers) ends too."""
    try:
        os.killpg(group, signal.SIGKILL)
    except ProcessLookupError:
        return


def _reason(code: int) -> str:
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"status {code}"


def kept(command: Sequence[str]) -> Sequence[str]:
    """The program that a command of `keep` runs; nothing of another command."""
    return command[command.index("--") + 1 :] if "--" in command else ()


def main() -> None:
    parser = argparse.ArgumentParser(prog="keep")
    parser.add_argument("name")
    parser.add_argument("--beat", action="store_true")
    parser.add_argument("--stop-signal", default="TERM", choices=["TERM", "INT", "QUIT"])
    parser.add_argument("--grace", type=float, default=GRACE, metavar="SECONDS")
    parser.add_argument("--nice", type=int, default=0)
    parser.add_argument("command", nargs="+")
    options = parser.parse_args()
    die_with_parent(signal.SIGTERM)
    os.environ["CALLCENTER_PROCESS"] = options.name
    setproctitle(f"callcenter keep {options.name}")
    places = places_of(os.environ)
    places.run.mkdir(parents=True, exist_ok=True)
    # Blocked, so that sigtimedwait sees the end of a child at once.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD})
    Keeper(places, options).run()


if __name__ == "__main__":
    main()
