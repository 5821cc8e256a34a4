"""What a worker does with a job, and what it needs for that: made once in its process."""

import os
from collections.abc import Mapping
from functools import cache
from uuid import UUID

import redis
from sqlalchemy.orm import Session

import callcenter.migrations.schema  # noqa: F401 - every table: foreign keys go by name
from callcenter.calls.tasks import KIND as RECORDING
from callcenter.calls.tasks import RecordingStore
from callcenter.core.addresses import app_url, owner_url, redis_url
from callcenter.core.audit import Audit
from callcenter.core.bus import Outbox
from callcenter.core.clock import Clock, SystemClock
from callcenter.core.db import Database
from callcenter.core.jobs import JobQueue, JobRunner, Work
from callcenter.core.secrets import load_secrets
from callcenter.core.settings import load_settings
from callcenter.objects.service import (
    BULK,
    PURGE,
    Acting,
    Definitions,
    Designs,
    Files,
    Publications,
    Publishing,
    Purging,
    Records,
    Several,
    Versions,
)
from callcenter.objects.service.transfer import (
    EXPORT,
    IMPORT,
    Exporting,
    Importing,
    TransferStore,
)
from callcenter.objects.service.triggers.after import KIND as TRIGGERS
from callcenter.objects.service.triggers.running import Running
from callcenter.objects.service.underway import PUBLISH
from callcenter.objects.tasks import Publisher
from callcenter.people.service import find_actor
from callcenter.processes import triggers
from callcenter.processes.directory import SqlDirectory
from callcenter.processes.seams import HandledCalls
from callcenter.tenancy.service import Options


def publication_work(database: Database, publisher: Publisher, clock: Clock) -> Mapping[str, Work]:
    """Publications of large objects, and purges of what they have left behind."""
    directory, definitions, audit = SqlDirectory(), Definitions(), Audit(clock)
    versions = Versions(audit, clock)
    designs = Designs(directory, versions, audit, clock)
    publications = Publications(
        database, directory, definitions, designs, versions, publisher, clock
    )
    return {
        PUBLISH: Publishing(database, publications, clock, find_actor).work,
        PURGE: Purging(database, directory, definitions, publisher, clock).work,
    }


def _in_stereo(session: Session, enterprise_id: UUID) -> bool:
    return Options().of(session, enterprise_id).get("stereo_recording") is not False


def transfer_work(
    database: Database, store: TransferStore, outbox: Outbox, clock: Clock
) -> Mapping[str, Work]:
    """Imports and exports."""
    directory, definitions = SqlDirectory(), Definitions()
    audit = Audit(clock)
    handled = HandledCalls()
    records = Records(directory, definitions, handled, audit, outbox, clock)
    importing = Importing(
        database, directory, definitions, handled, audit, outbox,
        store=store, clock=clock, actor_of=find_actor,
    )  # fmt: skip
    exporting = Exporting(
        database, directory, definitions, handled, records, audit,
        store=store, clock=clock, actor_of=find_actor,
    )  # fmt: skip
    return {IMPORT: importing.work, EXPORT: exporting.work}


def trigger_work(database: Database, outbox: Outbox, clock: Clock) -> Mapping[str, Work]:
    deeds = triggers.deeds(SqlDirectory(), Definitions(), outbox, clock)
    return {TRIGGERS: Running(database, deeds, clock).work}


def bulk_work(database: Database, files: Files, outbox: Outbox, clock: Clock) -> Mapping[str, Work]:
    """Acts on many records."""
    directory, definitions = SqlDirectory(), Definitions()
    several = Several(directory, definitions, HandledCalls(), Audit(clock), outbox, clock, files)
    acting = Acting(database, directory, definitions, several, clock=clock, actor_of=find_actor)
    return {BULK: acting.work}


@cache
def _runner() -> JobRunner:
    settings = load_settings(os.environ)
    secrets = load_secrets(settings.paths.home)
    clock = SystemClock()
    # The job's own transaction and its progress beside it: two connections.
    database = Database(app_url(settings, secrets), pool_size=2, max_overflow=0)
    connection = redis.Redis.from_url(redis_url(settings, secrets), socket_timeout=5)
    outbox = Outbox(clock, JobQueue(connection, clock))
    store = TransferStore(settings.paths.transfers, settings.transfers.largest)
    work = {
        RECORDING: RecordingStore(settings.paths.recordings, clock, _in_stereo).process,
        **transfer_work(database, store, outbox, clock),
        **trigger_work(database, outbox, clock),
        **publication_work(database, Publisher(owner_url(settings, secrets)), clock),
        **bulk_work(database, Files(settings.paths.attachments, clock), outbox, clock),
    }
    return JobRunner(database, connection, clock, work)


def run(job_id: str, enterprise_id: str) -> str:
    """Entry point named in the queue (`core.jobs.ENTRY`); returns the job's state."""
    return _runner().run(UUID(job_id), UUID(enterprise_id)).value
