"""An enterprise whose one object is as large as one likes: the product's data services and API."""

import atexit
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import cache
from typing import Any
from uuid import UUID

import psycopg
from flask.testing import FlaskClient
from psycopg import sql
from redis import Redis
from sqlalchemy import event, make_url, select

import callcenter.migrations.schema  # noqa: F401 - every table: foreign keys go by name
from callcenter.core.addresses import app_url, owner_url, redis_url
from callcenter.core.audit import Audit
from callcenter.core.clock import SystemClock
from callcenter.core.db import Database
from callcenter.core.http import COOKIE
from callcenter.core.ids import new_id
from callcenter.core.jobs import FINISHED, Job
from callcenter.core.permissions import Role
from callcenter.core.places import PROJECT
from callcenter.core.tenant import Scope
from callcenter.objects.queries import schema_of
from callcenter.objects.schemas import Definition
from callcenter.objects.service import Definitions, Installer, Versions
from callcenter.objects.tasks import Publisher, owner_engine
from callcenter.people.models import User
from callcenter.people.service import SignInService
from callcenter.processes.first import ensure_platform
from callcenter.processes.web import create_app
from callcenter.tenancy.models import Enterprise
from tests.bench.wide import (
    TARGET_ROWS,
    TARGETS,
    WIDE,
    fill,
    target_document,
    target_rows,
    wide_document,
    wide_rows,
)
from tests.support.databases import DataServices, data_services, migrate
from tests.support.waiting import wait_until

CODE = "100001"
ROWS = int(os.environ.get("BENCH_ROWS", "1000000"))
"""Records of the wide object."""

LAST = "text_last"
"""Its 500th field."""

Statement = tuple[str, Any]


class Store:
    """One enterprise, its designer at the API, and a worker beside it."""

    def __init__(self, services: DataServices) -> None:
        self.services = services
        settings, secrets = services.settings, services.secrets
        self.database = Database(app_url(settings, secrets), pool_size=2)
        self.publisher = Publisher(owner_engine(owner_url(settings, secrets)), SystemClock())
        self.redis = Redis.from_url(redis_url(settings, secrets))
        self.enterprise_id, self.schema = self._enterprise(), schema_of(CODE)
        self.definition = self._objects()
        self.client, self._csrf = self._sign_in()

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        answer = self.client.open(
            f"/api/v1{path}",
            method=method,
            json=body,
            headers={"X-CSRF-Token": self._csrf, **headers},
        )
        assert answer.status_code < 300, answer.json
        return answer

    def get(self, path: str, **query: Any) -> Any:
        answer = self.client.get(f"/api/v1{path}", query_string=query)
        assert answer.status_code == 200, answer.json
        return answer.json

    def upload(self, path: str, content: bytes, **query: Any) -> Any:
        answer = self.client.post(
            f"/api/v1{path}", query_string=query, data=content,
            content_type="application/octet-stream", headers={"X-CSRF-Token": self._csrf},
        )  # fmt: skip
        assert answer.status_code == 201, answer.json
        return answer.json

    @contextmanager
    def bare(self, *, owner: bool = False) -> Iterator["psycopg.Connection[Any]"]:
        """Psycopg alone, in the enterprise's scope; owner: where the tables' owner is needed."""
        settings, secrets = self.services.settings, self.services.secrets
        url = (owner_url if owner else app_url)(settings, secrets)
        dsn = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(dsn, autocommit=True) as connection:
            connection.execute(
                "SELECT set_config('app.enterprise_id', %s, false)", [str(self.enterprise_id)]
            )
            yield connection

    @contextmanager
    def heard(self) -> Iterator[list[Statement]]:
        """What the API says to PostgreSQL of the wide object meanwhile."""
        engine = self.client.application.extensions["database"].engine
        found: list[Statement] = []

        def hear(_c: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
            if f"{self.schema}.{WIDE}" in statement:
                found.append((statement, parameters))

        event.listen(engine, "before_cursor_execute", hear)
        yield found
        event.remove(engine, "before_cursor_execute", hear)

    @contextmanager
    def worker(self) -> Iterator[int]:
        """The product's worker of long jobs; its process id."""
        command = [sys.executable, "-m", "callcenter.processes.worker", "long"]
        process = subprocess.Popen(command, env=self.services.environment, cwd=PROJECT)
        try:
            yield process.pid
        finally:
            process.terminate()
            process.wait(30)

    def _enterprise(self) -> UUID:
        clock, enterprise_id = SystemClock(), new_id()
        with self.database.begin(Scope.platform()) as session:
            ensure_platform(session, clock)
            session.add(
                Enterprise(
                    id=enterprise_id, code=CODE, name=CODE, area_code="021", created_at=clock.now()
                )
            )
            session.flush()
            session.add(
                User(
                    id=new_id(), enterprise_id=enterprise_id, employee_code="conf", name="配置员",
                    role=Role.CONF, must_change_password=False, created_at=clock.now(),
                )
            )  # fmt: skip
        return enterprise_id

    def _objects(self) -> Definition:
        targets = {name: self._filled(target_document(name), TARGET_ROWS, {}) for name in TARGETS}
        self._filled(wide_document(LAST), ROWS, targets)
        with self.database.begin(Scope(self.enterprise_id)) as session:
            return Definitions().get(session, WIDE)

    def _filled(
        self, document: Mapping[str, Any], count: int, targets: Mapping[str, list[UUID]]
    ) -> list[UUID]:
        clock = SystemClock()
        versions = Versions(Audit(clock), clock)
        with self.database.begin(Scope.platform()) as session:
            installer = Installer(self.publisher, versions, clock)
            definition = installer.publish(session, self.enterprise_id, CODE, document)
        rows = wide_rows(definition, count, targets) if targets else target_rows(definition, count)
        with self.bare(owner=True) as connection:
            ids = fill(connection, self.enterprise_id, definition, self.schema, rows)
            self.publisher.index(self.schema, definition)
            table = sql.Identifier(self.schema, definition.identifier)
            connection.execute(sql.SQL("VACUUM (ANALYZE) {}").format(table))
            connection.execute(
                "INSERT INTO serial_number (enterprise_id, object_id, field, period, last)"
                " SELECT enterprise_id, id, 'number', '', %s FROM data_object WHERE identifier = %s",
                [count, definition.identifier],
            )
        return ids

    def _sign_in(self) -> tuple[FlaskClient, str]:
        clock = SystemClock()
        app = create_app(self.services.settings, self.services.secrets)
        signed_in = SignInService(self.database, clock, Audit(clock)).open_here(CODE, "conf")
        client = app.test_client()
        client.set_cookie(COOKIE, signed_in.cookie)
        return client, signed_in.signed_in.csrf_token

    def job(self, kind: str) -> Any:
        """The newest of a kind, when it is over."""

        def found() -> Any:
            with self.database.begin(Scope(self.enterprise_id)) as session:
                query = select(Job).where(Job.kind == kind).order_by(Job.made_at.desc()).limit(1)
                job = session.scalar(query)
                return job if job is not None and job.state in FINISHED else None

        return wait_until(found, 600, kind)


@cache
def the_store() -> Store:
    """Made once for all runs, and gone with the process."""
    stack = ExitStack()
    atexit.register(stack.close)
    services = stack.enter_context(data_services({}))
    migrate(services)
    return Store(services)
