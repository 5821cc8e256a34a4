"""What the web asks for: carried out once, in time, and only for one's own."""

import asyncio
import json
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest
from redis.exceptions import ConnectionError as RedisConnectionError

from callcenter.acd.agent import AgentEvent, AgentState
from callcenter.calls.events import FactType
from callcenter.telephony.commands import Command, CommandReader, Verbs
from callcenter.telephony.control import Control
from callcenter.telephony.directory import Directory
from callcenter.tenancy.service import EnterprisePlan
from tests.fakes.asterisk import Asterisk
from tests.fakes.switchboard import (
    ANNA,
    BEN,
    CUSTOMER_LEG,
    ELSEWHERE,
    FOREIGN_SERVICE,
    HOME,
    SERVICE,
    STRANGER,
    TRUNK,
    World,
    service,
)

S = AgentState
ANNA_LEG = "1795480688.1"


class Desk:
    """An agent's page, as telephony meets it."""

    def __init__(self) -> None:
        self.world = World(service(wrap_up_seconds=60))
        self.asterisk = Asterisk()
        control = Control(self.world.clock, self.asterisk, self.world.agents, self.world.board)
        self.refreshed = 0
        verbs = Verbs(self.world.agents, control, self._refresh)
        self.reader = CommandReader(None, self.world.clock, verbs)

    async def _refresh(self) -> None:
        self.refreshed += 1

    async def ask(
        self, verb: str, actor: UUID = ANNA, enterprise: UUID = HOME, **body: Any
    ) -> dict[str, Any]:
        return await self.reader._once(self.command(verb, actor, enterprise, **body))

    def command(
        self, verb: str, actor: UUID = ANNA, enterprise: UUID = HOME, **body: Any
    ) -> Command:
        deadline = self.world.clock.now().timestamp() + 5
        return Command(str(uuid4()), verb, enterprise, actor, deadline, "reply", body)

    def talk(self) -> UUID:
        """Anna talks with a customer."""
        world = self.world
        world.ready(ANNA, BEN)
        world.channel(CUSTOMER_LEG, TRUNK)
        call = world.inbound()
        call.service_id = SERVICE
        world.agents.fire(ANNA, AgentEvent.RESERVE, call_id=call.id)
        world.phone_of(ANNA, ANNA_LEG)
        world.up(CUSTOMER_LEG, ANNA_LEG)
        world.join("b1", ANNA_LEG, CUSTOMER_LEG)
        assert world.state(ANNA) is S.TALKING
        return call.id


@pytest.fixture
async def desk() -> Desk:
    return Desk()


def refusal(answer: dict[str, Any]) -> str:
    assert answer["ok"] is False
    return answer["code"]


# -- what the enterprise may --------------------------------------------------------------------


async def test_nobody_dials_out_where_calls_out_are_switched_off(desk) -> None:
    call_id = desk.talk()
    world, directory = desk.world, desk.world.agents.directory
    closed = EnterprisePlan(
        HOME, "100001", "甲", "021", "Asia/Shanghai", True, None, {"outbound": False}
    )
    plan = replace(directory.plan, enterprises={HOME: closed})
    world.agents.use(Directory(directory.seats, plan))
    dialled = await desk.ask("call.dial", BEN, number="13800000002", display_number="")
    assert refusal(dialled) == "number-not-allowed"
    target = {"kind": "number", "value": "13800000002"}
    for verb in ("call.transfer", "call.consult"):
        answer = await desk.ask(verb, call_id=str(call_id), target=target)
        assert refusal(answer) == "number-not-allowed"
    assert desk.asterisk.actions == []


# -- once and in time -----------------------------------------------------------------------------


async def test_a_repeated_command_answers_as_the_first_time_and_does_nothing(desk) -> None:
    command = desk.command("agent.sign_in")
    first = await desk.reader._once(command)
    desk.world.agents.fire(ANNA, AgentEvent.SIGN_OUT)
    assert (
        await desk.reader._once(command) == first == {"ok": True, "result": {"state": "not_ready"}}
    )
    assert desk.world.state(ANNA) is S.OFFLINE


