"""The one door through which facts leave: once each, to memory, wall and journal."""

from collections.abc import Callable, Iterable
from uuid import UUID

from callcenter.calls.events import Fact
from callcenter.telephony.journal import Journal
from callcenter.telephony.memory import Memory

_REMEMBERED = 16_000
"""The last 16,000 to 32,000 are known: CEL is read again from seconds before AMI fell silent."""


class FactHub:
    """A fact that was told before, by AMI before an outage or by CEL after it, is dropped here.

    followers  called with each new fact, after memory and journal have it
    """

    def __init__(self, memory: Memory, journal: Journal) -> None:
        self._memory = memory
        self._journal = journal
        self._seen: set[bytes] = set()
        self._seen_before: set[bytes] = set()
        self.followers: list[Callable[[Fact], None]] = []
        self.repeated = 0

    def know(self, facts: Iterable[Fact]) -> None:
        """Facts of an earlier life of this process: folded, and never told again."""
        for fact in facts:
            self._remember(fact.id)
            self._memory.fold(fact)

    def emit(self, fact: Fact) -> None:
        if fact.id.bytes in self._seen or fact.id.bytes in self._seen_before:
            self.repeated += 1
            return
        self._remember(fact.id)
        self._memory.fold(fact)
        self._journal.emit(fact)
        for follower in self.followers:
            follower(fact)

    def _remember(self, fact_id: UUID) -> None:
        # As bytes: the objects would be most of what this process gains over its calls.
        self._seen.add(fact_id.bytes)
        if len(self._seen) >= _REMEMBERED:
            self._seen_before, self._seen = self._seen, set()
