"""Real calls in flows: followed as they go, counted, on the version they began with."""

import json
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine, update

from callcenter.acd.agent import AgentState
from callcenter.core.tenant import Scope
from callcenter.telephony.outlet import flow_room
from callcenter.tenancy.models import AccessNumber
from ivr.counting import counted
from tests.integration.telephony.node.flows import lead_through, publish_again
from tests.integration.telephony.node.test_known_callers import PLAIN, VIP, keep_customers
from tests.support.callers import recording
from tests.support.centre import CODE, NUMBER, Centre, until

pytestmark = pytest.mark.integration

SAYS = [{"text": {"zh-CN": "您好"}}]


def node(node_id: str, kind: str, settings: dict[str, Any], **exits: str) -> dict[str, Any]:
    ways = {name.removeprefix("key_"): target for name, target in exits.items()}
    return {"id": node_id, "kind": kind, "settings": settings, "exits": ways}


BYE = node("bye", "hang_up", {})


def asking(then: dict[str, Any]) -> dict[str, Any]:
    """A menu whose key 1 leads to this node."""
    menu = {"prompts": SAYS, "keys": ["1"], "timeout": 20, "tries": 1}
    ask = node("ask", "menu", menu, key_1="then", timeout="bye", invalid="bye")
    return {"start": "ask", "languages": ["zh-CN"], "nodes": [ask, then, BYE]}


def room_of(centre: Centre, service_id: UUID) -> dict[str, str]:
    room = flow_room(centre.enterprise, service_id)
    return centre.node.rooms._rooms.get(room, {})


def node_of(centre: Centre, service_id: UUID, number: str) -> str:
    """Where in the flow the caller with the number is now, empty for nowhere."""
    board = centre.node.board.calls.values()
    ids = {str(call.id) for call in board if call.customer.national == number}
    shown = map(json.loads, room_of(centre, service_id).values())
    return next((each["node"] for each in shown if each["id"] in ids), "")


def exits(centre: Centre, service_id: UUID) -> dict[tuple[str, str], int]:
    today = centre.node.clock.now().date()
    with centre.database.begin(Scope(centre.enterprise)) as session:
        found = counted(
            session,
            service_id,
            None,
            today.replace(month=1, day=1),
            today.replace(year=today.year + 1),
        )
    return {(each["node"], each["exit"]): each["times"] for each in found["exits"]}


async def test_a_call_is_followed_counted_and_keeps_the_version_it_began_with(
    centre: Centre,
) -> None:
    service_id = lead_through(centre, asking(node("then", "hang_up", {})))
    await centre.node.refresher.refresh()
    first = await centre.network.call(NUMBER, VIP)
    await until(lambda: bool(room_of(centre, service_id)), "the call is shown in the flow")
    (shown,) = room_of(centre, service_id).values()
    assert '"node":"ask"' in shown
    assert VIP not in shown

    # Edited in mid-call: whoever calls now is sent away at once, the first goes on as it was.
    publish_again(centre, service_id, {"start": "bye", "languages": ["zh-CN"], "nodes": [BYE]})
    await centre.node.refresher.refresh()
    second = await centre.network.call(NUMBER, VIP)
    await second.ended.wait()
    assert not first.ended.is_set()
    await first.press("1")
    await first.ended.wait()

    third = await centre.network.call(NUMBER, VIP)
    await third.ended.wait()
    await until(lambda: not room_of(centre, service_id), "nobody is in the flow any more")
    await centre.node.flow_counts.flush()
    assert exits(centre, service_id) == {
        ("ask", "1"): 1, ("then", "hang_up"): 1, ("bye", "hang_up"): 2,
    }  # fmt: skip


async def test_who_hangs_up_in_a_flow_is_counted_where_it_was(centre: Centre) -> None:
    service_id = lead_through(centre, asking(node("then", "hang_up", {})))
    await centre.node.refresher.refresh()
    caller = await centre.network.call(NUMBER, VIP)
    await until(lambda: bool(room_of(centre, service_id)), "the call is shown in the flow")
    await caller.hang_up()
    await until(lambda: not room_of(centre, service_id), "nobody is in the flow any more")
    await centre.node.flow_counts.flush()
    assert exits(centre, service_id) == {("ask", "gone"): 1}


