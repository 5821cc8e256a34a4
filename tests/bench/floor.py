"""A floor of agents at sipp's phones in the running product, and callers who ring it."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from functools import partial
from itertools import cycle
from pathlib import Path
from uuid import UUID

from redis import Redis
from sqlalchemy import func, select

import callcenter.migrations.schema  # noqa: F401 - every table: foreign keys go by name
from callcenter.calls.models import Call
from callcenter.core.addresses import app_url, redis_url
from callcenter.core.clock import SystemClock
from callcenter.core.db import Database
from callcenter.core.gateway import PhoneNotRegistered, TelephonyGateway
from callcenter.core.ids import new_id
from callcenter.core.permissions import Role
from callcenter.core.tenant import Actor, Scope
from callcenter.people.models import Extension, User
from callcenter.people.service.roster import endpoint_name
from callcenter.processes.ports import is_free
from callcenter.routing.models import AgentService, ServiceMember
from callcenter.tenancy.models import AccessNumber, Enterprise
from deploy.lab.network_files import Phone
from deploy.lab.sip import AnsweringAgent, Load, LoadResult, callers, raw_alaw, register
from deploy.lab.speech import speech
from tests.support.stack import Stack
from tests.support.waiting import wait_until

CODE, NUMBER = "100001", "02160000001"
FIRST_SEAT = 1001
QUALIFIED_WITHIN = 60.0
SECRET = "softphone-secret-of-benchmarks"
SAYS = "您好，我家的热水器漏水了，请问什么时候可以派人上门维修？"


@dataclass(frozen=True)
class Site:
    """Somewhere that callers ring and phones answer. home: what the load tools write."""

    home: Path
    target: tuple[str, int]
    phones: AnsweringAgent
    speech: Path

    async def ring(self, rate: float, calls: int, hold: float) -> LoadResult:
        """Place the calls; retransmissions are those at callers and phones."""
        before = self.phones.retransmissions
        folder = self.home / f"callers-{new_id()}"
        load = Load(NUMBER, rate, calls, hold, self.speech)
        result = await callers(load, free_udp_port(), self.target, folder)
        await asyncio.sleep(1.1)  # sipp writes its statistics once a second
        at_phones = self.phones.retransmissions - before
        return replace(result, retransmissions=result.retransmissions + at_phones)


# Never the same twice: who was given a port may not have bound it yet.
_ports = cycle(range(16000, 17999))


def free_udp_port() -> int:
    return next(port for port in _ports if is_free(port, udp=True))


def free_tcp_ports(count: int) -> list[int]:
    free = (port for port in _ports if is_free(port))
    return [next(free) for _ in range(count)]


@asynccontextmanager
async def site(
    home: Path, target: tuple[str, int], phones: Sequence[Phone], scenario: str = "answer"
) -> AsyncIterator[Site]:
    """The phones registered at `target`, and answering as the scenario has it."""
    port = free_udp_port()
    sound = raw_alaw(await asyncio.to_thread(speech, home / "speech", SAYS))
    await register(phones, port, target, home / "register")
    async with AnsweringAgent(port, target, home / "phones", scenario=scenario) as answering:
        yield Site(home, target, answering, sound)


class Floor:
    """Seats of an enterprise that take the calls of its number, with no wrap-up."""

    def __init__(self, stack: Stack, seats: int, code: str = CODE, number: str = NUMBER) -> None:
        self.stack = stack
        self.code, self.number = code, number
        settings, secrets = stack.settings, stack.secrets
        self.target = (settings.asterisk.host, settings.asterisk.sip_port)
        self.database = Database(app_url(settings, secrets), pool_size=2)
        self.redis = Redis.from_url(redis_url(settings, secrets), decode_responses=True)
        self._gateway = TelephonyGateway(self.redis, SystemClock())
        self.enterprise, self.agents = self._seed(seats)

    @property
    def phones(self) -> list[Phone]:
        return [Phone(endpoint_name(self.code, seat), SECRET) for seat in self.agents]

    def _seed(self, seats: int) -> tuple[UUID, dict[str, Actor]]:
        with self.database.begin(Scope.platform()) as session:
            enterprise_id = session.scalars(select(Enterprise.id).filter_by(code=self.code)).one()
            number = session.scalars(select(AccessNumber).filter_by(number=self.number)).one()
            service = session.get_one(AgentService, number.strategy_id)
            service.queue_capacity = 1000
            agents = {}
            for code in map(str, range(FIRST_SEAT, FIRST_SEAT + seats)):
                extension = Extension(
                    id=new_id(), enterprise_id=enterprise_id, number=code, kind="desk",
                    secret=SECRET,
                )  # fmt: skip
                session.add(extension)
                session.flush()
                user = User(
                    id=new_id(), enterprise_id=enterprise_id, employee_code=code,
                    name=f"坐席{code}", role=Role.AGENT, extension_id=extension.id,
                    wrap_up_seconds=0, must_change_password=False, created_at=SystemClock().now(),
                )  # fmt: skip
                session.add(user)
                session.flush()
                session.add(ServiceMember(
                    enterprise_id=enterprise_id, service_id=service.id, user_id=user.id
                ))  # fmt: skip
                agents[code] = Actor(user.id, enterprise_id, code, user.name, Role.AGENT)
        return enterprise_id, agents

    async def be_provisioned(self) -> None:
        """Asterisk knows the seats' phones."""
        anyone = next(iter(self.agents.values()))
        await asyncio.to_thread(self._gateway.send, anyone, "configuration.changed", {})
        last = [*self.agents][-1]
        file = self.stack.home / "asterisk" / "etc" / "pjsip.conf"
        await asyncio.to_thread(
            wait_until,
            lambda: endpoint_name(self.code, last) in file.read_text(),
            30,
            "provisioned",
        )

    def take_calls_without_pause(self, code: str) -> None:
        """A seat of the demonstration has no wrap-up either."""
        with self.database.begin(Scope(self.enterprise)) as session:
            user = session.scalars(select(User).filter_by(employee_code=code)).one()
            user.wrap_up_seconds = 0
            actor = Actor(user.id, self.enterprise, code, user.name, Role.AGENT)
        self._gateway.send(actor, "configuration.changed", {})

    async def be_ready(self) -> None:
        for actor in self.agents.values():
            await asyncio.to_thread(self._gateway.send, actor, "agent.sign_in", {})
            await asyncio.to_thread(
                wait_until, partial(self._try_ready, actor), QUALIFIED_WITHIN, "the phone is there"
            )

    def _try_ready(self, actor: Actor) -> bool:
        try:
            self._gateway.send(actor, "agent.set_ready", {})
        except PhoneNotRegistered:
            return False  # Asterisk asked it before it listened, and asks again
        return True

    def states(self) -> list[tuple[str, str]]:
        """Each seat's state as the agent's page shows it."""
        return [
            (
                code,
                json.loads(str(self.redis.hget(f"room:agent:{actor.user_id}", "agent")))["state"],
            )
            for code, actor in self.agents.items()
        ]

    def calls_in(self, state: str = "") -> int:
        """How many calls the ledger has, in this state or at all."""
        with self.database.begin(Scope(self.enterprise)) as session:
            query = select(func.count()).select_from(Call)
            return session.scalar(query.where(Call.state == state) if state else query) or 0

    def close(self) -> None:
        self.database.dispose()
        self.redis.close()


