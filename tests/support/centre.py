"""A call centre without its web: a telephony node, its Asterisk, the public network, desk phones.

Real PostgreSQL, Redis, SIP and audio; the node runs in the test's own loop, so a test sees its
picture and can take parts away.
"""

import asyncio
import os
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from sqlalchemy import select

import callcenter.migrations.schema  # noqa: F401 - every table: foreign keys go by name
from callcenter.acd.agent import AgentEvent, AgentState
from callcenter.calls.models import AgentInterval, Call, CallLeg, TelephonyFact
from callcenter.core.db import Database
from callcenter.core.ids import new_id
from callcenter.core.secrets import Secrets
from callcenter.core.settings import Settings
from callcenter.core.tenant import Scope
from callcenter.people.models import Extension, LegForm, Team, TeamMember, User
from callcenter.people.service.roster import endpoint_name
from callcenter.processes.ports import settle_ports
from callcenter.processes.telephony.node import Node
from callcenter.routing.models import AgentService, ServiceTeam
from callcenter.telephony.delivery import DATABASE, Delivery, to_database
from callcenter.telephony.directory import load_directory
from callcenter.telephony.provisioning.apply import make_folders, write
from callcenter.telephony.provisioning.load import load_model
from callcenter.telephony.provisioning.render import render
from callcenter.tenancy.models import AccessNumber, Enterprise, Trunk
from deploy.lab.asterisk import AsteriskProcess
from deploy.lab.network_files import Phone
from deploy.lab.publicnet import PublicNetwork
from tests.support.databases import DataServices, FreshDatabase
from tests.support.ports import free_port

CODE, NUMBER, SECRET = "100001", "02160000001", "softphone-secret-of-tests"
SEATS = ("8001", "8002", "8003")
WITHIN = 15.0


@dataclass
class Centre:
    settings: Settings
    secrets: Secrets
    database: Database
    network: PublicNetwork
    asterisk: AsteriskProcess
    enterprise: UUID
    service: UUID
    agents: dict[str, UUID]
    node: Node
    _tasks: list[asyncio.Task[None]] = field(default_factory=list)

    def phone(self, seat: str) -> str:
        return endpoint_name(CODE, seat)

    def state(self, seat: str) -> AgentState:
        return self.node.agents.status(self.agents[seat]).state

    async def sign_in(self, *seats: str) -> None:
        """Phones are registered; the seats become ready."""
        for seat in seats:
            plan = self.node.agents.seat(self.agents[seat])
            assert plan is not None
            await until(lambda plan=plan: self.node.agents.is_registered(plan), "registered")
            self.node.agents.fire(self.agents[seat], AgentEvent.SIGN_IN)
            self.node.agents.fire(self.agents[seat], AgentEvent.SET_READY)

    async def nail_up(self, *seats: str) -> None:
        """From now on these seats' phones are nailed up."""
        wanted = [self.agents[seat] for seat in seats]
        with self.database.begin(Scope(self.enterprise)) as session:
            for user in session.scalars(select(User).where(User.id.in_(wanted))):
                user.leg_form = LegForm.NAILED_UP
        await self.node.refresher.refresh()

    async def has_state(self, seat: str, state: AgentState) -> None:
        await until(
            lambda: self.state(seat) is state, f"{seat} is {state}", lambda: self.state(seat)
        )

    def is_waiting(self, number: str) -> bool:
        """Whether who calls from this number waits for the service."""
        waiting = self.node.matcher.waiting_in(self.service)
        calls = (self.node.board.calls[entry.call_id] for entry in waiting)
        return number in {call.customer.national for call in calls}

    async def waits(self, number: str) -> None:
        await until(lambda: self.is_waiting(number), f"{number} waits")

    async def start_node(self) -> None:
        self._tasks = [asyncio.create_task(self.node.run())]
        # The first one speaks all that every enterprise shares.
        is_ready = lambda: self.node.ready or self._tasks[0].done()  # noqa: E731
        await until(is_ready, "the node is ready", within=60)
        if self._tasks[0].done():
            self._tasks[0].result()

    async def stop_node(self) -> None:
        for task in self._tasks:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        # A thread that reads the directory ends; its connection must be back to be closed.
        busy = self.node.database.engine.pool.checkedout
        await until(lambda: busy() == 0, "nobody reads any more")
        await self.node.stop()

    async def replace_node(self) -> None:
        """A new process would begin like this: the journal is all it has."""
        await self.stop_node()
        await self.begin_anew()

    async def begin_anew(self) -> None:
        self.node = Node(self.settings, self.secrets)
        await self.start_node()

    def calls(self) -> list[Call]:
        with self.database.begin(Scope(self.enterprise)) as session:
            return list(session.scalars(select(Call).order_by(Call.started_at)))

    def legs(self) -> list[CallLeg]:
        with self.database.begin(Scope(self.enterprise)) as session:
            return list(session.scalars(select(CallLeg).order_by(CallLeg.started_at)))

    def facts(self) -> list[TelephonyFact]:
        with self.database.begin(Scope(self.enterprise)) as session:
            return list(session.scalars(select(TelephonyFact).order_by(TelephonyFact.position)))

    def intervals(self, seat: str) -> list[AgentInterval]:
        with self.database.begin(Scope(self.enterprise)) as session:
            query = select(AgentInterval).where(AgentInterval.agent_id == self.agents[seat])
            return list(session.scalars(query.order_by(AgentInterval.since)))

    def states(self, seat: str) -> list[str]:
        return [interval.state for interval in self.intervals(seat)]

    async def ended_call(self, count: int = 1) -> Call:
        """The newest of `count` calls, once the ledger has its end."""

        def ended() -> list[Call]:
            return [call for call in self.calls() if call.state == "ended"]

        await until(lambda: len(ended()) >= count, "the ledger has the end", self.calls)
        return ended()[-1]


