"""Lines of a file become records: read, matched, held against each other, written; a batch at once.

While one batch is written the next may be read already, in a transaction of its own.

A line is taken whole or not at all. What a person would be told of an entry is told of a line.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Table
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from callcenter.core.clock import Clock
from callcenter.core.db import TenantTables
from callcenter.core.directory import Directory
from callcenter.core.errors import Invalid
from callcenter.objects import queries
from callcenter.objects.schemas import Definition
from callcenter.objects.service.bulk import Bulk, NewRow, violated
from callcenter.objects.service.changes import ChangeLog, Told
from callcenter.objects.service.definitions import Definitions
from callcenter.objects.service.presenting import Held, hold, schema_of
from callcenter.objects.service.reaching import Reaching
from callcenter.objects.service.rows import actor_id
from callcenter.objects.service.transfer.faults import BadLine
from callcenter.objects.service.transfer.lines import Lines, Row, good
from callcenter.objects.service.transfer.mapping import Wish
from callcenter.objects.service.transfer.naming import Naming
from callcenter.objects.sheets import Line
from callcenter.objects.triggers.trigger import Act, Moment
from callcenter.objects.types.base import Field

Mark = tuple[str, Any]
"""What one line of a file may have: the record it is about, or a unique value."""


@dataclass(frozen=True, slots=True)
class Outcome:
    created: int
    updated: int
    unchanged: int
    bad: Sequence[BadLine]


def looks_back(definition: Definition, wish: Wish) -> bool:
    """Whether reading a line may need, or wait for, what the lines before have written.

    Whoever changes records may leave a value to one that comes later, a line may refer to a record
    of a line before, and who gives numbers holds their series until the commit.
    """
    given = [each for each in definition.fields if each.key in wish.columns]
    return (
        wish.match is not None
        or any(each.refers_to == definition.identifier for each in given)
        or bool(definition.armed.of(Moment.BEFORE, Act.CREATE))
    )


class Loader:
    """One file into one object; it remembers what the file has said already."""

    def __init__(
        self,
        directory: Directory,
        definitions: Definitions,
        reaching: Reaching,
        changes: ChangeLog,
        clock: Clock,
        wish: Wish,
    ) -> None:
        self._directory = directory
        self._definitions = definitions
        self._bulk = Bulk(directory, definitions, clock)
        self._changes = changes
        self._clock = clock
        self._wish = wish
        self._reaching = reaching
        self._naming = Naming(directory, definitions, reaching)
        self._seen: dict[Mark, int] = {}
        self._taken: dict[Any, Any] = {}
        self._taken_by: Definition | None = None

    def read(self, session: Session, definition: Definition, lines: Sequence[Line]) -> "Batch":
        """Decide what becomes of lines. The definition stays in force until the transaction ends."""
        reading = self._lines(session, definition)
        rows = self._read(reading, definition, lines)
        table = queries.table_of(definition, schema_of(session, self._directory))
        batch = Batch(session, definition, rows, table, reading, self._reaching, self._wish)
        batch.match()
        for row in rows:
            if not row.is_blamed(self._wish.match):
                batch.decide(row)
        batch.refuse_twice(self._seen)
        batch.refuse_taken()
        self._remember(definition, good(rows))
        if not definition.serials:
            self._make(batch, good(rows))
        return batch

    def write(self, batch: "Batch") -> Outcome:
        """In the transaction in which it was read."""
        taken = [*good(batch.rows)]
        try:
            with batch.session.begin_nested():
                self._all(batch, taken)
        except IntegrityError:
            # Somebody was quicker with one of the values; only that line is refused.
            for row in taken:
                self._one(batch, row)
        return _outcome(batch.rows)

    def resume(self, session: Session, definition: Definition, lines: Sequence[Line]) -> None:
        """Remember lines that an earlier attempt took."""
        telling = {self._wish.match, *(each.key for each in _unique(definition))}
        only = {key for key in self._wish.columns if key is not None and key in telling}
        if not only:
            return
        reading = self._lines(session, definition, only)
        rows = self._read(reading, definition, lines)
        for row in rows:
            for each in _unique(definition):
                if each.key in row.given:
                    row.values[each.key] = reading.held(each, row.given[each.key], row)
        self._remember(definition, rows)

    def _lines(
        self, session: Session, definition: Definition, only: Collection[str] | None = None
    ) -> Lines:
        return Lines(
            session, definition, self._wish, self._directory, self._definitions,
            self._reaching, self._clock, only,
        )  # fmt: skip

    def _read(self, reading: Lines, definition: Definition, lines: Sequence[Line]) -> list[Row]:
        if definition is not self._taken_by:
            self._taken, self._taken_by = {}, definition
        return reading.read(lines, self._naming, self._taken)

    def _remember(self, definition: Definition, rows: Iterable[Row]) -> None:
        for row in rows:
            for mark in _marks(definition, self._wish, row):
                self._seen.setdefault(mark, row.line.number)

    def _one(self, batch: "Batch", row: Row) -> None:
        try:
            with batch.session.begin_nested():
                self._all(batch, [row])
        except IntegrityError as error:
            if (each := violated(batch.definition, error)) is None:
                raise
            batch.reading.blame(row, each.key, "validation.not_unique")

    def _make(self, batch: "Batch", rows: Iterable[Row]) -> None:
        """The new records, as they will be written."""
        now, who = self._clock.now(), actor_id(batch.session)
        new = [row for row in rows if row.current is None]
        given = [(NewRow({}, now, who), row.values) for row in new]
        made = self._bulk.made(batch.session, batch.definition, given)
        for row, one in zip(new, made, strict=True):
            row.made = one

    def _all(self, batch: "Batch", rows: Sequence[Row]) -> None:
        session, definition = batch.session, batch.definition
        if definition.serials:
            # Here, so that numbers of lines that are refused after all go back.
            self._make(batch, rows)
        object_id = self._definitions.id_of(session, definition)
        new = [row for row in rows if row.current is None]
        self._bulk.insert(session, definition, [row.made for row in new])
        made: list[Told] = [(row.made["id"], {}, row.values) for row in new]
        self._changes.write_many(session, definition, object_id, "create", made)
        changed = [(row.current, row.values) for row in rows if row.current and row.values]
        self._bulk.change(session, definition, changed)
        told: list[Told] = [
            (current.row.id, {key: current.values[key] for key in values}, values)
            for current, values in changed
        ]
        self._changes.write_many(session, definition, object_id, "update", told)


class Batch:
    """Rows, and what becomes of them, in one transaction."""

    def __init__(
        self,
        session: Session,
        definition: Definition,
        rows: Sequence[Row],
        table: Table,
        reading: Lines,
        reaching: Reaching,
        wish: Wish,
    ) -> None:
        self.session = session
        self.definition = definition
        self.rows = rows
        self.reading = reading
        self._table = table
        self._reaching = reaching
        self._wish = wish

    def match(self) -> None:
        """Find and lock the records that the lines are about."""
        if self._wish.match is None:
            return
        by = self.definition.by_key[self._wish.match]
        found = self._found(by, [*{row.match for row in self.rows if row.match is not None}])
        for row in self.rows:
            there = [] if row.match is None else found.get(row.match, [])
            if len(there) > 1:
                self.reading.blame(row, by.key, "validation.many_match")
            elif there:
                row.current = there[0]
                if not self._reaching.may(self.session, self.definition, there[0], "edit"):
                    self.reading.blame(row, by.key, "validation.out_of_reach")
            elif row.match is not None and (self._wish.mode == "update" or by.type == "serial"):
                self.reading.blame(row, by.key, "validation.none_match")
            elif self._wish.mode == "update":
                self.reading.blame(row, by.key, "validation.required")

    def decide(self, row: Row) -> None:
        reading = self.reading
        given = {key: value for key, value in row.given.items() if reading.enters(key)}
        if row.current is not None and self._wish.empty == "clear":
            given |= {key: None for key in row.empty if reading.enters(key)}
        try:
            if row.current is None:
                row.values = reading.reader.new(given)
            else:
                row.values = reading.reader.changes(given, row.current)
        except Invalid as wrong:
            for key, messages in wrong.fields.items():
                reading.blame(row, key, messages[0])

    def refuse_twice(self, seen: dict[Mark, int]) -> None:
        """What two lines of the file cannot both have, or both be about."""
        here: dict[Mark, int] = {}
        for row in good(self.rows):
            marks = [*_marks(self.definition, self._wish, row)]
            for mark in marks:
                if earlier := seen.get(mark) or here.get(mark):
                    key = mark[0].removeprefix("=")
                    self.reading.blame(row, key, "validation.twice_in_file", {"line": earlier})
            if not row.faults:
                here |= dict.fromkeys(marks, row.line.number)

    def refuse_taken(self) -> None:
        """What another record has."""
        for each in _unique(self.definition):
            wanted = {row.values.get(each.key) for row in good(self.rows)} - {None}
            owners = self._owners(each, [*wanted])
            for row in good(self.rows):
                owner = owners.get(row.values.get(each.key))
                if owner is not None and (row.current is None or owner != row.current.row.id):
                    self.reading.blame(row, each.key, "validation.not_unique")

    def _found(self, by: Field, wanted: Sequence[Any]) -> dict[Any, list[Held]]:
        found: dict[Any, list[Held]] = {}
        query = queries.to_change(self._table, by, wanted)
        query = self._reaching.within(self.session, query, self._table, self.definition, "read")
        for one in TenantTables(self.session).execute(query) if wanted else ():
            held = hold(self.definition, one)
            found.setdefault(held.values[by.key], []).append(held)
        return found

    def _owners(self, each: Field, values: Sequence[Any]) -> dict[Any, Any]:
        query = queries.owners(self._table, each, values)
        rows = TenantTables(self.session).execute(query) if values else ()
        return {row[1]: row[0] for row in rows}


def _unique(definition: Definition) -> list[Field]:
    """Several options at once are left to the database: no two lists are found by one query."""
    return [each for each in definition.unique if each.type != "choices"]


def _marks(definition: Definition, wish: Wish, row: Row) -> Iterable[Mark]:
    if row.match is not None:
        yield f"={wish.match}", row.match
    for each in _unique(definition):
        if row.values.get(each.key) is not None:
            yield each.key, row.values[each.key]


def _outcome(rows: Sequence[Row]) -> Outcome:
    taken = [*good(rows)]
    created = sum(row.current is None for row in taken)
    updated = sum(row.current is not None and bool(row.values) for row in taken)
    bad = [BadLine(row.line, row.faults) for row in rows if row.faults]
    return Outcome(created, updated, len(taken) - created - updated, bad)
