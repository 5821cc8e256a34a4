"""Brings records of an archive's file back: each under the id that it had."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, insert, select
from sqlalchemy.exc import DataError, IntegrityError, ProgrammingError
from sqlalchemy.orm import Session

from callcenter.core.db import TenantTables
from callcenter.core.errors import AppError, Forbidden
from callcenter.core.sealed import Seal
from callcenter.core.tenant import Scope
from callcenter.objects.models import ArchivedRecord, RecordComment
from callcenter.objects.schemas import Definition
from callcenter.objects.service.archive_lines import ArchiveLines, BadLine
from callcenter.objects.service.files import Files
from callcenter.objects.service.means import Means
from callcenter.objects.service.recycling import RecycleBin
from callcenter.objects.service.rows import actor_id, hold_stored, new_columns

ACTS = ("create", "import")
_WRONG = (
    *(BadLine, AppError, ValueError, TypeError, ArithmeticError, AttributeError, KeyError),
    *(DataError, IntegrityError, ProgrammingError),
)
"""What a line's values may come to by now: its object has changed, or they are another's."""


@dataclass(slots=True)
class BroughtBack:
    """known: it was in use. refused: no line as it was written, or a value is another's by now."""

    back: int = 0
    known: int = 0
    refused: int = 0


class _InUse(Exception):
    """Nothing is to be done."""


class Unarchiving(RecycleBin):
    def __init__(self, means: Means, files: Files, seal: Seal) -> None:
        super().__init__(means, files)
        self._lines = ArchiveLines(seal)

    def check(self, session: Session, identifier: str) -> Definition:
        """Raises NotFound, Forbidden."""
        definition = self._definitions.get(session, identifier)
        if not all(self._may(session, definition, act) for act in ACTS):
            raise Forbidden
        return definition

    def bring_back(self, session: Session, lines: Iterable[bytes], came: BroughtBack) -> None:
        """Each in a savepoint of its own; none stands in the way of the others."""
        scope: Scope = session.info["scope"]
        if scope.enterprise_id is None:
            raise LookupError("records are an enterprise's")
        for text in lines:
            try:
                plain = self._lines.read(scope.enterprise_id, text)
                with session.begin_nested():
                    self._one_back(session, plain)
                came.back += 1
            except _InUse:
                came.known += 1
            # A value that its field no longer takes is as wrong as one that is another's.
            except _WRONG:
                came.refused += 1

    def _one_back(self, session: Session, plain: dict[str, Any]) -> None:
        definition = self.check(session, plain["object"])
        self.hold_in_force(session, definition.identifier)
        record_id = UUID(plain["id"])
        table = self._table(session, definition)
        query = select(table.c.version, table.c.deleted_at).where(table.c.id == record_id)
        there = TenantTables(session).execute(query.with_for_update()).first()
        if there is not None and there.deleted_at is None:
            raise _InUse
        if there is not None:
            # With its lines, as with every other restored record.
            self.restore(session, definition.identifier, record_id, there.version)
        else:
            self._add(session, definition, record_id, plain)
        # It is in use: whoever archives it again writes it again.
        session.execute(delete(ArchivedRecord).where(ArchivedRecord.record_id == record_id))

    def _add(
        self, session: Session, definition: Definition, record_id: UUID, plain: dict[str, Any]
    ) -> None:
        """A record that was purged. Its files are gone with it."""
        files = {field.key for field in definition.files}
        values = {key: value for key, value in plain["values"].items() if key not in files}
        held = hold_stored(definition, values)
        row = {
            "id": record_id,
            # Whoever has kept the version that it had must not write over what has come back.
            "version": plain["version"] + 2,
            "call_id": _id(plain["call_id"]),
            "created_at": datetime.fromisoformat(plain["created_at"]),
            "created_by": _id(plain["created_by"]),
            "updated_at": self._clock.now(),
            "updated_by": actor_id(session),
            **new_columns(definition, held),
        }
        self._write(session, definition, insert(self._table(session, definition)), row)
        object_id = self._definitions.id_of(session, definition)
        self._changes.write(session, definition, object_id, record_id, "restore", {}, held)
        for each in plain["comments"]:
            self._comment(session, object_id, record_id, each)
        for line in plain["lines"]:
            try:
                self._one_back(session, line)
            except _InUse:
                continue

    @staticmethod
    def _comment(session: Session, object_id: UUID, record_id: UUID, told: dict[str, Any]) -> None:
        session.add(
            RecordComment(
                object_id=object_id, record_id=record_id, text=told["text"],
                made_at=datetime.fromisoformat(told["made_at"]), made_by=_id(told["made_by"]),
                made_name=told["made_name"],
            )
        )  # fmt: skip


def _id(told: str | None) -> UUID | None:
    return UUID(told) if told else None
