"""Worker and cron: jobs are carried out, events reach their stream, nothing asked for is lost."""

import json
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from redis import Redis
from sqlalchemy import select

from callcenter.calls.tasks import KIND, RecordingStore
from callcenter.core.audit import Audit
from callcenter.core.bus import DOMAIN_STREAM, Event, Outbox
from callcenter.core.clock import SystemClock
from callcenter.core.db import Database
from callcenter.core.health import Unhealthy, standard_checks
from callcenter.core.ids import new_id
from callcenter.core.jobs import ENQUEUED_WITHIN, LONG, LONG_QUEUE, QUEUE, Job, JobQueue, JobState
from callcenter.core.secrets import load_secrets
from callcenter.core.settings import load_settings
from callcenter.core.tenant import Scope
from callcenter.instruments.service import OwnFiles
from callcenter.objects.service import Definitions, Files, RecycleBin
from callcenter.objects.service.transfer import IMPORT, TransferStore
from callcenter.objects.tasks import Publisher, owner_engine
from callcenter.processes.bins import Bins
from callcenter.processes.housekeeping import Housekeeping
from callcenter.processes.jobs import bulk_work, publication_work, transfer_work, trigger_work
from callcenter.processes.means import means
from callcenter.processes.months import Months
from callcenter.processes.queries import export_work
from callcenter.processes.status import spoken
from callcenter.voicemail.tasks import VoicemailStore
from tests.integration.processes.conftest import StartProcess
from tests.support.databases import FreshDatabase
from tests.support.waiting import wait_until

pytestmark = pytest.mark.integration


@pytest.fixture
def queue(redis: Redis) -> JobQueue:
    return JobQueue(redis, SystemClock())


@pytest.fixture
def housekeeping(
    database: Database, postgres: FreshDatabase, queue: JobQueue, tmp_path: Path
) -> Housekeeping:
    clock = SystemClock()
    files = Files(tmp_path / "attachments", clock)
    own = OwnFiles(tmp_path / "files", lambda _: 1, Audit(clock), clock)
    bins = Bins(database, RecycleBin(means(clock), files), files, own, clock)
    transfers = TransferStore(tmp_path / "transfers", 1)
    publisher = Publisher(owner_engine(postgres.owner_url), clock)
    months = Months(database, publisher, Definitions(), clock)
    store = RecordingStore(tmp_path, clock)
    return Housekeeping(
        database, queue, store, VoicemailStore(tmp_path, clock), bins, months, transfers, clock
    )


def ask(database: Database, queue: JobQueue, enterprise_id: UUID, kind: str = KIND) -> UUID:
    """For a recording that does not exist: that job is done at once."""
    with database.begin(Scope(enterprise_id)) as session:
        return queue.request(session, kind, {"recording_id": str(new_id())})


def state_of(database: Database, enterprise_id: UUID, job_id: UUID) -> str:
    with database.begin(Scope(enterprise_id)) as session:
        return session.scalars(select(Job.state).where(Job.id == job_id)).one()


def waiting(redis: Redis, queue: str = QUEUE) -> list[bytes]:
    return redis.lrange(f"rq:queue:{queue}", 0, -1)


def make_old(database: Database, enterprise_id: UUID, job_id: UUID) -> None:
    with database.begin(Scope(enterprise_id)) as session:
        job = session.scalars(select(Job).where(Job.id == job_id)).one()
        job.made_at -= ENQUEUED_WITHIN + timedelta(seconds=1)


def test_a_job_is_carried_out_and_leaves_nothing_in_redis(
    database, queue, redis: Redis, enterprise_id, process: StartProcess
) -> None:
    process("worker")
    job_id = ask(database, queue, enterprise_id)
    wait_until(
        lambda: state_of(database, enterprise_id, job_id) == JobState.DONE, 15, "the job done"
    )
    kept = "rq:finished:*", f"rq:*:job-{job_id}*"
    wait_until(lambda: not any(redis.keys(name) for name in kept), 5, "the job gone")