async def test_a_repeat_while_the_first_is_under_way_waits_for_its_answer(desk) -> None:
    call_id = desk.talk()
    command = desk.command("call.hang_up", call_id=str(call_id))
    desk.asterisk.held = asyncio.Event()
    both = [asyncio.create_task(desk.reader._once(command)) for _ in range(2)]
    await asyncio.sleep(0)
    desk.asterisk.held.set()
    assert await asyncio.gather(*both) == [{"ok": True, "result": {}}] * 2
    assert desk.asterisk.names() == ["Hangup"]


async def test_after_its_deadline_a_command_is_not_carried_out(desk) -> None:
    command = desk.command("agent.sign_in")
    desk.world.clock.advance(5.1)
    assert refusal(await desk.reader._once(command)) == "too-late"
    assert desk.world.state(ANNA) is S.OFFLINE


async def test_an_unknown_verb_is_refused(desk) -> None:
    assert refusal(await desk.ask("agent.promote")) == "unknown-command"


@pytest.mark.parametrize(
    ("verb", "body"),
    [
        ("call.hang_up", {}),
        ("call.hang_up", {"call_id": "no id"}),
        ("call.hang_up", {"call_id": 7}),
        ("call.hang_up", {"call_id": None}),
        ("call.transfer", {"call_id": str(ANNA), "target": "8002"}),
        ("call.transfer", {"call_id": str(ANNA), "target": {"kind": "moon", "value": "1"}}),
        ("call.transfer", {"call_id": str(ANNA), "target": {"kind": "seat"}}),
        ("agent.set_not_ready", {"reason_id": "lunch"}),
        ("agent.set_not_ready", {"reason_id": ["lunch"]}),
        ("agent.force", {"agent_id": str(ANNA), "state": "asleep"}),
        ("agent.force", {"agent_id": {}, "state": "ready"}),
        ("call.dial", {"display_number": "02160000001"}),
        ("supervision.stop", {}),
    ],
)
async def test_a_malformed_body_is_refused_and_harms_nobody(desk, verb, body) -> None:
    before = desk.world.facts.names()
    assert refusal(await desk.ask(verb, **body)) == "malformed-command"
    assert desk.world.facts.names() == before
    assert desk.asterisk.actions == []


@pytest.mark.parametrize(
    "broken",
    [
        {"body": "[]"},
        {"body": "{"},
        {"body": '"text"'},
        {"actor_id": "8001"},
        {"enterprise_id": ""},
        {"deadline": "soon"},
        {"id": None},
    ],
)
def test_an_unreadable_command_says_so(broken) -> None:
    fields = {
        "id": "1", "verb": "agent.sign_in", "enterprise_id": str(HOME), "actor_id": str(ANNA),
        "deadline": "1", "reply": "r", "body": "{}",
    } | broken  # fmt: skip
    given = {name: value for name, value in fields.items() if value is not None}
    with pytest.raises((KeyError, ValueError)):
        Command.load(given)


def test_a_command_is_read_as_the_web_writes_it() -> None:
    fields = {
        "id": "1", "verb": "agent.force", "enterprise_id": str(HOME), "actor_id": str(ANNA),
        "deadline": "1795480000500", "reply": "r", "body": json.dumps({"state": "示忙"}),
    }  # fmt: skip
    command = Command.load(fields)
    assert (command.deadline, command.body) == (1795480000.5, {"state": "示忙"})


class Redis:
    """Takes the answer at the second try: the first meets a connection that a restart broke."""

    def __init__(self) -> None:
        self.tries = 0
        self.pushed: list[tuple[str, str]] = []

    def pipeline(self) -> "Redis":
        return self

    def lpush(self, key: str, value: str) -> None:
        self._answer = (key, value)

    def expire(self, _key: str, _seconds: int) -> None:
        pass

    async def execute(self) -> None:
        self.tries += 1
        if self.tries == 1:
            raise RedisConnectionError("reset")
        self.pushed.append(self._answer)


