"""Calls in flows as they go: shown in the flow's room, and counted a way at a time."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy.exc import SQLAlchemyError

from callcenter.core.clock import Clock
from callcenter.core.db import Database
from callcenter.core.tenant import Scope
from callcenter.telephony.live import LiveCall
from callcenter.telephony.outlet import Rooms, flow_room
from ivr.counting import Way, add_up
from ivr.engine import outer_places
from ivr.model import Flow
from ivr.runner import Taken, Visit

log = structlog.get_logger()

GONE = "gone"
"""The exit of whoever hung up at a node."""

FLUSH_SECONDS = 5.0
_SHOWN = 200
"""Visits of a call that are shown: as many as it can have nodes."""

Counts = Mapping[UUID, Mapping[Way, int]]


class FlowCounts:
    """Ways taken since they were last written, by enterprise."""

    def __init__(self, database: Database, zone: Callable[[UUID], ZoneInfo]) -> None:
        self._database = database
        self._zone = zone
        self._counts: dict[UUID, Counter[Way]] = {}

    def add(self, enterprise_id: UUID, visit: Visit) -> None:
        if not visit.service:
            return
        day = visit.at.astimezone(self._zone(enterprise_id)).date()
        way = Way(UUID(visit.service), visit.version, day, visit.node, visit.exit)
        self._counts.setdefault(enterprise_id, Counter())[way] += 1

    async def run(self) -> None:
        while True:
            await asyncio.sleep(FLUSH_SECONDS)
            await self.flush()

    async def flush(self) -> None:
        """Never raises: what could not be written is written with what comes next."""
        counts, self._counts = self._counts, {}
        for enterprise_id, ways in counts.items():
            try:
                await asyncio.to_thread(self._write, enterprise_id, ways)
            except (SQLAlchemyError, OSError) as error:
                log.warning("ivr.not_counted", reason=repr(error)[:200])
                self._counts.setdefault(enterprise_id, Counter()).update(ways)

    def _write(self, enterprise_id: UUID, ways: Mapping[Way, int]) -> None:
        with self._database.begin(Scope(enterprise_id)) as session:
            add_up(session, ways)


class FlowWatch:
    def __init__(self, clock: Clock, rooms: Rooms, counts: FlowCounts) -> None:
        self._clock = clock
        self._rooms = rooms
        self._counts = counts

    def of(self, flow: Flow, call: LiveCall) -> "CallWatch":
        return CallWatch(self._clock, self._rooms, self._counts, flow, call)


class CallWatch:
    """`ivr.runner.Watcher` of one call."""

    def __init__(
        self, clock: Clock, rooms: Rooms, counts: FlowCounts, flow: Flow, call: LiveCall
    ) -> None:
        self._clock = clock
        self._rooms = rooms
        self._counts = counts
        self._call = call
        self._version = flow.version
        self._room = flow_room(call.enterprise_id, UUID(flow.service))
        self._since = clock.now()
        self._path: list[dict[str, str]] = []

    def stepped(self, taken: Taken) -> None:
        now = self._clock.now()
        for visit in taken.left or _hung_up(taken, now):
            self._counts.add(self._call.enterprise_id, visit)
            self._path.append({"service": visit.service, "node": visit.node, "exit": visit.exit})
        if not taken.state.ended:
            self._show(taken.here, taken.state.node, now)

    def close(self) -> None:
        self._rooms.set(self._room, f"call:{self._call.id}", None)

    def _show(self, flow: Flow, node: str, now: datetime) -> None:
        value = {
            "id": str(self._call.id),
            "number": self._call.customer.mask(),
            "version": self._version,
            "since": _text(self._since),
            "service": flow.service,
            "node": node,
            "entered_at": _text(now),
            "path": self._path[-_SHOWN:],
        }
        self._rooms.set(self._room, f"call:{self._call.id}", value)


def _hung_up(taken: Taken, now: datetime) -> Iterator[Visit]:
    """A step that ends the flow without leaving a node is that of a caller who is gone."""
    if not taken.state.ended or not taken.state.node:
        return
    places = ((taken.here, taken.state.node), *outer_places(taken.flow, taken.state))
    for flow, node in places:
        yield Visit(node, GONE, now, flow.service, flow.version)


def _text(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")
