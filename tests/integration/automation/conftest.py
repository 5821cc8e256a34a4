"""The office and its API (tests/support/office.py), and tasks at work in the test's own process."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from redis import Redis

from callcenter.automation.hand import Claimed, Hand, Outcome
from callcenter.automation.tasks import BrokenOff, Claims, Clockwork, Ended, Runner, Turn
from callcenter.core.clock import ManualClock
from callcenter.core.db import Database
from callcenter.core.jobs import JobQueue
from callcenter.core.places import Places
from callcenter.core.sealed import Seal
from callcenter.core.settings import load_settings
from callcenter.people.service import find_actor
from callcenter.processes.automation import tools
from callcenter.processes.means import means
from tests.integration.objects.firm import Firm, a_firm
from tests.support.office import *  # noqa: F403
from tests.support.office import SEALING_KEY, Caller, Office, Seeded

TASKS = "/scheduled-tasks"


@pytest.fixture
def clockwork(database: Database, clock: ManualClock) -> Clockwork:
    return Clockwork(database, clock)


class AtWork:
    """What the process `tasks` does, one run at a time: claim, carry out, write down."""

    def __init__(self, runner: Runner, claims: Claims, clock: ManualClock) -> None:
        self.runner = runner
        self.claims = claims
        self._clock = clock
        self.hand = Hand(3)
        self._claimed: list[Claimed] = []

    def claim(self) -> Claimed | None:
        if not self._claimed:
            self._claimed = self.claims.turn(Turn(room=self.hand.room(1, 0)))
        return self._claimed.pop(0) if self._claimed else None

    def carry_out(self, claimed: Claimed) -> Outcome:
        said: list[str] = []
        begun = self._clock.now()
        try:
            outcome = self.runner.carry_out(claimed, said.append)
        except BrokenOff as fault:
            outcome = fault.outcome(claimed)
        over = Ended(claimed, outcome, "".join(said), begun, self._clock.now())
        self.claims.turn(Turn([over]))
        return outcome


@pytest.fixture
def claims(database: Database, clock: ManualClock) -> Claims:
    return Claims(database, clock, "here:1")


@pytest.fixture
def runner(
    database: Database, clock: ManualClock, redis: Redis, tmp_path: Path, claims: Claims
) -> AtWork:
    settings = replace(load_settings({}), paths=Places(tmp_path))
    jobs = JobQueue(redis, clock)
    shared = tools(settings, means(clock, jobs), jobs, Seal(SEALING_KEY))
    return AtWork(Runner(database, shared, find_actor, clock), claims, clock)


@pytest.fixture
def firm(seeded: Seeded, database: Database, office: Office, clock: ManualClock) -> Iterator[Firm]:
    """Objects of its own, gone after the test."""
    with a_firm(seeded, database, office, clock) as made:
        yield made


def a_task(conf: Caller, **changes: Any) -> dict[str, Any]:
    body = {
        "name": "清理", "cron": "0 9 * * *", "command": "purge", "parameters": {"days": 30},
        "timeout_seconds": 60,
    }  # fmt: skip
    answer = conf.post(TASKS, body | changes)
    assert answer.status_code == 201, answer.json
    made: dict[str, Any] = answer.json
    return made


def work(runner: AtWork) -> int:
    done = 0
    while claimed := runner.claim():
        runner.carry_out(claimed)
        done += 1
    return done


def runs(conf: Caller, task: dict[str, Any]) -> list[dict[str, Any]]:
    """The oldest first."""
    answer = conf.get(f"{TASKS}/{task['id']}/runs", sort="due_at")
    assert answer.status_code == 200, answer.json
    found: list[dict[str, Any]] = answer.json["items"]
    return found


def states(conf: Caller, task: dict[str, Any]) -> list[str]:
    return [run["state"] for run in runs(conf, task)]
