"""What tenancy asks of others; the composition root hands it in."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class IssuedPassword:
    """Shown once, stored as a hash only."""

    employee_code: str
    one_time_password: str


@dataclass(frozen=True, slots=True)
class InitialUser:
    """state: `unused` until the one-time password has been changed, then `changed`."""

    employee_code: str
    state: str
    issued_at: datetime | None


@dataclass(frozen=True, slots=True)
class Seats:
    total: int = 0
    online: int = 0


class Accounts(Protocol):
    """The users of enterprises; the scope is the platform's."""

    def issue_initial(self, session: Session, enterprise_id: UUID) -> Sequence[IssuedPassword]: ...

    def initial(self, session: Session, enterprise_id: UUID) -> Sequence[InitialUser]: ...

    def reset(self, session: Session, enterprise_id: UUID, employee_code: str) -> IssuedPassword:
        """Raises NotFound for anyone but the enterprise's `conf` and `admin`."""
        ...

    def seats(self, session: Session, ids: Collection[UUID]) -> Mapping[UUID, Seats]: ...

    def end_sessions_of(self, session: Session, enterprise_id: UUID) -> None: ...

    def ever_used(self, session: Session, enterprise_id: UUID) -> bool: ...


class Installer(Protocol):
    def install(
        self, session: Session, enterprise_id: UUID, enterprise_code: str, chosen: str
    ) -> None:
        """Give a new enterprise the ready set that was chosen; raises Invalid."""
        ...


class Targets(Protocol):
    """Where access numbers may lead."""

    def names(self, session: Session, ids: Collection[UUID]) -> Mapping[UUID, str]: ...

    def exists(self, session: Session, enterprise_id: UUID, kind: str, target_id: UUID) -> bool: ...

    def checked(
        self, session: Session, enterprise_id: UUID, target: Mapping[str, Any]
    ) -> dict[str, Any]:
        """A routing target as it is kept. Raises Invalid for one that the enterprise does not have,

        naming the part of `overflow`.
        """
        ...


class Traffic(Protocol):
    def calls_by_number(self, session: Session) -> Mapping[str, int]:
        """Calls under way by access number, in the scope's sight."""
        ...


class Live(Protocol):
    """What the bridge tells of the platform: docs/events.md §3, room `platform`."""

    def read(self, room: str) -> dict[str, Any]: ...


class Aside(Protocol):
    """Facts that could not be taken and wait to be put back."""

    def groups(self) -> Sequence[Mapping[str, Any]]:
        """{to, kind, error, count, since}: by receiver, kind of fact and error; the oldest first."""
        ...

    def wished(self) -> bool:
        """Whether somebody asked to have them put back, and that has not begun yet."""
        ...

    def wish(self) -> None: ...
