"""Carries out scheduled tasks: a few processes, one run each at a time, fed and watched by this one.

It claims runs, many in one transaction, gives them to whichever runner is free, and writes down how
they ended. A run that has had its time is broken off by an alarm; one that does not heed it is
killed. Nothing else waits for either (ADR 46, 52).
"""

import math
import os
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from multiprocessing.connection import Connection
from typing import Any, NoReturn
from uuid import UUID

import redis
import structlog
from sqlalchemy.exc import InterfaceError, InternalError, OperationalError, SQLAlchemyError

import callcenter.migrations.schema  # noqa: F401 - every table: foreign keys go by name
from callcenter.automation.events import QUEUE
from callcenter.automation.hand import Claimed, Hand, Outcome
from callcenter.automation.models import RunState
from callcenter.automation.tasks import Claims, Ended, Turn
from callcenter.automation.tasks.claims import STOPPED, died, timed_out
from callcenter.core import logging
from callcenter.core.addresses import app_url, redis_url
from callcenter.core.clock import Clock, SystemClock
from callcenter.core.db import Database
from callcenter.core.secrets import load_secrets
from callcenter.core.settings import load_settings
from callcenter.processes.listening import Every, attend
from callcenter.processes.runners import Hired, Over, Ready, Said
from callcenter.processes.status import Status

_AWAY = (OperationalError, InterfaceError, InternalError)
"""The database cannot take anything now: it is away, or only reads."""

RUNNERS = 4
OF_AN_ENTERPRISE = RUNNERS - 1
"""Runs of one enterprise at once: there is always one runner for the others."""

GRACE = 2.0
"""Seconds between the alarm and the end of a run that does not heed it."""

SHORTEST_LIFE = 1.0
LOW = 12
"""Runs in hand below which more are claimed: all runners have some until those are there."""

TOLD_TOGETHER = 48
"""Runs that are over and wait to be written down with what is claimed next."""

LOOKED_EVERY = 0.5
"""Seconds between two looks at what is to be stopped, and at what waits for its time."""

LOST_EVERY = 60.0
TOLD_EVERY, TOLD_AGAIN = 1.0, 5.0
log = structlog.get_logger()


class Station:
    """A runner, and the run that it has in hand. kill_at: when that is ended with it."""

    def __init__(self, runner: Hired) -> None:
        self.runner = runner
        self.since = time.monotonic()
        self.is_ready = False
        self.run: Claimed | None = None
        self.started_at: datetime | None = None
        self.output = ""
        self.told = 0
        self.kill_at = math.inf
        self.is_stopped = False

    def begin(self, run: Claimed, now: datetime) -> None:
        self.run, self.started_at = run, now
        self.output, self.told, self.is_stopped = "", 0, False
        self.kill_at = time.monotonic() + run.seconds + GRACE
        self.runner.give(run)

    def stop(self) -> None:
        """Asked once; if it does not heed that its time is over soon."""
        if not self.is_stopped:
            self.is_stopped = True
            self.kill_at = min(self.kill_at, time.monotonic() + GRACE)
            self.runner.break_off()


