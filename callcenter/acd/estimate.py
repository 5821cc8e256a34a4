"""How long a caller may still wait. Pure.

With `c` agents at work a place is served every `mean ÷ c` seconds, so the caller at place `n` waits
`n · mean ÷ c` in the mean, however long single talks take. It is told in whole minutes, rounded up:
who is told wrongly is rather served too soon than too late.
"""

import math
from dataclasses import dataclass

MEASURED_FROM = 5
"""Handled calls of the day from which on their mean says something."""

LONGEST_MINUTES = 60
"""What would take longer is not told: too much may happen until then."""

JUST_ENOUGH = 1e-6
"""Rounding up a whole number of minutes must not make it one more."""


@dataclass(frozen=True, slots=True)
class Handling:
    """What the service's calls took today, from their offer to the end of wrap-up."""

    calls: int = 0
    seconds: float = 0.0

    @property
    def mean(self) -> float | None:
        """None as long as too few calls say it."""
        return self.seconds / self.calls if self.calls >= MEASURED_FROM else None


def waits_seconds(place: float, agents: int, mean: float | None) -> float | None:
    """Seconds; None: it cannot be known.

    place   1 for the next to be taken; parts of a place where agents serve other queues as well
    agents  who serve the service and are at work: ready, or with a call that will end
    """
    if mean is None or agents < 1 or place <= 0:
        return None
    return place * mean / agents


def told_minutes(seconds: float | None) -> int | None:
    """0: less than a minute; None: nothing is told."""
    if seconds is None or seconds > LONGEST_MINUTES * 60:
        return None
    return 0 if seconds < 60 else math.ceil(seconds / 60 - JUST_ENOUGH)
