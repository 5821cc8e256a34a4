"""The routing plan: read whole from the database, then pure. Asked for every call."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from callcenter.acd.claims import Rules as AcdRules
from callcenter.acd.strategies import Strategy
from callcenter.people.service import Roster, SeatPlan
from callcenter.routing.matching import Matching, read_matching
from callcenter.routing.models import (
    AgentService,
    RoutingService,
    ServiceMember,
    ServiceSkill,
    ServiceStatus,
    ServiceTeam,
)
from callcenter.routing.rules import Needs, Rules, needs_of, read_rules
from callcenter.routing.service.conferences import ConferencePlan, load_conferences
from callcenter.routing.waiting import WaitingPlan, read_waiting
from callcenter.schedules.service import SchedulePlan, load_schedules
from callcenter.tenancy.service import (
    EnterprisePlan,
    NumberPlan,
    TrunkPlan,
    load_enterprises,
    load_numbers,
    load_trunks,
)


class RouteKind(StrEnum):
    AGENT_SERVICE = "agent_service"
    IVR_SERVICE = "ivr_service"
    ROUTING_SERVICE = "routing_service"
    PAUSED = "paused"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Route:
    """target_id is None for what only plays a message (paused, closed)."""

    enterprise_id: UUID
    kind: RouteKind
    target_id: UUID | None = None


_LEADING = (RouteKind.AGENT_SERVICE, RouteKind.IVR_SERVICE, RouteKind.ROUTING_SERVICE)


@dataclass(frozen=True, slots=True)
class RoutePlan:
    enterprise_id: UUID
    name: str
    rules: Rules
    needs: Needs


@dataclass(frozen=True, slots=True)
class ServicePlan:
    """An agent service with its members, teams resolved. Seconds everywhere.

    order: the members as `fixed_order` and `round_robin` have them: users who are named in their
    order, then those who belong to its teams or have one of its skills by employee code.
    skills: those that members are named by.
    """

    id: UUID
    enterprise_id: UUID
    name: str
    priority: int
    ring_seconds: int
    wrap_up_seconds: int
    max_wait_seconds: int
    queue_capacity: int
    level_percent: int
    level_seconds: int
    short_call_seconds: int
    missed_policy: str
    members: frozenset[UUID]
    music: str = "default"
    announce_position: bool = False
    strategy: Strategy = Strategy.LONGEST_IDLE
    order: tuple[UUID, ...] = ()
    matching: Matching = field(default_factory=Matching)
    skills: frozenset[UUID] = frozenset()
    waiting: WaitingPlan = field(default_factory=WaitingPlan)

    @property
    def rules(self) -> AcdRules:
        """What the ACD is told of it."""
        own = self.matching
        return AcdRules(self.strategy, own.ageing_seconds, own.rings, own.skills | self.skills)


@dataclass(frozen=True)
class RoutingPlan:
    """numbers by their national form; services, trunks and enterprises by id."""

    enterprises: Mapping[UUID, EnterprisePlan]
    trunks: Mapping[UUID, TrunkPlan]
    numbers: Mapping[str, NumberPlan]
    services: Mapping[UUID, ServicePlan]
    routes: Mapping[UUID, RoutePlan] = field(default_factory=dict)
    schedules: Mapping[UUID, SchedulePlan] = field(default_factory=dict)
    conferences: Mapping[UUID, ConferencePlan] = field(default_factory=dict)

    def resolve(self, called: str) -> Route | None:
        """None for a number that leads to nobody."""
        number = self.numbers.get(called)
        if number is None or number.enterprise_id is None:
            return None
        enterprise = self.enterprises.get(number.enterprise_id)
        if enterprise is None:
            return None
        if not number.enabled or not enterprise.active:
            return Route(enterprise.id, RouteKind.PAUSED)
        if number.strategy_id is None or number.strategy_kind not in _LEADING:
            return Route(enterprise.id, RouteKind.CLOSED)
        return Route(enterprise.id, RouteKind(number.strategy_kind), number.strategy_id)

    def numbers_of(self, enterprise_id: UUID) -> list[NumberPlan]:
        return [n for n in self.numbers.values() if n.enterprise_id == enterprise_id]

    def trunk_for(self, enterprise_id: UUID, display: str) -> TrunkPlan | None:
        """The trunk of the display number, when it is the enterprise's; else of its first."""
        own = [number for number in self.numbers_of(enterprise_id) if number.enabled]
        chosen = next((number for number in own if number.number == display), None)
        number = chosen or (own[0] if own else None)
        trunk = self.trunks.get(number.trunk_id) if number else None
        return trunk if trunk and trunk.enabled else None


