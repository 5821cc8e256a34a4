"""A runner: a process that carries out one scheduled task's run at a time, and its end of the line.

Its parent gives it runs, hears what they say and how they end, and may break one off by a signal.
What does not heed that is killed. A runner that broke off a run ends with it: what that held may be
in any state, and the next one begins with nothing.
"""

import signal
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from typing import Any
from uuid import UUID

import redis

from callcenter.automation.hand import Claimed, Outcome
from callcenter.automation.tasks import BrokenOff, Runner, StoppedByHand, TimeIsUp
from callcenter.core.addresses import app_url, redis_url
from callcenter.core.clock import SystemClock
from callcenter.core.db import Database
from callcenter.core.jobs import JobQueue
from callcenter.core.sealed import Seal
from callcenter.core.secrets import load_secrets
from callcenter.core.settings import Settings
from callcenter.people.service import find_actor
from callcenter.processes.automation import tools
from callcenter.processes.copies import Copy
from callcenter.processes.means import means
from callcenter.processes.parent import die_with_parent
from callcenter.processes.queries import replica

PIECE = 4_000
"""Characters of output that are told at once: a message is written whole, or not at all."""


@dataclass(frozen=True, slots=True)
class Ready:
    """It can carry out runs from now on."""


@dataclass(frozen=True, slots=True)
class Said:
    run_id: UUID
    text: str


@dataclass(frozen=True, slots=True)
class Over:
    run_id: UUID
    outcome: Outcome


Message = Ready | Said | Over


class Hired:
    """To its parent: a runner that lives, or has died."""

    def __init__(self, settings: Settings) -> None:
        self._line, theirs = Pipe()
        program = partial(_live, settings, theirs)
        self._copy = Copy(program, begin=partial(die_with_parent, signal.SIGKILL))
        theirs.close()

    @property
    def pid(self) -> int:
        return self._copy.pid

    @property
    def line(self) -> Connection:
        """To be waited for: it can be read also when the runner has died."""
        return self._line

    def has_died(self) -> bool:
        return self._copy.poll() is not None

    def give(self, claimed: Claimed) -> None:
        """One that has died meanwhile is seen as dead at the next look."""
        try:
            self._line.send(claimed)
        except OSError:
            return

    def heard(self) -> Iterator[Message]:
        """What it has said since; that of one that has died too."""
        try:
            while self._line.poll():
                yield self._line.recv()
        except (EOFError, OSError):
            return

    def break_off(self) -> None:
        self._copy.send_signal(signal.SIGUSR1)

    def kill(self) -> None:
        self._copy.kill()
        self._copy.wait()

    def close(self) -> None:
        self._line.close()


class Life:
    """A runner's own side. Signals break off the run that is under way, and nothing else."""

    def __init__(self, runner: Runner, line: Connection) -> None:
        self._runner = runner
        self._line = line
        self._under_way: Claimed | None = None

    def go_on(self) -> None:
        signal.signal(signal.SIGALRM, partial(self._broken_off, TimeIsUp))
        signal.signal(signal.SIGUSR1, partial(self._broken_off, StoppedByHand))
        self._line.send(Ready())
        while True:
            self.carry_out(self._line.recv())

    def carry_out(self, claimed: Claimed) -> None:
        """Raises SystemExit after one that was broken off."""
        is_broken = False
        try:
            self._under_way = claimed
            signal.setitimer(signal.ITIMER_REAL, claimed.seconds)
            outcome = self._runner.carry_out(claimed, partial(self._tell, claimed))
            self._under_way = None
        except BrokenOff as fault:
            self._under_way = None
            outcome, is_broken = fault.outcome(claimed), True
        signal.setitimer(signal.ITIMER_REAL, 0)
        self._line.send(Over(claimed.run_id, outcome))
        if is_broken:
            raise SystemExit(0)

    def _tell(self, claimed: Claimed, text: str) -> None:
        for place in range(0, len(text), PIECE):
            self._line.send(Said(claimed.run_id, text[place : place + PIECE]))

    def _broken_off(self, why: type[BrokenOff], _number: int, _frame: Any) -> None:
        if self._under_way is not None:
            # Told once: what it does about that is not broken off again.
            self._under_way = None
            raise why


def _live(settings: Settings, line: Connection) -> None:
    secrets = load_secrets(settings.paths.home)
    clock = SystemClock()
    database = Database(app_url(settings, secrets), pool_size=2, max_overflow=0)
    connection = redis.Redis.from_url(redis_url(settings, secrets), socket_timeout=5)
    jobs = JobQueue(connection, clock)
    seal, away = Seal(secrets.sealing_key), replica(settings, secrets)
    shared = tools(settings, database, means(clock, jobs), jobs, seal, away)
    Life(Runner(database, shared, find_actor, clock), line).go_on()
