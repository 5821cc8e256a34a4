"""What a change fires: asked at once, carried out by a job when it has been committed."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from callcenter.core.bus import Outbox
from callcenter.core.clock import Clock
from callcenter.core.db import TenantTables, model_table
from callcenter.core.directory import Directory
from callcenter.core.ids import new_id
from callcenter.expressions import Surroundings
from callcenter.objects import queries
from callcenter.objects.models import TriggerRun
from callcenter.objects.schemas import Definition
from callcenter.objects.service.presenting import enterprise_of, hold, viewer
from callcenter.objects.service.triggers.before import At, refuse
from callcenter.objects.service.triggers.marks import Settled, cause_of
from callcenter.objects.triggers.trigger import DEEPEST, Act, Happening, Moment, Trigger

KIND = "triggers.run"
"""Of jobs."""

_ACTS: Mapping[str, Act] = {
    "create": Act.CREATE,
    "update": Act.UPDATE,
    "merge": Act.UPDATE,
    "restore": Act.UPDATE,
    "delete": Act.DELETE,
}
"""Acts of the log on the record itself; of the others no trigger knows."""


class RunState(StrEnum):
    """waiting: for its job, or its next try. stopped: one too many in a row.

    skipped: no longer in force. refused: the write that it was asked about.
    """

    WAITING = "waiting"
    DONE = "done"
    FAILED = "failed"
    STOPPED = "stopped"
    SKIPPED = "skipped"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the log: its id, the record's, and the changed values before and after."""

    change_id: UUID
    record_id: UUID
    before: Mapping[str, Any]
    after: Mapping[str, Any]


class After:
    def __init__(self, directory: Directory, outbox: Outbox, clock: Clock) -> None:
        self._directory = directory
        self._outbox = outbox
        self._clock = clock

    def heed(
        self,
        session: Session,
        definition: Definition,
        object_id: UUID,
        action: str,
        lines: Sequence[Line],
    ) -> None:
        """In the transaction of the change; raises Refused where a trigger forbids a deletion."""
        act = _ACTS.get(action)
        if act is None or not definition.triggers or "tried" in session.info:
            return
        fired = [
            *_had_a_hand(lines),
            *self._fire(session, definition, act, lines),
        ]
        if not fired:
            return
        batch = session.info.setdefault("trigger_batch", new_id())
        rows = [self._row(session, object_id, act, *one) for one in fired]
        TenantTables(session).insert_all(model_table(TriggerRun), rows)
        if any(row["state"] == RunState.WAITING for row in rows):
            arguments = {"batch_id": str(batch)}
            self._outbox.request(session, KIND, arguments, job_id=batch)

    def _fire(
        self, session: Session, definition: Definition, act: Act, lines: Sequence[Line]
    ) -> Iterator[tuple[Trigger, Line]]:
        armed = definition.armed
        forbidding = armed.of(Moment.BEFORE, act) if act is Act.DELETE else []
        asked = [*forbidding, *armed.of(Moment.AFTER, act)]
        if not asked:
            return
        whole = self._whole(session, definition, act, lines)
        around = self._around(session)
        for line in lines:
            values = whole[line.record_id]
            before = None if act is Act.CREATE else {**values, **line.before}
            happening = Happening(act, before, values, around)
            for trigger in asked:
                if not armed.verdict(trigger, happening).fires:
                    continue
                if trigger.when == Moment.BEFORE:
                    forbid(session, definition, trigger, line.record_id)
                yield trigger, line

    def _whole(
        self, session: Session, definition: Definition, act: Act, lines: Sequence[Line]
    ) -> Mapping[UUID, Mapping[str, Any]]:
        """All values of the records, as the change has left them."""
        if act is Act.CREATE:
            return {line.record_id: line.after for line in lines}
        if act is Act.DELETE:
            return {line.record_id: line.before for line in lines}
        schema = queries.schema_of(enterprise_of(session, self._directory).code)
        table = queries.table_of(definition, schema)
        ids = [line.record_id for line in lines]
        found = TenantTables(session).execute(select(table).where(table.c.id.in_(ids)))
        return {row.id: hold(definition, row).values for row in found}

    def _around(self, session: Session) -> Surroundings:
        actor, zone = viewer(session), enterprise_of(session, self._directory).zone
        today = self._clock.now().astimezone(zone).date()
        return Surroundings(
            actor.role.value if actor else "", actor.person_id if actor else None, today
        )

    def _row(
        self, session: Session, object_id: UUID, act: Act, trigger: Trigger, line: Line
    ) -> dict[str, Any]:
        actor, cause = viewer(session), cause_of(session)
        depth = cause.depth + 1 if cause else 1
        state = RunState.WAITING if trigger.when == Moment.AFTER else RunState.DONE
        too_deep = depth > DEEPEST and state == RunState.WAITING
        return {
            "id": new_id(),
            "batch_id": session.info["trigger_batch"],
            "change_id": line.change_id,
            "object_id": object_id,
            "record_id": line.record_id,
            "trigger": trigger.key,
            "name": dict(trigger.name),
            "act": act.value,
            "when": trigger.when,
            "depth": depth,
            "state": (RunState.STOPPED if too_deep else state).value,
            "place": 0,
            "steps": [],
            "message": {"key": "trigger.too_deep", "parameters": {"most": DEEPEST}}
            if too_deep
            else None,
            "made_by": actor.person_id if actor else (cause.made_by if cause else None),
            "made_at": self._clock.now(),
            "took_ms": 0,
        }


def forbid(session: Session, definition: Definition, trigger: Trigger, record_id: UUID) -> None:
    """Of a deletion, all that a trigger before it can do."""
    at = At(definition, trigger, Act.DELETE, record_id)
    for document in trigger.actions:
        refuse(session, at, document["message"], document.get("field"))


def _had_a_hand(lines: Sequence[Line]) -> Iterator[tuple[Trigger, Line]]:
    """The triggers that have changed the values already."""
    for line in lines:
        if isinstance(line.after, Settled):
            yield from ((trigger, line) for trigger in line.after.triggers)