def load_plan(session: Session, roster: Roster) -> RoutingPlan:
    enterprises = {enterprise.id: enterprise for enterprise in load_enterprises(session)}
    zones = {key: ZoneInfo(enterprise.time_zone) for key, enterprise in enterprises.items()}
    return RoutingPlan(
        enterprises,
        {trunk.id: trunk for trunk in load_trunks(session)},
        {number.number: number for number in load_numbers(session)},
        {service.id: service for service in _services(session, roster)},
        {row.id: _route(row) for row in session.scalars(select(RoutingService))},
        load_schedules(session, zones),
        {room.id: room for room in load_conferences(session)},
    )


def _route(row: RoutingService) -> RoutePlan:
    rules = read_rules(row.document)
    return RoutePlan(row.enterprise_id, row.name, rules, needs_of(rules))


def _services(session: Session, roster: Roster) -> list[ServicePlan]:
    skills = _skills(session)
    order = _orders(session, roster, skills)
    seats = {seat.user_id for seat in roster.seats}
    return [
        ServicePlan(
            id=row.id,
            enterprise_id=row.enterprise_id,
            name=row.name,
            priority=row.priority,
            ring_seconds=row.ring_seconds,
            wrap_up_seconds=row.wrap_up_seconds,
            max_wait_seconds=row.max_wait_seconds,
            queue_capacity=row.queue_capacity,
            level_percent=row.level_percent,
            level_seconds=row.level_seconds,
            short_call_seconds=row.short_call_seconds,
            missed_policy=row.missed_policy,
            members=frozenset(order.get(row.id, {}).keys() & seats),
            music=row.music,
            announce_position=row.announce_position,
            strategy=Strategy(row.strategy),
            order=tuple(agent for agent in order.get(row.id, {}) if agent in seats),
            matching=read_matching(row.matching),
            skills=frozenset(skills.get(row.id, {})),
            waiting=read_waiting(row.waiting),
        )
        for row in session.scalars(
            select(AgentService).where(AgentService.status == ServiceStatus.ACTIVE)
        )
    ]


def _skills(session: Session) -> dict[UUID, dict[UUID, int]]:
    """Service → the skills that make a member, with the least level."""
    found: dict[UUID, dict[UUID, int]] = {}
    for one in session.scalars(select(ServiceSkill)):
        found.setdefault(one.service_id, {})[one.skill_id] = one.level
    return found


def _orders(
    session: Session, roster: Roster, skills: Mapping[UUID, Mapping[UUID, int]]
) -> dict[UUID, dict[UUID, None]]:
    """Service → its members in their order."""
    order: dict[UUID, dict[UUID, None]] = {}
    named = select(ServiceMember).order_by(ServiceMember.position, ServiceMember.user_id)
    for member in session.scalars(named):
        order.setdefault(member.service_id, {})[member.user_id] = None
    teams: dict[UUID, set[UUID]] = {}
    for team in session.scalars(select(ServiceTeam)):
        teams.setdefault(team.service_id, set()).add(team.team_id)
    by_code = sorted(roster.seats, key=lambda seat: seat.employee_code)
    for service_id in teams.keys() | skills.keys():
        own, levels = teams.get(service_id, set()), skills.get(service_id, {})
        belong = (
            seat.user_id
            for seat in by_code
            if own.intersection(seat.team_ids) or _is_able(seat, levels)
        )
        order.setdefault(service_id, {}).update(dict.fromkeys(belong))
    return order


def _is_able(seat: SeatPlan, levels: Mapping[UUID, int]) -> bool:
    """Has one of the skills at its level or above."""
    return any(level >= levels.get(skill, 10) for skill, level in seat.skills)
