"""Enterprises with people who sign in, in a database that all tests of a worker share."""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

import pytest

import callcenter.migrations.schema  # noqa: F401 - every table: foreign keys go by name
from callcenter.core.audit import Audit
from callcenter.core.clock import ManualClock
from callcenter.core.db import Database
from callcenter.core.ids import new_id
from callcenter.core.permissions import Role
from callcenter.core.tenant import Scope
from callcenter.people.models import SignInFailure, User
from callcenter.people.service import SessionGate, SignInService
from callcenter.people.service.passwords import hash_password
from callcenter.tenancy.models import Enterprise
from tests.support.databases import fresh_database

NOW = datetime(2026, 11, 24, 2, tzinfo=UTC)
PASSWORD = "violet-harbour-93"
IP = "203.0.113.7"


@dataclass(frozen=True)
class House:
    id: UUID
    code: str


@pytest.fixture(scope="session")
def people_database(migrated):
    with fresh_database(migrated) as fresh:
        yield fresh


@pytest.fixture
def database(people_database):
    opened = Database(people_database.app_url)
    yield opened
    with opened.begin(Scope.platform()) as session:
        session.query(SignInFailure).delete()
    opened.dispose()


@pytest.fixture
def clock():
    return ManualClock(NOW)


@pytest.fixture
def sign_ins(database, clock):
    return SignInService(database, clock, Audit(clock))


@pytest.fixture
def gate(database, clock):
    return SessionGate(database, clock)


@pytest.fixture
def make_house(database):
    def make():
        enterprise = Enterprise(id=new_id(), code=new_id().hex, name="甲", created_at=NOW)
        with database.begin(Scope.platform()) as session:
            session.add(enterprise)
        return House(enterprise.id, enterprise.code)

    return make


@pytest.fixture
def house(make_house):
    return make_house()


_HASH = hash_password(PASSWORD)


@pytest.fixture
def make_user(database):
    def make(house, employee_code="8001", role=Role.AGENT, **more):
        user = User(
            id=new_id(),
            employee_code=employee_code,
            name="林晓彤",
            role=role,
            created_at=NOW,
            **{"password_hash": _HASH, "must_change_password": False, **more},
        )
        with database.begin(Scope(house.id)) as session:
            session.add(user)
        return user

    return make


@pytest.fixture
def user(make_user, house):
    return make_user(house)
