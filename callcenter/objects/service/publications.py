"""From a draft to the version in force: checked, its values moved to where they belong, switched at once.

The table is widened first; then records are rewritten in batches while everybody works on; the last
step, under a lock that keeps writers out for a moment, rewrites what was changed meanwhile and
brings the version into force. A crash before it leaves columns that nobody reads, and the next
attempt begins anew.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Table, bindparam, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from callcenter.core.clock import Clock
from callcenter.core.db import Database, TenantTables
from callcenter.core.directory import Directory
from callcenter.core.i18n import DEFAULT_LOCALE, caption
from callcenter.core.tenant import Scope
from callcenter.objects import queries
from callcenter.objects.errors import BadDefinition, BadValue, NotUnique, ValuesLost
from callcenter.objects.models import DataObject
from callcenter.objects.schemas import Definition, load_definition
from callcenter.objects.service.converting import as_text, convert
from callcenter.objects.service.definitions import Definitions
from callcenter.objects.service.designs import Designs
from callcenter.objects.service.placing import Places
from callcenter.objects.service.presenting import Held, enterprise_of, hold, viewer
from callcenter.objects.service.reading import Reader
from callcenter.objects.service.rows import columns
from callcenter.objects.service.versions import Versions
from callcenter.objects.tasks import Publisher
from callcenter.objects.types import masked_type
from callcenter.objects.types.base import Field, Reading

BATCH = 1_000
SAMPLES = 20
CLOCKS_DIFFER = timedelta(seconds=5)
"""By how much the clocks of two machines that write records may differ."""


@dataclass(frozen=True)
class Plan:
    """A draft, ready to be published. old: the version in force. fresh: columns no version has."""

    document: Mapping[str, Any]
    schema: str
    old: Definition | None
    new: Definition
    fresh: frozenset[str]

    @property
    def table(self) -> Table:
        """With the columns of both versions."""
        return queries.table_of(self.new, self.schema, self.old)

    @property
    def retyped(self) -> list[tuple[Field, Field]]:
        """Old field, new field: whose values are converted."""
        old = self.old.by_key if self.old else {}
        pairs = [(old[field.key], field) for field in self.new.fields if field.key in old]
        return [(former, field) for former, field in pairs if former.place != field.place]

    @property
    def rewrites(self) -> bool:
        """Whether values move, or what a search looks through changes."""
        if self.old is None:
            return False
        pairs = [(self.old.by_key.get(field.key), field) for field in self.new.fields]
        moved = any(
            former is not None and self.old.has_column(former) != self.new.has_column(field)
            for former, field in pairs
        )
        searched = queries.searched_keys(self.old) != queries.searched_keys(self.new)
        return moved or searched or bool(self.retyped)


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
        self._definitions = definitions
        self._designs = designs
        self._versions = versions
        self._publisher = publisher
        self._clock = clock

    def check(self, session: Session, identifier: str) -> dict[str, Any]:
        """What a publication would do, and what stands in its way."""
        row = self._designs.row(session, identifier)
        answer = self._designs.answer(session, row)
        losses: list[dict[str, Any]] = []
        if not answer["problems"]:
            losses = self._losses(session, self._plan(session, row))
        return {"problems": answer["problems"], "changes": answer["changes"], "losses": losses}

    def publish(
        self, scope: Scope, identifier: str, version: int, *, note: str, losses_accepted: bool
    ) -> None:
        """Raises Stale, BadDefinition, NotUnique, ValuesLost; then nothing has changed."""
        with self._database.begin(scope) as session:
            row = self._designs.row(session, identifier, version)
            self._refuse_problems(session, row)
            plan = self._plan(session, row)
            if plan.old is not None:
                _refuse_losses(self._losses(session, plan), accepted=losses_accepted)
        started = self._clock.now() - CLOCKS_DIFFER
        self._publisher.prepare(plan.schema, plan.new, plan.fresh)
        if plan.rewrites:
            self._rewrite_all(scope, plan)
        try:
            self._publisher.index(plan.schema, plan.new)
        except IntegrityError as error:
            # Made twice since it was looked at.
            raise NotUnique({"losses": []}) from error
        with self._database.begin(scope) as session:
            session.execute(text("SET LOCAL lock_timeout = '5s'"))
            row = self._designs.row(session, identifier, version)
            session.execute(queries.writing_lock(plan.schema, identifier)[1])
            if plan.rewrites:
                self._rewrite(session, plan, started)
            self._versions.record(session, row, plan.document, note)

    def _refuse_problems(self, session: Session, row: DataObject) -> None:
        if problems := self._designs.answer(session, row)["problems"]:
            raise BadDefinition(fields={each["path"]: [each["message"]] for each in problems})

    def _plan(self, session: Session, row: DataObject) -> Plan:
        document = self._designs.draft(session, row)[0]
        number = row.published_number + 1
        history = self._versions.history(session, row)
        places = Places(history)
        placed = places.give(document, load_definition(document, number), number)
        new = load_definition(placed, number)
        enterprise = enterprise_of(session, self._directory)
        known = {queries.column_of(field) for version in history for field in version.fields}
        fresh = {queries.column_of(field) for field in new.fields} - known
        schema = queries.schema_of(enterprise.code)
        old = history[0] if history else None
        return Plan(placed, schema, old, new, frozenset(fresh))

    # -- what stands in the way ---------------------------------------------------------------

    def _losses(self, session: Session, plan: Plan) -> list[dict[str, Any]]:
        if plan.old is None:
            return []
        found = [loss for field in plan.new.fields if (loss := self._twice(session, plan, field))]
        if plan.retyped:
            found += self._not_convertible(session, plan)
        return found

    def _twice(self, session: Session, plan: Plan, field: Field) -> dict[str, Any] | None:
        former = plan.old.by_key.get(field.key) if plan.old else None
        if plan.old is None or former is None or not field.unique or former.unique:
            return None
        table = queries.table_of(plan.old, plan.schema)
        query = queries.repeated(table, plan.old, former, SAMPLES)
        rows = TenantTables(session).execute(query).all()
        if not rows:
            return None
        samples = [
            {"record_id": None, "title": None, "value": str(row.value), "message": None}
            for row in rows
        ]
        return _loss("not_unique", field, sum(row.records for row in rows), samples)

    def _not_convertible(self, session: Session, plan: Plan) -> list[dict[str, Any]]:
        found: dict[str, dict[str, Any]] = {}
        reading = self._reading(session, plan)
        table = queries.table_of(plan.old or plan.new, plan.schema)
        for held in _each(session, plan, table):
            for old, new in plan.retyped:
                try:
                    convert(old, new, held.values[old.key], reading)
                except BadValue as fault:
                    loss = found.setdefault(new.key, _loss("not_convertible", new, 0, []))
                    loss["records"] += 1
                    if len(loss["samples"]) < SAMPLES:
                        loss["samples"].append(_sample(session, plan, held, old, fault))
        return [*found.values()]

    # -- rewriting ----------------------------------------------------------------------------

    def _rewrite_all(self, scope: Scope, plan: Plan) -> None:
        """A transaction a batch: nobody waits for more than one."""
        last: UUID | None = None
        while True:
            with self._database.begin(scope) as session:
                batch = _batch(session, plan, plan.table, last)
                if not batch:
                    return
                self._write(session, plan, batch)
            last = batch[-1].row.id

    def _rewrite(self, session: Session, plan: Plan, since: datetime) -> None:
        last: UUID | None = None
        while batch := _batch(session, plan, plan.table, last, since):
            self._write(session, plan, batch)
            last = batch[-1].row.id

    def _write(self, session: Session, plan: Plan, batch: Sequence[Held]) -> None:
        """Only the rows that nobody has changed since they were read; the last step has those."""
        table, reading = plan.table, self._reading(session, plan)
        rows = [_moved(plan, held, reading) for held in batch]
        statement = update(table).where(
            table.c.id == bindparam("of_id"), table.c.version == bindparam("of_version")
        )
        values = {name: bindparam(f"to_{name}", type_=table.c[name].type) for name in rows[0]}
        given = [
            {f"to_{name}": value for name, value in row.items()}
            | {"of_id": held.row.id, "of_version": held.row.version}
            for row, held in zip(rows, batch, strict=True)
        ]
        TenantTables(session).execute_many(statement.values(values), given)

    def _reading(self, session: Session, plan: Plan) -> Reading:
        return Reader(session, plan.new, self._directory, self._definitions).reading


def _batch(
    session: Session, plan: Plan, table: Table, last: UUID | None, since: datetime | None = None
) -> list[Held]:
    """Records as the version in force has them."""
    if plan.old is None:
        return []
    rows = TenantTables(session).execute(queries.after(table, last, since, BATCH))
    return [hold(plan.old, row) for row in rows]


def _each(session: Session, plan: Plan, table: Table) -> Iterator[Held]:
    last: UUID | None = None
    while batch := _batch(session, plan, table, last):
        yield from batch
        last = batch[-1].row.id


def _moved(plan: Plan, held: Held, reading: Reading) -> dict[str, Any]:
    """What is written into the row: all that the new version has elsewhere."""
    whole = columns(plan.new, _converted(plan, held, reading))
    # Until the version is in force, everybody reads what was in `extra` before.
    written = {
        "extra": {**held.row.extra, **whole["extra"]},
        "search_text": whole["search_text"],
    }
    old = plan.old.by_key if plan.old else {}
    for field in plan.new.fields:
        former = old.get(field.key)
        if former is None or plan.old is None or not plan.new.has_column(field):
            continue
        if former.place != field.place or not plan.old.has_column(former):
            name = queries.column_of(field)
            written[name] = whole[name]
    return written


def _converted(plan: Plan, held: Held, reading: Reading) -> dict[str, Any]:
    """A value that does not convert is left where it was, and the field is empty."""
    retyped = {new.key: old for old, new in plan.retyped}
    values = {**hold(plan.new, held.row).values, **held.values}
    for field in plan.new.fields:
        if field.key in retyped:
            try:
                values[field.key] = convert(
                    retyped[field.key], field, held.values[field.key], reading
                )
            except BadValue:
                values[field.key] = None
    return values


def _refuse_losses(losses: Sequence[Mapping[str, Any]], *, accepted: bool) -> None:
    if any(loss["what"] == "not_unique" for loss in losses):
        raise NotUnique({"losses": losses})
    if losses and not accepted:
        raise ValuesLost({"losses": losses})


def _loss(what: str, field: Field, records: int, samples: list[dict[str, Any]]) -> dict[str, Any]:
    label = dict(field.label)
    return {"what": what, "field": field.key, "label": label, "records": records,
            "samples": samples}  # fmt: skip


def _sample(
    session: Session, plan: Plan, held: Held, field: Field, fault: BadValue
) -> dict[str, Any]:
    actor = viewer(session)
    title = plan.old.by_key[plan.old.title_field] if plan.old else None
    shown = title and not masked_type(title) and held.values[title.key]
    return {
        "record_id": str(held.row.id),
        "title": str(shown) if shown else None,
        "value": as_text(field, held.values[field.key]),
        "message": caption(fault.key, actor.locale if actor else DEFAULT_LOCALE, fault.parameters),
    }
