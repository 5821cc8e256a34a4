"""Two enterprises at work: people, services, data objects, and the API in front of them.

Seeded once a worker into a database that each test's own is copied from.
"""

import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_smorest import Api
from redis import Redis
from sqlalchemy import Engine, event, text, update
from sqlalchemy.orm import Session

import callcenter.migrations.schema  # noqa: F401 - every table: foreign keys go by name
from callcenter.api_keys.service import ApiKeys, KeyGate
from callcenter.configuration.schemas import STANDARD
from callcenter.core.audit import Audit
from callcenter.core.clock import ManualClock
from callcenter.core.db import Database
from callcenter.core.http import COOKIE, SignedIn, install_errors, install_gate
from callcenter.core.ids import new_id
from callcenter.core.jobs import JobQueue
from callcenter.core.limits import Limiter
from callcenter.core.permissions import GRANTS, Permission, Role
from callcenter.core.sealed import Seal
from callcenter.core.tenant import Actor, Scope
from callcenter.objects.service import CachedRows
from callcenter.objects.service.transfer import TransferStore
from callcenter.objects.tasks import Publisher, owner_engine
from callcenter.people.models import (
    Disposition,
    Extension,
    NotReadyReason,
    Team,
    TeamMember,
    User,
)
from callcenter.processes.configuring import set_installer
from callcenter.processes.directory import SqlDirectory
from callcenter.processes.records import Parts, blueprints
from callcenter.processes.web import API
from callcenter.routing.models import AgentService, ServiceTeam
from callcenter.tenancy.models import AccessNumber, Enterprise, Status, Trunk
from tests.fakes.telephony import FakeTelephony
from tests.support.contract import HonestClient
from tests.support.databases import DataServices, FreshDatabase, fresh_database, kept_engine

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
"""A Tuesday, ten in the morning in Shanghai."""

_SEED = frozenset(
    {
        *("alembic_version", "enterprise", "trunk", "access_number", "option_definition"),
        *("user_account", "team", "team_member", "extension", "not_ready_reason", "disposition"),
        *("agent_service", "service_team", "enterprise_option"),
        *("data_object", "object_version"),
    }
)

_WRITTEN = text("""
SELECT nspname, relname FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
WHERE relkind = 'r' AND (nspname = 'public' OR nspname ~ '^e[0-9]{6}$')
AND relname <> ALL(:seed) AND pg_relation_size(pg_class.oid) > 0
""")
"""Tables that something was written into since they were emptied."""

CSRF = "csrf-of-the-test"
LINK_KEY = "key-of-recording-links"
SEALING_KEY = "key-of-sealed-secrets"
LARGEST_FILE = 64 * 1024
ATTACHMENTS, TRANSFERS = "attachments", "transfers"
MEBIBYTES = int(os.environ.get("TEST_FILE_MIB", "2"))
"""Of a file of records that comes in."""


@dataclass
class Office:
    """One enterprise. People by name: agent, colleague, outsider, leader, inspector, admin, conf."""

    id: UUID
    code: str
    people: dict[str, Actor] = field(default_factory=dict)
    teams: dict[str, UUID] = field(default_factory=dict)
    service: UUID = field(default_factory=new_id)
    disposition: UUID = field(default_factory=new_id)
    reason: UUID = field(default_factory=new_id)

    def scope(self, who: str = "") -> Scope:
        return Scope(self.id, self.people[who] if who else None)


@contextmanager
def suspended(database: Database, office: Office) -> Iterator[None]:
    """In here the operator has suspended it."""
    its = update(Enterprise).where(Enterprise.id == office.id)
    with database.begin(Scope.platform()) as session:
        session.execute(its.values(status=Status.SUSPENDED))
    try:
        yield
    finally:
        with database.begin(Scope.platform()) as session:
            session.execute(its.values(status=Status.ACTIVE))


@dataclass(frozen=True)
class Seeded:
    database: FreshDatabase
    owner: Engine
    offices: Mapping[str, Office]


@pytest.fixture(scope="session")
def seeded(migrated: DataServices) -> Iterator[Seeded]:
    with fresh_database(migrated) as fresh:
        owner = kept_engine(fresh.owner_url)
        yield Seeded(fresh, owner, _seed(fresh))
        owner.dispose()


@pytest.fixture(scope="session")
def rows(seeded: Seeded) -> Iterator[Database]:
    opened = Database(seeded.database.app_url)
    # Tables come and go here; a statement that was prepared for a former one would be refused.
    event.listen(opened.engine, "connect", _prepare_nothing)
    yield opened
    opened.dispose()


def _prepare_nothing(connection: Any, _record: Any) -> None:
    connection.prepare_threshold = None


@pytest.fixture
def database(rows: Database, seeded: Seeded) -> Iterator[Database]:
    """Empty but for the offices: what a test leaves behind is swept after it."""
    yield rows
    _sweep(seeded.owner)


@pytest.fixture
def office(seeded: Seeded) -> Office:
    return seeded.offices["100001"]


@pytest.fixture
def other(seeded: Seeded) -> Office:
    """Another enterprise."""
    return seeded.offices["100002"]


