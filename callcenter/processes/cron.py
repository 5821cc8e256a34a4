"""Moves committed events to their stream as soon as PostgreSQL tells of them, and keeps house.

Beside that, in a thread that waits for neither, it sees which scheduled tasks are due.

It outlives both data services: while one is gone it tries again, and then goes on where it was.
"""

import os
import threading
import time
from functools import partial

import redis
import structlog
from sqlalchemy.exc import SQLAlchemyError

import callcenter.migrations.schema  # noqa: F401 - every table: foreign keys go by name
from callcenter.automation.tasks import Clockwork
from callcenter.calls.tasks import RecordingStore
from callcenter.core import logging
from callcenter.core.addresses import app_url, owner_url, redis_url
from callcenter.core.bus import OUTBOX_CHANNEL, OutboxRelay
from callcenter.core.clock import Clock, SystemClock
from callcenter.core.db import Database
from callcenter.core.jobs import JobQueue
from callcenter.core.secrets import load_secrets
from callcenter.core.settings import Settings, load_settings
from callcenter.notices.events import ring
from callcenter.objects.service import Definitions, Files, RecycleBin
from callcenter.objects.service.transfer import TransferStore
from callcenter.objects.tasks import Publisher, owner_engine
from callcenter.processes.bins import Bins
from callcenter.processes.housekeeping import EVERY, Housekeeping
from callcenter.processes.instruments import own_files
from callcenter.processes.listening import Every, attend
from callcenter.processes.means import means
from callcenter.processes.months import Months
from callcenter.processes.status import Status
from callcenter.voicemail.tasks import VoicemailStore

FORGET_EVERY = 600.0
log = structlog.get_logger()


def main() -> None:
    settings = load_settings(os.environ)
    logging.configure(settings.log.level)
    secrets = load_secrets(settings.paths.home)
    url = app_url(settings, secrets)
    connection = redis.Redis.from_url(
        redis_url(settings, secrets), socket_timeout=2, socket_connect_timeout=2
    )
    database = Database(url, pool_size=1, max_overflow=0)
    clock = SystemClock()
    relay = OutboxRelay(database, connection, partial(ring, connection, clock))
    recordings = RecordingStore(settings.paths.recordings, clock)
    messages = VoicemailStore(settings.paths.recordings, clock)
    transfers = TransferStore(settings.paths.transfers, settings.transfers.largest)
    jobs = JobQueue(connection, clock)
    bins = _bins(settings, database, clock)
    # Tables of objects are made by the owner of the database.
    publisher = Publisher(owner_engine(owner_url(settings, secrets)), clock)
    months = Months(database, publisher, Definitions(), clock)
    housekeeping = Housekeeping(
        database, jobs, recordings, messages, bins, months, transfers, clock
    )
    _watch_the_clock(url, clock)
    status = Status(connection, "cron", clock)
    kept = Every(EVERY)

    def look() -> None:
        while relay.relay():
            pass
        status.tell()
        if kept.is_due():
            housekeeping.go_round()

    attend(url, OUTBOX_CHANNEL, look, redis.RedisError)


def _watch_the_clock(url: str, clock: Clock) -> None:
    """Housekeeping may take its time; what is due at nine is not to begin at ten past."""
    clockwork = Clockwork(Database(url, pool_size=1, max_overflow=0), clock)
    threading.Thread(target=_tick, args=[clockwork], daemon=True, name="clockwork").start()


def _tick(clockwork: Clockwork) -> None:
    pause, forgetting = threading.Event(), Every(FORGET_EVERY, at_once=True)
    while True:
        try:
            while clockwork.tick():
                pass
            if forgetting.is_due():
                clockwork.forget()
        except SQLAlchemyError as error:
            log.warning("tasks wait", error=str(error))
        except Exception:
            # Whatever it is: without this thread nobody's tasks are due any more.
            log.exception("tasks wait")
        # Tasks are due at whole minutes: looked at just as each second has begun.
        pause.wait(1.01 - time.time() % 1)


def _bins(settings: Settings, database: Database, clock: Clock) -> Bins:
    files = Files(settings.paths.attachments, clock)
    recycled = RecycleBin(means(clock), files)
    return Bins(database, recycled, files, own_files(settings, clock), clock)


if __name__ == "__main__":
    main()