def found_enterprise(stack: Stack, code: str, number: str) -> None:
    """Another enterprise, with a number on the demonstration's trunk and a service for it."""
    database, now = (
        Database(app_url(stack.settings, stack.secrets), pool_size=1),
        SystemClock().now(),
    )
    with database.begin(Scope.platform()) as session:
        first = session.scalars(select(AccessNumber).filter_by(number=NUMBER)).one()
        enterprise = Enterprise(id=new_id(), code=code, name=code, area_code="021", created_at=now)
        session.add(enterprise)
        session.flush()
        service = AgentService(id=new_id(), enterprise_id=enterprise.id, name=code, created_at=now)
        session.add(service)
        session.flush()
        session.add(AccessNumber(
            number=number, trunk_id=first.trunk_id, enterprise_id=enterprise.id,
            strategy_kind="agent_service", strategy_id=service.id, created_at=now, updated_at=now,
        ))  # fmt: skip
    database.dispose()


@asynccontextmanager
async def running_floor(
    stack: Stack,
    home: Path,
    seats: int,
    scenario: str = "answer",
    code: str = CODE,
    number: str = NUMBER,
) -> AsyncIterator[tuple[Floor, Site]]:
    """The floor at work: every seat ready."""
    floor = await asyncio.to_thread(Floor, stack, seats, code, number)
    try:
        await floor.be_provisioned()
        async with site(home, floor.target, floor.phones, scenario) as running:
            await floor.be_ready()
            yield floor, running
    finally:
        floor.close()