@pytest.fixture(scope="session")
def hands() -> ManualClock:
    return ManualClock(NOW)


@pytest.fixture
def clock(hands: ManualClock) -> ManualClock:
    hands.set(NOW)
    return hands


@pytest.fixture
def telephony(redis: Redis, redis_url: str) -> Iterator[FakeTelephony]:
    assert redis.ping()
    fake = FakeTelephony(redis_url).start()
    yield fake
    fake.stop()


class _Softphones:
    def rotate(self, session: Session, user_id: UUID) -> tuple[str, str]:
        assert session.is_active
        return f"e100001-{str(user_id)[:4]}", "a-new-secret"


class _Gate:
    def __init__(self, offices: Mapping[str, Office]) -> None:
        self._actors = {str(a.user_id): a for o in offices.values() for a in o.people.values()}

    def find(self, cookie: str, ip: str) -> SignedIn | None:
        actor = self._actors.get(cookie)
        return SignedIn(actor, CSRF, must_change_password=False) if actor else None


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("files")


@pytest.fixture
def attachments(folder: Path) -> Path:
    """Where the files at records lie; none yet."""
    shutil.rmtree(folder / ATTACHMENTS, ignore_errors=True)
    return folder / ATTACHMENTS


@pytest.fixture
def transfers(folder: Path) -> TransferStore:
    """Where files of records lie, none yet; they may have MEBIBYTES."""
    shutil.rmtree(folder / TRANSFERS, ignore_errors=True)
    return _transfers(folder)


def _transfers(folder: Path) -> TransferStore:
    return TransferStore(folder / TRANSFERS, MEBIBYTES * 1024 * 1024)


@pytest.fixture
def app(
    made_app: Flask,
    database: Database,
    redis: Redis,
    clock: ManualClock,
    attachments: Path,
    transfers: TransferStore,
) -> Flask:
    """The API over the offices as they are before a test."""
    return made_app


@pytest.fixture(scope="session")
def made_app(
    seeded: Seeded, rows: Database, services: DataServices, hands: ManualClock, folder: Path
) -> Iterator[Flask]:
    """Once for all tests: it takes longer than most of them."""
    made = Flask("records")
    made.test_client_class = HonestClient
    made.config |= {
        "API_TITLE": "test",
        "API_VERSION": "v1",
        "OPENAPI_VERSION": API["OPENAPI_VERSION"],
        "TESTING": True,
        "PROPAGATE_EXCEPTIONS": False,
    }
    client = Redis.from_url(services.redis_url, decode_responses=True)
    api = Api(made)
    publisher = Publisher(seeded.owner, hands)
    queue = Redis.from_url(services.redis_url)
    parts = Parts(
        rows, client, hands, publisher, _Softphones(), LINK_KEY, folder / ATTACHMENTS,
        LARGEST_FILE, JobQueue(queue, hands), _transfers(folder), CachedRows(queue, hands), Seal(SEALING_KEY),
    )  # fmt: skip
    for blueprint in blueprints(parts):
        api.register_blueprint(blueprint, url_prefix="/api/v1" + (blueprint.url_prefix or ""))
    keys = KeyGate(rows, Limiter(client, hands), hands)
    install_gate(made, _Gate(seeded.offices), keys)
    install_errors(made)
    yield made
    client.close()
    queue.close()


@dataclass
class Caller:
    """Speaks to the API as one user."""

    client: FlaskClient
    language: str = "zh-CN"
    headers: Mapping[str, str] = field(default_factory=lambda: {"X-CSRF-Token": CSRF})

    def get(self, path: str, **query: Any) -> Any:
        return self.client.get(f"/api/v1{path}", query_string=query, headers=self.headers)

    def send(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        version: int | None = None,
        key: str | None = None,
    ) -> Any:
        headers = dict(self.headers)
        if version is not None:
            headers["If-Match"] = f'"{version}"'
        if key is not None:
            headers["Idempotency-Key"] = key
        return self.client.open(f"/api/v1{path}", method=method, json=body, headers=headers)

    def post(self, path: str, body: Any = None, **options: Any) -> Any:
        return self.send("POST", path, body, **options)


@dataclass
class Door:
    app: Flask

    def open(self, actor: Actor) -> Caller:
        client = self.app.test_client()
        client.set_cookie(COOKIE, str(actor.user_id))
        return Caller(client)


@dataclass(frozen=True)
class Keys:
    """Makes API keys, and opens the door with them."""

    app: Flask
    database: Database
    clock: ManualClock

    def make(self, office: Office, *permissions: Permission, **more: Any) -> dict[str, Any]:
        """As its administrator does; `key` is the whole key."""
        plain = {
            "name": new_id().hex, "networks": [], "expires_at": None, "per_minute": 1000,
            "callbacks_per_day": 100, "callbacks_per_number": 3,
        }  # fmt: skip
        keys = ApiKeys(SqlDirectory(), Audit(self.clock), self.clock)
        with self.database.begin(office.scope("admin")) as session:
            return keys.make(session, plain | more | {"permissions": [*permissions]})

    def open(self, office: Office, *permissions: Permission, **more: Any) -> Caller:
        """A program, at its desk somewhere else."""
        bearer = f"Bearer {self.make(office, *permissions, **more)['key']}"
        return Caller(self.app.test_client(), headers={"Authorization": bearer})


