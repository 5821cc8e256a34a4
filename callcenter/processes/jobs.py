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
from callcenter.core.clock import SystemClock
from callcenter.core.db import Database
from callcenter.core.jobs import JobQueue, JobRunner, Work
from callcenter.core.sealed import Seal
from callcenter.core.secrets import load_secrets
from callcenter.core.settings import load_settings
from callcenter.objects.service import (
    BULK,
    PURGE,
    Acting,
    Designs,
    Files,
    Means,
    Publications,
    Publishing,
    Purging,
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
from callcenter.objects.tasks import Publisher, owner_engine
from callcenter.people.service import find_actor
from callcenter.processes import queries, triggers
from callcenter.processes.means import means
from callcenter.processes.templates import rendering, templates
from callcenter.tenancy.service import Options
from callcenter.voicemail.tasks import KIND as VOICEMAIL
from callcenter.voicemail.tasks import VoicemailStore

CONNECTIONS = 2
"""A job's own transaction and its progress beside it, or the two batches of an import."""


def publication_work(database: Database, publisher: Publisher, means: Means) -> Mapping[str, Work]:
    """Publications of large objects, and purges of what they have left behind."""
    directory, definitions, clock = means.directory, means.definitions, means.clock
    versions = Versions(means.audit, clock)
    designs = Designs(directory, versions, templates(means.audit, clock), means.audit, clock)
    publications = Publications(
        database, directory, definitions, designs, versions, publisher, clock
    )
    return {
        PUBLISH: Publishing(database, publications, find_actor).work,
        PURGE: Purging(database, directory, definitions, publisher, clock).work,
    }


def _in_stereo(session: Session, enterprise_id: UUID) -> bool:
    return Options().of(session, enterprise_id).get("stereo_recording") is not False


def transfer_work(
    database: Database, store: TransferStore, publisher: Publisher, means: Means
) -> Mapping[str, Work]:
    """Imports and exports."""
    importing = Importing(database, means, store, publisher, find_actor)
    exporting = Exporting(database, means, store, find_actor)
    return {IMPORT: importing.work, EXPORT: exporting.work}


def trigger_work(database: Database, means: Means) -> Mapping[str, Work]:
    return {TRIGGERS: Running(database, triggers.deeds(means, rendering(means)), means.clock).work}


def bulk_work(database: Database, files: Files, means: Means) -> Mapping[str, Work]:
    """Acts on many records."""
    several = Several(means, files)
    acting = Acting(database, means.directory, means.definitions, several, find_actor)
    return {BULK: acting.work}


@cache
def _runner() -> JobRunner:
    settings = load_settings(os.environ)
    secrets = load_secrets(settings.paths.home)
    clock = SystemClock()
    database = Database(app_url(settings, secrets), pool_size=CONNECTIONS, max_overflow=0)
    connection = redis.Redis.from_url(redis_url(settings, secrets), socket_timeout=5)
    shared = means(clock, JobQueue(connection, clock))
    sources = queries.data_sources(Seal(secrets.sealing_key))
    store = TransferStore(settings.paths.transfers, settings.transfers.largest)
    publisher = Publisher(owner_engine(owner_url(settings, secrets)), clock)
    work = {
        RECORDING: RecordingStore(settings.paths.recordings, clock, _in_stereo).process,
        VOICEMAIL: VoicemailStore(settings.paths.recordings, clock).process,
        **transfer_work(database, store, publisher, shared),
        **trigger_work(database, shared),
        **publication_work(database, publisher, shared),
        **queries.export_work(database, store, shared, sources, queries.replica(settings, secrets)),
        **bulk_work(database, Files(settings.paths.attachments, clock), shared),
    }
    return JobRunner(database, connection, clock, work)


def run(job_id: str, enterprise_id: str) -> str:
    """Entry point named in the queue (`core.jobs.ENTRY`); returns the job's state."""
    return _runner().run(UUID(job_id), UUID(enterprise_id)).value
