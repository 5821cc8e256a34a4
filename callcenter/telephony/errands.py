"""A phone of the house is rung for something that is no call: a flow is tried, a prompt is recorded.

Like listening it is nobody's call: no fact tells of it, and no figure counts it. The phone is that of
a seat, by its extension, or the one lent to the page of whoever asks.
"""

from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import structlog

from callcenter.acd.agent import AgentState
from callcenter.people.service import SeatPlan
from callcenter.telephony.agent_leg import ANSWER_BY_ITSELF, AgentLegs
from callcenter.telephony.agents import Agents
from callcenter.telephony.ami import ActionFields, AmiClient, AmiError
from callcenter.telephony.control import Refused
from callcenter.telephony.lent import LentPhones
from callcenter.telephony.provisioning.filters import text
from callcenter.telephony.session import Session
from callcenter.telephony.switchboard import Switchboard

log = structlog.get_logger()

RING_SECONDS = 30
_LATE = 5.0
"""Seconds after that in which Asterisk must have said what became of it."""

_FREE = (AgentState.OFFLINE, AgentState.NOT_READY)
"""Whose phone may be rung: nobody waits for it."""

NO_ANSWER = "no_answer"


@dataclass(frozen=True, slots=True)
class Errand:
    """
    shown  what the phone shows of it
    work   what is done with whoever picks up; the phone is hung up after it
    over   called once, with why: `no_answer`, or empty when it was picked up
    """

    actor_id: UUID
    enterprise_id: UUID
    shown: str
    work: Callable[[Session], Awaitable[None]]
    over: Callable[[str], None]


@dataclass(slots=True)
class _Rung:
    """picked_up: the script has begun, and tells when it is over."""

    errand: Errand
    endpoint: str
    picked_up: bool = False


class Errands:
    def __init__(
        self,
        ami: AmiClient,
        agents: Agents,
        board: Switchboard,
        legs: AgentLegs,
        spawn: Callable[[Coroutine[Any, Any, None]], None],
    ) -> None:
        self._ami = ami
        self._agents = agents
        self._board = board
        self._legs = legs
        self.lent = LentPhones()
        self._spawn = spawn
        self._open: dict[str, _Rung] = {}

    async def ring(self, errand: Errand, extension: str, errand_id: UUID) -> None:
        """extension: of a seat; empty for the phone lent to the actor's page. Raises Refused."""
        if not self._ami.connected:
            raise Refused("telephony-unavailable")
        own = not extension
        endpoint = self._own_phone(errand) if own else await self._seats_phone(errand, extension)
        # Of what was asked for just now there is no channel yet.
        asked = any(rung.endpoint == endpoint for rung in self._open.values())
        if asked or self._board.tracker.in_use(endpoint):
            raise Refused("target-unavailable", state="talking")
        uniqueid = str(errand_id)
        self._open[uniqueid] = _Rung(errand, endpoint)
        self._board.supervising.add(uniqueid)
        self._spawn(self._rings(uniqueid, endpoint, errand.shown, by_itself=own))

    async def script(self, session: Session) -> None:
        """Somebody has picked up."""
        rung = self._open.get(session.uniqueid)
        if rung is not None:
            rung.picked_up = True
            try:
                await session.answer()
                await rung.errand.work(session)
            finally:
                self._over(session.uniqueid, "")
        await session.leave("hangup")

    def gone(self, uniqueid: str) -> None:
        """The phone's channel has ended; where nobody came to the script, nothing else would tell."""
        rung = self._open.get(uniqueid)
        if rung is not None and not rung.picked_up:
            self._over(uniqueid, NO_ANSWER)

    async def hang_up(self, enterprise_id: UUID, errand_id: UUID) -> None:
        """Ringing or picked up; says nothing where it is over already."""
        rung = self._open.get(str(errand_id))
        if rung is None or rung.errand.enterprise_id != enterprise_id:
            return
        leg = self._board.tracker.legs.get(str(errand_id))
        if leg is None:
            return
        try:
            await self._ami.call({"Action": "Hangup", "Channel": leg.channel, "Cause": "16"})
        except AmiError as error:
            log.info("errand.gone", errand=str(errand_id), reason=repr(error))

    async def _seats_phone(self, errand: Errand, extension: str) -> str:
        seats = self._agents.directory.seats.values()
        own = (one for one in seats if one.enterprise_id == errand.enterprise_id and one.endpoint)
        seat = next((one for one in own if one.extension == extension), None)
        if seat is None:
            raise Refused("target-unavailable", state="unknown")
        if not self._agents.is_registered(seat):
            raise Refused("phone-not-registered")
        self._check_waits_for_nobody(seat)
        await self._legs.free(seat)
        # It took a moment, in which the agent may have set ready.
        self._check_waits_for_nobody(seat)
        return seat.endpoint

    def _check_waits_for_nobody(self, seat: SeatPlan) -> None:
        state = self._agents.status(seat.user_id).state
        if state not in _FREE:
            raise Refused("target-unavailable", state=state.value)

    def _own_phone(self, errand: Errand) -> str:
        phone = self.lent.of(errand.actor_id)
        if phone is None:
            raise Refused("phone-not-registered")
        self.lent.keep(errand.actor_id)
        return phone.endpoint

    async def _rings(self, uniqueid: str, endpoint: str, shown: str, *, by_itself: bool) -> None:
        action: ActionFields = {
            "Action": "Originate",
            "Channel": f"PJSIP/{endpoint}",
            "ChannelId": uniqueid,
            "Context": "errand",
            "Exten": "s",
            "Priority": "1",
            "Timeout": str(RING_SECONDS * 1000),
            "CallerID": f'"{text(shown)}" <0>',
            "Async": "true",
            "Variable": [ANSWER_BY_ITSELF] if by_itself else [],
        }
        try:
            answer = await self._ami.follow(action, "OriginateResponse", RING_SECONDS + _LATE)
            if answer.get("Response") == "Success":
                return
        except AmiError as error:
            log.warning("errand.not_rung", errand=uniqueid, reason=repr(error))
        self._over(uniqueid, NO_ANSWER)
        self._board.supervising.discard(uniqueid)

    def _over(self, uniqueid: str, why: str) -> None:
        rung = self._open.pop(uniqueid, None)
        if rung is not None:
            rung.errand.over(why)
