"""Runs in the hand of one process: claimed, given to its runners, and over. Pure.

More is claimed than there are runners, since a thousand runs that are due at once are claimed in a
few statements rather than in a thousand. What is claimed and has not begun waits for moments only:
where what is under way takes longer, it is put back, for others and for later.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from callcenter.automation.models import RunState

AHEAD = 64
"""Runs of one enterprise that are claimed and have not begun."""

PATIENCE = 0.5
"""Seconds after which a run is no quick one: none is claimed to begin after it."""

LONGEST_WAIT = 2.0
"""Seconds that a run waits in one hand; others may be free."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """What one run needs to know of its task. seconds: how long it may take."""

    run_id: UUID
    task_id: UUID
    enterprise_id: UUID
    attempt: int
    command: str
    parameters: dict[str, Any]
    acts_as: UUID
    retries: int
    seconds: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """How carrying out a run ended. again: whether it may be tried once more, where its task says so."""

    state: RunState
    reason: Mapping[str, Any] | None = None
    again: bool = False


@dataclass(slots=True)
class Room:
    """For what there is room: of an enterprise that is not full, so many more at most."""

    full: Sequence[UUID] = ()
    most: int = AHEAD
    taken: Counter[UUID] = field(default_factory=Counter)

    def take(self, enterprise_id: UUID) -> bool:
        """Whether there is room for one more, which is counted then."""
        if self.taken[enterprise_id] >= self.most:
            return False
        self.taken[enterprise_id] += 1
        return True


@dataclass(slots=True)
class UnderWay:
    """since: seconds of a clock that only goes forward."""

    claimed: Claimed
    since: float


class Hand:
    """most: runners that one enterprise has at once. Runners are known by their process ids."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._waiting: list[UnderWay] = []
        self._under_way: dict[int, UnderWay] = {}

    @property
    def waiting(self) -> int:
        return len(self._waiting)

    def under_way(self, runner: int) -> UnderWay | None:
        return self._under_way.get(runner)

    def all_under_way(self) -> Mapping[int, UnderWay]:
        return dict(self._under_way)

    def claimed(self) -> list[Claimed]:
        """All that is in hand, begun or not."""
        return [each.claimed for each in (*self._waiting, *self._under_way.values())]

    def take(self, claimed: Sequence[Claimed], now: float) -> None:
        self._waiting += [UnderWay(each, now) for each in claimed]

    def give(self, runner: int, now: float) -> Claimed | None:
        """What a free runner does next: what waits the longest and may begin."""
        busy = self._busy()
        for place, each in enumerate(self._waiting):
            if busy[each.claimed.enterprise_id] < self._most:
                del self._waiting[place]
                self._under_way[runner] = UnderWay(each.claimed, now)
                return each.claimed
        return None

    def over(self, runner: int) -> UnderWay | None:
        """What a runner had in hand, which is free then."""
        return self._under_way.pop(runner, None)

    def room(self, runners: int, now: float) -> Room | None:
        """What more may be claimed for so many runners; None: nothing, all are busy for longer."""
        if self._all_stuck(runners, now):
            return None
        waiting = Counter(each.claimed.enterprise_id for each in self._waiting)
        known = {*waiting, *self._busy()}
        full = [one for one in known if waiting[one] >= AHEAD or self._is_stuck(one, now)]
        return Room(full, AHEAD, waiting)

    def put_back(self, runners: int, now: float) -> list[Claimed]:
        """Those that would wait too long here; they are no longer in hand."""
        all_stuck = self._all_stuck(runners, now)

        def is_late(each: UnderWay) -> bool:
            waited = now - each.since
            stuck = all_stuck or self._is_stuck(each.claimed.enterprise_id, now)
            return waited > LONGEST_WAIT or (waited > PATIENCE and stuck)

        gone = [each.claimed for each in self._waiting if is_late(each)]
        self._waiting = [each for each in self._waiting if not is_late(each)]
        return gone

    def let_go(self) -> list[Claimed]:
        """All that has not begun: nothing more will."""
        gone, self._waiting = [each.claimed for each in self._waiting], []
        return gone

    def drop(self, run_id: UUID) -> Claimed | None:
        """One that has not begun, and is not to."""
        for place, each in enumerate(self._waiting):
            if each.claimed.run_id == run_id:
                del self._waiting[place]
                return each.claimed
        return None

    def _busy(self) -> Counter[UUID]:
        return Counter(each.claimed.enterprise_id for each in self._under_way.values())

    def _all_stuck(self, runners: int, now: float) -> bool:
        at_work = [*self._under_way.values()]
        return runners <= len(at_work) and not self._is_brisk(at_work, now)

    def _is_stuck(self, enterprise_id: UUID, now: float) -> bool:
        """Its runners are all at work, and for longer."""
        own = [
            each for each in self._under_way.values() if each.claimed.enterprise_id == enterprise_id
        ]
        return len(own) >= self._most and not self._is_brisk(own, now)

    @staticmethod
    def _is_brisk(under_way: Sequence[UnderWay], now: float) -> bool:
        return any(now - each.since <= PATIENCE for each in under_way)
