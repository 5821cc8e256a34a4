"""How an attempt to send ended, and what becomes of the message. Pure.

Only what certainly has not gone is tried again by itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from callcenter.core.words import kept
from callcenter.messaging.models import MessageState

PAUSES = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30))
"""Before the second attempt, the third, and the last."""


class Ending(StrEnum):
    """unsent: certainly not gone, and may go later. refused: certainly not gone, and never will.

    unknown: it may have gone.
    """

    SENT = "sent"
    UNSENT = "unsent"
    REFUSED = "refused"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Outcome:
    """key, parameters: a caption that says why it has not been sent.

    Others' words are cleaned of what PostgreSQL does not take: how it ended is not lost for them.
    """

    ending: Ending
    key: str = ""
    parameters: Mapping[str, Any] | None = None
    provider_id: str = ""

    def __post_init__(self) -> None:
        told = {name: _clean(value) for name, value in (self.parameters or {}).items()}
        object.__setattr__(self, "parameters", told)
        object.__setattr__(self, "provider_id", _clean(self.provider_id))

    @property
    def reason(self) -> dict[str, Any] | None:
        return {"key": self.key, "parameters": self.parameters} if self.key else None


def _clean(value: Any) -> Any:
    return kept(value) if isinstance(value, str) else value


@dataclass(frozen=True, slots=True)
class Standing:
    state: MessageState
    next_at: datetime


def after(outcome: Outcome, attempts: int, now: datetime, *, repeatable: bool) -> Standing:
    """attempts: with this one. repeatable: whoever takes it knows one that comes twice."""
    if outcome.ending is Ending.SENT:
        return Standing(MessageState.SENT, now)
    if outcome.ending is Ending.REFUSED:
        return Standing(MessageState.FAILED, now)
    if outcome.ending is Ending.UNKNOWN and not repeatable:
        return Standing(MessageState.UNCERTAIN, now)
    if attempts > len(PAUSES):
        # What may have gone is not called given up.
        unknown = outcome.ending is Ending.UNKNOWN
        return Standing(MessageState.UNCERTAIN if unknown else MessageState.GIVEN_UP, now)
    return Standing(MessageState.QUEUED, now + PAUSES[attempts - 1])
