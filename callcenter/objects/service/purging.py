"""What the worker does so that the values of a hidden field are gone for good."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from psycopg.errors import LockNotAvailable
from sqlalchemy import Row, String, literal, text, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from callcenter.core.clock import Clock
from callcenter.core.db import Database, TenantTables
from callcenter.core.directory import Directory
from callcenter.core.jobs import Progress, Unfinished
from callcenter.core.tenant import Scope
from callcenter.objects import queries
from callcenter.objects.errors import BeingPublished
from callcenter.objects.models import Attachment
from callcenter.objects.schemas import Definition
from callcenter.objects.service.definitions import Definitions
from callcenter.objects.service.presenting import enterprise_of
from callcenter.objects.tasks import Publisher
from callcenter.objects.types.file import TYPE as FILE
from callcenter.objects.types.image import TYPE as IMAGE

BATCH = 1_000


class Purging:
    """Every step may be done again: a worker that died has left nothing that stands in the way."""

    def __init__(
        self,
        database: Database,
        directory: Directory,
        definitions: Definitions,
        publisher: Publisher,
        clock: Clock,
    ) -> None:
        self._database = database
        self._directory = directory
        self._definitions = definitions
        self._publisher = publisher
        self._clock = clock

    def work(
        self, session: Session, arguments: Mapping[str, Any], progress: Progress
    ) -> Mapping[str, Any]:
        """A turn of it; it waits for whoever publishes or reads for long."""
        scope: Scope = session.info["scope"]
        identifier, place = arguments["identifier"], arguments["place"]
        with self._database.begin(scope) as own:
            schema = queries.schema_of(enterprise_of(own, self._directory).code)
        try:
            with self._publisher.alone(schema, identifier):
                with self._database.begin(scope) as own:
                    in_force = self._definitions.get(own, identifier)
                self._publisher.drop(schema, in_force, place)
                return {"records": self._empty(scope, schema, in_force, arguments, progress)}
        except BeingPublished as error:
            raise Unfinished from error
        except OperationalError as error:
            if isinstance(error.orig, LockNotAvailable):
                raise Unfinished from error
            raise

    def _empty(
        self,
        scope: Scope,
        schema: str,
        in_force: Definition,
        arguments: Mapping[str, Any],
        progress: Progress,
    ) -> int:
        """What stands in `extra`, a batch at a time; returns of how many records."""
        done = 0
        last: UUID | None = None
        while True:
            with self._database.begin(scope) as session:
                rows = self._batch(session, schema, in_force, arguments, last)
            if not rows:
                return done
            last, done = rows[-1].id, done + len(rows)
            progress.step(done, 0)
            progress.rest()

    def _batch(
        self,
        session: Session,
        schema: str,
        in_force: Definition,
        arguments: Mapping[str, Any],
        last: UUID | None,
    ) -> list[Row[Any]]:
        tables, table = TenantTables(session), queries.table_of(in_force, schema)
        place = arguments["place"]
        rows = [*tables.execute(queries.holding(table, place, last, BATCH))]
        if not rows:
            return rows
        # Whoever has read a record to save it writes back all of `extra`: nobody may just do so.
        session.execute(text("SET LOCAL lock_timeout = '5s'"))
        session.execute(queries.writing_lock(schema, in_force.identifier)[1])
        # Nothing that anybody sees changes, so the record's version stays.
        rest = table.c.extra.op("-", return_type=JSONB())(literal(place, String()))
        emptied = update(table).where(table.c.id.in_([row.id for row in rows])).values(extra=rest)
        tables.execute(emptied)
        if arguments["type"] in (FILE.key, IMAGE.key):
            self._let_go(session, arguments["field"], rows)
        return rows

    def _let_go(self, session: Session, field: str, rows: list[Row[Any]]) -> None:
        """Files that no field names any more are deleted after a day."""
        ids = [UUID(each["id"]) for row in rows for each in row.value or ()]
        own = update(Attachment).where(Attachment.id.in_(ids), Attachment.field == field)
        session.execute(own.values(record_id=None, made_at=self._clock.now()))
