"""Erlang's formulas: how long callers wait for equal agents, in the long run. Pure.

Calls come by chance (Poisson), talks and patience are exponential, whoever has waited longest is
served first, and every agent serves everybody. Erlang C: nobody ever gives up. Erlang A: a caller
does, after `patience` seconds on average. Seconds everywhere; shares are 0 to 1.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from math import exp

_NEGLIGIBLE = 1e-12
_STEPS = 400
"""Of Simpson's rule: far more than a percentage to one decimal needs."""


class Overloaded(ValueError):
    """More work than agents, and nobody gives up: the queue has no end."""


@dataclass(frozen=True)
class Staffing:
    """`agents` serve calls that come every `between` seconds and take `handling` each, on average.

    patience: None is Erlang C. Raises Overloaded where that has no answer.
    """

    agents: int
    between: float
    handling: float
    patience: float | None = None

    def __post_init__(self) -> None:
        if self.patience is None and self.load >= self.agents:
            raise Overloaded

    @property
    def load(self) -> float:
        """Erlangs offered: how many agents would always be talking."""
        return self.handling / self.between

    @property
    def no_wait(self) -> float:
        """Share of callers whom an agent serves at once."""
        return sum(self._shares[: self.agents])

    @property
    def occupancy(self) -> float:
        """Share of the time in which an agent talks."""
        return sum(min(calls, self.agents) * one for calls, one in self._counted) / self.agents

    @property
    def abandons(self) -> float:
        """Share of callers who give up: whatever is offered and does not keep an agent busy."""
        return max(0.0, 1 - self.occupancy * self.agents / self.load)

    @property
    def mean_wait(self) -> float:
        """Of all callers, those who give up and those who need not wait as well (Little's law)."""
        return sum(max(0, calls - self.agents) * one for calls, one in self._counted) * self.between

    def answered_within(self, seconds: float) -> float:
        """The service level: the share of all callers whom an agent serves within so many seconds."""
        all_busy, served = self._shares[self.agents], self.agents / self.handling

        def density(wait: float) -> float:
            """Of callers whose turn comes after `wait`, and who are still there."""
            stay, others = 1.0, wait
            if self.patience is not None:
                stay = exp(-wait / self.patience)
                others = self.patience * (1 - stay)
            return all_busy * served * exp(others / self.between - served * wait) * stay

        return self.no_wait + _simpson(density, seconds)

    @cached_property
    def _shares(self) -> list[float]:
        """How much of the time there are no, one, two… calls, talking and waiting."""
        weights = [1.0]
        for talking in range(1, self.agents + 1):
            weights.append(weights[-1] * self.load / talking)
        gives_up = 0.0 if self.patience is None else 1 / self.patience
        while weights[-1] > max(weights) * _NEGLIGIBLE:
            waiting = len(weights) - self.agents
            ends = self.agents / self.handling + waiting * gives_up
            weights.append(weights[-1] / self.between / ends)
        total = sum(weights)
        return [weight / total for weight in weights]

    @property
    def _counted(self) -> list[tuple[int, float]]:
        return [*enumerate(self._shares)]


def _simpson(density: Callable[[float], float], until: float) -> float:
    step = until / _STEPS
    inner = sum(density(place * step) * (2 + 2 * (place % 2)) for place in range(1, _STEPS))
    return (density(0) + inner + density(until)) * step / 3
