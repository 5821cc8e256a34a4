"""IVR channels: how many callers are in flows at once, of an enterprise and of each of its numbers."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

import structlog

from callcenter.routing.rules import Target
from callcenter.telephony.agents import Agents
from callcenter.telephony.live import LiveCall
from callcenter.telephony.outlet import Rooms, queues_room
from callcenter.tenancy.service import NumberPlan

log = structlog.get_logger()

OPTION = "ivr_channels"
"""The enterprise's limit, 0 for none."""

KEY = "ivr"


class IvrChannels:
    """Of this node; a caller holds one while a flow speaks with them, and no longer."""

    def __init__(self, agents: Agents, rooms: Rooms) -> None:
        self._agents = agents
        self._rooms = rooms
        self._used: dict[UUID, Counter[str]] = {}

    @contextmanager
    def taken(self, call: LiveCall) -> Iterator[bool]:
        """Whether there was one for this call; it is given back at the end."""
        if self._is_full(call):
            log.info("ivr.full", call_id=str(call.id), number=call.access_number)
            yield False
            return
        used = self._used.setdefault(call.enterprise_id, Counter())
        number = call.access_number
        used[number] += 1
        self.show(call.enterprise_id)
        try:
            yield True
        finally:
            used[number] -= 1
            if not used[number]:
                del used[number]
            self.show(call.enterprise_id)

    def overflow(self, call: LiveCall) -> Target | None:
        """Where goes who finds none; None: the busy message."""
        number = self._number(call.access_number)
        return number.ivr_overflow if number else None

    def show_all(self) -> None:
        """Limits may have changed."""
        plan = self._agents.directory.plan
        for enterprise_id in plan.enterprises if plan else ():
            self.show(enterprise_id)

    def show(self, enterprise_id: UUID) -> None:
        plan = self._agents.directory.plan
        used = self._used.get(enterprise_id, Counter())
        limited = {
            number.number: number.ivr_channels
            for number in (plan.numbers_of(enterprise_id) if plan else ())
            if number.ivr_channels is not None
        }
        numbers = [
            {"number": number, "used": used[number], "channels": limited.get(number)}
            for number in sorted({*used, *limited})
        ]
        value = {
            "used": used.total(),
            "channels": self._limit(enterprise_id) or None,
            "numbers": numbers,
        }
        self._rooms.set(queues_room(enterprise_id), KEY, value)

    def _is_full(self, call: LiveCall) -> bool:
        used = self._used.get(call.enterprise_id, Counter[str]())
        limit = self._limit(call.enterprise_id)
        if limit and used.total() >= limit:
            return True
        number = self._number(call.access_number)
        own = number.ivr_channels if number else None
        return own is not None and used[call.access_number] >= own

    def _limit(self, enterprise_id: UUID) -> int:
        plan = self._agents.directory.plan
        enterprise = plan.enterprises.get(enterprise_id) if plan else None
        return int(enterprise.options.get(OPTION) or 0) if enterprise else 0

    def _number(self, number: str) -> NumberPlan | None:
        plan = self._agents.directory.plan
        return plan.numbers.get(number) if plan else None
