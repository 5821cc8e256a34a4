"""Real calls are led by the rules of a routing service, and each decision stands in the ledger."""

import asyncio
import time
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Engine, update

from callcenter.acd.agent import AgentState
from callcenter.core.clock import SystemClock
from callcenter.core.ids import new_id
from callcenter.core.numbers import parse_number
from callcenter.core.tenant import Scope
from callcenter.processes.telephony.customers import WITHIN
from callcenter.routing.models import CallerList, Conference, ListedCaller, RoutingService
from callcenter.schedules.models import Schedule
from callcenter.tenancy.models import AccessNumber
from tests.integration.telephony.node.flows import lead_through
from tests.integration.telephony.node.test_flows import node_of
from tests.integration.telephony.sound import loudness
from tests.support.callers import enters, recording
from tests.support.centre import NUMBER, Centre, until

pytestmark = pytest.mark.integration

VIP, STRANGER = "13800000001", "13800000002"
BUSY, ANSWERS = "13911110020", "13911110000"
"""As the last two digits have it, see deploy/lab/publicnet.py."""
CLOSED = {
    "kind": "message",
    "say": {"zh-CN": "现在是休息时间，请稍后再来电。", "en": "We are closed."},
}
LOUD, DECLINED = 100, 21
"""Of somebody who speaks; silence has none."""
NEVER = {day: [] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}

ALWAYS = {day: [{"begins": "00:00", "ends": "24:00"}] for day in NEVER}

Lead = Callable[..., Any]


@pytest.fixture
def keep(centre: Centre) -> Lead:
    """Keeps a row of the centre's enterprise; its id."""

    def kept(row: Any) -> Any:
        with centre.database.begin(Scope(centre.enterprise)) as session:
            row.id = new_id()
            session.add(row)
            session.flush()
            return row.id

    return kept


@pytest.fixture
async def lead(centre: Centre, keep: Lead) -> Lead:
    """Leads the access number by rules from now on."""

    async def led(*rules: dict[str, Any], otherwise: dict[str, Any]) -> None:
        route = keep(a_route(*rules, otherwise=otherwise))
        with centre.database.begin(Scope.platform()) as session:
            leads = update(AccessNumber).where(AccessNumber.number == NUMBER)
            session.execute(leads.values(strategy_kind="routing_service", strategy_id=route))
        await centre.node.refresher.refresh()

    return led


def a_route(*rules: dict[str, Any], otherwise: dict[str, Any]) -> RoutingService:
    document = {"rules": [*rules], "otherwise": otherwise}
    return RoutingService(name=str(new_id()), document=document, created_at=SystemClock().now())


def a_schedule(week: dict[str, Any]) -> Schedule:
    return Schedule(
        name="hours", week=week, days=[], workday_as="mon", follows_holidays=False, time_zone=None,
        emergency=None, created_at=SystemClock().now(),
    )  # fmt: skip


def asking_for_a_code(schedule: object, route: object) -> dict[str, Any]:
    """While the schedule is open a code is asked for, and the rules go by it."""
    entry = {"prompts": [{"text": {"zh-CN": "请输入密码"}}], "variable": "code", "maximum": 2}
    ways = {"open": "code", "closed": "bye", "unknown": "bye"}
    return {
        "start": "hours",
        "languages": ["zh-CN"],
        "nodes": [
            {"id": "hours", "kind": "schedule", "settings": {"schedule": str(schedule)},
             "exits": ways},
            {"id": "code", "kind": "collect", "settings": entry,
             "exits": {"collected": "route", "timeout": "bye", "invalid": "bye"}},
            {"id": "route", "kind": "transfer",
             "settings": {"kind": "routing", "target": str(route)}, "exits": {}},
            {"id": "bye", "kind": "hang_up", "settings": {}, "exits": {}},
        ],
    }  # fmt: skip


def rule(target: dict[str, Any], *tests: dict[str, Any]) -> dict[str, Any]:
    return {"name": "r", "tests": [*tests], "target": target}


def routed(centre: Centre, number: str) -> list[tuple[str, Any]]:
    """Of the calls with a number: targets and the places of the rules that decided, in order."""
    wanted = str(parse_number(number))
    ids = {call.id for call in centre.calls() if call.customer_number == wanted}
    facts = (fact for fact in centre.facts() if fact.type == "call.routed")
    return [(f.data["target"], f.data.get("rule")) for f in facts if f.call_id in ids]


