"""Objects as documents: out of one enterprise, and into the drafts of another."""

from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from callcenter.core.audit import Audit
from callcenter.core.clock import Clock
from callcenter.core.ids import new_id
from callcenter.objects.models import DataObject
from callcenter.objects.schemas import document_of, stored_definition
from callcenter.objects.service.designs import Designs
from callcenter.objects.service.placing import plain
from callcenter.objects.service.rows import actor_id
from callcenter.objects.service.versions import Versions

Document = Mapping[str, Any]


class Standing(StrEnum):
    """What an enterprise has of an object that somebody brings.

    drafted: it is the draft already. busy: somebody shapes it, and that is not overwritten.
    """

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    DRAFTED = "drafted"
    BUSY = "busy"
    OTHER_KIND = "other_kind"


class Documents:
    def __init__(self, designs: Designs, versions: Versions, audit: Audit, clock: Clock) -> None:
        self._designs = designs
        self._versions = versions
        self._audit = audit
        self._clock = clock

    def documents(self, session: Session) -> list[dict[str, Any]]:
        """The versions in force, as one file carries them."""
        found = (self._versions.in_force(session, row) for row in session.scalars(_published()))
        return [plain(document) for document in found if document is not None]

    def published(self, session: Session) -> set[str]:
        return {row.identifier for row in session.scalars(_published())}

    def standing(self, session: Session, document: Document) -> Standing:
        """Of a document that has the right form."""
        row = self._find(session, document)
        if row is None:
            return Standing.NEW
        if row.kind != document["kind"]:
            return Standing.OTHER_KIND
        if _alike(self._versions.in_force(session, row), document):
            return Standing.SAME
        if row.draft is not None:
            return Standing.DRAFTED if _alike(row.draft, document) else Standing.BUSY
        return Standing.CHANGED

    def bring(self, session: Session, document: Document) -> None:
        """Make it the draft of its object; what is the draft already stays as it is."""
        row = self._find(session, document)
        if row is None:
            self._begin(session, document)
        elif not _alike(row.draft, document):
            self._designs.save(session, row.identifier, document, row.version)

    def answer(
        self, session: Session, identifier: str, together: Collection[str]
    ) -> dict[str, Any]:
        """The draft with its problems; together: objects that are published along with it."""
        return self._designs.answer(session, self._designs.row(session, identifier), together)

    def _begin(self, session: Session, document: Document) -> None:
        row = DataObject(
            id=new_id(), identifier=document["identifier"], kind=document["kind"],
            name=dict(document["name"]), published_number=0, draft=plain(document),
            changed_at=self._clock.now(), changed_by=actor_id(session),
        )  # fmt: skip
        session.add(row)
        session.flush()
        self._audit.record(session, "object.create", "data_object", row.id, name=row.identifier)

    @staticmethod
    def _find(session: Session, document: Document) -> DataObject | None:
        query = select(DataObject).where(DataObject.identifier == document["identifier"])
        found: DataObject | None = session.scalar(query.with_for_update())
        return found


def _published() -> Any:
    query = select(DataObject).where(DataObject.published_number > 0)
    return query.order_by(DataObject.sort, DataObject.identifier)


def _alike(one: Document | None, other: Document) -> bool:
    """Whether they say the same, left-out defaults apart."""
    if one is None:
        return False
    try:
        return _whole(one) == _whole(other)
    except (KeyError, TypeError, ValueError):
        # A draft is kept as far as it has come.
        return False


def _whole(document: Document) -> dict[str, Any]:
    whole = document_of(stored_definition(plain(document), 0))
    whole["permissions"] = {act: roles for act, roles in whole["permissions"].items() if roles}
    return whole
