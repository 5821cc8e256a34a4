"""What every slice may know of enterprises, people and services: names, never rows.

The slices that own those tables are not imported for it; the composition root hands in one
`Directory` that reads them in the caller's transaction, and so in the caller's scope.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class EnterpriseCard:
    """area_code completes local numbers (`021`); display_numbers may be shown on calls out."""

    id: UUID
    code: str
    name: str
    area_code: str
    zone: ZoneInfo
    display_numbers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Person:
    id: UUID
    name: str
    employee_code: str
    role: str
    team_ids: tuple[UUID, ...]
    extension: str
    active: bool


@dataclass(frozen=True, slots=True)
class ServiceCard:
    """An agent service; level: `level_percent` of calls answered within `level_seconds`.

    active: calls may be sent to it. One that had calls stays known by name when it is deleted.
    """

    id: UUID
    name: str
    level_percent: int
    level_seconds: int
    short_call_seconds: int
    work_order_object: str
    member_ids: frozenset[UUID]
    active: bool


@dataclass(frozen=True, slots=True)
class Choice:
    """A not-ready reason or a disposition; label by locale."""

    id: UUID
    code: str
    label: Mapping[str, Any]
    active: bool


class Directory(Protocol):
    def enterprise(self, session: Session) -> EnterpriseCard: ...

    def people(
        self, session: Session, ids: Collection[UUID] | None = None
    ) -> Mapping[UUID, Person]:
        """By id; all of the enterprise when ids is None."""
        ...

    def person(self, session: Session, employee_code: str) -> Person | None:
        """None where nobody has, or had, the code."""
        ...

    def teams(self, session: Session) -> Mapping[UUID, str]: ...

    def services(self, session: Session) -> Mapping[UUID, ServiceCard]: ...

    def reasons(self, session: Session) -> Sequence[Choice]: ...

    def dispositions(self, session: Session) -> Sequence[Choice]: ...