class Parent:
    """Feeds its runners, and ends those that do not heed their time."""

    def __init__(self, claims: Claims, hire: Callable[[], Hired], clock: Clock) -> None:
        self._claims = claims
        self._hire = hire
        self._clock = clock
        self._hand = Hand(OF_AN_ENTERPRISE)
        self._stations: list[Station] = []
        self._untold: list[Claimed] = []
        self._ended: list[Ended] = []
        self._back: list[Claimed] = []
        self._hires_at = 0.0
        self._looking = Every(LOOKED_EVERY, at_once=True)
        self._burying = Every(LOST_EVERY)
        self._begun = self._more = self._has_to_tell = self._is_unsure = False

    def lines(self) -> Sequence[Connection]:
        return [each.runner.line for each in self._stations]

    def wake(self) -> None:
        """There may be more to claim."""
        self._more = True

    def look(self) -> None:
        if not self._begun:
            # What was under way here when we were killed is over.
            self._claims.bury("task.runner_died")
            self._begun = True
        if self._is_unsure:
            self._claims.put_back_but(self._in_hand())
            self._is_unsure = False
        if self._looking.is_due():
            self._more = self._has_to_tell = True
            self._stop(self._claims.stopped())
            if self._burying.is_due():
                self._claims.bury_lost()
        self._hear()
        self._keep()
        self._end_overdue()
        self._give()
        if self._has_to_turn():
            # What is claimed and in nobody's hand would run never.
            with _undisturbed():
                self._turn()
            self._give()

    def end(self) -> None:
        """What has not begun waits for others; what is under way ends with us, and that is told."""
        self._hear()
        self._back += self._hand.let_go()
        for each in self._stations:
            each.runner.kill()
            self._over(each, STOPPED if each.is_stopped else died())
        self._told(Turn(self._ended, self._back))

    def _hear(self) -> None:
        for each in self._stations:
            for message in each.runner.heard():
                match message:
                    case Ready():
                        each.is_ready = True
                    case Said(run_id, text) if each.run and each.run.run_id == run_id:
                        each.output += text
                    case Over(run_id, outcome) if each.run and each.run.run_id == run_id:
                        self._over(each, outcome)

    def _over(self, station: Station, outcome: Outcome) -> None:
        if (run := station.run) is None:
            return
        now = self._clock.now()
        self._ended.append(Ended(run, outcome, station.output, station.started_at, now))
        self._hand.over(station.runner.pid)
        station.run, station.kill_at = None, math.inf
        # One that was broken off ends with its run.
        station.is_ready = outcome.state not in (RunState.TIMED_OUT, RunState.STOPPED)

    def _keep(self) -> None:
        for each in [one for one in self._stations if one.runner.has_died()]:
            self._hear()
            self._over(each, STOPPED if each.is_stopped else died())
            each.runner.close()
            self._stations.remove(each)
            if time.monotonic() - each.since < SHORTEST_LIFE:
                # One that cannot live is not begun anew without a breath; the others are watched.
                self._hires_at = time.monotonic() + SHORTEST_LIFE
        while len(self._stations) < RUNNERS and time.monotonic() >= self._hires_at:
            with _undisturbed():
                self._stations.append(Station(self._hire()))

    def _end_overdue(self) -> None:
        for each in self._stations:
            if time.monotonic() >= each.kill_at and each.run:
                log.warning("task.killed", run=str(each.run.run_id))
                each.runner.kill()
                self._over(each, STOPPED if each.is_stopped else timed_out(each.run.seconds))

    def _stop(self, wanted: Sequence[UUID]) -> None:
        for run_id in wanted:
            if (run := self._hand.drop(run_id)) is not None:
                self._ended.append(Ended(run, STOPPED, "", None, self._clock.now()))
            for each in self._stations:
                if each.run and each.run.run_id == run_id:
                    each.stop()

    def _give(self) -> None:
        for each in self._stations:
            if each.is_ready and each.run is None:
                run = self._hand.give(each.runner.pid, time.monotonic())
                if run is not None:
                    each.begin(run, self._clock.now())

    def _has_to_turn(self) -> bool:
        ready = self._count_ready()
        self._back += self._hand.put_back(ready, time.monotonic())
        if self._back or len(self._ended) >= TOLD_TOGETHER or self._has_to_tell:
            return True
        return self._hand.waiting < LOW and (self._more or bool(self._ended))

    def _turn(self) -> None:
        """What it could not tell stays to be told."""
        now = time.monotonic()
        # What has ended may make room for others.
        wanted = self._hand.waiting < LOW and (self._more or bool(self._ended))
        room = self._hand.room(self._count_ready(), now) if wanted else None
        told = [each for each in self._stations if each.run and len(each.output) > each.told]
        said = [(each.run, each.output) for each in told if each.run]
        if room is None and not (self._ended or self._back or said):
            self._has_to_tell = self._more = False
            return
        claimed = self._told(Turn(self._ended, self._back, said, room))
        self._more = bool(claimed) or (self._more and not wanted)
        self._ended, self._back, self._has_to_tell = [], [], False
        for each in told:
            each.told = len(each.output)
        self._hand.take(claimed, now)

    def _told(self, turn: Turn) -> list[Claimed]:
        """What was claimed. Where something of it cannot be written, the rest is, one by one."""
        try:
            return self._claims.turn(turn)
        except _AWAY:
            # It may be written all the same, and what it claimed with it.
            self._is_unsure = True
            raise
        except Exception:
            self._is_unsure = True
            log.exception("tasks.turn_refused")
        for each in turn.ended:
            self._told_alone(each)
        self._claims.turn(Turn(back=turn.back))
        return []

    def _told_alone(self, ended: Ended) -> None:
        """Without its words where they are the fault; one that fails so too is given up when its time is
        over.
        """
        bare = replace(ended, outcome=replace(ended.outcome, reason=None), output="")
        for words in (ended, bare):
            try:
                self._claims.turn(Turn([words]))
            except _AWAY:
                raise
            except Exception:
                log.exception("task.refused", run=str(ended.claimed.run_id))
            else:
                return
        self._untold.append(ended.claimed)

    def _in_hand(self) -> list[UUID]:
        """What is to be told of stays ours until it is."""
        told = [each.claimed for each in self._ended]
        told += [*self._untold, *self._back, *self._hand.claimed()]
        return [each.run_id for each in told]

    def _count_ready(self) -> int:
        return sum(each.is_ready for each in self._stations)


def main() -> None:
    settings = load_settings(os.environ)
    logging.configure(settings.log.level)
    secrets = load_secrets(settings.paths.home)
    url, clock = app_url(settings, secrets), SystemClock()
    database = Database(url, pool_size=1, max_overflow=0)
    connection = redis.Redis.from_url(
        redis_url(settings, secrets), socket_timeout=0.5, socket_connect_timeout=0.5
    )

    def hire() -> Hired:
        # A connection is not to be shared with the copy.
        database.dispose()
        return Hired(settings)

    name = f"{settings.telephony.node}:{os.getpid()}"
    parent = Parent(Claims(database, clock, name), hire, clock)
    status = Told(Status(connection, "tasks", clock))
    signal.signal(signal.SIGTERM, _end)

    def look() -> None:
        parent.look()
        status.tell()

    try:
        attend(url, QUEUE, look, SQLAlchemyError, beside=parent.lines, heard=parent.wake)
    finally:
        parent.end()


class Told:
    """Without Redis nothing is told for a while: runs do not wait for it."""

    def __init__(self, status: Status) -> None:
        self._status = status
        self._next = 0.0

    def tell(self) -> None:
        if time.monotonic() < self._next:
            return
        self._next = time.monotonic() + TOLD_EVERY
        try:
            self._status.tell()
        except redis.RedisError as error:
            log.warning("status not told", error=str(error))
            self._next += TOLD_AGAIN


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Asked to end between a runner's beginning and its entry, we would wait for it for ever; between
    a claim and its entry, it would be ours and never run.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _end(_number: int, _frame: Any) -> NoReturn:
    raise SystemExit(0)


if __name__ == "__main__":
    main()
