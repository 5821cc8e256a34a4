"""What flows read of the customer who calls, from the database and without waiting for it long."""

import asyncio
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

import structlog

from callcenter.core.db import Database
from callcenter.core.tenant import Scope
from callcenter.objects.service import Callers
from callcenter.telephony.live import LiveCall
from ivr.customers import asks, fields_in, variables
from ivr.expressions import Value
from ivr.model import Flow

log = structlog.get_logger()

WITHIN = 1.0
"""Seconds; then the caller goes on as somebody unknown."""


class FlowCustomers:
    def __init__(self, database: Database, callers: Callers) -> None:
        self._database = database
        self._callers = callers
        # Threads of its own, fewer than there are connections: while the database stalls these
        # wait, and whoever else needs it has a connection, or waits for the same reason.
        self._threads = ThreadPoolExecutor(2, thread_name_prefix="flow-customers")

    async def of(self, flow: Flow, call: LiveCall) -> Mapping[str, Value]:
        """Never raises: a caller whose record cannot be read is led on all the same."""
        if not asks(flow):
            return {}
        reading = asyncio.get_running_loop().run_in_executor(self._threads, self._read, flow, call)
        try:
            return await asyncio.wait_for(reading, WITHIN)
        except TimeoutError:
            log.warning("ivr.customer_overdue", call_id=str(call.id))
        except Exception:
            log.exception("ivr.customer_unread", call_id=str(call.id))
        return {}

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _read(self, flow: Flow, call: LiveCall) -> Mapping[str, Value]:
        with self._database.begin(Scope(call.enterprise_id)) as session:
            return variables(self._callers.known(session, call.customer, fields_in(flow)))
