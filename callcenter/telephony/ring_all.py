"""Several agents' phones ring for one caller, and the first to answer talks.

All are reserved and ring; who is not the first is released at no cost by the switchboard, as soon
as the talk begins, and by nobody else: until then the outcome is this session's to tell.
"""

import asyncio
from collections.abc import Sequence
from uuid import UUID

from callcenter.acd.agent import AgentEvent
from callcenter.calls.states import CallEvent
from callcenter.people.service import LegForm, SeatPlan
from callcenter.telephony.agent_leg import RING_ONLY, AgentLegs
from callcenter.telephony.agents import Agents
from callcenter.telephony.live import DeskState, LiveCall
from callcenter.telephony.session import DialOutcome, Session
from callcenter.telephony.switchboard import RUNG, Switchboard


class RingAll:
    def __init__(self, agents: Agents, switchboard: Switchboard) -> None:
        self._agents = agents
        self._board = switchboard
        self._ringing: dict[UUID, Sequence[SeatPlan]] = {}

    async def ring(
        self,
        session: Session,
        call: LiveCall,
        seats: Sequence[SeatPlan],
        seconds: float,
        legs: AgentLegs,
    ) -> DialOutcome:
        """Returns when it was in vain or the talk is over. Raises SessionGone.

        Whoever still rings then is the caller's to see to: `left`.
        """
        self._board.step(call, CallEvent.OFFER)
        for seat in seats:
            self._board.tell_offer(call, seat, LegForm.RUNG)
            self._board.show(call, seat.user_id, DeskState.OFFERED)
            self._agents.fire(seat.user_id, AgentEvent.RING)
        agents = {seat.user_id for seat in seats}
        call.watched |= agents
        self._ringing[call.id] = seats
        try:
            # A phone on a line of ours is busy with it.
            await asyncio.gather(*(legs.free(seat) for seat in seats))
            ringing = "&".join(f"PJSIP/{seat.endpoint}" for seat in seats)
            # None answers by itself: several would, and one alone can have the call.
            return await session.dial(ringing, seconds, RING_ONLY)
        finally:
            call.watched -= agents
            del self._ringing[call.id]

    def offer_to(self, call: LiveCall, seat: SeatPlan) -> int | None:
        """The number of the offer to a phone that rings now; None where it does not, beside others."""
        ringing = self.left(call, self._ringing.get(call.id, ()))
        return next((offer for one, offer in ringing if one.user_id == seat.user_id), None)

    def left(self, call: LiveCall, seats: Sequence[SeatPlan]) -> list[tuple[SeatPlan, int]]:
        """Those who ring still, each with the number of the offer: all were told in their order."""
        first = call.offers - len(seats) + 1
        return [
            (seat, first + place)
            for place, seat in enumerate(seats)
            if self._rings(call, seat.user_id)
        ]

    def release(self, call: LiveCall, seats: Sequence[SeatPlan], *, talked: bool = False) -> None:
        """It costs nobody anything. talked: but for those whose phones are in the call still.

        Of a very short talk Asterisk's word may come after the session's; it says then who talked.
        """
        present = {agent_id for _, agent_id in self._board.agents_of(call)} if talked else set()
        for seat, _ in self.left(call, seats):
            if seat.user_id not in present:
                self._agents.fire(seat.user_id, AgentEvent.RELEASE)
                self._board.clear(call.id, seat.user_id)

    def _rings(self, call: LiveCall, agent_id: UUID) -> bool:
        status = self._agents.status(agent_id)
        return status.call_id == call.id and status.state in RUNG
