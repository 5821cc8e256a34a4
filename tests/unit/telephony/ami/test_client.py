"""Holes of panoramisk 1.4 that our client closes: each test names one."""

import asyncio
import gc
import sys
from dataclasses import replace

import pytest

from callcenter.telephony.ami import (
    AmiDown,
    AmiEvent,
    AmiRefused,
    AmiTimeout,
    AmiTiming,
    UnsafeValue,
)
from tests.fakes.ami import FakeAsterisk, encode
from tests.unit.telephony.ami.conftest import QUICK, Connect

OK = {"Response": "Success", "Message": "done"}


async def test_a_call_returns_the_response(connect: Connect) -> None:
    async with FakeAsterisk(answers={"QueueAdd": [OK]}) as asterisk, connect(asterisk) as ami:
        response = await ami.client.call({"Action": "QueueAdd", "Variable": ["A=1", "B=2"]})
        assert response.message == "done"
        assert ami.client._connection is not None
        assert ami.client._connection.under_way == 0


async def test_a_refused_action_raises_and_carries_the_response(connect: Connect) -> None:
    no = {"Response": "Error", "Message": "No such channel"}
    async with FakeAsterisk(answers={"Hangup": [no]}) as asterisk, connect(asterisk) as ami:
        with pytest.raises(AmiRefused, match="No such channel"):
            await ami.client.call({"Action": "Hangup", "Channel": "PJSIP/x"})


async def test_a_list_ends_with_its_complete_event_and_stays_out_of_the_queue(
    connect: Connect,
) -> None:
    items = [
        {"Response": "Success", "EventList": "start"},
        {"Event": "CoreShowChannel", "Channel": "a"},
        {"Event": "CoreShowChannel", "Channel": "b"},
        {"Event": "CoreShowChannelsComplete", "EventList": "Complete", "ListItems": "2"},
    ]
    async with (
        FakeAsterisk(answers={"CoreShowChannels": items}) as asterisk,
        connect(asterisk) as ami,
    ):
        listed = await ami.client.list({"Action": "CoreShowChannels"})
        assert [event.get("Channel") for event in listed] == ["a", "b"]
        assert ami.events.empty()


async def test_an_empty_list_told_as_an_error_is_an_empty_list(connect: Connect) -> None:
    nothing = {"Response": "Error", "Message": "No Contacts found"}
    answers = {"PJSIPShowContacts": [nothing]}
    async with FakeAsterisk(answers=answers) as asterisk, connect(asterisk) as ami:
        assert await ami.client.list({"Action": "PJSIPShowContacts"}) == []


async def test_a_character_split_over_two_reads_arrives_whole(connect: Connect) -> None:
    async with FakeAsterisk() as asterisk, connect(asterisk) as ami:
        message = encode({"Event": "Newchannel", "CallerIDName": "张三丰😀"})
        for at in range(len(message)):
            asterisk.send(message[at : at + 1])
            await asyncio.sleep(0)
        assert (await ami.next_event()).get("CallerIDName") == "张三丰😀"


async def test_a_raising_handler_hurts_neither_the_connection_nor_the_others(
    connect: Connect,
) -> None:
    def broken(_event: AmiEvent) -> None:
        raise RuntimeError("a bug")

    async with FakeAsterisk(answers={"Ping": [OK]}) as asterisk, connect(asterisk) as ami:
        ami.client.subscribe(broken)
        ami.client.subscribe(ami.events.put_nowait, "Hangup")
        asterisk.send({"Event": "Hangup", "Cause": "16"})
        assert (await ami.next_event()).get("Cause") == "16"
        assert (await ami.next_event()).get("Cause") == "16"
        assert ami.counts["ami_handler_failures"] == 1
        assert ami.client.connected


async def test_an_event_with_our_action_id_reaches_both_the_caller_and_the_handlers(
    connect: Connect,
) -> None:
    answers = {
        "Originate": [OK, {"Event": "OriginateResponse", "Response": "Failure", "Reason": "0"}]
    }
    async with FakeAsterisk(answers=answers) as asterisk, connect(asterisk) as ami:
        action = {"Action": "Originate", "Async": "true"}
        event = await ami.client.follow(action, "OriginateResponse", 2)
        assert event.get("Reason") == "0"
        assert (await ami.next_event()).action_id == event.action_id


async def test_nothing_is_sent_again_after_a_reconnect(connect: Connect) -> None:
    async with FakeAsterisk() as asterisk, connect(asterisk) as ami:
        dial = asyncio.create_task(ami.client.call({"Action": "Originate"}, deadline=5))
        await asterisk.received("Originate")
        asterisk.cut()
        with pytest.raises(AmiDown):
            await dial
        async with asyncio.timeout(5):
            assert await ami.losses.get() == "lost"
            await ami.connections.get()
        await asterisk.received("Ping", times=len(asterisk.named("Ping")) + 2)
        assert len(asterisk.named("Originate")) == 1


async def test_a_mute_peer_is_noticed_within_three_seconds(connect: Connect) -> None:
    async with FakeAsterisk() as asterisk, connect(asterisk, timing=AmiTiming()) as ami:
        await asterisk.received("Ping")
        asterisk.mute = True
        async with asyncio.timeout(3):
            assert await ami.losses.get() == "lost"


async def test_a_peer_that_accepts_and_never_greets_is_given_up_and_tried_again(
    connect: Connect,
) -> None:
    async with FakeAsterisk(silent=True) as asterisk, connect(asterisk, wait=False) as ami:
        await asterisk.connected(times=2)
        asterisk.silent = False
        async with asyncio.timeout(5):
            await ami.connections.get()


