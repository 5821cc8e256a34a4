"""A phone is rung from the caller's session: of a seat by name, or of an extension, whoever is there."""

from uuid import UUID

from callcenter.acd.agent import AgentEvent, AgentState
from callcenter.calls.states import CallEvent
from callcenter.people.service import ExtensionPlan
from callcenter.telephony.agent_leg import RING_ONLY
from callcenter.telephony.agents import Agents
from callcenter.telephony.distribution import SUMMON_SECONDS, Distribution, Rung, rung_by
from callcenter.telephony.live import LiveCall
from callcenter.telephony.session import Session
from callcenter.telephony.switchboard import Switchboard


class Phones:
    def __init__(self, agents: Agents, board: Switchboard, distribution: Distribution) -> None:
        self._agents = agents
        self._board = board
        self._distribution = distribution

    async def seat(
        self, session: Session, call: LiveCall, agent_id: UUID, seconds: float = SUMMON_SECONDS
    ) -> Rung:
        """Of an agent who is signed in and not with another call."""
        seat = self._agents.seat(agent_id)
        if seat is None or seat.enterprise_id != call.enterprise_id:
            return Rung.UNREACHABLE
        if not self._agents.fire(agent_id, AgentEvent.SUMMON, call_id=call.id):
            return Rung.UNREACHABLE
        await session.music(True)
        rung = await self._distribution.ring(session, call, seat, seconds)
        if rung not in (Rung.TALKED, Rung.GONE):
            self._distribution.missed(call, seat, rung, "ready")
        return rung

    async def extension(
        self, session: Session, call: LiveCall, phone: ExtensionPlan, seconds: float
    ) -> Rung:
        """Whoever is there. Of a seat that is signed in it is the agent's call, with all that follows."""
        if phone.user_id is not None and self._is_signed_in(phone.user_id):
            return await self.seat(session, call, phone.user_id, seconds)
        if self._board.tracker.in_use(phone.endpoint):
            return Rung.REJECTED
        self._board.step(call, CallEvent.DIAL)
        outcome = await session.dial(f"PJSIP/{phone.endpoint}", seconds, RING_ONLY)
        return Rung.TALKED if outcome.answered else rung_by(outcome)

    def _is_signed_in(self, agent_id: UUID) -> bool:
        return self._agents.status(agent_id).state is not AgentState.OFFLINE