async def until(
    holds: Callable[[], bool],
    what: str,
    seen: Callable[[], object] = lambda: "",
    within: float = WITHIN,
) -> None:
    """Wait for a condition of this very process's picture; it changes by events only."""
    try:
        async with asyncio.timeout(within):
            while not holds():  # noqa: ASYNC110 (a picture has no event of its own)
                await asyncio.sleep(0.01)
    except TimeoutError:
        raise AssertionError(f"not within {within:g} s: {what}; seen: {seen()}") from None


def seed(database: Database, trunk_port: int) -> tuple[UUID, UUID, dict[str, UUID]]:
    """One enterprise with three seats in a team that serves one number."""
    now, enterprise_id, service_id, team_id, trunk_id = (
        datetime.now(UTC),
        *(new_id() for _ in range(4)),
    )
    agents = {seat: new_id() for seat in SEATS}
    with database.begin(Scope.platform()) as session:
        session.add(
            Enterprise(
                id=enterprise_id, code=CODE, name="青禾家电", area_code="021", created_at=now
            )
        )
        session.add(
            Trunk(
                id=trunk_id,
                name="demo",
                endpoint="trunk-demo",
                host="127.0.0.1",
                port=trunk_port,
                created_at=now,
            )
        )
        session.flush()
        session.add(Team(id=team_id, enterprise_id=enterprise_id, name="售后一组"))
        session.add(
            AgentService(
                id=service_id,
                enterprise_id=enterprise_id,
                name="售后维修",
                ring_seconds=4,
                wrap_up_seconds=2,
                max_wait_seconds=30,
                created_at=now,
            )
        )
        session.add(
            AccessNumber(
                number=NUMBER,
                trunk_id=trunk_id,
                enterprise_id=enterprise_id,
                strategy_kind="agent_service",
                strategy_id=service_id,
                created_at=now,
                updated_at=now,
            )
        )
        session.flush()
        session.add(
            ServiceTeam(enterprise_id=enterprise_id, service_id=service_id, team_id=team_id)
        )
        for seat, user_id in agents.items():
            extension = Extension(
                enterprise_id=enterprise_id, number=seat, kind="desk", secret=SECRET
            )
            session.add(extension)
            session.flush()
            session.add(
                User(
                    id=user_id,
                    enterprise_id=enterprise_id,
                    employee_code=seat,
                    name=f"坐席{seat}",
                    role="agent",
                    extension_id=extension.id,
                    created_at=now,
                )
            )
            session.flush()
            session.add(TeamMember(enterprise_id=enterprise_id, team_id=team_id, user_id=user_id))
    return enterprise_id, service_id, agents


@contextmanager
def delivering(journal: Path, database: Database) -> Iterator[None]:
    """What the process beside telephony does: the journal's facts reach the ledger."""
    delivery = Delivery(DATABASE, journal, to_database(database))
    thread = threading.Thread(target=delivery.run)
    thread.start()
    yield
    delivery.stop()
    thread.join()


@asynccontextmanager
async def running_centre(
    home: Path, services: DataServices, postgres: FreshDatabase, sounds: Path
) -> AsyncIterator[Centre]:
    environ = os.environ | {
        "CALLCENTER_HOME": str(home),
        "CALLCENTER_DATABASE_URL": postgres.owner_url,
        "CALLCENTER_DEMO_TRUNK_PORT": str(free_port()),
    }
    (home / "run").mkdir(parents=True)
    (home / "prompts").symlink_to(sounds / "spoken")
    settings = replace(settle_ports(environ), redis=services.settings.redis)
    # The upper part of the range is the public network's.
    rtp_end = settings.asterisk.rtp_end
    settings = replace(settings, asterisk=replace(settings.asterisk, rtp_end=rtp_end - 401))
    secrets = services.secrets
    database = Database(postgres.app_url, pool_size=2)
    enterprise, service, agents = seed(database, settings.demo.trunk_port)
    model = load_model(settings, secrets, load_directory(database))
    write(model.folders.etc, render(model))
    make_folders(model.folders.home)
    for name in ("prompts", "moh"):
        (model.folders.home / name).symlink_to(sounds / name)
    asterisk = AsteriskProcess(
        settings.asterisk.binary, model.folders.home, settings.asterisk.ami_port
    )
    network = PublicNetwork(
        home / "network",
        settings.demo.trunk_port,
        free_port(),
        (rtp_end - 400, rtp_end),
        (settings.asterisk.host, settings.asterisk.sip_port),
        [Phone(endpoint_name(CODE, seat), SECRET) for seat in SEATS],
    )
    (home / "network").mkdir()
    (home / "network" / "speech").symlink_to(sounds / "speech")
    node = Node(settings, secrets)
    centre = Centre(
        settings, secrets, database, network, asterisk, enterprise, service, agents, node
    )
    async with AsyncExitStack() as stack:
        stack.push_async_exit(network)
        async with asyncio.TaskGroup() as group:
            # Side by side: its phones register a second after its boot.
            group.create_task(network.__aenter__())
            await stack.enter_async_context(asterisk)
            await centre.start_node()
            stack.push_async_callback(centre.stop_node)
        stack.enter_context(delivering(settings.paths.journal, database))
        yield centre
    database.dispose()