def test_a_long_job_has_a_worker_of_its_own_and_holds_nobody_up(
    database, queue, redis: Redis, enterprise_id, process: StartProcess
) -> None:
    with database.begin(Scope(enterprise_id)) as session:
        # Of no transfer: it ends at once, where it is begun.
        long = queue.request(session, IMPORT, {"transfer_id": str(new_id()), "ip": ""})
    assert waiting(redis, LONG_QUEUE) == [f"job-{long}".encode()]
    process("worker")
    short = ask(database, queue, enterprise_id)
    wait_until(lambda: state_of(database, enterprise_id, short) == JobState.DONE, 15, "the short")
    assert state_of(database, enterprise_id, long) == JobState.QUEUED
    process("worker", "long")
    wait_until(lambda: state_of(database, enterprise_id, long) == JobState.FAILED, 15, "the long")


def test_all_that_goes_through_many_records_is_long(
    database: Database, postgres: FreshDatabase, tmp_path: Path
) -> None:
    clock = SystemClock()
    shared, files = means(clock), Files(tmp_path, clock)
    publisher = Publisher(owner_engine(postgres.owner_url), clock)
    works = (
        transfer_work(database, TransferStore(tmp_path, 1), publisher, shared),
        publication_work(database, publisher, shared),
        bulk_work(database, files, shared),
        export_work(database, TransferStore(tmp_path, 1), shared),
    )
    assert {kind for work in works for kind in work} == LONG
    assert LONG.isdisjoint(trigger_work(database, shared))


def test_workers_and_cron_tell_that_they_are_there(redis: Redis, process: StartProcess) -> None:
    process("worker")
    process("worker", "long")
    process("cron")
    for name in ("worker", "worker-long", "cron"):
        told = wait_until(lambda n=name: redis.get(f"status:{n}"), 15, f"status of {name}")
        assert "at" in json.loads(told)


def test_facts_are_ready_when_they_have_delivered_what_lay_there(
    postgres: FreshDatabase, redis: Redis, process: StartProcess
) -> None:
    settings = load_settings(postgres.environment)
    check = standard_checks(settings, load_secrets(settings.paths.home), SystemClock())["facts"]
    redis.set("status:facts", spoken(SystemClock(), delivered=False))
    with pytest.raises(Unhealthy, match="delivered"):
        check()
    process("facts")

    def is_ready() -> bool:
        with suppress(Unhealthy):
            check()
            return True
        return False

    wait_until(is_ready, 15, "facts are ready")


def test_an_event_reaches_its_stream_within_a_moment_of_its_commit(
    database, redis: Redis, enterprise_id: UUID, process: StartProcess
) -> None:
    process("cron")
    wait_until(lambda: redis.get("status:cron"), 15, "cron at work")
    entity = new_id()
    with database.begin(Scope.platform()) as session:
        Outbox(SystemClock()).record(
            session, "team.changed", entity, ["name"], enterprise_id=enterprise_id
        )
    entries = wait_until(lambda: redis.xrange(DOMAIN_STREAM), 0.9, "the event")
    event = Event.load(entries[0][1][b"event"])
    assert event.data["entity_id"] == str(entity)


def test_a_job_that_was_lost_with_redis_is_asked_for_again(
    database, queue, redis: Redis, enterprise_id, housekeeping
) -> None:
    job_id = ask(database, queue, enterprise_id)
    redis.flushall()
    make_old(database, enterprise_id, job_id)
    housekeeping.go_round()
    assert waiting(redis) == [f"job-{job_id}".encode()]


@pytest.mark.parametrize(("kind", "name"), [(KIND, QUEUE), (IMPORT, LONG_QUEUE)])
def test_a_job_that_still_waits_is_not_asked_for_twice(
    database, queue, redis: Redis, enterprise_id, housekeeping, kind, name
) -> None:
    job_id = ask(database, queue, enterprise_id, kind)
    make_old(database, enterprise_id, job_id)
    housekeeping.go_round()
    assert len(waiting(redis, name)) == 1


def test_a_job_just_made_is_left_alone(
    database, queue, redis: Redis, enterprise_id, housekeeping
) -> None:
    ask(database, queue, enterprise_id)
    redis.flushall()
    housekeeping.go_round()
    assert waiting(redis) == []
