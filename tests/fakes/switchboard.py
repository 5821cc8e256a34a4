"""The bridge without Asterisk, database and Redis: real agents, queue and switchboard, a clock to be

moved by hand, and what they tell kept in lists. Two enterprises: 100001 with seats, 100002 with one.
"""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from callcenter.acd.agent import AgentEvent, AgentState
from callcenter.acd.queue import Matcher
from callcenter.calls.events import Fact, FactType
from callcenter.core.clock import ManualClock
from callcenter.core.ids import call_id_of
from callcenter.core.numbers import parse_number
from callcenter.people.service import LegForm, SeatPlan
from callcenter.routing.service import RoutingPlan, ServicePlan
from callcenter.telephony.agents import Agents
from callcenter.telephony.ami import AmiEvent
from callcenter.telephony.announcing import Silent
from callcenter.telephony.directory import Directory
from callcenter.telephony.distribution import Distribution
from callcenter.telephony.live import Direction, LiveCall
from callcenter.telephony.surveys import Surveys
from callcenter.telephony.switchboard import Switchboard
from callcenter.telephony.tracker import Tracker

START = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
HOME, ELSEWHERE = UUID(int=1), UUID(int=2)
SERVICE, FOREIGN_SERVICE = UUID(int=11), UUID(int=12)
CUSTOMER_LEG = "1795480688.0"
TRUNK = "PJSIP/demo-00000000"


@dataclass
class Told:
    """Stands for the journal: facts once each, as the hub does it."""

    all: list[Fact] = field(default_factory=list)

    def emit(self, fact: Fact) -> None:
        if all(fact.id != told.id for told in self.all):
            self.all.append(fact)

    def of(self, *types: FactType) -> list[Fact]:
        return [fact for fact in self.all if fact.type in types]

    def names(self, prefix: str = "") -> list[str]:
        return [fact.type.value for fact in self.all if fact.type.startswith(prefix)]


@dataclass
class Shown:
    rooms: dict[tuple[str, str], Any] = field(default_factory=dict)

    def set(self, room: str, key: str, value: dict[str, Any] | None) -> None:
        self.rooms[room, key] = value

    def desk(self, agent: UUID, call: UUID) -> Any:
        return self.rooms.get((f"agent:{agent}", f"call:{call}"))


def seat(number: int, enterprise: UUID = HOME, **changes: Any) -> SeatPlan:
    code = "100001" if enterprise == HOME else "100002"
    made = SeatPlan(
        user_id=UUID(int=number),
        enterprise_id=enterprise,
        enterprise_code=code,
        employee_code=str(number),
        name=f"坐席{number}",
        role="agent",
        team_ids=(),
        extension=str(number),
        endpoint=f"e{code}-{number}",
        secret="s" * 24,
        kind="webrtc",
        wrap_up_seconds=None,
        auto_answer=False,
        leg_form=LegForm.RUNG,
        sees_numbers=False,
    )
    return replace(made, **changes)


def service(**changes: Any) -> ServicePlan:
    made = ServicePlan(
        id=SERVICE,
        enterprise_id=HOME,
        name="售后",
        priority=5,
        ring_seconds=15,
        wrap_up_seconds=0,
        max_wait_seconds=600,
        queue_capacity=100,
        level_percent=80,
        level_seconds=20,
        short_call_seconds=5,
        missed_policy="not_ready",
        members=frozenset({ANNA, BEN}),
    )
    changed = replace(made, **changes)
    return replace(changed, order=changed.order or tuple(sorted(changed.members)))


ANNA, BEN, STRANGER = UUID(int=8001), UUID(int=8002), UUID(int=8901)


