"""A thousand messages taken into the queue: as batches of a task do it, and as a person asks for it.

From the drafts to the commit, with PostgreSQL's own settings. Beside it, in the same run, the same
rows inserted by bare psycopg in one statement and transaction.
"""

import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from functools import partial
from typing import Any

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb
from sqlalchemy import make_url, select

import callcenter.migrations.schema  # noqa: F401 - every table: foreign keys go by name
from callcenter.core.addresses import app_url
from callcenter.core.clock import SystemClock
from callcenter.core.db import Database
from callcenter.core.ids import new_id
from callcenter.core.tenant import Scope
from callcenter.messaging.models import ChannelKind, Message, MessageChannel
from callcenter.messaging.service import Accepting, Draft, Source
from callcenter.processes.directory import SqlDirectory
from callcenter.tenancy.models import Enterprise
from tests.bench.samples import Raw, Samples, made
from tests.support.databases import DataServices, data_services, migrate

MESSAGES, TIMES, BATCH = 1_000, 20, 20
"""BATCH: as `automation.commands.messages` takes them, a transaction each."""

TEXT = "尊敬的{name}，您的工单 {number} 已受理，工程师将于明天上午与您联系。"
SMS = {
    "url": "https://sms.example.com/", "method": "POST", "format": "json", "headers": {},
    "body": '{"m": "{{to}}", "t": "{{text}}"}', "success": {"by": "status"}, "id_path": "",
    "price": "0.045", "signature": "海蓝电器", "allowed": ["+86"], "idempotent": False,
}  # fmt: skip


class World:
    def __init__(self, services: DataServices) -> None:
        url = app_url(services.settings, services.secrets)
        self.plain = make_url(url).set(drivername="postgresql")
        self.database = Database(url, pool_size=2)
        self._accepting = Accepting(SqlDirectory(), SystemClock())
        self.enterprise_id, now = new_id(), SystemClock().now()
        with self.database.begin(Scope.platform()) as session:
            session.add(
                Enterprise(
                    id=self.enterprise_id, code="100001", name="100001", created_at=now, version=1
                )
            )  # fmt: skip
        with self.database.begin(Scope(self.enterprise_id)) as session:
            session.add(
                MessageChannel(
                    id=new_id(), key="sms", name="sms", kind=ChannelKind.SMS, settings=SMS,
                    changed_at=now,
                )
            )  # fmt: skip

    def take(self, drafts: Sequence[Draft]) -> None:
        """In a transaction of their own."""
        with self.database.begin(Scope(self.enterprise_id)) as session:
            channel = self._accepting.channel(session, "sms")
            ids = self._accepting.accept(session, channel, drafts, Source.TASK)
            assert len(ids) == len(drafts)

    def rows(self) -> Sequence[dict[str, Any]]:
        """A thousand of them as they lie, for whoever writes them by hand."""
        with self.database.begin(Scope(self.enterprise_id)) as session:
            found = session.scalars(select(Message).limit(MESSAGES)).all()
            names = [column.name for column in Message.__table__.columns]
            return [{name: getattr(row, name) for name in names} for row in found]


def _drafts(turn: int) -> list[Draft]:
    return [
        Draft(
            str(13_800_000_000 + number), TEXT.format(name="王秀兰", number=number),
            template="receipt", key=f"{turn}:{number}",
        )
        for number in range(MESSAGES)
    ]  # fmt: skip


def _seconds(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def _in_batches(world: World, drafts: Sequence[Draft]) -> None:
    for place in range(0, len(drafts), BATCH):
        world.take(drafts[place : place + BATCH])


def _bare(connection: "psycopg.Connection[Any]", rows: Sequence[dict[str, Any]]) -> None:
    names = [*rows[0]]
    statement = sql.SQL("INSERT INTO message ({}) VALUES ({})").format(
        sql.SQL(", ").join(map(sql.Identifier, names)),
        sql.SQL(", ").join(map(sql.Placeholder, names)),
    )
    fresh = [
        {**{name: _held(value) for name, value in row.items()}, "id": new_id()} for row in rows
    ]
    with connection.transaction(), connection.cursor() as cursor:
        cursor.executemany(statement, fresh)


def _held(value: Any) -> Any:
    return Jsonb(value) if isinstance(value, dict | list) else value


def measured(world: World, connection: "psycopg.Connection[Any]") -> Samples:
    samples = Samples(taken_s=[], batches_s=[], bare_s=[])
    world.take(_drafts(-1))
    rows = world.rows()
    for turn in range(TIMES):
        whole, parts = _drafts(2 * turn), _drafts(2 * turn + 1)
        samples["taken_s"].append(_seconds(partial(world.take, whole)))
        samples["batches_s"].append(_seconds(partial(_in_batches, world, parts)))
        samples["bare_s"].append(_seconds(partial(_bare, connection, rows)))
    return samples


def run(number: int) -> Raw:
    with ExitStack() as stack:
        services = stack.enter_context(data_services({}))
        migrate(services)
        world = World(services)
        plain = world.plain.render_as_string(hide_password=False)
        connection = stack.enter_context(psycopg.connect(plain, autocommit=True))
        own = [str(world.enterprise_id)]
        connection.execute("SELECT set_config('app.enterprise_id', %s, false)", own)
        samples = measured(world, connection)
    return made("messages", number, samples, {"messages": MESSAGES, "batch": BATCH})
