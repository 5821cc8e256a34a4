"""What a waiting caller may claim, and how the claim grows with the wait. Pure.

A claim is a level from 0 to 9. It begins as the caller's priority and rises by one with every
`ageing_seconds` of waiting. Who may take the call widens with the wait too: an agent of the
caller's own alone, then whoever fulfils the first ring, then the second as well, and so on.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from callcenter.acd.strategies import Strategy

HIGHEST = 9


@dataclass(frozen=True, slots=True)
class Need:
    """A skill, and the least level of it."""

    skill: UUID
    level: int


@dataclass(frozen=True, slots=True)
class Ring:
    """Agents who have all of `needs` may take the call once it has waited so long. None: anybody."""

    after_seconds: int
    needs: tuple[Need, ...] = ()


@dataclass(frozen=True, slots=True)
class Rules:
    """How the callers of a service are matched.

    ageing_seconds  a step of priority for each; 0: waiting lifts nobody
    rings           in the order in which they open, the first at once
    skills          those that `skill_score` counts
    """

    strategy: Strategy = Strategy.LONGEST_IDLE
    ageing_seconds: int = 0
    rings: tuple[Ring, ...] = (Ring(0),)
    skills: frozenset[UUID] = frozenset()


@dataclass(frozen=True, slots=True)
class Waiting:
    """A caller in a queue. priority: 0-9, 9 first.

    for_agent     only this member may ever take the call
    prefer        members, the best first, who alone may take it until `prefer_until`, unless none
                  of them takes calls
    callback      keeps the place of somebody who is not on the line
    """

    call_id: UUID
    service_id: UUID
    priority: int
    queued_at: datetime
    for_agent: UUID | None = None
    prefer: tuple[UUID, ...] = ()
    prefer_until: datetime | None = None
    callback: bool = False


def level(waiting: Waiting, rules: Rules, now: datetime) -> int:
    if not rules.ageing_seconds:
        return waiting.priority
    steps = (now - waiting.queued_at) // timedelta(seconds=rules.ageing_seconds)
    return min(HIGHEST, waiting.priority + max(0, steps))


def ring(waiting: Waiting, rules: Rules, now: datetime) -> int:
    """The place of the last ring that is open."""
    waited = now - waiting.queued_at
    opened = (
        place
        for place, one in enumerate(rules.rings)
        if timedelta(seconds=one.after_seconds) <= waited
    )
    return max(opened, default=0)


def prefers(waiting: Waiting, now: datetime) -> bool:
    return bool(waiting.prefer) and waiting.prefer_until is not None and now < waiting.prefer_until


def next_change(waiting: Waiting, rules: Rules, now: datetime) -> datetime | None:
    """When this claim is another one than now; None: it stays as it is."""
    return min((at for at in _changes(waiting, rules, now) if at > now), default=None)


def _changes(waiting: Waiting, rules: Rules, now: datetime) -> Iterator[datetime]:
    since = waiting.queued_at
    if waiting.prefer_until is not None:
        yield waiting.prefer_until
    for one in rules.rings:
        yield since + timedelta(seconds=one.after_seconds)
    step = timedelta(seconds=rules.ageing_seconds)
    if step and level(waiting, rules, now) < HIGHEST:
        yield since + step * (max(0, (now - since) // step) + 1)
