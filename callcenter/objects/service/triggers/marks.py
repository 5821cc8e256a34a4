"""That a trigger had a hand in something: passed on with the values, and through the session."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from callcenter.objects.triggers.trigger import Trigger

Mark = Mapping[str, Any]
"""Of a trigger: `key` and `name`, as it was called then."""


class Settled(dict[str, Any]):
    """Values as they will be written, and which triggers have made them so."""

    def __init__(self, values: Mapping[str, Any], triggers: Sequence[Trigger] = ()) -> None:
        super().__init__(values)
        self.triggers = tuple(triggers)


@dataclass(frozen=True, slots=True)
class Cause:
    """Why a transaction writes: a trigger that fired, how many in a row, and who began it."""

    mark: Mark
    depth: int
    made_by: UUID | None


def mark_of(trigger: Trigger) -> Mark:
    return {"key": trigger.key, "name": dict(trigger.name)}


def cause_of(session: Session) -> Cause | None:
    cause: Cause | None = session.info.get("cause")
    return cause


def marks_of(session: Session, values: Mapping[str, Any]) -> dict[str, Any]:
    """For a line of the log."""
    marks = [mark_of(each) for each in values.triggers] if isinstance(values, Settled) else []
    if cause := cause_of(session):
        marks.insert(0, dict(cause.mark))
    return {"triggers": marks} if marks else {}