async def test_a_query_of_a_stalled_database_takes_its_own_way(
    centre: Centre, owner: Engine
) -> None:
    keep_customers(centre, owner)
    where = [{"field": "phone", "variable": "caller"}]
    ways = {"one": "bye", "none": "bye", "several": "bye", "failed": "ask"}
    query = node("query", "query", {"object": "client", "where": where}, **ways)
    flow = asking(node("then", "hang_up", {}))
    service_id = lead_through(centre, {**flow, "start": "query", "nodes": [query, *flow["nodes"]]})
    await centre.node.refresher.refresh()
    found = await centre.network.call(NUMBER, VIP)
    await found.ended.wait()
    with owner.begin() as connection:
        connection.exec_driver_sql(f"LOCK TABLE e{CODE}.client IN ACCESS EXCLUSIVE MODE")
        caller = await centre.network.call(NUMBER, VIP)
        await until(lambda: bool(room_of(centre, service_id)), "the call is shown in the flow")
        await until(
            lambda: '"exit":"failed"' in "".join(room_of(centre, service_id).values()),
            "the query was given up",
        )
        await caller.hang_up()


async def test_what_a_caller_says_in_a_flow_is_a_message_and_the_call_goes_on(
    centre: Centre,
) -> None:
    settings = {"prompts": SAYS, "target": str(centre.service), "seconds": 10, "silence": 2}
    ways = {"recorded": "kept", "silent": "bye", "failed": "bye"}
    record = node("record", "record", settings, **ways)
    flow = {
        "start": "record", "languages": ["zh-CN"], "nodes": [record, node("kept", "hang_up", {}), BYE],
    }  # fmt: skip
    service_id = lead_through(centre, flow)
    await centre.node.refresher.refresh()
    async with recording(centre.settings.paths.recordings):
        caller = await centre.network.call(NUMBER, VIP)
    await caller.speak("您好，请回电话。")
    await caller.press("#")
    await caller.ended.wait()
    call = await centre.ended_call()
    left = [fact for fact in centre.facts() if fact.type == "voicemail.left"]
    assert [fact.data["target_id"] for fact in left] == [str(centre.service)]
    assert left[0].call_id == call.id
    assert left[0].data["seconds"] > 1
    await centre.node.flow_counts.flush()
    assert exits(centre, service_id) == {("record", "recorded"): 1, ("kept", "hang_up"): 1}


async def test_when_all_channels_are_taken_callers_overflow_to_a_service(centre: Centre) -> None:
    service_id = lead_through(centre, asking(node("then", "hang_up", {})))
    with centre.database.begin(Scope.platform()) as session:
        limited = update(AccessNumber).where(AccessNumber.number == NUMBER)
        overflow = {"kind": "agent_service", "id": str(centre.service)}
        session.execute(limited.values(ivr_channels=1, ivr_overflow=overflow))
    await centre.node.refresher.refresh()
    await centre.sign_in("8001")
    first = await centre.network.call(NUMBER, VIP)
    await until(lambda: bool(room_of(centre, service_id)), "the call is shown in the flow")
    second = await centre.network.call(NUMBER, PLAIN)
    ringing = await centre.network.rings(centre.phone("8001"))
    await ringing.answer()
    await centre.has_state("8001", AgentState.TALKING)
    await second.hang_up()
    await first.press("1")
    await first.ended.wait()
    await centre.ended_call(2)
    led = [fact.data for fact in centre.facts() if fact.data.get("via") == str(service_id)]
    assert [(one["target"], one["target_id"]) for one in led] == [tuple(overflow.values())]


async def test_answers_to_a_survey_in_a_flow_are_kept_with_the_call(centre: Centre) -> None:
    questions = [{"key": "service", "prompts": SAYS, "keys": ["1", "5"]}]
    ask = node(
        "ask", "survey", {"questions": questions, "timeout": 20}, answered="bye", skipped="bye"
    )
    flow = {"start": "ask", "languages": ["zh-CN"], "nodes": [ask, BYE]}
    service_id = lead_through(centre, flow)
    await centre.node.refresher.refresh()
    caller = await centre.network.call(NUMBER, VIP)
    await until(lambda: bool(room_of(centre, service_id)), "the call is shown in the flow")
    await caller.press("5")
    await caller.ended.wait()
    call = await centre.ended_call()
    told = [fact for fact in centre.facts() if fact.type == "call.surveyed"]
    assert [(fact.call_id, fact.data["answer"]) for fact in told] == [(call.id, 5)]
    assert told[0].data["text"] == {"zh-CN": "您好"}
