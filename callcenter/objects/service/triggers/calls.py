"""The ways out of the records, as triggers know them: addresses, calling tasks and messages."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy.orm import Session

from callcenter.objects.triggers.calling import Callee, Placed


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


class Tasks(Protocol):
    """Calling tasks of the enterprise."""

    def add(self, session: Session, task: str, callee: Callee) -> Placed:
        """task: its name. Raises an AppError where there is none of that name."""
        ...


@dataclass(frozen=True, slots=True)
class Letter:
    """address: as a field holds it. template: of its text; key: the same for the same act."""

    channel: str
    address: str
    subject: str
    text: str
    html: bool
    template: str
    object: str
    record_id: UUID
    key: str


class Messages(Protocol):
    """Channels of the enterprise."""

    def put(self, session: Session, letter: Letter) -> UUID:
        """Into the queue, with the caller's transaction. Raises BadValue."""
        ...
