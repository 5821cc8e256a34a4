"""What flows and routes read of who calls, from the database and without waiting for it long."""

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TypeVar
from uuid import UUID

import structlog
from sqlalchemy.orm import Session

from callcenter.calls.service import last_agent
from callcenter.core.clock import Clock
from callcenter.core.db import Database
from callcenter.core.tenant import Scope
from callcenter.objects.service import Callers
from callcenter.routing.deciding import Told
from callcenter.routing.matching import priority
from callcenter.routing.rules import Needs
from callcenter.routing.service import CallerFacts, ServicePlan
from callcenter.telephony.claiming import Claim
from callcenter.telephony.live import LiveCall
from ivr.customers import asks, fields_in, variables
from ivr.expressions import Value
from ivr.model import Flow

log = structlog.get_logger()

WITHIN = 1.0
"""Seconds; then the caller goes on as somebody unknown."""

Read = TypeVar("Read")


class CallerReading:
    """One use of the database for a call under way, in the call's enterprise."""

    def __init__(self, database: Database, name: str = "caller-reading") -> None:
        self._database = database
        # Threads of its own, fewer than there are connections: while the database stalls these
        # wait, and whoever else needs it has a connection, or waits for the same reason.
        self._threads = ThreadPoolExecutor(2, thread_name_prefix=name)

    async def use(self, call: LiveCall, work: Callable[[Session], Read]) -> Read:
        """In a transaction; raises what it raises. What waits for a thread when it is cancelled is not done."""

        def in_scope() -> Read:
            with self._database.begin(Scope(call.enterprise_id)) as session:
                return work(session)

        return await asyncio.get_running_loop().run_in_executor(self._threads, in_scope)

    async def read(self, call: LiveCall, read: Callable[[Session], Read], unread: Read) -> Read:
        """Never raises: a caller whose record cannot be read is led on all the same."""
        try:
            return await asyncio.wait_for(self.use(call, read), WITHIN)
        except TimeoutError:
            log.warning("caller.overdue", call_id=str(call.id))
        except Exception:
            log.exception("caller.unread", call_id=str(call.id))
        return unread

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)


class FlowCustomers:
    def __init__(self, reading: CallerReading, callers: Callers) -> None:
        self._reading = reading
        self._callers = callers

    async def of(self, flow: Flow, call: LiveCall) -> Mapping[str, Value]:
        """Never raises."""
        if not asks(flow):
            return {}

        def read(session: Session) -> Mapping[str, Value]:
            return variables(self._callers.known(session, call.customer, fields_in(flow)))

        return await self._reading.read(call, read, {})


class RouteCallers:
    """`callcenter.telephony.router.CallerReader` over the database."""

    def __init__(self, reading: CallerReading, facts: CallerFacts) -> None:
        self._reading = reading
        self._facts = facts

    async def told(self, call: LiveCall, needs: Needs) -> Told:
        def read(session: Session) -> Told:
            return self._facts.told(session, call.customer, needs)

        return await self._reading.read(call, read, Told())


class QueueClaims:
    """`callcenter.telephony.claiming.Claims` over the database; asked only where a service wants it."""

    def __init__(
        self, reading: CallerReading, facts: CallerFacts, callers: Callers, clock: Clock
    ) -> None:
        self._reading = reading
        self._facts = facts
        self._callers = callers
        self._clock = clock

    async def of(self, call: LiveCall, service: ServicePlan) -> Claim:
        matching = service.matching

        def claim(told: Told, prefer: tuple[UUID, ...] = ()) -> Claim:
            own = priority(service.priority, matching, call.access_number, told)
            return Claim(own, prefer)

        def read(session: Session) -> Claim:
            told = self._facts.told(session, call.customer, matching.needs)
            return claim(told, self._prefer(session, call, service))

        asks = matching.needs or matching.last_agent_days or matching.owner_field
        if not asks or not call.customer.value:
            return claim(Told())
        return await self._reading.read(call, read, claim(Told()))

    def _prefer(self, session: Session, call: LiveCall, service: ServicePlan) -> tuple[UUID, ...]:
        """The last agent, then the owner, as far as they serve the service."""
        own = service.matching
        found: list[UUID | None] = []
        if own.last_agent_days:
            since = self._clock.now() - timedelta(days=own.last_agent_days)
            found.append(last_agent(session, call.customer, since, call.id))
        if own.owner_field:
            found.append(self._callers.owner(session, call.customer, own.owner_field))
        return tuple(
            dict.fromkeys(one for one in found if one is not None and one in service.members)
        )
