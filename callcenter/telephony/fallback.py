"""Asterisk's own queues, which serve while we are away: kept ready, and emptied on our return.

Each service has a queue; its members are the agents signed in, paused unless they take calls. An
agent in a call is not paused for it: Asterisk sees itself that the phone is in use. Only what
differs is sent, one action after another; with AMI gone nothing is kept for later, the queues are
read and compared anew at the next connection.
"""

import asyncio
from collections.abc import Iterable
from uuid import UUID

import structlog

from callcenter.acd.agent import AgentState
from callcenter.telephony.agents import Agents
from callcenter.telephony.ami import AmiClient, AmiDown, AmiError, AmiEvent, AmiRefused

log = structlog.get_logger()

Member = tuple[str, str]
Members = dict[Member, bool]
"""(queue, interface) → paused."""


def queue_name(service_id: UUID) -> str:
    return f"service-{service_id}"


class Fallback:
    def __init__(self, ami: AmiClient, agents: Agents) -> None:
        self._ami = ami
        self._agents = agents
        self._applied: Members | None = None
        self._dirty: set[UUID] = set()
        self._all_dirty = False
        self._wake = asyncio.Event()

    def changed(self, agent_id: UUID | None = None) -> None:
        """An agent's state changed; without an agent: whatever there is, memberships too."""
        if agent_id is None:
            self._all_dirty = True
        else:
            self._dirty.add(agent_id)
        self._wake.set()

    def lost(self) -> None:
        self._applied = None

    async def run(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            if self._applied is None:
                continue
            try:
                await self._apply(self._applied)
            except AmiDown:
                self._applied = None
            except AmiError as error:
                self._all_dirty = True
                log.warning("fallback.not_mirrored", reason=repr(error))

    async def compare(self) -> None:
        """Read the queues as they are; what differs is mended."""
        applied: Members = {}
        for event in await self._ami.list({"Action": "QueueStatus"}):
            if event.name == "QueueMember":
                interface = event.get("Location") or event.get("Interface")
                applied[event.get("Queue"), interface] = event.get("Paused") == "1"
        self._applied = applied
        self.changed()

    def wanted(self) -> Members:
        members: Members = {}
        for agent_id in {a for s in self._agents.directory.services.values() for a in s.members}:
            members |= self._memberships(agent_id)
        return members

    def _memberships(self, agent_id: UUID) -> Members:
        seat, status = self._agents.seat(agent_id), self._agents.status(agent_id)
        if seat is None or not seat.endpoint or status.state is AgentState.OFFLINE:
            return {}
        paused = not status.takes_calls
        services = self._agents.directory.services_of(agent_id)
        return {(queue_name(s.id), f"PJSIP/{seat.endpoint}"): paused for s in services}

    async def _apply(self, applied: Members) -> None:
        if self._all_dirty:
            wanted, present = self.wanted(), list(applied)
        else:
            wanted, present = self._of_changed(applied)
        self._all_dirty, self._dirty = False, set()
        for member in [m for m in present if m not in wanted]:
            await self._act("QueueRemove", member)
            applied.pop(member, None)
        for member, paused in wanted.items():
            if member not in applied:
                await self._act("QueueAdd", member, Paused=str(paused).lower())
            elif applied[member] != paused:
                await self._act("QueuePause", member, Paused=str(paused).lower())
            applied[member] = paused

    def _of_changed(self, applied: Members) -> tuple[Members, list[Member]]:
        """What is wanted of the agents who changed, and what there is of those who left."""
        wanted: Members = {}
        present: list[Member] = []
        for agent_id in self._dirty:
            memberships = self._memberships(agent_id)
            wanted |= memberships
            seat = self._agents.seat(agent_id)
            if seat is not None and not memberships:
                interface = f"PJSIP/{seat.endpoint}"
                present += [member for member in applied if member[1] == interface]
        return wanted, present

    async def _act(self, action: str, member: Member, **more: str) -> None:
        queue, interface = member
        try:
            await self._ami.call({"Action": action, "Queue": queue, "Interface": interface} | more)
        except AmiRefused as error:
            # Already there, or already gone: the next comparison tells.
            log.info("fallback.refused", action=action, queue=queue, reason=repr(error))

    async def take_back(self) -> int:
        """Callers whom the fallback holds come back to us, with the time they have waited."""
        held = await self._unbridged("fallback")
        return await self._serve_again(channel.get("Channel") for channel in held)

    async def wake(self) -> int:
        """At the start of a life: callers to whom a session of the last one was saying something.

        Asterisk finds out that a session has died when the command has ended, and a long prompt ends
        late. Called before there are sessions of ours.
        """
        told = [
            channel.get("Channel")
            for channel in await self._unbridged("ask")
            if channel.get("Application") in ("AGI", "Read")
        ]
        return await self._serve_again([name for name in told if await self._unserved(name)])

    async def _unbridged(self, context: str) -> list[AmiEvent]:
        listed = await self._ami.list({"Action": "CoreShowChannels"})
        return [one for one in listed if one.get("Context") == context and not one.get("BridgeId")]

    async def _unserved(self, channel: str) -> bool:
        """Who only consults, or has talked and is asked how it was, is not served anew."""
        script = await self._variable(channel, "CC_SCRIPT")
        return script == "inbound" and await self._variable(channel, "DIALSTATUS") != "ANSWER"

    async def _variable(self, channel: str, name: str) -> str:
        """Empty where the channel has gone meanwhile."""
        action = {"Action": "Getvar", "Channel": channel, "Variable": name}
        try:
            return (await self._ami.call(action)).get("Value")
        except AmiRefused:
            return ""

    async def _serve_again(self, channels: Iterable[str]) -> int:
        served = 0
        for channel in channels:
            try:
                await self._ami.call(
                    {
                        "Action": "Redirect",
                        "Channel": channel,
                        "Context": "waiting",
                        "Exten": "s",
                        "Priority": "1",
                    }
                )
                served += 1
            except AmiRefused as error:
                log.info("fallback.not_taken_back", reason=repr(error))
        return served
