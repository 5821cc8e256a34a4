"""What routing services are told of calls, queues and schedules; and no other enterprise's."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from callcenter.acd.queue import Matcher, Waiting
from callcenter.core.clock import ManualClock
from callcenter.core.numbers import parse_number
from callcenter.routing.deciding import Decision, Told
from callcenter.routing.rules import Needs, TargetKind, needs_of, read_rules
from callcenter.routing.service import RoutePlan, RoutingPlan, ServicePlan
from callcenter.schedules.hours import Hours, read_period
from callcenter.schedules.service import SchedulePlan
from callcenter.telephony.directory import Directory
from callcenter.telephony.live import Direction, LiveCall
from callcenter.telephony.router import Router

NOW = datetime(2026, 11, 24, 2, tzinfo=UTC)
OURS, THEIRS, ROUTE, SERVICE, SCHEDULE, AGENT = (UUID(int=number) for number in range(1, 7))
YES, NO = {"kind": "message", "say": {"en": "x", "zh-CN": "x"}}, {"kind": "hang_up"}
OFFICE = (read_period("09:00", "18:00"),)
CALL = LiveCall(
    UUID(int=99), OURS, Direction.INBOUND, NOW, parse_number("13800000001"), "02160000001"
)


class Reader:
    """Remembers what it was asked for."""

    def __init__(self) -> None:
        self.asked: list[Needs] = []

    async def told(self, _call: LiveCall, needs: Needs) -> Told:
        self.asked.append(needs)
        return Told(records=1, fields={"level": "gold"})


class Office:
    """One routing service of one rule."""

    def __init__(self, *tests: dict[str, Any], target: dict[str, Any] = YES) -> None:
        rules = read_rules(
            {"rules": [{"name": "r", "tests": [*tests], "target": target}], "otherwise": NO}
        )
        self.matcher, self.reader = Matcher(), Reader()
        service = ServicePlan(
            SERVICE, OURS, "s", 5, 20, 30, 600, 200, 80, 20, 5, "ready", frozenset({AGENT})
        )
        schedule = SchedulePlan(OURS, "h", Hours(ZoneInfo("Asia/Shanghai"), (OFFICE,) * 7))
        self.plan = RoutingPlan(
            {}, {}, {}, {SERVICE: service}, {ROUTE: RoutePlan(OURS, "r", rules, needs_of(rules))},
            {SCHEDULE: schedule},
        )  # fmt: skip
        self.matcher.set_members({SERVICE: [AGENT]})
        self.agents: Any = SimpleNamespace(directory=Directory(plan=self.plan))
        self.outside: Counter[tuple[UUID, str]] = Counter()
        counting: Any = SimpleNamespace(count=lambda *where: self.outside[where])
        self.router = Router(
            ManualClock(NOW), self.agents, self.matcher, self.reader, counting,
        )  # fmt: skip

    async def decided(self, call: LiveCall = CALL, **entered: str) -> Decision | None:
        return await self.router.decide(call, ROUTE, entered)


def holds(decision: Decision | None) -> bool:
    assert decision is not None
    return decision.target.kind is TargetKind.MESSAGE


async def test_another_enterprises_service_leads_nowhere() -> None:
    assert await Office().decided(replace(CALL, enterprise_id=THEIRS)) is None


async def test_a_service_that_is_gone_leads_nowhere() -> None:
    office = Office()
    assert await office.router.decide(CALL, UUID(int=77), {}) is None
    office.agents.directory = Directory()
    assert await office.decided() is None


async def test_the_schedule_is_asked_as_it_is_now_and_not_another_enterprises() -> None:
    asked = {"kind": "schedule", "id": str(SCHEDULE)}
    assert holds(await Office(asked).decided())
    office = Office(asked)
    theirs = replace(office.plan.schedules[SCHEDULE], enterprise_id=THEIRS)
    office.agents.directory = Directory(plan=replace(office.plan, schedules={SCHEDULE: theirs}))
    assert not holds(await office.decided())


@pytest.mark.parametrize(
    ("measure", "bound"), [("waiting", "2"), ("longest_wait", "90"), ("ready", "1")]
)
async def test_the_load_of_a_queue_is_what_waits_and_who_is_ready(measure: str, bound: str) -> None:
    asked = {"kind": "load", "id": str(SERVICE), "measure": measure, "at_least": bound}
    office = Office(asked)
    assert not holds(await office.decided())
    for number, waited in ((1, 90), (2, 30)):
        since = NOW - timedelta(seconds=waited)
        office.matcher.add(Waiting(UUID(int=200 + number), SERVICE, number, since))
    office.matcher.set_ready(AGENT, NOW)
    assert holds(await office.decided())


async def test_a_record_is_read_only_where_a_rule_asks_for_it() -> None:
    plain = Office({"kind": "share", "percent": 99})
    await plain.decided()
    assert plain.reader.asked == []
    field = Office({"kind": "field", "name": "level", "values": ["gold"]})
    assert holds(await field.decided())
    assert [needs.fields for needs in field.reader.asked] == [{"level"}]


async def test_what_was_entered_is_asked() -> None:
    office = Office({"kind": "entered", "name": "code", "values": ["42"]})
    assert holds(await office.decided(code="42"))
    assert not holds(await office.decided(code="43"))


async def test_a_number_with_all_the_calls_it_may_have_leaves_the_call_to_the_next_rule() -> None:
    office = Office(target={"kind": "number", "number": "0211", "at_once": 1})
    office.outside[OURS, "0211"] = 1
    full = await office.decided()
    office.outside[OURS, "0211"], office.outside[THEIRS, "0211"] = 0, 1
    free = await office.decided()
    assert full is not None
    assert free is not None
    assert (full.place, free.place) == (None, 0)