async def test_a_refused_login_is_tried_again(connect: Connect) -> None:
    async with FakeAsterisk(refusals=3) as asterisk, connect(asterisk):
        assert len(asterisk.named("Login")) == 4


async def test_actions_wait_for_fully_booted(connect: Connect) -> None:
    async with FakeAsterisk(boots=False) as asterisk, connect(asterisk, wait=False) as ami:
        await asterisk.received("Ping")
        with pytest.raises(AmiDown):
            await ami.client.call({"Action": "Status"})
        asterisk.send({"Event": "FullyBooted"})
        async with asyncio.timeout(5):
            await ami.connections.get()


@pytest.mark.parametrize("bad", ["x\r\nAction: Command", "x\ny", "x\ry", "x\0", "\ud800"])
async def test_a_value_cannot_begin_another_action(connect: Connect, bad: str) -> None:
    async with FakeAsterisk() as asterisk, connect(asterisk) as ami:
        for action in ({"Action": "A", "V": bad}, {"Action": "A", "V": ["ok", bad]}, {bad: "A"}):
            with pytest.raises(UnsafeValue):
                await ami.client.call(action)
        assert not asterisk.named("A")


async def test_an_action_before_the_connection_says_so(connect: Connect) -> None:
    async with FakeAsterisk(silent=True) as asterisk, connect(asterisk, wait=False) as ami:
        with pytest.raises(AmiDown):
            await ami.client.call({"Action": "Status"})


async def test_an_answer_that_comes_too_late_is_counted_and_harmless(connect: Connect) -> None:
    async with FakeAsterisk() as asterisk, connect(asterisk) as ami:
        with pytest.raises(AmiTimeout):
            await ami.client.call({"Action": "Slow"}, deadline=0.05)
        late = {**OK, "ActionID": asterisk.named("Slow")[0]["ActionID"]}
        asterisk.send(late)
        asterisk.send({"Event": "Hangup"})
        await ami.next_event()
        assert ami.counts["ami_unknown_replies"] == 1
        assert ami.counts["ami_timeouts"] == 1


async def test_garbage_is_survived_and_endless_garbage_ends_the_connection(
    connect: Connect,
) -> None:
    async with FakeAsterisk() as asterisk, connect(asterisk) as ami:
        asterisk.send(b"\xff\xfe nonsense: \r\n\r\n: : :\r\n\r\nEvent\r\n\r\n")
        asterisk.send({"Event": "Hangup"})
        assert (await ami.next_event()).name == "Hangup"
        asterisk.send(b"x" * (2 << 20))
        async with asyncio.timeout(5):
            assert await ami.losses.get() == "lost"


async def test_a_full_inbox_drops_counts_and_asks_for_a_resync(connect: Connect) -> None:
    resume = asyncio.Event()

    async def slow(_event: AmiEvent) -> None:
        await resume.wait()

    async with FakeAsterisk() as asterisk, connect(asterisk, inbox_size=10) as ami:
        ami.client.subscribe(slow)
        for n in range(40):
            asterisk.send({"Event": "VarSet", "Value": str(n)})
        # The reader is alive while handlers stand still: pings are answered.
        await asterisk.received("Ping", times=len(asterisk.named("Ping")) + 3)
        assert ami.client.connected
        assert ami.overflows.empty()
        resume.set()
        async with asyncio.timeout(5):
            await ami.overflows.get()
        assert ami.counts["ami_events_dropped"] == 40 - 11


async def test_a_failing_resync_at_connect_is_done_again_on_a_new_connection(
    connect: Connect,
) -> None:
    attempts: asyncio.Queue[int] = asyncio.Queue()
    failed = 0

    async def resync() -> None:
        nonlocal failed
        await attempts.put(failed)
        if failed < 2:
            failed += 1
            raise AmiTimeout("CoreShowChannels")

    async with (
        FakeAsterisk() as asterisk,
        connect(asterisk, wait=False, on_connected=resync),
        asyncio.timeout(5),
    ):
        assert [await attempts.get() for _ in range(3)] == [0, 1, 2]


async def test_a_hundred_thousand_events_and_ten_thousand_calls_leave_nothing(
    connect: Connect,
) -> None:
    # On a busy machine a ping may wait behind a thousand events.
    patient = replace(QUICK, ping_interval=5.0, ping_deadline=30.0)
    async with (
        FakeAsterisk(answers={"Get": [OK]}) as asterisk,
        connect(asterisk, timing=patient) as ami,
    ):
        seen = 0
        counted = asyncio.Event()

        def count(event: AmiEvent) -> None:
            nonlocal seen
            seen += 1
            if seen % 1000 == 0:
                counted.set()
            assert not event.get("Missing")

        ami.client._inbox._handlers.clear()
        ami.client.subscribe(count)

        async def a_thousand_events_and_a_hundred_calls() -> None:
            counted.clear()
            asterisk.send(
                encode({"Event": "Newchannel", "Uniqueid": "1.1", "Value": "张" * 40}) * 1000
            )
            await counted.wait()
            calls = [
                ami.client.call({"Action": "Lost" if n % 2 else "Get"}, deadline=0.05)
                for n in range(100)
            ]
            await asyncio.gather(*calls, return_exceptions=True)
            asterisk.actions.clear()

        for _ in range(20):
            await a_thousand_events_and_a_hundred_calls()
        gc.collect()
        before = sys.getallocatedblocks()
        for _ in range(80):
            await a_thousand_events_and_a_hundred_calls()
        gc.collect()
        assert seen == 100_000
        assert ami.client._connection is not None
        assert ami.client._connection.under_way <= 1
        assert sys.getallocatedblocks() - before < 2_000
