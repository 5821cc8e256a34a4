"""Today's figures, folded from the same facts as the ledger, so that walls and reports agree."""

from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from callcenter.acd.agent import AgentState
from callcenter.acd.estimate import Handling
from callcenter.acd.level import AgentDay, ServiceDay
from callcenter.acd.strategies import Work
from callcenter.calls.events import Fact, FactType
from callcenter.telephony.directory import Directory

_FREE = {AgentState.READY.value, AgentState.NOT_READY.value}
_TALK = {AgentState.TALKING.value, AgentState.HOLD.value, AgentState.CONSULTING.value}


@dataclass(slots=True)
class _Queued:
    service_id: UUID
    at: datetime


@dataclass(slots=True)
class Figures:
    """One enterprise's day in its own zone; a fact of a later day begins a new one."""

    zone: ZoneInfo
    day: str = ""
    services: dict[UUID, ServiceDay] = field(default_factory=lambda: defaultdict(ServiceDay))
    agents: dict[UUID, AgentDay] = field(default_factory=lambda: defaultdict(AgentDay))
    _queued: dict[UUID, _Queued] = field(default_factory=dict)
    _states: dict[UUID, tuple[str, datetime]] = field(default_factory=dict)
    _busy_since: dict[UUID, datetime] = field(default_factory=dict)
    _serving: dict[UUID, UUID] = field(default_factory=dict)
    """Agent → the service whose call is with them, wrap-up included."""

    def fold(self, fact: Fact, directory: Directory) -> None:
        self.turn_to(fact.at)
        if self._day_of(fact.at) < self.day:
            return  # came late: it belongs to a day that is over
        if fact.type is FactType.CALL_QUEUED and fact.call_id:
            self._enter(fact.call_id, UUID(fact.data["service_id"]), fact.at)
        elif fact.type is FactType.CALL_CONNECTED and fact.agent_id:
            self._connect(self.agents[fact.agent_id], fact.agent_id, fact)
        elif fact.type is FactType.CALL_MISSED and fact.agent_id:
            self.agents[fact.agent_id].missed += 1
        elif fact.type is FactType.CALL_DEQUEUED and fact.call_id:
            self._leave(fact.call_id, fact, directory)
        elif fact.type is FactType.AGENT_STATE and fact.agent_id:
            self._change_state(fact.agent_id, fact.data["state"], fact.at)

    def turn_to(self, at: datetime) -> None:
        if (day := self._day_of(at)) > self.day:
            self.day = day
            self.services.clear()
            self.agents.clear()

    def _connect(self, day: AgentDay, agent_id: UUID, fact: Fact) -> None:
        # Only calls that came in have a service; what the agent dialled is counted apart.
        if service := fact.data["service_id"]:
            day.answered += 1
            self._serving[agent_id] = UUID(service)
        else:
            day.dialled += 1

    def _day_of(self, at: datetime) -> str:
        return at.astimezone(self.zone).date().isoformat()

    def _enter(self, call_id: UUID, service_id: UUID, at: datetime) -> None:
        if call_id not in self._queued:
            self._queued[call_id] = _Queued(service_id, at)
            self.services[service_id].offered += 1

    def _leave(self, call_id: UUID, fact: Fact, directory: Directory) -> None:
        queued = self._queued.pop(call_id, None)
        if queued is None:
            return
        day, service = self.services[queued.service_id], directory.service(queued.service_id)
        waited = (fact.at - queued.at).total_seconds()
        level = service.level_seconds if service else 20
        short = service.short_call_seconds if service else 5
        day.leave(fact.data["reason"], waited, level, short)

    def work_of(self, agent_id: UUID, now: datetime) -> Work:
        """What an agent has done today, the state under way included."""
        day = replace(self.agents.get(agent_id, AgentDay()))
        if agent_id in self._states:
            _spend(day, *self._states[agent_id], now)
        share = day.busy_seconds / day.present_seconds if day.present_seconds else 0.0
        return Work(day.answered + day.dialled, share)

    def _change_state(self, agent_id: UUID, state: str, at: datetime) -> None:
        if agent_id in self._states:
            _spend(self.agents[agent_id], *self._states[agent_id], at)
        self._states[agent_id] = (state, at)
        self._handle(agent_id, state, at)

    def _handle(self, agent_id: UUID, state: str, at: datetime) -> None:
        """A call is handled from its offer to the end of wrap-up."""
        if state == AgentState.RESERVED:  # also out of wrap-up, which then is over
            self._handled(agent_id, at)
            self._busy_since[agent_id] = at
        elif state in _FREE or state == AgentState.OFFLINE:
            self._handled(agent_id, at)
            self._busy_since.pop(agent_id, None)

    def _handled(self, agent_id: UUID, at: datetime) -> None:
        service, since = self._serving.pop(agent_id, None), self._busy_since.get(agent_id)
        if service is not None and since is not None:
            day = self.services[service]
            took = max(0.0, (at - since).total_seconds())
            day.handling = Handling(day.handling.calls + 1, day.handling.seconds + took)


def _spend(day: AgentDay, state: str, since: datetime, until: datetime) -> None:
    """Add the time in a state. Busy is an agent from the offer of a call to the end of wrap-up."""
    if state == AgentState.OFFLINE:
        return
    took = max(0.0, (until - since).total_seconds())
    day.present_seconds += took
    day.busy_seconds += took if state not in _FREE else 0.0
    day.talk_seconds += took if state in _TALK else 0.0
