"""Two enterprises of the test's own in a database that all tests of a worker share."""

from datetime import UTC, datetime

import pytest

import callcenter.migrations.schema  # noqa: F401 - every table: foreign keys go by name
from callcenter.core.clock import ManualClock
from callcenter.core.db import Database
from callcenter.core.ids import new_id
from callcenter.core.permissions import Role
from callcenter.core.tenant import Actor, Scope
from callcenter.tenancy.models import Enterprise
from tests.support.databases import fresh_database

NOW = datetime(2026, 11, 24, 2, tzinfo=UTC)


@pytest.fixture
def clock():
    return ManualClock(NOW)


@pytest.fixture(scope="session")
def shared_database(migrated):
    with fresh_database(migrated) as fresh:
        yield fresh


@pytest.fixture
def database(shared_database):
    opened = Database(shared_database.app_url)
    yield opened
    opened.dispose()


def _make(database, name):
    enterprise = Enterprise(id=new_id(), code=new_id().hex, name=name, created_at=NOW)
    with database.begin(Scope.platform()) as session:
        session.add(enterprise)
    return enterprise.id


@pytest.fixture
def ours(database):
    return Scope.of(_actor(_make(database, "ours")))


@pytest.fixture
def theirs(database):
    return Scope.of(_actor(_make(database, "theirs")))


def _actor(enterprise_id):
    return Actor(
        new_id(),
        enterprise_id,
        "admin",
        "管理员",
        Role.ADMIN,
        ip="10.0.0.7",
        permissions=Actor.permissions_of(Role.ADMIN),
    )
