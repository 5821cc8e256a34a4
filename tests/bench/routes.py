"""How long a routing service takes to say where a call goes, from memory and from the database.

cached  FIFTY rules that ask schedules, beginnings of numbers, loads and shares; the last one holds
cold    a list, the customer's record and open work orders, of another caller each time
"""

import asyncio
import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import psycopg
from sqlalchemy import event, make_url

import callcenter.migrations.schema  # noqa: F401 - every table: foreign keys go by name
from callcenter.acd.queue import Matcher, Waiting
from callcenter.configuration.schemas import STANDARD
from callcenter.core.addresses import app_url, owner_url
from callcenter.core.clock import SystemClock
from callcenter.core.db import Database
from callcenter.core.ids import new_id
from callcenter.core.numbers import parse_number
from callcenter.core.tenant import Scope
from callcenter.objects.service import Callers, Definitions, NewRow, Records
from callcenter.objects.tasks import Publisher, owner_engine
from callcenter.processes.configuring import set_installer
from callcenter.processes.directory import SqlDirectory
from callcenter.processes.first import ensure_platform
from callcenter.processes.means import means
from callcenter.processes.telephony.customers import CallerReading, RouteCallers
from callcenter.routing.models import CallerList, ListedCaller
from callcenter.routing.rules import needs_of, read_rules
from callcenter.routing.service import CallerFacts, RoutePlan, RoutingPlan, ServicePlan
from callcenter.schedules.hours import Hours, Special, read_period
from callcenter.schedules.service import SchedulePlan
from callcenter.telephony.directory import Directory
from callcenter.telephony.live import Direction, LiveCall
from callcenter.telephony.router import Router
from callcenter.tenancy.models import Enterprise
from tests.bench.samples import Raw, made
from tests.support.databases import DataServices, data_services, migrate

CODE = "100001"
RULES, DECISIONS, QUEUED, CUSTOMERS, LISTED, CALLERS = 50, 20_000, 1_000, 2_000, 10_000, 2_000
ENTERPRISE, SERVICE, SCHEDULE, ROUTE = (UUID(int=number) for number in range(1, 5))
HANG_UP = {"kind": "hang_up"}
NOW = datetime(2026, 11, 24, 2, tzinfo=UTC)


def run(number: int) -> Raw:
    with ExitStack() as stack:
        services = stack.enter_context(data_services({}))
        migrate(services)
        cold, bare = asyncio.run(_cold(services))
    samples = {"cached_ms": asyncio.run(_cached()), "cold_ms": cold, "bare_ms": bare}
    notes = {"rules": RULES, "queued": QUEUED, "customers": CUSTOMERS, "listed": LISTED}
    return made("routes", number, samples, notes)


async def _cached() -> list[float]:
    """Milliseconds of each decision."""
    router = _router(_rules(), needing=None)
    numbers = (f"139{number:08d}" for number in range(DECISIONS))
    return [await _decided(router, number, ENTERPRISE) for number in numbers]


