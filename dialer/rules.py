"""When somebody may be called, and what follows from how it ended. Pure."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from callcenter.schedules.hours import Hours


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

    def opens_after(self, now: datetime, zone: ZoneInfo) -> datetime | None:
        """When it opens next, of one that is closed now; None: never."""
        today = now.astimezone(zone).date()
        for days in range(8):
            day = today + timedelta(days=days)
            midnight = datetime.combine(day, time(), zone)
            opens = (midnight + timedelta(minutes=self.start)).astimezone(UTC)
            if opens > now and day.weekday() in self.weekdays:
                return opens
        return None


LOOKS = 60
"""Changes of schedule and window that are looked at: both open by then, or nobody knows when."""


def opens_next(
    window: Window, zone: ZoneInfo, schedule: Hours | None, now: datetime
) -> datetime | None:
    """The first moment from now on at which window and schedule are both open; None: not known."""
    moment = now
    for _ in range(LOOKS):
        standing = schedule.at(moment) if schedule else None
        if standing is not None and not standing.open:
            after_it = standing.until
        elif not window.open_at(moment, zone):
            after_it = window.opens_after(moment, zone)
        else:
            return moment
        if after_it is None:
            return None
        moment = after_it
    return None


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
