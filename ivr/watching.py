"""What becomes of callers in a flow: how many took each way, and who is in it now."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from callcenter.core.clock import Clock
from callcenter.core.directory import Directory
from callcenter.core.errors import Invalid
from callcenter.core.gateway import Rooms
from ivr import queries
from ivr.counting import counted

DAYS = 7
_MOST_DAYS = 400

RoomOf = Callable[[UUID, UUID], str]
"""(the enterprise's id, the service's id) → the room of the calls in its flow."""


class Watching:
    def __init__(
        self,
        clock: Clock,
        directory: Directory,
        rooms: Rooms,
        room_of: RoomOf,
        takes_room: Callable[[UUID], str],
    ) -> None:
        """takes_room: of an enterprise, where its recordings by phone are shown."""
        self._clock = clock
        self._directory = directory
        self._rooms = rooms
        self._room_of = room_of
        self._takes_room = takes_room

    def counters(
        self,
        session: Session,
        service_id: UUID,
        version: int | None = None,
        first: date | None = None,
        last: date | None = None,
    ) -> dict[str, Any]:
        """Days of the enterprise; the last seven where none is given. Raises NotFound, Invalid."""
        zone = self._directory.enterprise(session).zone
        last = last or self._clock.now().astimezone(zone).date()
        first = first or max(last, date.min + timedelta(days=DAYS)) - timedelta(days=DAYS - 1)
        if not timedelta(0) <= last - first <= timedelta(days=_MOST_DAYS):
            raise Invalid(fields={"from": ["validation.period"]})
        return counted(session, service_id, version, first, last)

    def calls(self, session: Session, service_id: UUID) -> dict[str, Any]:
        """The longest there first. Raises NotFound, TelephonyUnavailable."""
        service = queries.service(session, service_id)
        return self._shown(self._room_of(service.enterprise_id, service_id), "call:")

    def trials(self, session: Session, service_id: UUID) -> dict[str, Any]:
        """As `calls`, those by which its draft is being tried."""
        service = queries.service(session, service_id)
        return self._shown(self._room_of(service.enterprise_id, service_id), "trial:")

    def takes(self, enterprise_id: UUID) -> dict[str, Any]:
        """Prompts that are being recorded by phone. Raises TelephonyUnavailable."""
        return self._shown(self._takes_room(enterprise_id), "take:")

    def _shown(self, room: str, kind: str) -> dict[str, Any]:
        """kind: what the keys of the room begin with."""
        found = [value for key, value in self._rooms.read(room).items() if key.startswith(kind)]
        return {"room": room, "items": sorted(found, key=lambda each: str(each["since"]))}
