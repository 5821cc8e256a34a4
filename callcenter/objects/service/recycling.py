"""The recycle bin: what was deleted can come back, until it is purged for good."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, or_
from sqlalchemy.orm import Session

from callcenter.core.db import TenantTables
from callcenter.core.errors import NotFound, Stale
from callcenter.core.http import Page, PageRequest
from callcenter.objects import queries
from callcenter.objects.models import RecordChange, RecordComment, RecordMerge
from callcenter.objects.schemas import Definition
from callcenter.objects.service.files import Files
from callcenter.objects.service.means import Means
from callcenter.objects.service.merged import survivors
from callcenter.objects.service.presenting import Held, hold, role_of, unmasked
from callcenter.objects.service.records import Records
from callcenter.objects.service.rows import columns, for_audit, stored
from callcenter.objects.service.seeing import clear_to

BATCH = 200


class RecycleBin(Records):
    def __init__(self, means: Means, files: Files) -> None:
        super().__init__(means)
        self._files = files

    def deleted(self, session: Session, identifier: str, request: PageRequest) -> Page:
        """A page of what was deleted, the last deleted first. Raises Forbidden, Invalid."""
        definition = self._definition(session, identifier, "delete")
        table = self._table(session, definition)
        area_code = self._enterprise(session).area_code
        clear = clear_to(definition, role_of(session))
        query = self._within(session, queries.binned(table), definition, "delete")
        query = queries.searched(
            query, table, clear, queries.restricted_parts(definition), request.q, area_code,
            unmasked=unmasked(session),
        )  # fmt: skip
        column, descending = request.order({"deleted_at": table.c.deleted_at}, "-deleted_at")
        order = column.desc() if descending else column.asc()
        page = query.order_by(order, table.c.id).limit(request.page_size)
        tables = TenantTables(session)
        rows = tables.execute(page.offset((request.page - 1) * request.page_size)).all()
        total = tables.execute(queries.counted(query)).scalar_one()
        helds = [hold(definition, row) for row in rows]
        return Page(self._shown(session, definition, helds), total, request.page, request.page_size)

    def restore(
        self, session: Session, identifier: str, record_id: UUID, version: int
    ) -> dict[str, Any]:
        """Back into use, as it was. Raises NotFound, Stale, Invalid where its values are taken.

        A record that was merged becomes one of its own again; what has moved stays where it is.
        """
        definition = self._written(session, identifier, "delete")
        current = self._binned(session, definition, record_id, version)
        self._bring_back(session, definition, current)
        session.execute(delete(RecordMerge).where(RecordMerge.record_id == record_id))
        return self._written_record(session, definition, record_id)

    def _bring_back(self, session: Session, definition: Definition, current: Held) -> None:
        """With the lines that went together with it; those deleted before it stay where they are."""
        changes = self._reader(session, definition).settled({}, current, anyway=True)
        held = {**current.values, **changes}
        row = {"deleted_at": None, **columns(definition, held, current.row.extra)}
        self._replace(session, definition, current, row)
        self._changes.write(
            session,
            definition,
            self._definitions.id_of(session, definition),
            current.row.id,
            "restore",
            {key: current.values[key] for key in changes},
            changes,
        )
        gone = self._details.belonging(
            session, definition, [current.row.id], deleted_at=current.row.deleted_at
        )
        for kind, lines in gone:
            for line in lines:
                self._bring_back(session, kind.definition, line)

    def purge(self, session: Session, identifier: str, record_id: UUID, version: int) -> None:
        """Gone for good, with its history, comments and files; the audit log keeps who and which."""
        definition = self._written(session, identifier, "delete")
        self._purge(session, definition, [self._binned(session, definition, record_id, version)])

    def purge_before(self, session: Session, identifier: str, before: datetime) -> int:
        """A batch of what was deleted before then; returns how many. For housekeeping."""
        definition = self._written(session, identifier, "delete")
        table = self._table(session, definition)
        query = queries.binned(table).where(table.c.deleted_at < before)
        query = query.order_by(table.c.deleted_at).limit(BATCH).with_for_update(skip_locked=True)
        rows = TenantTables(session).execute(query).all()
        self._purge(session, definition, [hold(definition, row) for row in rows])
        return len(rows)

    def kept_until(self, days: float) -> datetime:
        """What was deleted before this moment has been kept for so many days."""
        return self._clock.now() - timedelta(days=days)

    def _binned(
        self, session: Session, definition: Definition, record_id: UUID, version: int
    ) -> Held:
        table = self._table(session, definition)
        query = queries.binned(table).where(table.c.id == record_id)
        query = self._within(session, query, definition, "delete")
        row = TenantTables(session).execute(query.with_for_update()).first()
        if row is None:
            raise NotFound
        if row.version != version:
            raise Stale
        return hold(definition, row)

    def _purge(self, session: Session, definition: Definition, helds: Sequence[Held]) -> None:
        if not helds:
            return
        ids = [held.row.id for held in helds]
        for held in helds:
            lines = self._details.belonging(
                session, definition, [held.row.id], deleted_at=held.row.deleted_at
            )
            for kind, found in lines:
                self._purge(session, kind.definition, found)
        table = self._table(session, definition)
        TenantTables(session).execute(delete(table).where(table.c.id.in_(ids)))
        self._files.remove_all(session, ids)
        session.execute(delete(RecordComment).where(RecordComment.record_id.in_(ids)))
        session.execute(delete(RecordChange).where(RecordChange.record_id.in_(ids)))
        of_them = or_(RecordMerge.record_id.in_(ids), RecordMerge.survivor_id.in_(ids))
        session.execute(delete(RecordMerge).where(of_them))
        for held in helds:
            name = _key(definition, held)
            self._audit.record(
                session, "record.purge", definition.identifier, held.row.id, name=name
            )
            reference = f"{definition.identifier}/{held.row.id}"
            self._outbox.record(session, "record.purged", reference)

    def _shown(
        self, session: Session, definition: Definition, helds: Sequence[Held]
    ) -> list[dict[str, Any]]:
        merged = survivors(session, [held.row.id for held in helds])
        titles = self._presenter.names(session, definition, set(merged.values()))
        shown = self._presenter.show(session, definition, helds)
        return [
            {
                **record,
                "deleted_at": held.row.deleted_at,
                "deleted_by": record["updated_by"],
                "merged_into": _named(merged.get(held.row.id), titles),
            }
            for held, record in zip(helds, shown, strict=True)
        ]


def _named(record_id: UUID | None, titles: Any) -> dict[str, Any] | None:
    return {"id": record_id, "title": titles.get(record_id, "")} if record_id else None


def _key(definition: Definition, held: Held) -> str:
    key = definition.key_field
    plain = stored(definition, {key: held.values[key]})
    return str(for_audit(definition, plain).get(key, ""))
