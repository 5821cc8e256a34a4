"""The lines of nailed-up seats: called when the agent becomes ready, kept until the agent signs out.

Between calls the phone stays in Asterisk's `BridgeWait`. Who is ready and has no line that waits
is not matched yet; when the line cannot be had, or dies, the agent is not ready any more.
"""

import asyncio
from collections.abc import Coroutine
from typing import Any
from uuid import UUID

import structlog

from callcenter.acd.agent import AgentEvent, AgentState, AgentStatus
from callcenter.people.service import LegForm, SeatPlan
from callcenter.telephony.agent_leg import ANSWER_BY_ITSELF, AgentLeg, NailedLeg, RungLeg
from callcenter.telephony.agents import Agents
from callcenter.telephony.ami import AmiClient, AmiDown, AmiError, AmiEvent
from callcenter.telephony.nails import WAITING, Nail, Nails, agent_of, is_nail, nail_id

log = structlog.get_logger()

ANSWER_SECONDS = 15
RELEASE_SECONDS = 2.0


class NailedLines:
    def __init__(self, ami: AmiClient, agents: Agents, nails: Nails) -> None:
        self._ami = ami
        self._agents = agents
        self._nails = nails
        self._calling: set[UUID] = set()
        self._leaving: dict[UUID, asyncio.Event] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def of(self, seat: SeatPlan) -> AgentLeg:
        line = self._line(seat.user_id)
        return NailedLeg(self._ami, line) if line and line.waiting else RungLeg()

    def stands(self, seat: SeatPlan) -> bool:
        """Whether a caller may be matched to this seat now."""
        if seat.leg_form is LegForm.RUNG:
            return True
        line = self._line(seat.user_id)
        return line is not None and line.waiting

    async def free(self, seat: SeatPlan) -> None:
        """Let go a line that waits; returns when the phone has it no more."""
        line = self._line(seat.user_id)
        if line is None or not line.waiting:
            return
        gone = self._leaving.setdefault(seat.user_id, asyncio.Event())
        try:
            await self._ami.call({"Action": "Hangup", "Channel": line.channel, "Cause": "16"})
            async with asyncio.timeout(RELEASE_SECONDS):
                await gone.wait()
        except (AmiError, TimeoutError) as error:
            log.warning("line.not_freed", agent=seat.employee_code, reason=repr(error))
        finally:
            self._leaving.pop(seat.user_id, None)

    def changed(self, seat: SeatPlan, status: AgentStatus) -> None:
        """The agent's state, or the seat's form, is another now."""
        nailed = seat.leg_form is LegForm.NAILED_UP
        line = self._line(seat.user_id)
        if not nailed or status.state is AgentState.OFFLINE:
            if line is not None and line.waiting and seat.user_id not in self._leaving:
                self._spawn(self.free(seat))
        elif status.state is AgentState.READY and self._may_call(seat, line):
            self._calling.add(seat.user_id)
            self._spawn(self._call(seat))

    def follow(self, event: AmiEvent) -> None:
        """What Asterisk says of the lines, after the tracker has heard it."""
        uniqueid = event.get("Uniqueid")
        if not is_nail(uniqueid):
            return
        agent_id = agent_of(uniqueid)
        if event.name == "BridgeEnter" and event.get("BridgeTechnology") == WAITING:
            self._agents.reconsider(agent_id)
        elif event.name == "Hangup":
            if gone := self._leaving.pop(agent_id, None):
                gone.set()
                self._reopen(agent_id)
            else:
                self._lost(agent_id)

    def compare(self) -> None:
        """After a reconciliation or with a new directory: lines may stand, or be missing."""
        for status in list(self._agents.all()):
            seat = self._agents.seat(status.agent_id)
            if seat is not None:
                self.changed(seat, status)
                if seat.leg_form is LegForm.NAILED_UP:
                    self._agents.reconsider(status.agent_id)

    def _may_call(self, seat: SeatPlan, line: Nail | None) -> bool:
        return line is None and seat.user_id not in self._calling and self._ami.connected

    def _reopen(self, agent_id: UUID) -> None:
        """Who signed out and is ready again before the line was gone waits for a new one."""
        seat = self._agents.seat(agent_id)
        if seat is not None:
            self.changed(seat, self._agents.status(agent_id))

    def _line(self, agent_id: UUID) -> Nail | None:
        return self._nails.lines.get(nail_id(agent_id))

    async def _call(self, seat: SeatPlan) -> None:
        try:
            answer = await self._ami.follow(
                {
                    "Action": "Originate",
                    "Channel": f"PJSIP/{seat.endpoint}",
                    "ChannelId": nail_id(seat.user_id),
                    "Context": "nail",
                    "Exten": "s",
                    "Priority": "1",
                    "Timeout": f"{ANSWER_SECONDS * 1000}",
                    "CallerID": f'"{seat.extension}" <{seat.extension}>',
                    "Async": "true",
                    "Variable": [
                        ANSWER_BY_ITSELF,
                        f"__CC_ENT={seat.enterprise_id}",
                    ],
                },
                "OriginateResponse",
                ANSWER_SECONDS + 5,
            )
            stands = answer.get("Response") == "Success"
        except AmiDown:
            return  # the next reconciliation sees to it
        except AmiError as error:
            log.warning("line.not_called", agent=seat.employee_code, reason=repr(error))
            stands = False
        finally:
            self._calling.discard(seat.user_id)
        if not stands:
            self._lost(seat.user_id)

    def _lost(self, agent_id: UUID) -> None:
        """No call can reach an agent without a line; one in a contact is called again after it."""
        if self._agents.status(agent_id).state is AgentState.READY:
            log.info("line.lost", agent_id=str(agent_id))
            self._agents.fire(agent_id, AgentEvent.PHONE_LOST)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
