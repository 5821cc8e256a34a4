"""The operation log: what was done to a record, for people, audit and events at once."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, not_, or_, select
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.orm import Session

from callcenter.core.audit import Audit, difference
from callcenter.core.bus import Outbox
from callcenter.core.clock import Clock
from callcenter.core.db import TenantTables, model_table
from callcenter.core.errors import Invalid
from callcenter.core.http import Page, PageRequest
from callcenter.core.ids import new_id
from callcenter.core.listing import page_rows
from callcenter.objects.models import RecordChange
from callcenter.objects.schemas import Definition
from callcenter.objects.service.merged import merged_into
from callcenter.objects.service.notes import Notes
from callcenter.objects.service.presenting import Presenter, role_of, viewer
from callcenter.objects.service.rows import for_audit, hold_stored, stored
from callcenter.objects.service.seeing import seen_by
from callcenter.objects.service.triggers.after import After, Line
from callcenter.objects.service.triggers.marks import marks_of

_EVENTS: Mapping[str, str] = {
    "create": "record.created",
    "update": "record.changed",
    "delete": "record.deleted",
    "restore": "record.restored",
    "merge": "record.merged",
}
"""Acts on the record itself; what is said of it is nobody's event."""

Told = tuple[UUID, Mapping[str, Any], Mapping[str, Any]]
"""A record's id, and its changed values before and after."""


class ChangeLog:
    def __init__(self, presenter: Presenter, audit: Audit, outbox: Outbox, clock: Clock) -> None:
        self._presenter = presenter
        self._audit = audit
        self._outbox = outbox
        self._clock = clock
        self._after = After(presenter.directory, outbox, clock)

    def write(
        self,
        session: Session,
        definition: Definition,
        object_id: UUID,
        record_id: UUID,
        action: str,
        before: Mapping[str, Any],
        after: Mapping[str, Any],
        details: Mapping[str, Any] | None = None,
    ) -> None:
        """details: what is no field, in JSON types. Raises Refused for a deletion."""
        actor = viewer(session)
        old, new = difference(stored(definition, before), stored(definition, after))
        details = {**(details or {}), **marks_of(session, after)}
        change_id = new_id()
        session.add(
            RecordChange(
                id=change_id,
                object_id=object_id,
                record_id=record_id,
                action=action,
                at=self._clock.now(),
                actor_id=actor.user_id if actor else None,
                actor_name=actor.name if actor else "",
                before=old,
                after=new,
                details=details,
            )
        )
        if event := _EVENTS.get(action):
            reference = f"{definition.identifier}/{record_id}"
            lines = (details or {}).get("lines", {})
            self._outbox.record(session, event, reference, sorted({*old, *new, *lines}))
        self._audit.record(
            session,
            f"record.{action}",
            definition.identifier,
            record_id,
            before=for_audit(definition, old),
            after={**for_audit(definition, new), **details},
        )
        line = Line(change_id, record_id, before, after)
        self._after.heed(session, definition, object_id, action, [line])

    def write_many(
        self,
        session: Session,
        definition: Definition,
        object_id: UUID,
        action: str,
        records: Sequence[Told],
    ) -> None:
        """Into the log alone: audit and events tell of all at once."""
        actor = viewer(session)
        same = {
            "object_id": object_id,
            "action": action,
            "at": self._clock.now(),
            "actor_id": actor.user_id if actor else None,
            "actor_name": actor.name if actor else "",
        }
        rows: list[dict[str, Any]] = []
        lines: list[Line] = []
        for record_id, before, after in records:
            old, new = difference(stored(definition, before), stored(definition, after))
            told = {"before": old, "after": new, "details": marks_of(session, after)}
            rows.append({"id": new_id(), "record_id": record_id, **told, **same})
            lines.append(Line(rows[-1]["id"], record_id, before, after))
        if rows:
            TenantTables(session).insert_all(model_table(RecordChange), rows)
            self._after.heed(session, definition, object_id, action, lines)

    def loaded(self, session: Session, definition: Definition, object_id: UUID, count: int) -> None:
        self._audit.record(
            session,
            "record.load",
            "data_object",
            object_id,
            name=definition.identifier,
            after={"records": count},
        )

    def page(
        self,
        session: Session,
        definition: Definition,
        record_id: UUID,
        request: PageRequest,
        filters: Mapping[str, Any],
    ) -> Page:
        """The record's history, the newest first; filters: field, actor_id, action.

        What became part of the record brings its own history along. A change of nothing that the
        actor sees is none. Raises Invalid.
        """
        seen = seen_by(definition, role_of(session))
        query = _of_record(session, seen, record_id, filters)
        order = {"at": RecordChange.at}
        rows, total = page_rows(session, query, request, order, "-at", RecordChange.id.desc())
        before = [hold_stored(definition, row.before) for row in rows]
        after = [hold_stored(definition, row.after) for row in rows]
        texts = self._presenter.texts(session, definition, [*before, *after])
        notes = Notes(session, self._presenter, definition, rows)
        items = [
            {
                **_change(definition, row, texts[place], texts[len(rows) + place]),
                "note": notes.of(row),
                "record": None if row.record_id == record_id else notes.named(row.record_id),
            }
            for place, row in enumerate(rows)
        ]
        return Page(items, total, request.page, request.page_size)


def _of_record(
    session: Session, definition: Definition, record_id: UUID, filters: Mapping[str, Any]
) -> Select[RecordChange]:
    taken_in = merged_into(session, record_id)
    query = select(RecordChange).where(RecordChange.record_id.in_([record_id, *taken_in]))
    fields = array([*definition.by_key])
    query = query.where(
        or_(
            RecordChange.action != "update",
            RecordChange.before.has_any(fields),
            RecordChange.after.has_any(fields),
            RecordChange.details["lines"].has_any(fields),
        )
    )
    # That they went is told by the merge itself.
    query = query.where(
        or_(RecordChange.record_id == record_id, not_(RecordChange.details.has_key("into")))
    )
    if field := filters.get("field"):
        if field not in definition.by_key:
            raise Invalid(fields={"field": ["validation.unknown_filter"]})
        query = query.where(
            or_(
                RecordChange.before.has_key(field),
                RecordChange.after.has_key(field),
                RecordChange.details["lines"].has_key(field),
            )
        )
    if actor_id := filters.get("actor_id"):
        query = query.where(RecordChange.actor_id == actor_id)
    if action := filters.get("action"):
        query = query.where(RecordChange.action == action)
    return query


def _change(
    definition: Definition,
    row: RecordChange,
    before: Mapping[str, str | None],
    after: Mapping[str, str | None],
) -> dict[str, Any]:
    keys = [field.key for field in definition.fields if field.key in {**before, **after}]
    return {
        "id": row.id,
        "at": row.at,
        "actor": {"id": row.actor_id, "name": row.actor_name} if row.actor_id else None,
        "action": row.action,
        "triggers": [mark["name"] for mark in row.details.get("triggers", ())],
        "changes": [
            {
                "field": key,
                "label": definition.by_key[key].label,
                "before": before.get(key),
                "after": after.get(key),
            }
            for key in keys
        ],
    }
