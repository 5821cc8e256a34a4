"""Conference rooms: a caller is asked for the PIN and put into the room, which Asterisk mixes.

The dialplan holds them there, so a room goes on while the control plane is away. How many are in it
is counted by Asterisk too, in a group of channels: nobody who leaves can be forgotten.
"""

import asyncio
import hmac
from collections import defaultdict
from datetime import datetime
from typing import Protocol
from uuid import UUID

import structlog
from redis.exceptions import RedisError

from callcenter.acd.agent import AgentEvent, AgentState
from callcenter.calls.events import FactType
from callcenter.calls.states import CallEvent
from callcenter.core.clock import Clock
from callcenter.routing.service import ConferencePlan
from callcenter.telephony.agents import Agents
from callcenter.telephony.live import DeskState, LiveCall
from callcenter.telephony.session import Session
from callcenter.telephony.switchboard import Switchboard
from callcenter.telephony.voicemail import Wording

log = structlog.get_logger()

TRIES, LOCK_SECONDS = 3, 30 * 60
LONGEST_PIN, FIRST_DIGIT, NEXT_DIGIT = 12, 8.0, 4.0


class Guard(Protocol):
    """`telephony.guesses.Guesses`."""

    async def count(self, call: LiveCall, secret: str, most: int, lock_seconds: int) -> int: ...

    async def forget(self, call: LiveCall, secret: str) -> None: ...


class Conferences:
    def __init__(
        self, clock: Clock, agents: Agents, board: Switchboard, wording: Wording, guard: Guard
    ) -> None:
        self._clock = clock
        self._agents = agents
        self._board = board
        self._wording = wording
        self._guard = guard
        self._doors: defaultdict[UUID, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def take(self, session: Session, call: LiveCall, conference_id: UUID) -> bool:
        """Whether the caller is done here; else the room is full or not there, and the caller still is."""
        room = self._agents.directory.conference(conference_id, call.enterprise_id)
        if room is None:
            return False
        self._board.step(call, CallEvent.ENTER_IVR)
        await session.answer()
        await session.music(False)
        if room.pin and not await self._knows(session, call, room):
            await self._say(session, call, "conference.refused")
            await session.leave("hangup")
            return True
        if not await self._has_place(session, room):
            return False
        await self._say(session, call, "waiting" if room.waits_for_agent else "joining")
        await self._enter(session, call, room, "guest" if room.waits_for_agent else "caller")
        return True

    async def join(self, session: Session, call: LiveCall) -> bool:
        """The phone of an agent who has asked to be put in; False: there is no place."""
        assert call.conference_id is not None
        room = self._agents.directory.conference(call.conference_id, call.enterprise_id)
        if room is None or not await self._has_place(session, room):
            return False
        await self._enter(session, call, room, "agent")
        return True

    async def _knows(self, session: Session, call: LiveCall, room: ConferencePlan) -> bool:
        asked, secret = "conference.pin", f"room:{room.id}"
        for _ in range(TRIES):
            files = self._wording.phrase(call, asked)
            entered = await session.collect(files, LONGEST_PIN, FIRST_DIGIT, NEXT_DIGIT)
            try:
                if entered:
                    count = await self._guard.count(call, secret, TRIES, LOCK_SECONDS)
                    if count > TRIES:
                        return False
                if hmac.compare_digest(entered, room.pin):
                    await self._guard.forget(call, secret)
                    return True
            except RedisError:
                log.exception("conference.unverified", call_id=str(call.id))
                return False
            asked = "conference.wrong"
        return False

    async def _has_place(self, session: Session, room: ConferencePlan) -> bool:
        # One at a time: two who came for the last place would both see one too many.
        async with self._doors[room.id]:
            await session.set_variable("GROUP(conference)", str(room.id))
            count = await session.get_variable(f"GROUP_COUNT({room.id}@conference)")
            if int(count or 0) <= room.most:
                return True
            await session.set_variable("GROUP(conference)", "")
            return False

    async def _enter(
        self, session: Session, call: LiveCall, room: ConferencePlan, role: str
    ) -> None:
        call.conference_id = room.id
        self._tell(call, "entered", self._clock.now())
        await session.set_variable("CC_ROOM", str(room.id))
        await session.set_variable("CC_ROLE", role)
        await session.leave("conference")

    async def _say(self, session: Session, call: LiveCall, what: str) -> None:
        key = what if "." in what else f"conference.{what}"
        await session.play(self._wording.phrase(call, key))

    # -- what Asterisk says -----------------------------------------------------------------

    def joined(self, call: LiveCall, bridge_id: str, at: datetime) -> None:
        """Somebody is in the room: an agent talks from now on, and whoever meets others was served."""
        if call.conference_id is None:
            return
        self._agents_talk(call, at)
        room = self._agents.directory.conference(call.conference_id, call.enterprise_id)
        there = self._in_bridge(bridge_id)
        waits = room is not None and room.waits_for_agent
        if len(there) > 1 and not (waits and not any(self._has_agent(one) for one in there)):
            for one in there:
                self._met(one, at)

    def _in_bridge(self, bridge_id: str) -> list[LiveCall]:
        legs = self._board.tracker.in_bridge(bridge_id)
        calls = (self._board.calls.get(leg.call_id) for leg in legs)
        return [call for call in calls if call is not None and call.conference_id is not None]

    def _has_agent(self, call: LiveCall) -> bool:
        return any(True for _ in self._board.agents_of(call))

    def _met(self, call: LiveCall, at: datetime) -> None:
        if not call.forwarded:
            call.forwarded = True
            self._tell(call, "met", at)

    def _agents_talk(self, call: LiveCall, at: datetime) -> None:
        for leg, agent_id in self._board.agents_of(call):
            status = self._agents.status(agent_id)
            if status.call_id == call.id and status.state is AgentState.RESERVED:
                self._agents.fire(agent_id, AgentEvent.CONNECT)
                call.connected_at = call.connected_at or at
                self._board.step(call, CallEvent.CONNECT)
                self._board.chronicle.connected(call, agent_id, leg.uniqueid, at, None)
                self._board.show(call, agent_id, DeskState.CONNECTED)

    def _tell(self, call: LiveCall, step: str, at: datetime) -> None:
        data = {"conference_id": str(call.conference_id), "step": step}
        self._board.chronicle.call(call, FactType.CALL_CONFERENCE, at, (step,), data)