async def test_an_important_caller_reaches_an_agent_and_others_hear_that_it_is_closed(
    centre: Centre, keep: Lead, lead: Lead
) -> None:
    now = SystemClock().now()
    important = keep(CallerList(name="important", created_at=now))
    with centre.database.begin(Scope(centre.enterprise)) as session:
        number = str(parse_number(VIP))
        session.add(ListedCaller(list_id=important, number=number, note="", added_at=now))
    shut = keep(a_schedule(NEVER))
    await lead(
        rule({"kind": "agent_service", "id": str(centre.service)},
             {"kind": "list", "id": str(important)}),
        rule(CLOSED, {"kind": "schedule", "id": str(shut), "negated": True}),
        otherwise={"kind": "hang_up"},
    )  # fmt: skip
    await centre.sign_in("8001")

    turned_away = await centre.network.call(NUMBER, STRANGER)
    await turned_away.ended.wait()
    assert loudness(await turned_away.sound()) > LOUD
    assert centre.state("8001") is AgentState.READY

    caller = await centre.network.call(NUMBER, VIP)
    ringing = await centre.network.rings(centre.phone("8001"))
    await ringing.answer()
    await centre.has_state("8001", AgentState.TALKING)
    await caller.hang_up()
    await centre.ended_call(2)
    assert routed(centre, STRANGER) == [("routing_service", None), ("message", 1)]
    assert {call.result for call in centre.calls()} == {"answered", "ivr_only"}
    assert routed(centre, VIP) == [("routing_service", None), ("agent_service", 0)]


async def test_a_database_that_does_not_answer_makes_no_caller_wait_and_holds_no_rule(
    centre: Centre, keep: Lead, lead: Lead, owner: Engine
) -> None:
    blocked = keep(CallerList(name="blocked", created_at=SystemClock().now()))
    await lead(
        rule({"kind": "hang_up"}, {"kind": "list", "id": str(blocked)}),
        otherwise={"kind": "agent_service", "id": str(centre.service)},
    )
    await centre.sign_in("8001")
    with owner.begin() as connection:
        connection.exec_driver_sql("LOCK TABLE listed_caller IN ACCESS EXCLUSIVE MODE")
        began = time.monotonic()
        caller = await centre.network.call(NUMBER, STRANGER)
        ringing = await centre.network.rings(centre.phone("8001"))
        assert WITHIN <= time.monotonic() - began < WITHIN + 5
    await ringing.hang_up(21)
    await caller.hang_up()


async def test_who_is_busy_or_not_there_or_declines_leaves_the_call_to_otherwise(
    centre: Centre, lead: Lead
) -> None:
    """An outside number, a seat that is signed out and so not rung, and one that is rung."""
    agents = {"kind": "agent_service", "id": str(centre.service)}
    await lead(rule({"kind": "number", "number": BUSY, "at_once": 1}), otherwise=agents)
    await centre.sign_in("8001")
    await _is_served_by_the_service(centre, 1)
    await lead(rule({"kind": "seat", "id": str(centre.agents["8002"])}), otherwise=agents)
    await _is_served_by_the_service(centre, 2)
    await centre.sign_in("8002")
    await _is_served_by_the_service(centre, 3, declining="8002")
    assert centre.node.board.illegal_edges == 0


async def _is_served_by_the_service(centre: Centre, calls: int, declining: str = "") -> None:
    caller = await centre.network.call(NUMBER, STRANGER)
    if declining:
        await (await centre.network.rings(centre.phone(declining))).hang_up(DECLINED)
        # Whoever declined is ready again, and idle for a shorter time.
    ringing = await centre.network.rings(centre.phone("8001"))
    await ringing.answer()
    await centre.has_state("8001", AgentState.TALKING)
    await caller.hang_up()
    served = await centre.ended_call(calls)
    assert (served.result, served.agent_id) == ("answered", centre.agents["8001"])
    await centre.has_state("8001", AgentState.READY)


async def test_a_call_with_an_outside_number_was_answered_and_counts_in_telephonys_next_life(
    centre: Centre, lead: Lead
) -> None:
    await lead(otherwise={"kind": "number", "number": ANSWERS, "at_once": 1})
    caller = await centre.network.call(NUMBER, STRANGER)
    await asyncio.wait_for(caller.answered.wait(), 10)
    await centre.replace_node()
    full = await centre.network.call(NUMBER, VIP)
    await until(lambda: routed(centre, VIP)[-1:] == [("busy", None)], "told that it is busy")
    await full.hang_up()
    await caller.hang_up()
    await centre.ended_call(2)
    assert routed(centre, STRANGER)[-1] == ("number", None)
    results = {call.customer_number: (call.result, call.agent_id) for call in centre.calls()}
    assert results[str(parse_number(STRANGER))] == ("answered", None)
    assert results[str(parse_number(VIP))][0] != "answered"
    assert centre.node.board.illegal_edges == 0


