"""How many may ask data sources at once, and when one that failed is asked again.

Each place is a thread of this process that waits for somebody else's server: that they are few keeps
the other threads for everybody else.
"""

import threading
from collections import Counter
from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from uuid import UUID

from callcenter.core.clock import Clock
from callcenter.queries.external.errors import SourceBusy, SourceFailed, SourceResting

OF_SOURCE, OF_ENTERPRISE, OF_ALL = 2, 3, 4
WAITED = 1.0
"""Seconds for a place."""

SHORTEST_REST, LONGEST_REST = 5.0, 60.0
_MOST_REMEMBERED = 1000


@dataclass(frozen=True, slots=True)
class Place:
    """version: what was learned of a source does not hold for other settings."""

    enterprise_id: UUID
    source_id: UUID
    version: int
    name: str


@dataclass(slots=True)
class _Rest:
    until: float
    seconds: float


@dataclass(slots=True)
class Places:
    clock: Clock
    _taken: Counter[Hashable] = field(default_factory=Counter)
    _free: threading.Condition = field(default_factory=threading.Condition)
    _resting: dict[tuple[UUID, int], _Rest] = field(default_factory=dict)

    @contextmanager
    def taken(self, place: Place, *, anyway: bool = False) -> Iterator[None]:
        """Raises SourceBusy, SourceResting. anyway: also of one that rests, as a test of it does."""
        if not anyway:
            self._check_rest(place)
        self._take(place)
        try:
            yield
        except SourceFailed as failure:
            self._note(place, failure)
            raise
        else:
            self._resting.pop((place.source_id, place.version), None)
        finally:
            self._give_back(place)

    def _check_rest(self, place: Place) -> None:
        rest = self._resting.get((place.source_id, place.version))
        left = rest.until - self.clock.monotonic() if rest else 0.0
        if left > 0:
            raise SourceResting(place.name, retry_after=max(round(left), 1))

    def _take(self, place: Place) -> None:
        with self._free:
            if not self._free.wait_for(lambda: self._has_room(place), WAITED):
                raise SourceBusy(place.name, retry_after=1)
            self._taken.update(self._counted(place))

    def _give_back(self, place: Place) -> None:
        with self._free:
            self._taken.subtract(self._counted(place))
            self._taken += Counter()  # without what is nought
            self._free.notify_all()

    def _has_room(self, place: Place) -> bool:
        source, enterprise, everybody = self._counted(place)
        return (
            self._taken[source] < OF_SOURCE
            and self._taken[enterprise] < OF_ENTERPRISE
            and self._taken[everybody] < OF_ALL
        )

    @staticmethod
    def _counted(place: Place) -> tuple[Hashable, Hashable, Hashable]:
        return place.source_id, ("enterprise", place.enterprise_id), ""

    def _note(self, place: Place, failure: SourceFailed) -> None:
        """The longer it fails, the longer it rests."""
        if not failure.tiring:
            return
        key = (place.source_id, place.version)
        before = self._resting.pop(key, None)
        seconds = min(before.seconds * 2, LONGEST_REST) if before else SHORTEST_REST
        if len(self._resting) >= _MOST_REMEMBERED:
            self._resting.clear()
        self._resting[key] = _Rest(self.clock.monotonic() + seconds, seconds)
