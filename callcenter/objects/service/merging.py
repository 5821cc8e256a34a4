"""Several records become one: what pointed at the others points at the survivor."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from callcenter.core.db import TenantTables, model_table
from callcenter.core.errors import Invalid, Stale
from callcenter.core.ids import new_id
from callcenter.objects import queries
from callcenter.objects.models import Attachment, RecordChange, RecordComment, RecordMerge
from callcenter.objects.schemas import Definition
from callcenter.objects.schemas.rights import Access, access
from callcenter.objects.service.field_files import loosen
from callcenter.objects.service.means import Means
from callcenter.objects.service.presenting import Held, role_of, viewer
from callcenter.objects.service.records import Records
from callcenter.objects.service.rows import actor_id, columns
from callcenter.objects.types import type_of
from callcenter.objects.types.base import Field

BATCH = 1_000


class Followers(Protocol):
    """What other slices keep of records."""

    def follow(
        self, session: Session, ids: Sequence[UUID], survivor_id: UUID, title: str
    ) -> Mapping[str, int]:
        """Point at the survivor what points at `ids`; how many of each."""
        ...


class Merging(Records):
    def __init__(self, means: Means, followers: Followers) -> None:
        super().__init__(means)
        self._followers = followers

    def merge(
        self,
        session: Session,
        identifier: str,
        record_id: UUID,
        version: int,
        others: Mapping[UUID, int],
        chosen: Mapping[str, UUID],
    ) -> dict[str, Any]:
        """The survivor. others: id → version; chosen: field → the record whose value stays.

        Raises NotFound, Forbidden, Stale when any of them was changed, Invalid.
        """
        definition = self._written(session, identifier, "edit")
        if record_id in others:
            raise Invalid(fields={"others": ["validation.duplicate"]})
        helds = self._read_all(session, definition, {record_id: version, **others})
        survivor, rest = helds[record_id], [helds[other] for other in others]
        self._reaching.check(session, definition, survivor, "edit")
        for held in rest:
            self._reaching.check(session, definition, held, "delete")
        _refuse_stale(helds, {record_id: version, **others})
        taken = _chosen(definition, survivor, helds, chosen, role_of(session))
        changes = self._reader(session, definition).settled(taken, survivor, anyway=True)
        object_id = self._definitions.object_id(session, identifier)
        self._bin(session, definition, object_id, rest, record_id)
        self._keep(session, definition, object_id, survivor, changes, [*others])
        values = {**survivor.values, **changes}
        moved = self._move(session, definition, survivor, [*others], values)
        self._audit.record(
            session, "record.merge_moved", identifier, record_id,
            after={"others": [str(other) for other in others], **moved},
        )  # fmt: skip
        return self._written_record(session, definition, record_id)

    def _read_all(
        self, session: Session, definition: Definition, versions: Mapping[UUID, int]
    ) -> dict[UUID, Held]:
        table = self._table(session, definition)
        TenantTables(session).execute(queries.locked(table, [*versions]))
        return {each: self._find(session, definition, each) for each in versions}

    def _bin(
        self,
        session: Session,
        definition: Definition,
        object_id: UUID,
        rest: Sequence[Held],
        survivor_id: UUID,
    ) -> None:
        now = self._clock.now()
        for held in rest:
            self._replace(session, definition, held, {"deleted_at": now})
            self._changes.write(
                session, definition, object_id, held.row.id, "delete", held.values, {},
                {"into": str(survivor_id)},
            )  # fmt: skip
            # No chains: whoever follows an old address takes one step.
            session.execute(
                update(RecordMerge)
                .where(RecordMerge.survivor_id == held.row.id)
                .values(survivor_id=survivor_id)
            )
            session.add(
                RecordMerge(
                    record_id=held.row.id, survivor_id=survivor_id, object_id=object_id, at=now
                )
            )

    def _keep(
        self,
        session: Session,
        definition: Definition,
        object_id: UUID,
        survivor: Held,
        changes: Mapping[str, Any],
        others: Sequence[UUID],
    ) -> None:
        values = columns(definition, {**survivor.values, **changes}, survivor.row.extra)
        self._replace(session, definition, survivor, values)
        before = {key: survivor.values[key] for key in changes}
        details = {"others": [str(other) for other in others]}
        self._changes.write(
            session, definition, object_id, survivor.row.id, "merge", before, changes, details
        )

    def _move(
        self,
        session: Session,
        definition: Definition,
        survivor: Held,
        others: Sequence[UUID],
        held: Mapping[str, Any],
    ) -> dict[str, int]:
        """Everything that is kept of the others. held: the survivor's values as they are now."""
        survivor_id, title = survivor.row.id, str(held[definition.title_field] or "")
        moved = self._move_references(session, definition, survivor_id, others)
        for model in (RecordComment, Attachment):
            statement = update(model).where(model.record_id.in_(others))
            session.execute(statement.values(record_id=survivor_id))
        loosen(session, definition, survivor_id, held)
        return moved | dict(self._followers.follow(session, others, survivor_id, title))

    def _move_references(
        self, session: Session, target: Definition, survivor_id: UUID, others: Sequence[UUID]
    ) -> dict[str, int]:
        moved: dict[str, int] = {}
        for known in self._definitions.all(session):
            self.hold_in_force(session, known.identifier)
            definition = self._definitions.get(session, known.identifier)
            for field in definition.fields:
                if field.refers_to == target.identifier:
                    count = self._move_field(session, definition, field, survivor_id, others)
                    moved[f"{definition.identifier}.{field.key}"] = count
        return moved

    def _move_field(
        self,
        session: Session,
        definition: Definition,
        field: Field,
        survivor_id: UUID,
        others: Sequence[UUID],
    ) -> int:
        table, tables = self._table(session, definition), TenantTables(session)
        object_id = self._definitions.id_of(session, definition)
        query = queries.referring(table, field, others, survivor_id, BATCH)
        count = 0
        while rows := tables.execute(query).all():
            values = {
                queries.column_of(field): survivor_id,
                "version": table.c.version + 1,
                "updated_at": self._clock.now(),
                "updated_by": actor_id(session),
            }
            here = table.c.id.in_([row.id for row in rows])
            tables.execute(update(table).where(here).values(values))
            lines = [self._line(session, object_id, field, row, survivor_id) for row in rows]
            tables.insert_all(model_table(RecordChange), lines)
            count += len(rows)
        return count

    def _line(
        self, session: Session, object_id: UUID, field: Field, row: Any, survivor_id: UUID
    ) -> dict[str, Any]:
        """Of the history of a record whose reference moved."""
        actor = viewer(session)
        return {
            "id": new_id(),
            "object_id": object_id,
            "record_id": row.id,
            "action": "update",
            "at": self._clock.now(),
            "actor_id": actor.user_id if actor else None,
            "actor_name": actor.name if actor else "",
            "before": {field.key: str(row.target)},
            "after": {field.key: str(survivor_id)},
            "details": {},
        }


