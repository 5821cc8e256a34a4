"""One action under way: what has come back, and when that is all."""

import asyncio
import re
from typing import Generic, TypeVar

from callcenter.telephony.ami.errors import AmiDown, AmiRefused
from callcenter.telephony.ami.messages import AmiEvent, AmiResponse

T = TypeVar("T")

_NOTHING = re.compile(r"No [A-Za-z ]+ found\Z")
"""An empty list is told as an error by some: `No Contacts found`."""


class Exchange(Generic[T]):
    def __init__(self) -> None:
        self.future: asyncio.Future[T] = asyncio.get_running_loop().create_future()

    def take_response(self, response: AmiResponse) -> None:
        if not response.ok:
            self.fail(AmiRefused(response))

    def take_event(self, event: AmiEvent) -> bool:  # noqa: ARG002 (what overrides it looks)
        """Look at an event with our ActionID. True: it is nobody else's."""
        return False

    def lose(self) -> None:
        self.fail(AmiDown("connection lost before the answer"))

    def finish(self, result: T) -> None:
        if not self.future.done():
            self.future.set_result(result)

    def fail(self, error: Exception) -> None:
        if not self.future.done():
            self.future.set_exception(error)


class SingleReply(Exchange[AmiResponse]):
    def take_response(self, response: AmiResponse) -> None:
        super().take_response(response)
        self.finish(response)


class EventList(Exchange[list[AmiEvent]]):
    """Items stay with the one who asked: a thousand of them in the queue would overflow it, and

    the overflow would ask for the same list again.
    """

    def __init__(self) -> None:
        super().__init__()
        self._items: list[AmiEvent] = []

    def take_response(self, response: AmiResponse) -> None:
        if not response.ok and _NOTHING.match(response.message):
            self.finish([])
        super().take_response(response)
        if not response.starts_list:
            self.finish([])

    def take_event(self, event: AmiEvent) -> bool:
        if event.get("EventList"):
            self.finish(self._items)
        else:
            self._items.append(event)
        return True


class LaterEvent(Exchange[AmiEvent]):
    """The response says `queued`; an event with our ActionID says how it went (Originate)."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name

    def take_event(self, event: AmiEvent) -> bool:
        if event.name == self._name:
            self.finish(event)
        return False
