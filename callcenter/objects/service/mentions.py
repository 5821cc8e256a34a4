"""Colleagues named in a comment: kept by id as `@{id}`, read by name."""

import re
from collections.abc import Iterable
from uuid import UUID

from sqlalchemy.orm import Session

from callcenter.core.directory import Directory

_MENTION = re.compile(r"@\{([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\}")


def mentioned(text: str) -> list[UUID]:
    """In the order in which they are named, each once."""
    return list(dict.fromkeys(UUID(found) for found in _MENTION.findall(text)))


class Mentions:
    """The people whom some texts name, looked up once."""

    def __init__(self, session: Session, directory: Directory, texts: Iterable[str]) -> None:
        ids = {user_id for text in texts for user_id in mentioned(text)}
        self._people = directory.people(session, ids)

    def unknown(self, text: str) -> bool:
        return any(user_id not in self._people for user_id in mentioned(text))

    def people(self, text: str) -> list[dict[str, object]]:
        known = [self._people[key] for key in mentioned(text) if key in self._people]
        return [{"id": person.id, "name": person.name} for person in known]

    def read(self, text: str) -> str:
        """The text as a person reads it."""
        return _MENTION.sub(lambda found: f"@{self._name(UUID(found[1]))}", text)

    def _name(self, user_id: UUID) -> str:
        person = self._people.get(user_id)
        return person.name if person else "…"
