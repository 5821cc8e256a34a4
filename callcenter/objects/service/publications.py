"""From a draft to the version in force: checked, its values moved to where they belong, switched at once.

The table is widened first; then records are rewritten in batches while everybody works on; the last
step, under a lock that keeps writers out for a moment, rewrites what was changed meanwhile and
brings the version into force. A crash before it leaves columns that nobody reads, and the next
attempt begins anew.
"""

from collections.abc import Collection
from datetime import timedelta
from typing import Any

from psycopg.errors import ProgramLimitExceeded
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session

from callcenter.core.clock import Clock
from callcenter.core.db import Database, TenantTables
from callcenter.core.directory import Directory
from callcenter.core.jobs import Unfinished
from callcenter.core.tenant import Scope
from callcenter.objects import queries
from callcenter.objects.errors import BadDefinition, NotUnique, TooLongToIndex
from callcenter.objects.models import DataObject
from callcenter.objects.schemas import Definition, stored_definition
from callcenter.objects.service.coding import with_codes
from callcenter.objects.service.definitions import Definitions
from callcenter.objects.service.designs import Designs
from callcenter.objects.service.losses import Losses, refuse
from callcenter.objects.service.pacing import Pace
from callcenter.objects.service.placing import Places
from callcenter.objects.service.presenting import enterprise_of
from callcenter.objects.service.rewriting import Plan, Rewriting
from callcenter.objects.service.versions import Versions
from callcenter.objects.tasks import Publisher
from callcenter.objects.types import type_of

FEW = 20_000
"""Records that are gone through while their designer waits."""

CLOCKS_DIFFER = timedelta(seconds=5)
"""By how much the clocks of two machines that write records may differ."""