async def test_an_answer_that_redis_did_not_take_is_given_again_and_nothing_is_done_twice(
    desk,
) -> None:
    desk.world.ready(ANNA)
    redis = Redis()
    reader = CommandReader(redis, desk.world.clock, desk.reader._verbs)
    command = desk.command("agent.set_not_ready")
    fields = {
        "id": command.id, "verb": command.verb, "enterprise_id": str(HOME), "actor_id": str(ANNA),
        "deadline": str(int(command.deadline * 1000)), "reply": "reply", "body": "{}",
    }  # fmt: skip
    await reader._handle(fields)
    assert [key for key, _ in redis.pushed] == ["reply"]
    assert json.loads(redis.pushed[0][1])["ok"]
    states = [fact.data["state"] for fact in desk.world.facts.of(FactType.AGENT_STATE)]
    assert states.count("not_ready") == 2  # at sign-in, and by this command


# -- states -----------------------------------------------------------------------------------


async def test_signing_in_on_a_second_page_is_no_error(desk) -> None:
    await desk.ask("agent.sign_in")
    assert (await desk.ask("agent.sign_in"))["ok"]


async def test_who_has_no_phone_cannot_be_ready(desk) -> None:
    await desk.ask("agent.sign_in")
    assert refusal(await desk.ask("agent.set_ready")) == "phone-not-registered"


async def test_what_the_table_does_not_allow_is_refused_with_the_state(desk) -> None:
    answer = await desk.ask("agent.finish_wrap_up")
    assert (answer["code"], answer["details"]) == ("illegal-state", {"state": "offline"})


async def test_a_pause_has_its_reason(desk) -> None:
    desk.world.ready(ANNA)
    reason = UUID(int=5)
    await desk.ask("agent.set_not_ready", reason_id=str(reason))
    assert desk.world.agents.status(ANNA).reason_id == reason


async def test_wrap_up_can_be_made_longer_and_ended(desk) -> None:
    desk.talk()
    desk.world.hang_up(CUSTOMER_LEG, ANNA_LEG)
    until = desk.world.agents.status(ANNA).wrap_up_until
    assert (await desk.ask("agent.extend_wrap_up"))["ok"]
    assert (desk.world.agents.status(ANNA).wrap_up_until - until).total_seconds() == 60
    await desk.ask("agent.finish_wrap_up")
    assert desk.world.state(ANNA) is S.READY
    assert refusal(await desk.ask("agent.extend_wrap_up")) == "illegal-state"


async def test_a_leader_forces_states_of_the_own_enterprise_only(desk) -> None:
    desk.world.ready(ANNA)
    await desk.ask("agent.force", BEN, agent_id=str(ANNA), state="offline")
    assert desk.world.state(ANNA) is S.OFFLINE
    answer = await desk.ask("agent.force", BEN, agent_id=str(STRANGER), state="offline")
    assert refusal(answer) == "target-unavailable"
    unknown = await desk.ask("agent.force", BEN, agent_id=str(uuid4()), state="offline")
    assert unknown == answer


async def test_an_agent_whose_page_is_gone_takes_no_calls(desk) -> None:
    desk.world.ready(ANNA)
    await desk.ask("presence.lost")
    assert desk.world.state(ANNA) is S.NOT_READY
    await desk.ask("presence.lost", BEN)
    assert desk.world.state(BEN) is S.OFFLINE


async def test_changed_settings_are_read_before_the_answer(desk) -> None:
    assert (await desk.ask("configuration.changed", what="service"))["ok"]
    assert desk.refreshed == 1


async def test_a_wish_during_a_talk_is_told_and_the_talk_is_one_interval(desk) -> None:
    desk.talk()
    before = desk.world.facts.of(FactType.AGENT_STATE)
    await desk.ask("agent.sign_out")
    (wish,) = desk.world.facts.of(FactType.AGENT_WISH)
    assert wish.data["after"] == "offline"
    assert desk.world.facts.of(FactType.AGENT_STATE) == before


# -- calls ------------------------------------------------------------------------------------


