"""`python -m callcenter.processes.facts`: runs until it is told to stop, or one of its loops fails.

Apart from telephony, so that writing the ledger never takes time from calls; with this process gone
or frozen, calls go on and the journal keeps what it has not delivered.
"""

import os
import threading
from collections.abc import Callable, Sequence
from queue import Empty, SimpleQueue

import redis
import structlog
from sqlalchemy.exc import OperationalError

import callcenter.migrations.schema  # noqa: F401 - every table: foreign keys go by name
from callcenter.calls.tasks import RecordingStore
from callcenter.core import logging
from callcenter.core.addresses import app_url, redis_url
from callcenter.core.bus import Outbox
from callcenter.core.clock import SystemClock
from callcenter.core.db import Database
from callcenter.core.jobs import JobQueue
from callcenter.core.metrics import Gauge
from callcenter.core.secrets import load_secrets
from callcenter.core.settings import Settings, load_settings
from callcenter.notices.service import Notices
from callcenter.processes.directory import SqlDirectory
from callcenter.processes.facts.follower import GROUP, FactsFollower
from callcenter.processes.facts.putting_back import PuttingBack, Wishes
from callcenter.processes.status import Status
from callcenter.telephony.aside import SetAside
from callcenter.telephony.delivery import (
    DATABASE,
    STREAM,
    Delivery,
    forget_delivered,
    late_to_database,
    setting_aside,
    to_database,
    to_stream,
)
from callcenter.voicemail.service import Keeping
from callcenter.voicemail.tasks import VoicemailStore

BEAT_SECONDS = 0.5
TRY_AGAIN = 0.5
FORGET_EVERY = 60.0
UNDELIVERED = Gauge(
    "callcenter_undelivered_bytes",
    "What the journal has and a receiver has not",
    ["to"],
    multiprocess_mode="mostrecent",
)

log = structlog.get_logger()


def main() -> None:
    settings = load_settings(os.environ)
    logging.configure(settings.log.level)
    deliveries, follow = _build(settings)
    failed: SimpleQueue[Exception] = SimpleQueue()
    for loop in (*(delivery.run for delivery in deliveries), follow):
        threading.Thread(target=_guarded, args=(loop, failed), daemon=True).start()
    clock, forgotten = SystemClock(), 0.0
    beat = settings.paths.run / "facts.beat"
    while True:
        beat.touch()
        for delivery in deliveries:
            UNDELIVERED.labels(delivery.name).set(delivery.backlog_bytes)
        if clock.monotonic() - forgotten > FORGET_EVERY:
            forget_delivered(settings.paths.journal, deliveries)
            forgotten = clock.monotonic()
        try:
            raise failed.get(timeout=BEAT_SECONDS)
        except Empty:
            continue


def _build(settings: Settings) -> tuple[list[Delivery], Callable[[], None]]:
    secrets, clock, journal = (
        load_secrets(settings.paths.home),
        SystemClock(),
        settings.paths.journal,
    )
    address = redis_url(settings, secrets)
    # One connection a loop: with one of them stalled the others go on.
    ledger, database = (
        Database(app_url(settings, secrets), pool_size=1, max_overflow=0) for _ in range(2)
    )
    stream = redis.Redis.from_url(
        address, decode_responses=True, socket_timeout=2, socket_connect_timeout=2
    )
    books = SetAside(journal, DATABASE, clock)
    late = PuttingBack(books, late_to_database(ledger))
    deliveries = [
        Delivery(DATABASE, journal, setting_aside(to_database(ledger), books.keep), late.look),
        Delivery(STREAM, journal, to_stream(stream)),
    ]
    connection = redis.Redis.from_url(address, decode_responses=True, socket_timeout=5)
    jobs, directory = (
        JobQueue(redis.Redis.from_url(address, socket_timeout=2), clock),
        SqlDirectory(),
    )
    keeping = Keeping(
        directory, Notices(directory, Outbox(clock), clock),
        VoicemailStore(settings.paths.recordings, clock), jobs,
    )  # fmt: skip
    records = SetAside(journal, GROUP, clock)
    follower = FactsFollower(
        database, connection, jobs,
        RecordingStore(settings.paths.recordings, clock), keeping, clock, records.keep,
    )  # fmt: skip
    followed = PuttingBack(records, follower.follow)
    wishes = Wishes(connection, (late, followed))
    status = Status(connection, "facts", clock)

    def step() -> None:
        wishes.look()
        followed.look()
        follower.step()

    return deliveries, lambda: _follow(follower, step, deliveries, status)


def _follow(
    follower: FactsFollower,
    step: Callable[[], None],
    deliveries: Sequence[Delivery],
    status: Status,
) -> None:
    """Ready is who has delivered what lay there: until then the ledger is behind the calls."""
    pause = threading.Event()
    while True:
        try:
            follower.open()
            while True:
                step()
                status.tell(delivered=all(each.caught_up for each in deliveries))
        except (redis.RedisError, OperationalError) as error:
            log.warning("facts.wait", reason=repr(error)[:200])
            pause.wait(TRY_AGAIN)


def _guarded(loop: Callable[[], None], failed: "SimpleQueue[Exception]") -> None:
    """What a loop did not expect ends the process; the supervisor starts it anew."""
    try:
        loop()
    except Exception as error:  # noqa: BLE001 - raised again in the main thread
        failed.put(error)


if __name__ == "__main__":
    main()