async def _cold(services: DataServices) -> tuple[list[float], list[float]]:
    """Milliseconds of each decision, and of its statements in bare psycopg."""
    database = Database(app_url(services.settings, services.secrets), pool_size=3)
    enterprise, callers = _filled(services, database)
    tests = [
        {"kind": "list", "id": str(callers)},
        {"kind": "work_orders", "at_least": "5"},
        {"kind": "field", "name": "level", "values": ["nobody"]},
    ]
    rules = {"rules": [_rule(each) for each in tests], "otherwise": HANG_UP}
    reading = CallerReading(database)
    reader = RouteCallers(reading, CallerFacts(Callers(SqlDirectory(), Definitions())))
    router = _router(rules, needing=reader, enterprise=enterprise)
    await _decided(router, _number(0), enterprise)  # definitions are read once
    statements: list[tuple[str, Any]] = []

    def hear(_c: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        statements.append((statement, parameters))

    event.listen(database.engine, "before_cursor_execute", hear)
    numbers = (_number(place * 7 % CUSTOMERS) for place in range(CALLERS))
    samples = [await _decided(router, number, enterprise) for number in numbers]
    reading.close()
    database.dispose()
    return samples, _bare(services, statements)


async def _decided(router: Router, number: str, enterprise: UUID) -> float:
    call = LiveCall(
        id=new_id(), enterprise_id=enterprise, direction=Direction.INBOUND, started_at=NOW,
        customer=parse_number(number), access_number="02160000001",
    )  # fmt: skip
    began = time.perf_counter_ns()
    decision = await router.decide(call, ROUTE, {})
    took = (time.perf_counter_ns() - began) / 1e6
    assert decision is not None
    return took


def _router(rules: dict[str, Any], *, needing: Any, enterprise: UUID = ENTERPRISE) -> Router:
    read = read_rules(rules)
    office = (read_period("09:00", "12:00"), read_period("13:30", "18:00"))
    special = [
        Special(day, day, "x")
        for day in (date(2027, 1, 1) + timedelta(days=number) for number in range(100))
    ]
    hours = Hours(ZoneInfo("Asia/Shanghai"), (office,) * 7, special)
    service = ServicePlan(
        SERVICE, enterprise, "s", 5, 20, 30, 600, 200, 80, 20, 5, "ready", frozenset()
    )
    plan = RoutingPlan(
        {}, {}, {}, {SERVICE: service}, {ROUTE: RoutePlan(enterprise, "r", read, needs_of(read))},
        {SCHEDULE: SchedulePlan(enterprise, "h", hours)},
    )  # fmt: skip
    matcher = Matcher()
    for number in range(QUEUED):
        since = NOW + timedelta(seconds=number)
        matcher.add(Waiting(UUID(int=1_000 + number), SERVICE, 5, since))
    agents: Any = SimpleNamespace(directory=Directory(plan=plan))
    nobody: Any = SimpleNamespace(count=lambda *_: 0)
    return Router(SystemClock(), agents, matcher, needing, nobody)


def _rule(*tests: dict[str, Any]) -> dict[str, Any]:
    return {"name": "r", "tests": [*tests], "target": HANG_UP}


def _rules() -> dict[str, Any]:
    beginnings = [f"0{number}" for number in range(311, 331)]
    asked = (
        {"kind": "schedule", "id": str(SCHEDULE)},
        {"kind": "share", "percent": 99},
        {"kind": "load", "id": str(SERVICE), "measure": "waiting", "at_least": "1"},
        {"kind": "caller", "values": beginnings},
    )
    return {"rules": [_rule(*asked)] * (RULES - 1) + [_rule()], "otherwise": HANG_UP}


def _number(place: int) -> str:
    return f"138{place:08d}"


def _filled(services: DataServices, database: Database) -> tuple[UUID, UUID]:
    """An enterprise with customers, an open work order each, and a list of every other one."""
    clock, enterprise, listed = SystemClock(), new_id(), new_id()
    publisher = Publisher(owner_engine(owner_url(services.settings, services.secrets)), clock)
    with database.begin(Scope.platform()) as session:
        ensure_platform(session, clock)
        session.add(
            Enterprise(id=enterprise, code=CODE, name=CODE, area_code="021", created_at=clock.now())
        )
    with database.begin(Scope(enterprise)) as session:
        set_installer(publisher, clock).install(session, enterprise, CODE, STANDARD)
    records = Records(means(clock))
    with database.begin(Scope(enterprise)) as session:
        customers = (
            NewRow({"name": f"客户{place}", "phone": _number(place)}, clock.now())
            for place in range(CUSTOMERS)
        )
        ids = records.load(session, "customer", [*customers])
        orders = (NewRow(_order(customer), clock.now()) for customer in ids)
        records.load(session, "work_order", [*orders])
        session.add(CallerList(id=listed, name="important", created_at=clock.now()))
        session.flush()
        session.add_all(_listed(listed, clock.now()))
    with psycopg.connect(_dsn(services, owner=True), autocommit=True) as connection:
        connection.execute("VACUUM (ANALYZE)")
    return enterprise, listed


def _listed(listed: UUID, now: datetime) -> Iterator[ListedCaller]:
    for place in range(LISTED):
        number = str(parse_number(f"137{place:08d}"))
        yield ListedCaller(list_id=listed, number=number, note="", added_at=now)


def _order(customer: UUID) -> dict[str, Any]:
    return {
        "customer": str(customer),
        "business_type": "consult_use",
        "product": "other",
        "urgency": "normal",
        "description": "x",
    }


def _dsn(services: DataServices, *, owner: bool = False) -> str:
    url = (owner_url if owner else app_url)(services.settings, services.secrets)
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


def _bare(services: DataServices, statements: list[tuple[str, Any]]) -> list[float]:
    """What the product said for one caller, from one setting of the scope to the next."""
    samples: list[float] = []
    with psycopg.connect(_dsn(services)) as connection, connection.cursor() as cursor:
        spent = 0.0
        for statement, parameters in statements:
            if "set_config" in statement and spent:
                samples.append(spent)
                connection.rollback()
                spent = 0.0
            began = time.perf_counter_ns()
            cursor.execute(statement, parameters)
            cursor.fetchall()
            spent += (time.perf_counter_ns() - began) / 1e6
    return samples