async def test_dialling_rings_the_own_phone_and_names_the_call(desk) -> None:
    desk.world.ready(ANNA)
    answer = await desk.ask("call.dial", number="13900000010", display_number="02160000001")
    (action,) = desk.asterisk.actions
    assert action["ChannelId"] == answer["result"]["call_id"]
    assert desk.world.state(ANNA) is S.RESERVED


async def test_the_same_attempt_is_dialled_once(desk) -> None:
    desk.world.ready(ANNA, BEN)
    attempt = str(uuid4())
    body = {"number": "13900000010", "display_number": "", "attempt_id": attempt}
    assert (await desk.ask("call.dial", **body))["result"] == {"call_id": attempt}
    assert (await desk.ask("call.dial", BEN, **body))["result"] == {"call_id": attempt}
    assert desk.asterisk.names() == ["Originate"]


@pytest.mark.parametrize("number", ["", "abc", "1;DROP", "anonymous", "138\r\nAction: Logoff"])
async def test_what_is_no_number_is_not_dialled(desk, number) -> None:
    desk.world.ready(ANNA)
    answer = await desk.ask("call.dial", number=number, display_number="")
    assert refusal(answer) == "number-not-allowed"
    assert desk.world.state(ANNA) is S.READY


async def test_with_asterisk_gone_the_agent_is_free_again(desk) -> None:
    desk.world.ready(ANNA)
    desk.asterisk.down = True
    answer = await desk.ask("call.dial", number="13900000010", display_number="")
    assert refusal(answer) == "telephony-unavailable"
    assert desk.world.state(ANNA) is S.READY


async def test_who_is_signed_out_cannot_dial(desk) -> None:
    answer = await desk.ask("call.dial", number="13900000010", display_number="")
    assert refusal(answer) == "agent-not-signed-in"


@pytest.mark.parametrize(
    "verb", ["call.rejoin", "call.hang_up", "call.consult_complete", "call.consult_cancel"]
)
async def test_a_call_of_another_enterprise_is_as_if_it_did_not_exist(desk, verb) -> None:
    call_id = desk.talk()
    foreign = await desk.ask(verb, STRANGER, ELSEWHERE, call_id=str(call_id))
    unknown = await desk.ask(verb, STRANGER, ELSEWHERE, call_id=str(uuid4()))
    assert foreign == unknown
    assert refusal(foreign) == "unknown-call"


async def test_a_colleagues_call_is_not_ones_own(desk) -> None:
    call_id = desk.talk()
    assert refusal(await desk.ask("call.hang_up", BEN, call_id=str(call_id))) == "not-your-call"


async def test_hanging_up_ends_the_own_leg(desk) -> None:
    call_id = desk.talk()
    await desk.ask("call.hang_up", call_id=str(call_id))
    assert desk.asterisk.actions[0]["Channel"].startswith("PJSIP/e100001-8001-")


async def test_a_hang_up_that_asterisk_does_not_take_is_answered(desk) -> None:
    call_id = desk.talk()
    desk.asterisk.down = True
    answer = await desk.ask("call.hang_up", call_id=str(call_id))
    assert refusal(answer) == "telephony-unavailable"


@pytest.mark.parametrize(
    ("kind", "value"),
    [("seat", STRANGER), ("service", FOREIGN_SERVICE), ("seat", ANNA), ("seat", uuid4())],
    ids=["their seat", "their service", "oneself", "nobody"],
)
@pytest.mark.parametrize("verb", ["call.transfer", "call.consult"])
async def test_a_call_goes_to_the_own_enterprise_only(desk, verb, kind, value) -> None:
    call_id = desk.talk()
    target = {"kind": kind, "value": str(value)}
    answer = await desk.ask(verb, call_id=str(call_id), target=target)
    assert refusal(answer) == "target-unavailable"
    assert desk.asterisk.actions == []
    assert desk.world.state(ANNA) is S.TALKING


async def test_a_transfer_that_asterisk_does_not_take_leaves_the_talk(desk) -> None:
    call_id = desk.talk()
    desk.asterisk.down = True
    target = {"kind": "seat", "value": str(BEN)}
    for verb in ("call.transfer", "call.consult"):
        answer = await desk.ask(verb, call_id=str(call_id), target=target)
        assert refusal(answer) == "telephony-unavailable"
    call = desk.world.board.calls[call_id]
    assert (call.state, call.moving, desk.world.state(ANNA)) == ("connected", False, S.TALKING)


