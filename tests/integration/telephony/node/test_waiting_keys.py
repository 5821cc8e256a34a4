"""Who waits presses a key instead: and is called back in the place kept, or leaves a message."""

import asyncio
from datetime import datetime

import pytest
from redis import Redis

from callcenter.acd.agent import AgentState
from callcenter.core.numbers import parse_number
from callcenter.core.tenant import Scope
from deploy.lab.call import LabCall
from tests.integration.telephony.node.test_callbacks import ANSWERS, the_service_calls_back, told
from tests.integration.telephony.node.test_voicemail import SPOKEN, kept, short_greeting
from tests.integration.telephony.node.test_waiting import CALLER, reasons, waiting_as
from tests.integration.telephony.sound import loudness
from tests.support.callers import enters, recording
from tests.support.centre import NUMBER, Centre, until

pytestmark = pytest.mark.integration
OFFERS = {"offers": {"after_seconds": 0, "callback": "1", "voicemail": "2"}}


async def who_chooses(centre: Centre, number: str, key: str) -> LabCall:
    """A caller who hears what may be chosen, and leaves the queue by the key."""
    caller = await centre.network.call(NUMBER, number)
    await centre.waits(number)
    await enters(caller, key)
    await until(lambda: not centre.is_waiting(number), "the key is heeded")
    return caller


async def confirms(centre: Centre) -> LabCall:
    caller = await who_chooses(centre, ANSWERS, "1")
    await enters(caller, "1")
    return caller


async def speaks(centre: Centre) -> LabCall:
    async with recording(centre.settings.paths.recordings):
        caller = await who_chooses(centre, CALLER, "2")
    await caller.speak(SPOKEN)
    await caller.press("#")
    return caller


async def test_by_a_key_one_leaves_a_message_and_another_is_called_back(
    centre: Centre, redis: Redis
) -> None:
    await the_service_calls_back(centre)
    with centre.database.begin(Scope(centre.enterprise)) as session:
        session.add(short_greeting(centre))
    await waiting_as(centre, OFFERS)
    callers = await asyncio.gather(confirms(centre), speaks(centre))
    await asyncio.gather(*(asyncio.wait_for(one.ended.wait(), 30) for one in callers))
    await centre.ended_call(2)
    assert {call.result for call in centre.calls()} == {"callback", "voicemail"}
    assert sorted(reasons(centre)) == ["callback", "voicemail"]

    (asked,) = told(centre, "asked")
    assert (asked["origin"], asked["number"]) == ("queue", str(parse_number(ANSWERS)))
    (call,) = (call for call in centre.calls() if call.result == "callback")
    assert datetime.fromisoformat(asked["queued_at"]) == call.queued_at
    await centre.sign_in("8001")
    phone = await centre.network.rings(centre.phone("8001"))
    await phone.answer()
    await centre.has_state("8001", AgentState.TALKING)
    await until(lambda: bool(told(centre, "ended")), "the ledger has the end")
    assert told(centre, "ended")[0]["reason"] == "done"

    (message,) = await asyncio.to_thread(kept, centre, redis)
    assert (message.number, message.target_id) == (str(parse_number(CALLER)), centre.service)
    sound = (centre.settings.paths.recordings / message.path).read_bytes()
    assert loudness(sound) > 100
    assert centre.node.board.illegal_edges == 0
