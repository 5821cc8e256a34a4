"""Tells people of records: by name, and never more of it than all who could be told may see."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from callcenter.core.bus import Outbox
from callcenter.core.clock import Clock
from callcenter.core.directory import Directory, Person
from callcenter.notices.service import Notice, Notices
from callcenter.objects.access import is_kept_from_some
from callcenter.objects.schemas import Definition
from callcenter.objects.service.presenting import viewer
from callcenter.objects.types import type_of

Values = Mapping[str, Any]
_GATHERED = "assigned"


class Bell:
    def __init__(self, directory: Directory, outbox: Outbox, clock: Clock) -> None:
        self._directory = directory
        self._notices = Notices(directory, outbox, clock)

    def mentioned(
        self,
        session: Session,
        definition: Definition,
        record_id: UUID,
        held: Values,
        people: Collection[UUID],
    ) -> None:
        """A comment on the record names them."""
        self._tell(session, definition, "mentioned", title(definition, held), people, record_id)

    def assigned(
        self,
        session: Session,
        definition: Definition,
        record_id: UUID,
        held: Values,
        changed: Collection[str],
    ) -> None:
        """To whom the record was given by this change, if it was given to somebody."""
        assignee = definition.linked("assignee")
        if assignee is None or assignee.type != "user" or assignee.key not in changed:
            return
        if (user_id := held[assignee.key]) is None:
            return
        if _GATHERED in session.info:
            session.info[_GATHERED].append(user_id)
            return
        name = title(definition, held)
        self._tell(session, definition, "assigned", name, [user_id], record_id)

    def assigned_many(
        self, session: Session, definition: Definition, given: Mapping[str, int]
    ) -> None:
        """given: to whom, and how many records at once; told as one."""
        for user_id, count in given.items():
            people = [UUID(user_id)]
            self._tell(session, definition, "assigned_many", str(count), people, None)

    def _tell(
        self,
        session: Session,
        definition: Definition,
        kind: str,
        text: str,
        people: Collection[UUID],
        record_id: UUID | None,
    ) -> None:
        """Those whose role reads such records at all; nobody of what they did themselves."""
        actor = viewer(session)
        others = [user_id for user_id in people if actor is None or user_id != actor.user_id]
        known = self._directory.people(session, others) if others else {}
        readers = [each for each in others if each in known and _reads(definition, known[each])]
        notice = Notice(kind, text, definition.identifier, record_id)
        self._notices.post(session, readers, notice)


@contextmanager
def gathering(session: Session) -> Iterator[list[UUID]]:
    """Nobody is told one by one of what is assigned meanwhile; to whom it was, is gathered."""
    session.info[_GATHERED] = []
    try:
        yield session.info[_GATHERED]
    finally:
        del session.info[_GATHERED]


def title(definition: Definition, held: Values) -> str:
    """What the record is called; veiled where some role may not see that."""
    field = definition.by_key[definition.title_field]
    value = held[field.key]
    if value is None:
        return ""
    return type_of(field).veil(value) if is_kept_from_some(field) else str(value)


def _reads(definition: Definition, person: Person) -> bool:
    return definition.allows("read", person.role)
