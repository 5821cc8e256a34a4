"""Which calls are with an outside number, whichever way they were led there.

Nothing is counted up and down: a call tells to which number it is led, which is a fact, and is there
while a session of ours dials or one of its legs outside lives. So a restart counts on.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from callcenter.calls.events import FactType
from callcenter.core.clock import Clock
from callcenter.telephony.live import LiveCall, Party
from callcenter.telephony.switchboard import Switchboard


class Outside:
    def __init__(self, clock: Clock, board: Switchboard) -> None:
        self._clock = clock
        self._board = board
        self._dialling: set[UUID] = set()

    def count(self, enterprise_id: UUID, number: str) -> int:
        """An enterprise's calls that are with the number. number: in its one spelling."""
        led = (call for call in self._board.calls.values() if call.outside == number)
        return sum(call.enterprise_id == enterprise_id and self._is_there(call) for call in led)

    @contextmanager
    def leading(self, call: LiveCall, number: str) -> Iterator[None]:
        """While a session of ours has the call dialled there, and to the end of the talk."""
        call.outside = number
        now = self._clock.now()
        name = (number, int(now.timestamp() * 1_000_000))
        self._board.chronicle.call(call, FactType.CALL_OUTSIDE, now, name, {"number": number})
        self._dialling.add(call.id)
        try:
            yield
            # Not where the session was cut off: the leg may live on, and tells by itself.
            call.outside = ""
        finally:
            self._dialling.discard(call.id)

    def _is_there(self, call: LiveCall) -> bool:
        return call.id in self._dialling or any(
            self._board.party(call, leg)[0] is Party.EXTERNAL
            for leg in self._board.tracker.of_call(call.id)
        )
