"""The time that the statements of one page share: each further one gets what the others have left."""

from callcenter.core.clock import Clock


class Left:
    def __init__(self, clock: Clock, milliseconds: int) -> None:
        self._clock = clock
        self._until = clock.monotonic() + milliseconds / 1000

    @property
    def is_over(self) -> bool:
        return self._clock.monotonic() >= self._until

    @property
    def milliseconds(self) -> int:
        """At least one: databases take none for no limit."""
        return max(int((self._until - self._clock.monotonic()) * 1000), 1)
