"""Definitions: which are in force, and how they come into force."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID
from weakref import WeakKeyDictionary

from sqlalchemy import Select, String, any_, bindparam, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from callcenter.core.clock import Clock
from callcenter.core.errors import NotFound
from callcenter.core.ids import new_id
from callcenter.core.places import PROJECT
from callcenter.objects.models import DataObject, ObjectVersion
from callcenter.objects.schemas import Definition, Kind, load_definition, stored_definition
from callcenter.objects.service import stamps
from callcenter.objects.service.coding import codes_of, with_codes
from callcenter.objects.service.versions import Versions
from callcenter.objects.tasks import Publisher

SHIPPED = PROJECT / "config" / "objects"

# Made once: every request asks what is in force, and to make a statement costs as much as to run it.
_IN_FORCE = (
    select(ObjectVersion.id, ObjectVersion.object_id, DataObject.stamp)
    .join(DataObject, DataObject.id == ObjectVersion.object_id)
    .where(ObjectVersion.number == DataObject.published_number)
    .order_by(DataObject.sort, DataObject.identifier)
)
_CALLED = _IN_FORCE.where(DataObject.identifier == bindparam("identifier"))
_NAMED = _IN_FORCE.where(
    DataObject.identifier == any_(bindparam("identifiers", type_=ARRAY(String())))
)
_OF_KIND = _IN_FORCE.where(DataObject.kind == bindparam("kind"))


class Definitions:
    """The published definitions of the scope's enterprise.

    A published version never changes, so it is read once a process. Code tables do:
    whoever takes options from one is made anew when it has changed.
    """

    def __init__(self) -> None:
        self._kept: dict[UUID, Definition] = {}
        self._coded: dict[UUID, tuple[frozenset[Any], Definition]] = {}
        self._ids: WeakKeyDictionary[Definition, UUID] = WeakKeyDictionary()

    def get(self, session: Session, identifier: str) -> Definition:
        """Raises NotFound."""
        for definition in self._read(session, _CALLED, identifier=identifier):
            return definition
        raise NotFound

    def named(self, session: Session, identifiers: Collection[str]) -> Sequence[Definition]:
        """Those of them that are in force, by one statement."""
        return self._read(session, _NAMED, identifiers=[*identifiers]) if identifiers else []

    def all(self, session: Session) -> Sequence[Definition]:
        return self._read(session, _IN_FORCE)

    def of_kind(self, session: Session, kind: Kind) -> Sequence[Definition]:
        return self._read(session, _OF_KIND, kind=kind.value)

    def object_id(self, session: Session, identifier: str) -> UUID:
        query = select(DataObject.id).where(DataObject.identifier == identifier)
        found = session.scalar(query)
        if found is None:
            raise NotFound
        return found

    def id_of(self, session: Session, definition: Definition) -> UUID:
        """Of the definition's object, without asking where it was read here."""
        return self._ids.get(definition) or self.object_id(session, definition.identifier)

    def identifier(self, session: Session, object_id: UUID) -> str:
        """The inverse."""
        query = select(DataObject.identifier).where(DataObject.id == object_id)
        return session.scalars(query).one()

    def _read(
        self, session: Session, query: Select[UUID, UUID, UUID | None], **parameters: Any
    ) -> Sequence[Definition]:
        found: list[Definition] = []
        for version_id, object_id, stamp in session.execute(query, parameters).all():
            found.append(self._load(session, version_id))
            self._ids[found[-1]] = object_id
            stamps.note(session, found[-1], version_id, stamp)
        return found

    def _load(self, session: Session, version_id: UUID) -> Definition:
        if version_id not in self._kept:
            query = select(ObjectVersion).where(ObjectVersion.id == version_id)
            version = session.scalars(query).one()
            self._kept[version_id] = stored_definition(version.definition, version.number)
        definition = self._kept[version_id]
        if not definition.codes:
            return definition
        versions = codes_of(session, definition)
        if version_id not in self._coded or self._coded[version_id][0] != versions:
            self._coded[version_id] = versions, with_codes(session, definition)
        return self._coded[version_id][1]


class Installer:
    """Brings a new enterprise's definitions into force: the row, the table, the published version."""

    def __init__(self, publisher: Publisher, versions: Versions, clock: Clock) -> None:
        self._publisher = publisher
        self._versions = versions
        self._clock = clock

    def install(
        self,
        session: Session,
        enterprise_id: UUID,
        enterprise_code: str,
        documents: Sequence[Mapping[str, Any]],
    ) -> None:
        """Give a new enterprise these objects; those it has are left as they are."""
        owned = DataObject.enterprise_id == enterprise_id
        there = set(session.scalars(select(DataObject.identifier).where(owned)))
        for document in documents:
            if document["identifier"] not in there:
                self.publish(session, enterprise_id, enterprise_code, document)

    def publish(
        self,
        session: Session,
        enterprise_id: UUID,
        enterprise_code: str,
        document: Mapping[str, Any],
    ) -> Definition:
        """Publish the first version of an object; raises BadDefinition and changes nothing."""
        definition = load_definition(document, 1)
        row = DataObject(
            id=new_id(),
            enterprise_id=enterprise_id,
            identifier=definition.identifier,
            kind=definition.kind.value,
            name=dict(definition.name),
            published_number=0,
            changed_at=self._clock.now(),
        )
        session.add(row)
        session.flush()
        self._publisher.publish(enterprise_code, definition)
        self._versions.record(session, row, document, "")
        return definition
