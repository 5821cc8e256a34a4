"""What the waiting hear and when, in seconds since they began to wait. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from heapq import merge
from itertools import count


@dataclass(frozen=True, slots=True)
class Saying:
    """place: where the caller is, and how long it may take; message: which of them, from 0."""

    place: bool = False
    offers: bool = False
    message: int | None = None

    def __bool__(self) -> bool:
        return self.place or self.offers or self.message is not None

    def __or__(self, later: "Saying") -> "Saying":
        """Both at once: what is overdue is said only once, and of messages the later."""
        message = later.message if later.message is not None else self.message
        return Saying(self.place or later.place, self.offers or later.offers, message)


@dataclass(frozen=True, slots=True)
class Agenda:
    """
    place          whether places are told: at once, and every so often
    offers_after   None: nothing is offered; else said then, and with every announcement after
    messages       how many there are; said in turn, the first after `message_every`
    """

    place: bool
    every: float
    offers_after: float | None = None
    message_every: float = 60.0
    messages: int = 0

    def __bool__(self) -> bool:
        return self.place or self.offers_after is not None or self.messages > 0

    def offered(self, waited: float) -> bool:
        """Whether keys count by now."""
        return self.offers_after is not None and waited >= self.offers_after

    def since(self, begun: float) -> Iterator[tuple[float, Saying]]:
        """From `begun` on, in order: who comes back to the music hears the place again at once."""
        yield from merge(
            self._announcements(begun), self._first_offer(begun), self._messages(begun),
            key=lambda each: each[0],
        )  # fmt: skip

    def _announcements(self, begun: float) -> Iterable[tuple[float, Saying]]:
        if self.place:
            first = begun
        elif self.offers_after is not None:
            first = max(begun, self.offers_after)
        else:
            return
        for number in count():
            at = first + number * self.every
            yield at, Saying(place=self.place, offers=self.offered(at))

    def _first_offer(self, begun: float) -> Iterable[tuple[float, Saying]]:
        if self.place and self.offers_after is not None and self.offers_after > begun:
            yield self.offers_after, Saying(offers=True)

    def _messages(self, begun: float) -> Iterable[tuple[float, Saying]]:
        if not self.messages:
            return
        for number in count(int(begun // self.message_every) + 1):
            yield number * self.message_every, Saying(message=(number - 1) % self.messages)