@pytest.fixture
def door(app: Flask) -> Door:
    return Door(app)


@pytest.fixture
def keys(app: Flask, database: Database, clock: ManualClock) -> Keys:
    return Keys(app, database, clock)


@pytest.fixture
def agent(door: Door, office: Office) -> Caller:
    return door.open(office.people["agent"])


@pytest.fixture
def colleague(door: Door, office: Office) -> Caller:
    return door.open(office.people["colleague"])


@pytest.fixture
def leader(door: Door, office: Office) -> Caller:
    return door.open(office.people["leader"])


@pytest.fixture
def admin(door: Door, office: Office) -> Caller:
    return door.open(office.people["admin"])


@pytest.fixture
def conf(door: Door, office: Office) -> Caller:
    return door.open(office.people["conf"])


@pytest.fixture
def inspector(door: Door, office: Office) -> Caller:
    return door.open(office.people["inspector"])


@pytest.fixture
def stranger(door: Door, other: Office) -> Caller:
    """The administrator of another enterprise."""
    return door.open(other.people["admin"])


def _seed(fresh: FreshDatabase) -> dict[str, Office]:
    clock = ManualClock(NOW)
    database, publisher = Database(fresh.app_url), Publisher(owner_engine(fresh.owner_url), clock)
    offices = {}
    with database.begin(Scope.platform()) as session:
        trunk = Trunk(
            id=new_id(), name="demo", endpoint="trunk-demo", host="127.0.0.1", created_at=NOW
        )
        session.add(trunk)
        session.flush()
        for code, number in (("100001", "02160000001"), ("100002", "02160000009")):
            office = Office(new_id(), code)
            _add_enterprise(session, office, trunk.id, number)
            offices[code] = office
    for office in offices.values():
        with database.begin(office.scope()) as session:
            _add_people(session, office)
            set_installer(publisher, clock).install(session, office.id, office.code, STANDARD)
    database.dispose()
    return offices


def _add_enterprise(session: Session, office: Office, trunk_id: UUID, number: str) -> None:
    session.add(
        Enterprise(
            id=office.id, code=office.code, name=office.code, area_code="021", created_at=NOW
        )
    )
    session.flush()
    session.add(
        AccessNumber(
            number=number,
            trunk_id=trunk_id,
            enterprise_id=office.id,
            created_at=NOW,
            updated_at=NOW,
        )
    )


_PEOPLE = (
    ("agent", "8001", "林晓彤", Role.AGENT, "first"),
    ("colleague", "8002", "周子墨", Role.AGENT, "first"),
    ("outsider", "8003", "陈思远", Role.AGENT, "second"),
    ("leader", "8101", "沈慧", Role.LEADER, "first"),
    ("inspector", "8201", "许文博", Role.INSPECTOR, ""),
    ("admin", "admin", "管理员", Role.ADMIN, ""),
    ("conf", "conf", "配置员", Role.CONF, ""),
)


def _add_people(session: Session, office: Office) -> None:
    for name in ("first", "second"):
        team = Team(id=new_id(), name=name)
        office.teams[name] = team.id
        session.add(team)
    session.flush()
    for who, code, name, role, team_name in _PEOPLE:
        extension = Extension(id=new_id(), number=code, secret="s") if role is Role.AGENT else None
        user = User(id=new_id(), employee_code=code, name=name, role=role, created_at=NOW)
        if extension:
            session.add(extension)
            session.flush()
            user.extension_id = extension.id
        session.add(user)
        session.flush()
        teams = (office.teams[team_name],) if team_name else ()
        session.add_all(TeamMember(team_id=team, user_id=user.id) for team in teams)
        office.people[who] = Actor(
            user.id, office.id, code, name, role, ip="10.0.0.7", team_ids=teams,
            permissions=GRANTS[role],
        )  # fmt: skip
    session.add(AgentService(id=office.service, name="售后维修", created_at=NOW))
    labels = {"zh-CN": "报修已受理", "en": "Repair accepted"}
    session.add(Disposition(id=office.disposition, code="accepted", label=labels))
    break_ = {"zh-CN": "小休", "en": "Break"}
    session.add(NotReadyReason(id=office.reason, code="break", label=break_))
    session.flush()
    session.add(ServiceTeam(service_id=office.service, team_id=office.teams["first"]))


def _sweep(owner: Engine) -> None:
    """Empty every table that the seed left empty; a copy of the database takes ten times as long."""
    with owner.begin() as connection:
        found = connection.execute(_WRITTEN, {"seed": [*_SEED]}).all()
        if found:
            quote = owner.dialect.identifier_preparer.quote
            names = ", ".join(f"{quote(schema)}.{quote(name)}" for schema, name in found)
            connection.execute(text(f"TRUNCATE {names} CASCADE"))
