"""When somebody may be called, and what follows from how it ended. Pure."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo


class ContactState(StrEnum):
    OPEN = "open"
    TAKEN = "taken"
    DONE = "done"
    SKIPPED = "skipped"
    BLOCKED = "blocked"


class AttemptState(StrEnum):
    OFFERED = "offered"
    DIALLED = "dialled"
    ENDED = "ended"
    SKIPPED = "skipped"


class Outcome(StrEnum):
    ANSWERED = "answered"
    NO_ANSWER = "no_answer"
    BUSY = "busy"
    UNALLOCATED = "unallocated"
    REJECTED = "rejected"
    FAILED = "failed"
    AGENT_GONE = "agent_gone"


AGAIN: Collection[Outcome] = (Outcome.NO_ANSWER, Outcome.BUSY, Outcome.FAILED, Outcome.AGENT_GONE)
"""Outcomes after which the contact is tried once more; an empty number never is."""


@dataclass(frozen=True, slots=True)
class Window:
    """Minutes of the day in the enterprise's zone, and weekdays (0 = Monday)."""

    start: int
    end: int
    weekdays: frozenset[int]

    def open_at(self, now: datetime, zone: ZoneInfo) -> bool:
        local = now.astimezone(zone)
        minute = local.hour * 60 + local.minute
        return local.weekday() in self.weekdays and self.start <= minute < self.end


@dataclass(frozen=True, slots=True)
class Next:
    """What becomes of a contact: its state, and not before when it is tried again."""

    state: ContactState
    at: datetime | None


def after(
    outcome: Outcome, attempts: int, max_attempts: int, pause: timedelta, now: datetime
) -> Next:
    if outcome in AGAIN and attempts < max_attempts:
        return Next(ContactState.OPEN, now + pause)
    return Next(ContactState.DONE, None)


def clock_time(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"
