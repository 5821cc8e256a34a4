"""Who hangs up within another flow has left the node that led there as well."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from callcenter.core.clock import ManualClock
from callcenter.processes.telephony.watching import CallWatch
from ivr.effects import Gone, Started
from ivr.engine import State, step
from ivr.runner import Taken, Visit
from ivr.validation import read
from tests.unit.ivr.conftest import AGENTS, BYE, definition, menu, node
from tests.unit.processes.test_flows import INNER, OUTER, a_call

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)


class Counted:
    def __init__(self) -> None:
        self.ways: list[tuple[str, str, str]] = []

    def add(self, _enterprise_id: UUID, visit: Visit) -> None:
        self.ways.append((visit.service, visit.node, visit.exit))


class Rooms:
    def set(self, room: str, key: str, value: dict[str, Any] | None) -> None:
        pass


def test_who_hangs_up_within_a_flow_is_gone_at_each_node_around_it() -> None:
    inner = read(definition(menu(), AGENTS, BYE), service=str(INNER))
    leads = node("in", "flow", {"service": str(INNER)}, next="bye", failed="bye")
    outer = read(definition(leads, BYE), service=str(OUTER))
    flow, counted = replace(outer, flows={str(INNER): inner}), Counted()
    watch = CallWatch(ManualClock(NOW), Rooms(), counted, flow, a_call())  # type: ignore[arg-type]
    state = State()
    for event in (Started(), Gone()):
        before = state
        state, effects = step(flow, before, event, NOW)
        watch.stepped(Taken(flow, before, event, state, effects))
    assert counted.ways == [(str(INNER), "menu", "gone"), (str(OUTER), "in", "gone")]