async def test_what_a_caller_entered_in_a_flow_says_where_the_call_goes(
    centre: Centre, keep: Lead
) -> None:
    agents = {"kind": "agent_service", "id": str(centre.service)}
    entered = {"kind": "entered", "name": "code", "values": ["42"]}
    route = keep(a_route(rule(agents, entered), otherwise={"kind": "hang_up"}))
    flow = lead_through(centre, asking_for_a_code(keep(a_schedule(ALWAYS)), route))
    await centre.node.refresher.refresh()
    await centre.sign_in("8001")
    for number, code in ((STRANGER, "17"), (VIP, "42")):
        caller = await centre.network.call(NUMBER, number)
        await until(lambda number=number: node_of(centre, flow, number) == "code", "asked")
        await enters(caller, code)
        if number == STRANGER:
            await caller.ended.wait()
    ringing = await centre.network.rings(centre.phone("8001"))
    await ringing.answer()
    await centre.has_state("8001", AgentState.TALKING)
    await caller.hang_up()
    await centre.ended_call(2)
    assert routed(centre, STRANGER) == [("ivr_service", None), ("hang_up", None)]
    assert routed(centre, VIP) == [("ivr_service", None), ("agent_service", 0)]


async def test_an_extension_is_rung_whoever_sits_there_and_in_vain_its_voicemail_answers(
    centre: Centre, lead: Lead
) -> None:
    phone, seat = centre.phone("8002"), centre.agents["8002"]
    extensions = centre.node.agents.directory.extensions.values()
    rung = next(one.id for one in extensions if one.endpoint == phone)
    await lead(otherwise={"kind": "extension", "id": str(rung), "ring_seconds": 20})
    plan = centre.node.agents.directory.seats[seat]
    await until(lambda: centre.node.agents.is_registered(plan), "registered, and signed out")

    caller = await centre.network.call(NUMBER, STRANGER)
    await (await centre.network.rings(phone)).answer()
    await asyncio.wait_for(caller.answered.wait(), 10)
    await caller.hang_up()
    talked = await centre.ended_call()
    assert (talked.result, talked.agent_id) == ("answered", seat)

    async with recording(centre.settings.paths.recordings):
        caller = await centre.network.call(NUMBER, VIP)
        await (await centre.network.rings(phone)).hang_up(DECLINED)
    await caller.speak("请给我回电话。")
    await caller.hang_up()
    left = await centre.ended_call(2)
    assert (left.result, left.agent_id) == ("ivr_only", None)
    (message,) = [fact for fact in centre.facts() if fact.type == "voicemail.left"]
    assert (message.call_id, message.data["target_id"]) == (left.id, str(seat))
    assert centre.state("8002") is AgentState.OFFLINE
    assert centre.node.board.illegal_edges == 0


async def test_callers_and_an_agent_meet_in_a_conference_room_and_no_more_than_may(
    centre: Centre, keep: Lead, lead: Lead
) -> None:
    """The caller with the PIN waits for an agent; who comes when the room is full is led on."""
    now = SystemClock().now()
    room = keep(Conference(name="例会", pin="2468", most=2, waits_for_agent=True, created_at=now))
    into = {"kind": "conference", "id": str(room)}
    await lead(rule(into), otherwise={"kind": "hang_up"})
    await centre.sign_in("8001")
    caller = await centre.network.call(NUMBER, VIP)
    await enters(caller, "2468#")
    steps = conference_steps(centre)
    await until(lambda: steps() == ["entered"], "in the room", steps)

    await centre.node.control.join(centre.agents["8001"], room)
    await (await centre.network.rings(centre.phone("8001"))).answer()
    await centre.has_state("8001", AgentState.TALKING)
    await until(lambda: steps().count("met") == 2, "they have met", steps)
    late = await centre.network.call(NUMBER, STRANGER)
    await enters(late, "2468#")
    await late.ended.wait()

    await caller.hang_up()
    await centre.node.control.hang_up(centre.agents["8001"], talking_in(centre, "8001"))
    await centre.ended_call(3)
    results = {(call.direction, call.result) for call in centre.calls()}
    assert results == {
        ("inbound", "answered"), ("internal", "answered"), ("inbound", "ivr_only"),
    }  # fmt: skip
    assert loudness(await caller.sound()) > LOUD
    assert all(leg.ended_at for leg in centre.legs())
    assert centre.state("8001") is not AgentState.TALKING
    assert centre.node.board.illegal_edges == 0


def conference_steps(centre: Centre) -> Callable[[], list[str]]:
    return lambda: [f.data["step"] for f in centre.facts() if f.type == "call.conference"]


def talking_in(centre: Centre, seat: str) -> Any:
    return centre.node.agents.status(centre.agents[seat]).call_id
