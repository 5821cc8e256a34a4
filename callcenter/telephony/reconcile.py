"""Our picture against Asterisk's: once after every connection, never by polling.

One pass asks what channels, bridges and contacts there are, reads what CEL wrote while we were
away, repairs what differs, and counts it as drift. A second pass must find nothing.
"""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import structlog

from callcenter.acd.agent import AgentEvent, AgentState
from callcenter.calls.states import CallState
from callcenter.core.clock import Clock
from callcenter.telephony.agents import Agents
from callcenter.telephony.ami import AmiClient, AmiEvent, AmiRefused
from callcenter.telephony.legs import Leg, LegChange, LegChangeKind
from callcenter.telephony.live import LiveCall
from callcenter.telephony.nails import channel_of, is_nail
from callcenter.telephony.switchboard import IN_TALK, RUNG, Switchboard
from callcenter.telephony.tracker import Tracker

log = structlog.get_logger()


@dataclass(slots=True)
class Drift:
    """What differed, each named; empty when picture and Asterisk agree."""

    legs: list[str] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    agents: list[str] = field(default_factory=list)

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def counts(self) -> dict[str, int]:
        return {"calls": len(self.calls), "legs": len(self.legs), "agents": len(self.agents)}


class Reconciler:
    """
    gap         the changes that CEL has for the time while we were away, oldest first
    last_proof  when Asterisk was last known to be alive, for ends that nobody saw
    """

    def __init__(
        self,
        clock: Clock,
        ami: AmiClient,
        tracker: Tracker,
        board: Switchboard,
        agents: Agents,
        gap: Callable[[], AsyncIterator[LegChange]],
        last_proof: Callable[[], datetime],
    ) -> None:
        self._clock = clock
        self._ami = ami
        self._tracker = tracker
        self._board = board
        self._agents = agents
        self._gap = gap
        self._last_proof = last_proof

    async def run(self) -> tuple[Drift, Drift]:
        """Repair, then prove it; returns what the first and the second pass found."""
        async for change in self._gap():
            self._board.leg_changed(change, "cel")
        first = await self._pass()
        second = await self._pass()
        log.info("reconciled", drift=first.total, left=second.total, legs=first.legs[:20],
                 calls=first.calls[:20], agents=first.agents[:20])  # fmt: skip
        return first, second

    async def _pass(self) -> Drift:
        drift, asked = Drift(), self._clock.now()
        channels = await self._ami.list({"Action": "CoreShowChannels"})
        # The answer overtook the events before it; what moved after the question is newer than it.
        await self._ami.caught_up()
        self._compare_legs(channels, drift, asked)
        self._compare_calls(drift, asked)
        self._compare_agents(drift, asked)
        self._agents.phones(await self._contacts())
        return drift

    async def _contacts(self) -> list[str]:
        try:
            contacts = await self._ami.list({"Action": "PJSIPShowContacts"})
        except AmiRefused:
            return []  # Asterisk's way of saying that there is none
        return [contact.get("Endpoint") for contact in contacts]

    def _compare_legs(self, channels: list[AmiEvent], drift: Drift, asked: datetime) -> None:
        present = {channel.get("Uniqueid") for channel in channels}
        self._tracker.nails.keep(present, asked)
        missing = [leg for u, leg in self._tracker.legs.items() if channel_of(u) not in present]
        for uniqueid in [leg.uniqueid for leg in missing if not _is_newer(leg, asked)]:
            change = self._tracker.forget(uniqueid, self._last_proof())
            if change is not None:
                drift.legs.append(f"{uniqueid} is gone")
                self._board.leg_changed(change, "reconcile")
        for channel in [c for c in channels if not is_nail(c.get("Uniqueid"))]:
            self._compare_leg(channel, drift, asked)
        for channel in [c for c in channels if is_nail(c.get("Uniqueid"))]:
            for change in self._tracker.nails.compare(channel, asked, self._clock.now()):
                drift.legs.append(f"{change.leg.uniqueid} has {change.kind}")
                self._board.leg_changed(change, "reconcile")

    def _compare_leg(self, channel: AmiEvent, drift: Drift, asked: datetime) -> None:
        uniqueid, known = channel.get("Uniqueid"), self._tracker.legs.get(channel.get("Uniqueid"))
        if uniqueid in self._tracker.ended or (known and _is_newer(known, asked)):
            return
        bridge_before = known.bridge_id if known else ""
        answered_before = known.answered_at if known else None
        leg = self._tracker.adopt(channel)
        now = self._clock.now()
        if known is None:
            drift.legs.append(f"{uniqueid} is new")
            self._tell(LegChangeKind.STARTED, leg.uniqueid, leg.started_at)
        if channel.get("ChannelState") == "6" and answered_before is None:
            leg.answered_at = now
            drift.legs.append(f"{uniqueid} is up")
            self._tell(LegChangeKind.ANSWERED, uniqueid, now)
        if leg.bridge_id != bridge_before:
            drift.legs.append(f"{uniqueid} is in another bridge")
            if leg.bridge_id:
                leg.joins += 1
                self._tell(LegChangeKind.JOINED, uniqueid, now, leg.bridge_id)
            else:
                self._tell(LegChangeKind.LEFT, uniqueid, now, bridge_before)

    def _tell(self, kind: LegChangeKind, uniqueid: str, at: datetime, bridge_id: str = "") -> None:
        leg = self._tracker.legs[uniqueid]
        change = LegChange(kind, leg, at, bridge_id, leg.joins)
        self._board.leg_changed(change, "reconcile")

    def _compare_calls(self, drift: Drift, asked: datetime) -> None:
        for call in list(self._board.calls.values()):
            if call.started_at > asked:
                continue
            if call.state is not CallState.ENDED and not self._tracker.of_call(call.id):
                drift.calls.append(f"{call.id} has no leg")
                self._board.end(call, self._last_proof(), estimated=True)

    def _compare_agents(self, drift: Drift, asked: datetime) -> None:
        talking = self._who_talks()
        for status in [status for status in self._agents.all() if status.since <= asked]:
            call = self._board.calls.get(status.call_id) if status.call_id else None
            if call is not None and self._is_on_the_phone(status.agent_id, call):
                continue
            if status.state in IN_TALK:
                drift.agents.append(f"{status.agent_id} talks to nobody")
                self._let_go(status.agent_id, AgentEvent.HANG_UP, call)
            elif status.state in RUNG:
                drift.agents.append(f"{status.agent_id} is reserved for nobody")
                self._let_go(status.agent_id, AgentEvent.RELEASE, call)
        for agent_id, call_id in talking.items():
            if self._agents.status(agent_id).state not in IN_TALK:
                drift.agents.append(f"{agent_id} talks unnoticed")
                self._agents.correct(agent_id, AgentState.TALKING, call_id)

    def _is_on_the_phone(self, agent_id: UUID, call: LiveCall) -> bool:
        """A leg of the agent's lives, or a session of ours is about to make one."""
        if call.state is CallState.ENDED:
            return False
        phones = {owner for _, owner in self._board.agents_of(call)}
        return agent_id in call.watched or agent_id in phones

    def _let_go(self, agent_id: UUID, event: AgentEvent, call: LiveCall | None) -> None:
        """It ended while nobody looked; after a talk there is still a work order to finish."""
        seat = self._agents.seat(agent_id)
        if call is not None and seat is not None:
            self._board.agent_left(call, seat)
        else:
            until = self._agents.wrap_up_until(agent_id, None)
            details = {"wrap_up_until": until} if event is AgentEvent.HANG_UP else {}
            self._agents.fire(agent_id, event, **details)

    def _who_talks(self) -> dict[UUID, UUID]:
        found: dict[UUID, UUID] = {}
        for call in self._board.calls.values():
            customer = self._tracker.legs.get(call.customer_leg)
            if customer is None or not customer.bridge_id:
                continue
            for leg in self._tracker.in_bridge(customer.bridge_id):
                _, seat = self._board.party(call, leg)
                if seat is not None:
                    found[seat.user_id] = call.id
        return found


def _is_newer(leg: Leg, asked: datetime) -> bool:
    return max(leg.started_at, leg.changed_at or leg.started_at) > asked