class Publications:
    def __init__(
        self,
        database: Database,
        directory: Directory,
        definitions: Definitions,
        designs: Designs,
        versions: Versions,
        publisher: Publisher,
        clock: Clock,
    ) -> None:
        self._database = database
        self._directory = directory
        self._designs = designs
        self._versions = versions
        self._publisher = publisher
        self._clock = clock
        self._rewriting = Rewriting(database, directory, definitions)
        self._losses = Losses(self._rewriting)

    def check(
        self, session: Session, identifier: str, together: Collection[str] = ()
    ) -> dict[str, Any]:
        """What a publication would do, and what stands in its way.

        together: objects that are published along with it, and so may be pointed at.
        """
        row = self._designs.row(session, identifier)
        answer = self._designs.answer(session, row, together)
        losses: list[dict[str, Any]] = []
        if not answer["problems"]:
            losses = self._losses.find(session, self._plan(session, row))
        return {"problems": answer["problems"], "changes": answer["changes"], "losses": losses}

    def publish(
        self,
        scope: Scope,
        identifier: str,
        version: int,
        *,
        note: str,
        losses_accepted: bool,
        together: Collection[str] = (),
        pace: Pace | None = None,
    ) -> None:
        """Raises Stale, BeingPublished, BadDefinition, NotUnique, TooLongToIndex, ValuesLost; nothing has
        changed then.

        pace: of one that takes its time. Whatever it raises ends the attempt; after Unfinished the
        next one with the same pace goes on where this one was.
        """
        pace = pace or Pace()
        with self._database.begin(scope) as session:
            schema = queries.schema_of(enterprise_of(session, self._directory).code)
        with self._publisher.alone(schema, identifier):
            plan = self._checked(scope, identifier, version, together, pace)
            if pace.started is None:
                with self._database.begin(scope) as session:
                    refuse(self._losses.find(session, plan, pace), accepted=losses_accepted)
            in_force = plan.old
            try:
                self._move(scope, plan, pace)
                with self._database.begin(scope) as session:
                    self._switch(session, plan, pace, version, note)
                in_force = plan.new
            except Unfinished:
                in_force = None
                raise
            finally:
                # What is unique, for one, is said by the version in force and by no other.
                if in_force is not None:
                    self._publisher.tidy(schema, in_force)

    def takes_long(self, session: Session, identifier: str, version: int) -> bool:
        """Whether it goes through so many records that nobody should wait for it.

        Raises Stale, BadDefinition.
        """
        row = self._designs.row(session, identifier, version)
        self._refuse_problems(session, row, ())
        plan = self._plan(session, row)
        if plan.old is None or not plan.passes:
            return False
        tables, table = TenantTables(session), queries.table_of(plan.old, plan.schema)
        beyond = select(table.c.id).offset(FEW).limit(1)
        return tables.execute(beyond).first() is not None

    def row(self, session: Session, identifier: str) -> DataObject:
        """Raises NotFound."""
        return self._designs.row(session, identifier)

    def take_back(self, scope: Scope, identifier: str) -> None:
        """What an attempt that was given up has made: indexes that the version in force has not."""
        with self._database.begin(scope) as session:
            schema = queries.schema_of(enterprise_of(session, self._directory).code)
            history = self._versions.history(session, self._designs.row(session, identifier))
        if history:
            with self._publisher.alone(schema, identifier):
                self._publisher.tidy(schema, history[0])

    def _checked(
        self,
        scope: Scope,
        identifier: str,
        version: int,
        together: Collection[str],
        pace: Pace,
    ) -> Plan:
        with self._database.begin(scope) as session:
            row = self._designs.row(session, identifier, version)
            self._refuse_problems(session, row, together)
            plan = self._plan(session, row)
            if not pace.total and plan.passes and plan.old is not None:
                pace.total = plan.passes * self._records(session, plan)
        return plan

    @staticmethod
    def _records(session: Session, plan: Plan) -> int:
        """How many there are, deleted ones too."""
        table = queries.table_of(plan.old or plan.new, plan.schema)
        count = select(func.count()).select_from(table)
        return int(TenantTables(session).execute(count).scalar_one())

    def _move(self, scope: Scope, plan: Plan, pace: Pace) -> None:
        """While everybody works by the version in force."""
        if pace.started is None:
            self._publisher.prepare(plan.schema, plan.new, plan.fresh, plan.old)
            pace.started = self._clock.now() - CLOCKS_DIFFER
        if plan.rewrites:
            self._rewriting.all(scope, plan, pace)
        share = pace.total // plan.passes if plan.passes else 0
        try:
            self._publisher.index(plan.schema, plan.new, lambda: pace.went(share))
        except IntegrityError as error:
            # Made twice since it was looked at.
            raise NotUnique({"losses": []}) from error
        except OperationalError as error:
            if not isinstance(error.orig, ProgramLimitExceeded):
                raise
            # Of a record in the bin, or entered since it was looked at.
            raise TooLongToIndex({"losses": []}) from error

    def _switch(self, session: Session, plan: Plan, pace: Pace, version: int, note: str) -> None:
        identifier = plan.new.identifier
        session.execute(text("SET LOCAL lock_timeout = '5s'"))
        # Writers first: the last thing that one of them wants may be the object's row.
        session.execute(queries.writing_lock(plan.schema, identifier)[1])
        row = self._designs.row(session, identifier, version)
        if plan.rewrites and pace.started is not None:
            self._rewriting.since(session, plan, pace.started)
        self._versions.record(session, row, plan.document, note)

    def _refuse_problems(
        self, session: Session, row: DataObject, together: Collection[str]
    ) -> None:
        if problems := self._designs.answer(session, row, together)["problems"]:
            raise BadDefinition(fields={each["path"]: [each["message"]] for each in problems})

    def _plan(self, session: Session, row: DataObject) -> Plan:
        """Of a draft without problems, and so it is not checked again."""
        document = self._designs.document(session, row)
        number = row.published_number + 1
        history = self._versions.history(session, row)
        places = Places(history, row.purged)
        placed = places.give(document, stored_definition(document, number), number)
        new = with_codes(session, stored_definition(placed, number))
        enterprise = enterprise_of(session, self._directory)
        known = {place for version in history for place in _columns(version)}
        fresh = _columns(new) - known
        schema = queries.schema_of(enterprise.code)
        old = with_codes(session, history[0]) if history else None
        return Plan(placed, schema, old, new, frozenset(fresh), places.had_columns(new))


def _columns(version: Definition) -> set[str]:
    """Where its fields' values lie or could lie; what every record has is nobody's to make anew."""
    own = (field for field in version.fields if type_of(field).system is None)
    return {queries.column_of(field) for field in own}