class World:
    def __init__(self, *services: ServicePlan) -> None:
        self.clock = ManualClock(START)
        self.facts, self.shown = Told(), Shown()
        self.matcher, self.tracker = Matcher(), Tracker()
        self.agents = Agents(self.clock, self.facts, self.shown, self.matcher)
        self.board = Switchboard(self.clock, self.facts, self.shown, self.agents, self.tracker)
        self.distribution = Distribution(self.clock, self.matcher, self.agents, self.board)
        self.agents.stirred = self.distribution.dispatch
        self.board.on_refused = self.distribution.refused
        self.surveys = Surveys(self.clock, self.agents, self.board, Silent())
        self.joined: list[Any] = []
        self.ended: list[LiveCall] = []
        self.board.on_joined = self.joined.append
        self.board.on_ended = self.ended.append
        self.use(*services)

    def use(self, *services: ServicePlan) -> None:
        plans = services or (service(),)
        foreign = service(
            id=FOREIGN_SERVICE, enterprise_id=ELSEWHERE, members=frozenset({STRANGER})
        )
        seats = (seat(8001), seat(8002), seat(8901, ELSEWHERE))
        plan = RoutingPlan({}, {}, {}, {one.id: one for one in (*plans, foreign)})
        self.agents.use(Directory({one.user_id: one for one in seats}, plan))

    def ready(self, *agents: UUID) -> None:
        """Sign in with a phone, in this order, a second apart."""
        for agent in agents:
            self.agents.phone(self.agents.seat(agent).endpoint, registered=True)
            self.agents.fire(agent, AgentEvent.SIGN_IN)
            self.agents.fire(agent, AgentEvent.SET_READY)
            self.clock.advance(1)

    def state(self, agent: UUID) -> AgentState:
        return self.agents.status(agent).state

    def inbound(self, uniqueid: str = CUSTOMER_LEG, number: str = "13800000001") -> LiveCall:
        """A caller of whom our session has said what it is."""
        return self.board.begin(
            LiveCall(
                id=call_id_of(uniqueid),
                enterprise_id=HOME,
                direction=Direction.INBOUND,
                started_at=self.clock.now(),
                customer=parse_number(number),
                access_number="02160000001",
                customer_leg=uniqueid,
            )
        )

    # -- Asterisk -------------------------------------------------------------------------------

    def ami(self, name: str, uniqueid: str, **headers: str) -> None:
        """One event, a millisecond after the one before."""
        self.clock.advance(0.001)
        for change in self.tracker.handle(event(name, uniqueid, self.clock.now(), **headers)):
            self.board.leg_changed(change)

    def channel(
        self, uniqueid: str, channel: str, linkedid: str = CUSTOMER_LEG, **headers: str
    ) -> None:
        more = {"Linkedid": linkedid, "Channel": channel, "ChanVariable": f"CC_ENT={HOME}"}
        self.ami("Newchannel", uniqueid, **(more | headers))

    def phone_of(self, agent: UUID, uniqueid: str, linkedid: str = CUSTOMER_LEG) -> None:
        endpoint = self.agents.seat(agent).endpoint
        self.channel(uniqueid, f"PJSIP/{endpoint}-0000000a", linkedid)

    def up(self, *uniqueids: str) -> None:
        for uniqueid in uniqueids:
            self.ami("Newstate", uniqueid, ChannelState="6")

    def join(self, bridge: str, *uniqueids: str) -> None:
        for uniqueid in uniqueids:
            self.ami("BridgeEnter", uniqueid, BridgeUniqueid=bridge)

    def leave(self, bridge: str, *uniqueids: str) -> None:
        for uniqueid in uniqueids:
            self.ami("BridgeLeave", uniqueid, BridgeUniqueid=bridge)

    def hang_up(self, *uniqueids: str, cause: int = 16) -> None:
        for uniqueid in uniqueids:
            self.ami("Hangup", uniqueid, Cause=str(cause))


def event(name: str, uniqueid: str, at: datetime, **headers: str) -> AmiEvent:
    fields = {"Event": name, "Uniqueid": uniqueid, "Timestamp": f"{at.timestamp():.6f}"} | headers
    return AmiEvent({key.lower(): value for key, value in fields.items()})