async def test_a_consultation_nobody_has_answered_cannot_be_completed(desk) -> None:
    call_id = desk.talk()
    target = {"kind": "seat", "value": str(BEN)}
    assert (await desk.ask("call.consult", call_id=str(call_id), target=target))["ok"]
    assert desk.world.state(ANNA) is S.CONSULTING
    answer = await desk.ask("call.consult_complete", call_id=str(call_id))
    assert refusal(answer) == "target-unavailable"


# -- a page that was loaded anew ----------------------------------------------------------------


async def test_a_page_that_was_loaded_anew_has_its_call_back_and_it_is_the_same_talk(desk) -> None:
    call_id, world = desk.talk(), desk.world
    assert (await desk.ask("call.rejoin", call_id=str(call_id)))["ok"]
    rung, after, bridge, end = desk.asterisk.actions
    assert end["Channel"].startswith("PJSIP/e100001-8001-")
    assert (rung["Channel"], rung["Context"]) == ("PJSIP/e100001-8001", "rejoin")
    assert (after["Channel"], bridge["Channel1"]) == (f"{TRUNK}", f"{TRUNK}")
    new = rung["ChannelId"]
    world.phone_of(ANNA, new, new)
    world.up(new)
    world.leave("b1", CUSTOMER_LEG)
    world.join("b2", CUSTOMER_LEG, new)
    world.leave("b1", ANNA_LEG)
    world.hang_up(ANNA_LEG)
    assert world.state(ANNA) is S.TALKING
    assert len(world.facts.of(FactType.CALL_CONNECTED)) == 1
    world.hang_up(new, CUSTOMER_LEG)
    assert world.state(ANNA) is S.WRAP_UP


async def test_a_talk_that_was_on_hold_is_a_talk_again(desk) -> None:
    call_id, world = desk.talk(), desk.world
    world.ami("Hold", ANNA_LEG)
    assert world.state(ANNA) is S.HOLD
    await desk.ask("call.rejoin", call_id=str(call_id))
    new = desk.asterisk.actions[0]["ChannelId"]
    world.phone_of(ANNA, new, new)
    world.up(new)
    world.join("b2", CUSTOMER_LEG, new)
    assert world.state(ANNA) is S.TALKING


async def test_a_phone_that_does_not_take_it_leaves_the_talk_as_it_is(desk) -> None:
    call_id = desk.talk()
    desk.asterisk.fails = True
    assert refusal(await desk.ask("call.rejoin", call_id=str(call_id))) == "phone-not-registered"
    assert desk.asterisk.names() == ["Originate"]
    assert not desk.world.board.calls[call_id].moving


@pytest.mark.parametrize("phone", [True, False], ids=["the phone is there", "and its phone"])
async def test_the_customer_of_a_page_that_is_gone_is_served_again(desk, phone) -> None:
    desk.talk()
    desk.world.agents.phone("e100001-8001", registered=phone)
    await desk.ask("presence.lost")
    redirects = [action["Context"] for action in desk.asterisk.actions]
    assert redirects == ([] if phone else ["waiting"])


async def test_a_listening_is_ended_by_the_own_enterprise_only(desk) -> None:
    desk.talk()
    answer = await desk.ask("supervision.listen", BEN, agent_id=str(ANNA))
    listening = answer["result"]["id"]
    desk.world.phone_of(BEN, listening, listening)
    await desk.ask("supervision.stop", STRANGER, ELSEWHERE, id=listening)
    assert desk.asterisk.names() == ["Originate"]
    await desk.ask("supervision.stop", BEN, id=listening)
    assert desk.asterisk.names() == ["Originate", "Hangup"]


async def test_nobody_listens_to_another_enterprise(desk) -> None:
    desk.talk()
    answer = await desk.ask("supervision.listen", STRANGER, ELSEWHERE, agent_id=str(ANNA))
    assert refusal(answer) == "target-unavailable"
