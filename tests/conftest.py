"""Fixtures for all tests. One stack, one cluster and one Redis per worker of pytest-xdist."""

import gc
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import Redis

from tests.support.databases import (
    DataServices,
    FreshDatabase,
    data_services,
    fresh_database,
    migrate,
)
from tests.support.stack import Stack

OUTPUT = Path(__file__).parent / "output"

LONGEST_FIRST = ({"second"}, {"stack"}, {"network", "centre", "hotline"})
"""What makes a test slow to begin with: whole products, then an Asterisk with telephones."""


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with long tests go first, else in chance's order: no worker ends the run alone."""
    place: dict[Path, int] = {}
    for item in items:
        place[item.path] = min(_place(item), place.get(item.path, len(LONGEST_FIRST)))
    items.sort(key=lambda item: place[item.path])


def pytest_collection_finish() -> None:
    """What is there by now stays to the end: the garbage collector need not go through it again."""
    gc.collect()
    gc.freeze()


def _place(item: pytest.Item) -> int:
    asked = set(getattr(item, "fixturenames", ()))
    found = (number for number, names in enumerate(LONGEST_FIRST) if names & asked)
    return next(found, len(LONGEST_FIRST))


@pytest.fixture(scope="session")
def services() -> Iterator[DataServices]:
    """PostgreSQL and Redis, running, with nothing in them."""
    with data_services() as running:
        yield running


@pytest.fixture(scope="session")
def migrated(services: DataServices) -> DataServices:
    migrate(services)
    return services


@pytest.fixture
def postgres(migrated: DataServices) -> Iterator[FreshDatabase]:
    """A migrated, empty database for one test."""
    with fresh_database(migrated) as database:
        yield database


@pytest.fixture
def redis(services: DataServices) -> Iterator["Redis"]:
    """A client of an empty Redis; `redis_url` gives its address."""
    client = Redis.from_url(services.redis_url)
    client.flushall()
    yield client
    client.close()


@pytest.fixture
def redis_url(redis: "Redis", services: DataServices) -> str:
    assert redis.ping()
    return services.redis_url


@pytest.fixture(scope="session")
def stack(request: pytest.FixtureRequest) -> Iterator[Stack]:
    """The whole product, ready. A test that harms it must wait until it is ready again."""
    logs = OUTPUT / f"stack-{os.environ.get('PYTEST_XDIST_WORKER', 'gw0')}"
    with Stack() as running:
        try:
            running.wait_ready(300)
        except AssertionError:
            running.keep_logs(logs)
            raise
        yield running
        if request.session.testsfailed:
            running.keep_logs(logs)


@pytest.fixture(scope="session")
def outage_seconds() -> float:
    """How long a fault test takes something away."""
    return float(os.environ.get("CALLCENTER_OUTAGE_SECONDS", "2"))
