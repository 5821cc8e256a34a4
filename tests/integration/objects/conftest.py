"""The office and its API (tests/support/office.py), and an object that tests shape."""

from collections.abc import Iterator

import pytest
from redis import Redis

from callcenter.core.clock import ManualClock
from callcenter.core.db import Database
from callcenter.objects.service.transfer import TransferStore
from tests.integration.objects.files import Importer, Worker
from tests.integration.objects.firm import Firm, a_firm
from tests.integration.objects.shaping import Shaping, sweep
from tests.integration.objects.triggering import Background
from tests.support.ledger import Story
from tests.support.office import *  # noqa: F403
from tests.support.office import Caller, Door, Office, Seeded


@pytest.fixture
def story(database: Database, office: Office) -> Story:
    """The ledger of the office, as telephony would tell it."""
    return Story(database, office)


@pytest.fixture
def swept(seeded: Seeded, database: Database, office: Office) -> Iterator[None]:
    """What a test publishes is gone after it."""
    yield
    sweep(seeded, database, office)


@pytest.fixture
def pumps(swept: None, conf: Caller) -> Shaping:
    """Their draft, as it begins."""
    return Shaping(conf)


@pytest.fixture
def firm(seeded: Seeded, database: Database, office: Office, clock: ManualClock) -> Iterator[Firm]:
    """Objects of its own, gone after the test."""
    with a_firm(seeded, database, office, clock) as made:
        yield made


@pytest.fixture
def outsider(door: Door, office: Office) -> Caller:
    """An agent of another team."""
    return door.open(office.people["outsider"])


@pytest.fixture
def worker(
    seeded: Seeded, database: Database, redis: Redis, clock: ManualClock, transfers: TransferStore,
    office: Office,
) -> Worker:  # fmt: skip
    return Worker(database, redis, clock, transfers, office, seeded.owner)


@pytest.fixture
def background(database: Database, redis: Redis, clock: ManualClock, office: Office) -> Background:
    """Carries out what triggers have to do."""
    return Background(database, redis, clock, office)


@pytest.fixture
def importer(admin: Caller, worker: Worker) -> Importer:
    return Importer(admin, worker)
