"""Publications of large objects: by the worker, a turn at a time, until called off or through."""

import subprocess
import sys
from typing import Any
from uuid import UUID

import pytest
from redis import Redis

from callcenter.core import jobs
from callcenter.core.clock import ManualClock
from callcenter.core.db import Database
from callcenter.core.jobs import JobState
from callcenter.objects.service import publications, rewriting
from callcenter.objects.service.underway import job_id_of
from tests.integration.objects.shaping import (
    PUMPS,
    RECORDS,
    PumpWorker,
    Shaping,
    a_field,
    a_pump,
    seen,
)
from tests.support.databases import PROJECT
from tests.support.office import Caller, Office, Seeded

pytestmark = pytest.mark.integration

CODE = a_field("code")
NUMBER = a_field("code", "integer", indexed=True)


@pytest.fixture(autouse=True)
def _few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two records are few, five are many, and are gone through two at a time."""
    monkeypatch.setattr(publications, "FEW", 2)
    monkeypatch.setattr(rewriting, "BATCH", 2)


class PublicationWorker(PumpWorker):
    def job_id(self) -> UUID:
        return self.job(job_id_of)

    def work(self) -> JobState:
        return self.run(self.job_id())


@pytest.fixture
def by_worker(
    database: Database, redis: Redis, clock: ManualClock, seeded: Seeded, office: Office
) -> PublicationWorker:
    return PublicationWorker(database, redis, clock, seeded, office)


@pytest.fixture
def five(pumps: Shaping, admin: Caller) -> list[dict[str, Any]]:
    """Pumps in force whose codes are texts."""
    pumps.published(CODE)
    return [a_pump(admin, code=str(n)) for n in range(5)]


def _number(pumps: Shaping) -> int:
    return int(pumps.conf.get(PUMPS).json["number"])


def test_few_records_are_published_at_once(pumps: Shaping, admin: Caller) -> None:
    pumps.published(CODE)
    record = a_pump(admin, code="7")
    assert pumps.published(NUMBER)["publication"] is None
    assert seen(admin, record, "code") == 7


def test_many_are_published_by_the_worker(
    pumps: Shaping, five: list[dict[str, Any]], admin: Caller, by_worker: PublicationWorker
) -> None:
    asked = pumps.published(NUMBER)
    assert asked["number"] == 1
    assert asked["publication"] == {"state": "queued", "done": 0, "total": 0, "problem": None}
    assert seen(admin, five[3], "code") == "3"
    assert by_worker.work() is JobState.DONE
    after = pumps.conf.get(PUMPS).json
    assert (after["number"], after["publication"]) == (2, None)
    assert [seen(admin, each, "code") for each in five] == [0, 1, 2, 3, 4]


def test_what_goes_through_no_records_is_published_at_once(
    pumps: Shaping, five: list[dict[str, Any]], admin: Caller
) -> None:
    asked = pumps.published(CODE, a_field("note"))
    assert (asked["number"], asked["publication"]) == (2, None)
    assert seen(admin, five[0], "note") is None


def test_a_draft_is_left_alone_while_it_is_published(
    pumps: Shaping, five: list[dict[str, Any]], by_worker: PublicationWorker
) -> None:
    pumps.published(NUMBER)
    body = {"document": pumps.document}
    saved = pumps.conf.send("PUT", f"{PUMPS}/draft", body, version=pumps.version)
    assert (saved.status_code, saved.json["error"]["code"]) == (409, "being-published")
    by_worker.work()
    pumps.answer = pumps.conf.get(PUMPS).json
    pumps.save(pumps.document)


def test_called_off_it_is_as_if_nothing_had_been(
    pumps: Shaping, five: list[dict[str, Any]], admin: Caller, by_worker: PublicationWorker
) -> None:
    pumps.published(NUMBER)
    after = pumps.conf.send("DELETE", f"{PUMPS}/publication")
    assert (after.status_code, after.json["publication"]) == (200, None)
    assert by_worker.work() is JobState.CANCELLED
    assert _number(pumps) == 1
    assert seen(admin, five[2], "code") == "2"
    assert pumps.conf.send("DELETE", f"{PUMPS}/publication").status_code == 404
    pumps.publish()
    assert by_worker.work() is JobState.DONE
    assert seen(admin, five[2], "code") == 2


def test_what_stands_in_the_way_is_told_to_the_designer(
    pumps: Shaping, five: list[dict[str, Any]], admin: Caller, by_worker: PublicationWorker
) -> None:
    a_pump(admin, code="4")
    pumps.published(a_field("code", unique=True))
    assert by_worker.work() is JobState.FAILED
    told = pumps.conf.get(PUMPS).json["publication"]
    assert told["state"] == "failed"
    assert "唯一" in told["problem"]


def test_it_gives_way_to_others_and_goes_on(
    pumps: Shaping,
    five: list[dict[str, Any]],
    admin: Caller,
    by_worker: PublicationWorker,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(jobs, "TURN", -1.0)
    pumps.published(NUMBER)
    assert by_worker.work() is JobState.QUEUED
    told = pumps.conf.get(PUMPS).json["publication"]
    assert (told["done"], told["total"]) == (2 * 2 + 3, 5 * 3)
    # Changed behind its back: what it has passed already.
    change = {"values": {"code": "40"}}
    changed = admin.send("PATCH", f"{RECORDS}/{five[0]['id']}", change, version=1)
    assert changed.status_code == 200, changed.json
    states = [by_worker.work(), by_worker.work()]
    while states[-1] is JobState.QUEUED:
        states.append(by_worker.work())
    assert states[-1] is JobState.DONE
    assert [seen(admin, each, "code") for each in five] == [40, 1, 2, 3, 4]


_DIES = """
import os, signal, sys
from callcenter.objects.service import publications, rewriting
rewriting.BATCH = 2
write, written = rewriting.Rewriting._write, []
def dies(self, session, plan, batch):
    if written:
        os.kill(os.getpid(), signal.SIGKILL)
    written.append(write(self, session, plan, batch))
rewriting.Rewriting._write = dies
from callcenter.processes.jobs import run
run(*sys.argv[1:])
"""


def test_a_worker_killed_in_the_middle_leaves_the_version_in_force(
    pumps: Shaping, five: list[dict[str, Any]], admin: Caller, by_worker: PublicationWorker
) -> None:
    pumps.published(NUMBER)
    ids = [str(by_worker.job_id()), str(by_worker.office.id)]
    died = subprocess.run(
        [sys.executable, "-c", _DIES, *ids],
        env=by_worker.seeded.database.environment,
        cwd=PROJECT,
        capture_output=True,
        check=False,
    )
    assert died.returncode == -9, died.stderr
    assert _number(pumps) == 1
    assert [seen(admin, each, "code") for each in five] == ["0", "1", "2", "3", "4"]
    late = a_pump(admin, code="5")
    assert by_worker.work() is JobState.DONE
    assert [seen(admin, each, "code") for each in [*five, late]] == [0, 1, 2, 3, 4, 5]
