"""What leads out of the database: notices to people and calls to addresses. Real ones and none."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class Message:
    """text: by language."""

    text: Mapping[str, str]
    object_identifier: str
    record_id: UUID


class Notices(Protocol):
    def post(self, session: Session, recipients: Collection[UUID], message: Message, /) -> None:
        """In the caller's transaction."""
        ...


class Calls(Protocol):
    """Addresses that the enterprise may call."""

    def check(self, session: Session, url: str) -> None:
        """Raises core.outbound.NotAllowed."""
        ...

    def send(
        self, session: Session, method: str, url: str, values: Mapping[str, Any], key: str
    ) -> int:
        """The answer's status; key: the same for the same act. Raises core.outbound.OutboundFailed."""
        ...


@dataclass(frozen=True, slots=True)
class Outlets:
    notices: Notices
    calls: Calls
