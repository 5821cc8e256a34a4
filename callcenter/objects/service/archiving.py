"""Takes old records out of use: as lines of a file first, and then into the recycle bin.

The file is the caller's, and stands before a record is touched. Which file has a record, and as it was
then, is noted with the file: whoever was broken off goes on, and no record is in two files that has
not changed between them.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from callcenter.core.db import TenantTables
from callcenter.core.errors import Forbidden, Invalid
from callcenter.core.http import PageRequest
from callcenter.core.sealed import Seal
from callcenter.core.tenant import Scope
from callcenter.objects import queries
from callcenter.objects.access import access
from callcenter.objects.models import ArchivedRecord, Attachment, RecordComment
from callcenter.objects.schemas import Definition
from callcenter.objects.service.archive_lines import ArchiveLines, digest_of
from callcenter.objects.service.files import Files
from callcenter.objects.service.means import Means
from callcenter.objects.service.presenting import Held, hold, role_of, unmasked
from callcenter.objects.service.rows import stored
from callcenter.objects.service.several import Act, Outcome, Several, Target
from callcenter.objects.types import masked_type

ACTS = ("read", "export", "delete")
"""What whoever archives must reach a record by."""

DATES = ("created_at", "updated_at")
DATE_TYPES = ("date", "datetime")
BATCH = 200
_ROW = ("call_id", "created_at", "created_by", "updated_at", "updated_by")


@dataclass(frozen=True, slots=True)
class Old:
    """Records of a list that are old. date: of `DATES`, or a field of `DATE_TYPES`, before `before`."""

    identifier: str
    filters: Mapping[str, str]
    date: str
    before: datetime


@dataclass(frozen=True, slots=True)
class Packed:
    """A record as a line. digest: of all that it is; people: whose ids are in it."""

    id: UUID
    version: int
    text: str
    digest: str
    people: frozenset[UUID]


class Archiving(Several):
    def __init__(self, means: Means, files: Files, seal: Seal) -> None:
        super().__init__(means, files)
        self._lines = ArchiveLines(seal)

    def check(self, session: Session, old: Old) -> None:
        """Raises NotFound, Forbidden (also for what belongs to its records), Invalid."""
        definition = self._definitions.get(session, old.identifier)
        for one in self._with_belonging(session, definition):
            if not all(self._may(session, one, act) for act in ACTS):
                raise Forbidden
        self._selected(session, definition, old)

    def batch(self, session: Session, old: Old, after: UUID | None, largest: int) -> list[Packed]:
        """The next of them by their ids, with lines of so many bytes together; a single one may have
        more. Raises as `check`.
        """
        definition = self._definitions.get(session, old.identifier)
        table = self._table(session, definition)
        query = self._selected(session, definition, old)
        if after is not None:
            query = query.where(table.c.id > after)
        query = query.with_only_columns(table.c.id).order_by(table.c.id).limit(BATCH)
        ids = [row.id for row in TenantTables(session).execute(query)]
        return [*_fitting(self._packed(session, definition, ids), largest)]

    def known(self, session: Session, packed: Sequence[Packed]) -> dict[UUID, UUID]:
        """Record → the content of the file that has it as it is."""
        digests = {one.id: one.digest for one in packed}
        rows = session.scalars(select(ArchivedRecord).where(ArchivedRecord.record_id.in_(digests)))
        return {r.record_id: r.content for r in rows if r.digest == digests[r.record_id]}

    def note(
        self, session: Session, identifier: str, packed: Sequence[Packed], name: str, content: UUID
    ) -> None:
        """They lie in this file, with whose row this stands or falls."""
        scope: Scope = session.info["scope"]
        object_id = self._definitions.object_id(session, identifier)
        rows = [
            {
                "enterprise_id": scope.enterprise_id, "record_id": one.id, "object_id": object_id,
                "digest": one.digest, "content": content, "at": self._clock.now(),
            }
            for one in packed
        ]  # fmt: skip
        statement = insert(ArchivedRecord).values(rows)
        anew = {key: statement.excluded[key] for key in ("digest", "content", "at")}
        session.execute(statement.on_conflict_do_update(index_elements=["record_id"], set_=anew))
        self._audit.record(
            session, "record.archive", "data_object", object_id, name=identifier,
            after={"count": len(rows), "file": name},
        )  # fmt: skip

    def bin(self, session: Session, identifier: str, packed: Sequence[Packed]) -> Outcome:
        """Those that are still as they were packed, each by the rules of a deletion; how it went."""
        definition = self._written(session, identifier, "delete")
        digests = {one.id: one.digest for one in packed}
        table = self._table(session, definition)
        TenantTables(session).execute(queries.locked(table, [*digests]))
        # Nothing that has come to one of them since then is in the file.
        now = self._packed(session, definition, [*digests])
        same = [Target(one.id, one.version) for one in now if one.digest == digests[one.id]]
        outcome = Outcome()
        self.act(session, identifier, Act("delete"), same, outcome)
        return outcome

    def people(self, session: Session, packed: Sequence[Packed]) -> dict[str, str]:
        """Id → the name of each whose id is in one of the lines."""
        ids = frozenset().union(*(one.people for one in packed))
        found = self._directory.people(session, ids)
        return {str(person.id): person.name for person in found.values()}

    def _selected(self, session: Session, definition: Definition, old: Old) -> Select[Any]:
        query = self.selection(session, definition, PageRequest(), old.filters)
        for act in ACTS[1:]:
            query = self._within(session, query, definition, act)
        return query.where(self._is_old(session, definition, old))

    def _is_old(self, session: Session, definition: Definition, old: Old) -> Any:
        columns = self._table(session, definition).c
        if old.date in DATES:
            return columns[old.date] < old.before
        field = definition.by_key.get(old.date)
        if (
            field is None
            or field.type not in DATE_TYPES
            or not definition.has_column(field)
            or not access(field, role_of(session)).is_clear
        ):
            raise Invalid(fields={"date_field": ["command.no_date_field"]})
        zone = self._enterprise(session).zone
        before = old.before if field.type == "datetime" else old.before.astimezone(zone).date()
        return columns[queries.column_of(field)] < before

    def _packed(
        self, session: Session, definition: Definition, ids: Collection[UUID]
    ) -> Iterator[Packed]:
        """In the order of their ids; without those that are no longer in use."""
        scope: Scope = session.info["scope"]
        if scope.enterprise_id is None:
            raise LookupError("records are an enterprise's")
        table = self._table(session, definition)
        query = queries.alive(table).where(table.c.id.in_(ids)).order_by(table.c.id)
        helds = [hold(definition, row) for row in TenantTables(session).execute(query)]
        hidden = {
            one.identifier: _hidden(session, one)
            for one in self._with_belonging(session, definition)
        }
        for held, plain in zip(helds, self._plain(session, definition, helds), strict=True):
            text = self._lines.write(scope.enterprise_id, plain, hidden)
            people = frozenset(
                user for user in (held.row.created_by, held.row.updated_by) if user is not None
            )
            yield Packed(held.row.id, held.row.version, text, digest_of(plain), people)

    def _plain(
        self, session: Session, definition: Definition, helds: Sequence[Held]
    ) -> list[dict[str, Any]]:
        """As `archive_lines.Plain` says, with the records that belong to each."""
        ids = [held.row.id for held in helds]
        files, comments = _files(session, ids), _comments(session, ids)
        lines = self._belonging(session, definition, ids) if ids else {}
        return [
            {
                "object": definition.identifier,
                "id": str(held.row.id),
                "version": held.row.version,
                **{name: _told(getattr(held.row, name)) for name in _ROW},
                "values": stored(definition, held.values),
                "files": files.get(held.row.id, []),
                "comments": comments.get(held.row.id, []),
                "lines": lines.get(held.row.id, []),
            }
            for held in helds
        ]

    def _belonging(
        self, session: Session, definition: Definition, ids: Sequence[UUID]
    ) -> dict[UUID, list[dict[str, Any]]]:
        """Record → what belongs to it: asked for all of them at once."""
        lines: dict[UUID, list[dict[str, Any]]] = {}
        for kind, found in self._details.belonging(session, definition, ids):
            plain = self._plain(session, kind.definition, found)
            for held, line in zip(found, plain, strict=True):
                lines.setdefault(held.values[kind.by.key], []).append(line)
        return lines

    def _with_belonging(self, session: Session, definition: Definition) -> list[Definition]:
        """The object, and those whose records are deleted along with its own."""
        found, waiting = {definition.identifier: definition}, [definition]
        while waiting:
            for one in self._details.objects(session, waiting.pop()):
                if one.identifier not in found:
                    found[one.identifier] = one
                    waiting.append(one)
        return [*found.values()]


def _fitting(packed: Iterable[Packed], largest: int) -> Iterator[Packed]:
    """Of the first as many as one file takes; the others are not even packed."""
    size = 0
    for place, one in enumerate(packed):
        size += len(one.text.encode())
        if place and size > largest:
            return
        yield one


def _hidden(session: Session, definition: Definition) -> frozenset[str]:
    """Fields whose values whoever acts does not see as they are."""
    role, numbers = role_of(session), unmasked(session)
    return frozenset(
        field.key
        for field in definition.fields
        if not access(field, role).is_clear or (masked_type(field) and not numbers)
    )


def _files(session: Session, ids: Collection[UUID]) -> dict[UUID | None, list[dict[str, Any]]]:
    query = select(Attachment).where(Attachment.record_id.in_(ids))
    rows = session.scalars(query.order_by(Attachment.record_id, Attachment.id)).all()
    return {
        record_id: [
            {"id": str(row.id), "field": row.field, "name": row.name, "size": row.size,
             "sha256": row.sha256}
            for row in found
        ]
        for record_id, found in groupby(rows, attrgetter("record_id"))
    }  # fmt: skip


def _comments(session: Session, ids: Collection[UUID]) -> dict[UUID, list[dict[str, Any]]]:
    query = select(RecordComment).where(RecordComment.record_id.in_(ids))
    rows = session.scalars(query.order_by(RecordComment.record_id, RecordComment.id)).all()
    return {
        record_id: [
            {"text": row.text, "made_at": _told(row.made_at), "made_by": _told(row.made_by),
             "made_name": row.made_name}
            for row in found
        ]
        for record_id, found in groupby(rows, attrgetter("record_id"))
    }  # fmt: skip


def _told(value: datetime | UUID | None) -> str | None:
    if isinstance(value, datetime):
        return value.isoformat()
    return None if value is None else str(value)
