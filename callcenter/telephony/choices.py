"""What comes of a key that a waiting caller pressed: a callback, a message, another number."""

from collections.abc import Awaitable, Callable
from enum import StrEnum

import structlog

from callcenter.calls.states import CallEvent
from callcenter.core.clock import Clock
from callcenter.routing.service import ServicePlan
from callcenter.routing.waiting import Offers as OfferedKeys
from callcenter.telephony.live import LiveCall
from callcenter.telephony.offers import Offers
from callcenter.telephony.session import Session
from callcenter.telephony.switchboard import Switchboard

log = structlog.get_logger()

ToNumber = Callable[[Session, LiveCall, str, int], Awaitable[bool]]
"""Calls somebody outside, unless so many are with that number already (0: no limit).

True: there was a talk, or the caller is gone.
"""


class Choice(StrEnum):
    """UNSTAFFED is nobody's key: the last agent has signed out, and callers are not to wait."""

    CALLBACK = "callback"
    VOICEMAIL = "voicemail"
    NUMBER = "number"
    UNSTAFFED = "unstaffed"


def choice_of(offers: OfferedKeys, key: str) -> Choice:
    if key == offers.callback:
        return Choice.CALLBACK
    return Choice.VOICEMAIL if key == offers.voicemail else Choice.NUMBER


class Choices:
    """The caller is matched to nobody meanwhile, and keeps the place."""

    def __init__(
        self, clock: Clock, board: Switchboard, offers: Offers, to_number: ToNumber
    ) -> None:
        self._clock = clock
        self._board = board
        self._offers = offers
        self._to_number = to_number

    async def take(
        self, session: Session, call: LiveCall, service: ServicePlan, choice: Choice
    ) -> bool:
        """False: nothing came of it, and the caller waits on. Raises SessionGone."""
        log.info("queue.chosen", call_id=str(call.id), choice=choice.value)
        await session.music(False)
        if choice is Choice.NUMBER:
            return await self._number(session, call, service)
        if choice is Choice.CALLBACK:
            taken = await self._offers.callback(session, call, service)
        else:
            taken = await self._offers.voicemail(session, call, service.id)
        if not taken:
            return False
        self._board.settle(call, choice.value)
        return True

    async def _number(self, session: Session, call: LiveCall, service: ServicePlan) -> bool:
        since = self._clock.now()
        self._board.step(call, CallEvent.OVERFLOW)
        offers = service.waiting.offers
        if await self._to_number(session, call, offers.number, offers.number_at_once):
            self._board.dequeued(call, "offer", since)
            return True
        self._board.step(call, CallEvent.QUEUE)
        return False