def _refuse_stale(helds: Mapping[UUID, Held], versions: Mapping[UUID, int]) -> None:
    if any(held.row.version != versions[each] for each, held in helds.items()):
        raise Stale


def _chosen(
    definition: Definition,
    survivor: Held,
    helds: Mapping[UUID, Held],
    chosen: Mapping[str, UUID],
    role: str | None,
) -> dict[str, Any]:
    """The survivor's values that change; raises Invalid by `values.<field>`."""
    wrong: dict[str, list[str]] = {}
    values: dict[str, Any] = {}
    # Lines of all of them stay, as whatever else points at a record.
    apart = {field.key for field in definition.details}
    for key, record_id in ((key, one) for key, one in chosen.items() if key not in apart):
        field = definition.by_key.get(key)
        if field is None or access(field, role) is Access.HIDE:
            wrong[f"values.{key}"] = ["validation.unknown_field"]
        elif field.read_only or not type_of(field).entered:
            wrong[f"values.{key}"] = ["validation.read_only"]
        elif access(field, role) is not Access.WRITE:
            wrong[f"values.{key}"] = ["validation.not_yours"]
        elif record_id not in helds:
            wrong[f"values.{key}"] = ["validation.unknown_id"]
        elif field.required and helds[record_id].values[key] is None:
            wrong[f"values.{key}"] = ["validation.required"]
        else:
            values[key] = helds[record_id].values[key]
    if wrong:
        raise Invalid(fields=wrong)
    for field in definition.fields:
        # What pointed from one of them at another would point at itself.
        value = values.get(field.key, survivor.values[field.key])
        if field.refers_to == definition.identifier and value in helds:
            values[field.key] = None
    return {key: value for key, value in values.items() if value != survivor.values[key]}
