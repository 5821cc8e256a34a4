"""Real callbacks: an agent becomes ready, both telephones ring, and both hear each other."""

import asyncio

import pytest

from callcenter.acd.agent import AgentState
from callcenter.callbacks.line import Source
from callcenter.callbacks.models import CallbackRules
from callcenter.core.numbers import parse_number
from callcenter.core.tenant import Scope
from tests.integration.telephony.node.flows import lead_through
from tests.integration.telephony.sound import loudness
from tests.support.callers import enters
from tests.support.centre import NUMBER, Centre, until

pytestmark = pytest.mark.integration

ANSWERS, SILENT = "13911110000", "13911110040"
"""As the last two digits have it, see deploy/lab/publicnet.py."""


def ask(centre: Centre, number: str) -> None:
    service = centre.node.agents.directory.service(centre.service)
    assert service is not None
    centre.node.callbacks.ask(service, parse_number(number), Source.WEB)


def told(centre: Centre, kind: str) -> list[dict]:
    return [dict(fact.data) for fact in centre.facts() if fact.type == f"callback.{kind}"]


async def the_service_calls_back(centre: Centre, **changes: object) -> None:
    rules = {
        "attempts": 2, "pause_seconds": 30, "lasts_seconds": 3600, "begins": "00:00",
        "ends": "23:59", "schedule_id": None,
    }  # fmt: skip
    with centre.database.begin(Scope(centre.enterprise)) as session:
        session.add(CallbackRules(service_id=centre.service, **(rules | changes)))
    await centre.node.refresher.refresh()


async def test_who_is_free_talks_with_who_asked(centre: Centre) -> None:
    await the_service_calls_back(centre)
    ask(centre, ANSWERS)
    assert centre.node.callbacks.waiting_in(centre.service) == 1
    await centre.sign_in("8001")
    phone = await centre.network.rings(centre.phone("8001"))
    assert "answer-after=0" in await phone.header("Call-Info")
    await phone.answer()
    await centre.has_state("8001", AgentState.TALKING)
    await phone.speak("您好，这里是售后服务，您刚才要求回电。")
    await centre.node.control.hang_up(centre.agents["8001"], next(iter(centre.node.board.calls)))
    call = await centre.ended_call()
    assert (call.result, call.direction, call.service_id) == (
        "answered",
        "outbound",
        centre.service,
    )
    assert loudness(await phone.sound()) > 100  # the customer answers and speaks
    await until(lambda: bool(told(centre, "ended")), "the ledger has the end")
    assert told(centre, "ended")[0]["reason"] == "done"
    assert centre.node.callbacks.waiting_in(centre.service) == 0
    assert centre.node.board.illegal_edges == 0


async def test_a_caller_asks_by_key_and_hangs_up_and_is_called_back(centre: Centre) -> None:
    await the_service_calls_back(centre)
    ways = {"taken": "bye", "declined": "bye"}
    lead_through(centre, {
        "start": "ask", "languages": ["zh-CN"],
        "nodes": [
            {"id": "ask", "kind": "callback", "settings": {"service": str(centre.service)},
             "exits": ways},
            {"id": "bye", "kind": "hang_up", "settings": {}, "exits": {}},
        ],
    })  # fmt: skip
    await centre.node.refresher.refresh()
    caller = await centre.network.call(NUMBER, ANSWERS)
    await enters(caller, "1")
    await until(lambda: bool(centre.node.callbacks.waiting_in(centre.service)), "it is kept")
    await caller.hang_up()
    await centre.ended_call()
    await centre.sign_in("8001")
    phone = await centre.network.rings(centre.phone("8001"))
    await phone.answer()
    await centre.has_state("8001", AgentState.TALKING)
    await until(lambda: bool(told(centre, "ended")), "the ledger has the end")
    (asked,) = told(centre, "asked")
    assert (asked["origin"], asked["number"]) == ("flow", str(parse_number(ANSWERS)))
    assert told(centre, "ended")[0]["reason"] == "done"


async def test_not_answered_it_waits_and_a_new_life_goes_on_with_it(centre: Centre) -> None:
    await the_service_calls_back(centre, attempts=1)
    ask(centre, SILENT)
    await centre.replace_node()
    assert centre.node.callbacks.waiting_in(centre.service) == 1
    await centre.sign_in("8001")
    phone = await centre.network.rings(centre.phone("8001"))
    await phone.answer()
    call = next(iter(centre.node.board.calls.values()))
    await until(lambda: bool(call.customer_leg), "the customer is rung")
    leg = centre.node.board.tracker.legs[call.customer_leg]
    await centre.node.ami.call({"Action": "Hangup", "Channel": leg.channel, "Cause": "19"})
    await asyncio.wait_for(phone.ended.wait(), 10)
    await until(lambda: bool(told(centre, "ended")), "the ledger has the end")
    assert [fact["attempts"] for fact in told(centre, "attempted")] == [1]
    assert told(centre, "ended")[0]["reason"] == "exhausted"
    assert centre.node.board.illegal_edges == 0
