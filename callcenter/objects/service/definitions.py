"""Definitions: which are in force, and how they come into force."""

import json
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from callcenter.core.audit import Audit
from callcenter.core.clock import Clock
from callcenter.core.errors import NotFound
from callcenter.core.ids import new_id
from callcenter.core.places import PROJECT
from callcenter.core.tenant import Scope
from callcenter.objects.models import DataField, DataObject, FieldGroup, ObjectVersion
from callcenter.objects.schemas import Definition, Kind, load_definition
from callcenter.objects.tasks import Publisher

SHIPPED = PROJECT / "config" / "objects"
_FLAGS = ("required", "indexed", "searched", "in_list", "read_only")


class Definitions:
    """The published definitions of the scope's enterprise.

    A published version never changes, so it is read and checked once a process.
    """

    def __init__(self) -> None:
        self._kept: dict[UUID, Definition] = {}

    def get(self, session: Session, identifier: str) -> Definition:
        """Raises NotFound."""
        for definition in self._read(session, DataObject.identifier == identifier):
            return definition
        raise NotFound

    def all(self, session: Session) -> Sequence[Definition]:
        return self._read(session)

    def of_kind(self, session: Session, kind: Kind) -> Sequence[Definition]:
        return self._read(session, DataObject.kind == kind.value)

    def object_id(self, session: Session, identifier: str) -> UUID:
        query = select(DataObject.id).where(DataObject.identifier == identifier)
        found = session.scalar(query)
        if found is None:
            raise NotFound
        return found

    def _read(self, session: Session, *conditions: Any) -> Sequence[Definition]:
        query = (
            select(ObjectVersion.id, ObjectVersion.number)
            .join(DataObject, DataObject.id == ObjectVersion.object_id)
            .where(ObjectVersion.number == DataObject.published_number, *conditions)
            .order_by(DataObject.sort, DataObject.identifier)
        )
        return [self._load(session, version_id) for version_id, _ in session.execute(query)]

    def _load(self, session: Session, version_id: UUID) -> Definition:
        if version_id not in self._kept:
            query = select(ObjectVersion).where(ObjectVersion.id == version_id)
            version = session.scalars(query).one()
            self._kept[version_id] = load_definition(version.definition, version.number)
        return self._kept[version_id]


class Installer:
    """Brings definitions into force: rows to work on, the table, the published version."""

    def __init__(self, publisher: Publisher, audit: Audit, clock: Clock) -> None:
        self._publisher = publisher
        self._audit = audit
        self._clock = clock

    def install(self, session: Session, enterprise_id: UUID, enterprise_code: str) -> None:
        """Give a new enterprise the shipped objects; those it has are left as they are."""
        owned = DataObject.enterprise_id == enterprise_id
        there = set(session.scalars(select(DataObject.identifier).where(owned)))
        for file in sorted(SHIPPED.glob("*.json")):
            document = json.loads(file.read_text("utf-8"))
            if document["identifier"] not in there:
                self.publish(session, enterprise_id, enterprise_code, document)

    def publish(
        self,
        session: Session,
        enterprise_id: UUID,
        enterprise_code: str,
        document: Mapping[str, Any],
    ) -> Definition:
        """Publish the next version of an object; raises BadDefinition and changes nothing."""
        row = self._row(session, enterprise_id, document)
        definition = load_definition(document, row.published_number + 1)
        self._publisher.publish(enterprise_code, definition)
        row.published_number = definition.number
        row.changed_at = self._clock.now()
        _write_rows(session, row, definition)
        scope: Scope = session.info["scope"]
        session.add(
            ObjectVersion(
                enterprise_id=enterprise_id,
                object_id=row.id,
                number=definition.number,
                definition=dict(document),
                published_at=self._clock.now(),
                published_by=scope.actor.user_id if scope.actor else None,
            )
        )
        self._audit.record(
            session,
            "object.publish",
            "data_object",
            row.id,
            name=definition.identifier,
            after={"version": definition.number},
            enterprise_id=enterprise_id,
        )
        return definition

    def _row(
        self, session: Session, enterprise_id: UUID, document: Mapping[str, Any]
    ) -> DataObject:
        query = select(DataObject).where(
            DataObject.enterprise_id == enterprise_id,
            DataObject.identifier == document["identifier"],
        )
        row = session.scalar(query.with_for_update())
        if row is None:
            row = DataObject(
                id=new_id(),
                enterprise_id=enterprise_id,
                identifier=document["identifier"],
                published_number=0,
            )
        for name in ("kind", "name", "key_field", "title_field", "permissions"):
            setattr(row, name, document[name])
        row.listing = document["list"]
        row.links = document.get("links", {})
        row.changed_at = self._clock.now()
        session.add(row)
        return row


def _write_rows(session: Session, row: DataObject, definition: Definition) -> None:
    """Groups and fields as rows; a field that is gone is hidden, never dropped."""
    session.flush()
    groups = {
        group.key: group
        for group in session.scalars(select(FieldGroup).where(FieldGroup.object_id == row.id))
    }
    for sort, group in enumerate(definition.groups):
        kept = groups.setdefault(
            group.key,
            FieldGroup(
                id=new_id(), enterprise_id=row.enterprise_id, object_id=row.id, key=group.key
            ),
        )
        kept.label, kept.sort = dict(group.label), sort
        session.add(kept)
    session.flush()
    fields = {
        field.key: field
        for field in session.scalars(select(DataField).where(DataField.object_id == row.id))
    }
    for sort, field in enumerate(definition.fields):
        kept_field = fields.pop(field.key, None) or DataField(
            enterprise_id=row.enterprise_id, object_id=row.id, key=field.key
        )
        kept_field.group_id = groups[field.group].id
        kept_field.type, kept_field.label = field.type, dict(field.label)
        kept_field.unique_value, kept_field.width = field.unique, field.width
        kept_field.settings, kept_field.sort = dict(field.settings), sort
        kept_field.hidden_at = None
        for flag in _FLAGS:
            setattr(kept_field, flag, getattr(field, flag))
        session.add(kept_field)
    for gone in fields.values():
        gone.hidden_at = gone.hidden_at or row.changed_at
