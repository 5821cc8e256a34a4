"""The operation log: what was done to a record, for people, audit and events at once."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from callcenter.core.audit import Audit, difference
from callcenter.core.bus import Outbox
from callcenter.core.clock import Clock
from callcenter.objects.models import RecordChange
from callcenter.objects.schemas import Definition
from callcenter.objects.service.presenting import Presenter, viewer
from callcenter.objects.service.rows import for_audit, hold_stored, stored


class ChangeLog:
    def __init__(self, presenter: Presenter, audit: Audit, outbox: Outbox, clock: Clock) -> None:
        self._presenter = presenter
        self._audit = audit
        self._outbox = outbox
        self._clock = clock

    def write(
        self,
        session: Session,
        definition: Definition,
        object_id: UUID,
        record_id: UUID,
        action: str,
        before: Mapping[str, Any],
        after: Mapping[str, Any],
    ) -> None:
        actor = viewer(session)
        old, new = difference(stored(definition, before), stored(definition, after))
        session.add(
            RecordChange(
                object_id=object_id,
                record_id=record_id,
                action=action,
                at=self._clock.now(),
                actor_id=actor.user_id if actor else None,
                actor_name=actor.name if actor else "",
                before=old,
                after=new,
            )
        )
        verb = {"create": "created", "update": "changed", "delete": "deleted"}[action]
        reference = f"{definition.identifier}/{record_id}"
        self._outbox.record(session, f"record.{verb}", reference, sorted({*old, *new}))
        self._audit.record(
            session,
            f"record.{action}",
            definition.identifier,
            record_id,
            before=for_audit(definition, old),
            after=for_audit(definition, new),
        )

    def loaded(self, session: Session, definition: Definition, object_id: UUID, count: int) -> None:
        self._audit.record(
            session,
            "record.load",
            "data_object",
            object_id,
            name=definition.identifier,
            after={"records": count},
        )

    def read(
        self, session: Session, definition: Definition, record_id: UUID
    ) -> Sequence[Mapping[str, Any]]:
        """The record's log, the newest first, with values as text.

        A change of nothing that the actor sees is none.
        """
        query = (
            select(RecordChange)
            .where(RecordChange.record_id == record_id)
            .order_by(RecordChange.at.desc(), RecordChange.id.desc())
            .limit(200)
        )
        rows = list(session.scalars(query))
        before = [hold_stored(definition, row.before) for row in rows]
        after = [hold_stored(definition, row.after) for row in rows]
        texts = self._presenter.texts(session, definition, [*before, *after])
        told = [
            _change(definition, row, texts[place], texts[len(rows) + place])
            for place, row in enumerate(rows)
        ]
        return [each for each in told if each["changes"] or each["action"] != "update"]


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
