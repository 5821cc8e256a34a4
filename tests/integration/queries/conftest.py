"""The office and its API (tests/support/office.py), and a firm with objects of its own."""

from collections.abc import Iterator

import pytest
from redis import Redis

from callcenter.core.clock import ManualClock
from callcenter.core.db import Database
from callcenter.queries.expert import running as expert_running
from callcenter.queries.service import running
from tests.integration.objects.firm import Firm, a_firm
from tests.integration.objects.triggering import Background
from tests.support.office import *  # noqa: F403
from tests.support.office import Office, Seeded


@pytest.fixture(autouse=True)
def time_to_count(monkeypatch: pytest.MonkeyPatch) -> None:
    """Counting is not given up because the machine is busy; a test that is about that says so."""
    for module in (running, expert_running):
        monkeypatch.setattr(module, "COUNTING", 60_000)


@pytest.fixture
def firm(seeded: Seeded, database: Database, office: Office, clock: ManualClock) -> Iterator[Firm]:
    """Objects of its own, gone after the test."""
    with a_firm(seeded, database, office, clock) as made:
        yield made


@pytest.fixture
def background(database: Database, redis: Redis, clock: ManualClock, office: Office) -> Background:
    """Carries out what triggers have to do."""
    return Background(database, redis, clock, office)
