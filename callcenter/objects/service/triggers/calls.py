"""The ways out of the records, as triggers know them: to addresses, and into calling tasks."""

from collections.abc import Mapping
from typing import Any, Protocol

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
