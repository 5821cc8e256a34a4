"""What a worker does with a job, and what it needs for that: made once in its process."""

import os
from functools import cache
from uuid import UUID

import redis
from sqlalchemy.orm import Session

import callcenter.migrations.schema  # noqa: F401 - every table: foreign keys go by name
from callcenter.calls.tasks import KIND as RECORDING
from callcenter.calls.tasks import RecordingStore
from callcenter.core.addresses import app_url, redis_url
from callcenter.core.clock import SystemClock
from callcenter.core.db import Database
from callcenter.core.jobs import JobRunner
from callcenter.core.secrets import load_secrets
from callcenter.core.settings import load_settings
from callcenter.tenancy.service import Options


def _in_stereo(session: Session, enterprise_id: UUID) -> bool:
    return Options().of(session, enterprise_id).get("stereo_recording") is not False


@cache
def _runner() -> JobRunner:
    settings = load_settings(os.environ)
    secrets = load_secrets(settings.paths.home)
    clock = SystemClock()
    # The job's own transaction and its progress beside it: two connections.
    database = Database(app_url(settings, secrets), pool_size=2, max_overflow=0)
    connection = redis.Redis.from_url(redis_url(settings, secrets), socket_timeout=5)
    work = {RECORDING: RecordingStore(settings.paths.recordings, clock, _in_stereo).process}
    return JobRunner(database, connection, clock, work)


def run(job_id: str, enterprise_id: str) -> str:
    """Entry point named in the queue (`core.jobs.ENTRY`); returns the job's state."""
    return _runner().run(UUID(job_id), UUID(enterprise_id)).value
