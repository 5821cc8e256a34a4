"""Our manager client and a real Asterisk; and the fake one held against it."""

import asyncio
import signal
import time
from typing import Self

import pytest

from callcenter.telephony.ami import (
    AmiAddress,
    AmiClient,
    AmiDown,
    AmiRefused,
    AmiTiming,
)
from tests.fakes.ami import GREETING, FakeAsterisk
from tests.integration.telephony.conftest import AGENTS, Product

pytestmark = pytest.mark.integration


class Watched:
    """A client of its own, and what it called back."""

    def __init__(self, product: Product, secret: str | None = None) -> None:
        self.connected, self.lost = asyncio.Event(), asyncio.Event()
        keys, ports = product.model.keys, product.model.ports
        self.client = AmiClient(
            AmiAddress("127.0.0.1", ports.ami, "telephony", secret or keys.ami_secret),
            on_connected=self._connected,
            on_lost=self._lost,
            timing=AmiTiming(backoff_first=0.1, backoff_last=0.5),
        )

    async def _connected(self) -> None:
        self.connected.set()

    async def _lost(self) -> None:
        self.lost.set()

    async def __aenter__(self) -> Self:
        await self.client.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.client.stop()


async def test_a_frozen_asterisk_is_noticed_within_three_seconds(product: Product) -> None:
    async with Watched(product) as ami:
        await asyncio.wait_for(ami.connected.wait(), 5)
        product.asterisk.signal(signal.SIGSTOP)
        try:
            await asyncio.wait_for(ami.lost.wait(), 3)
            with pytest.raises(AmiDown):
                await ami.client.call({"Action": "Ping"})
        finally:
            product.asterisk.signal(signal.SIGCONT)
        ami.connected.clear()
        await asyncio.wait_for(ami.connected.wait(), 10)


async def test_a_restarted_asterisk_is_met_again(product: Product) -> None:
    async with Watched(product) as ami:
        await asyncio.wait_for(ami.connected.wait(), 5)
        ami.connected.clear()
        await product.asterisk.kill()
        await asyncio.wait_for(ami.lost.wait(), 3)
        await product.asterisk.start()
        await asyncio.wait_for(ami.connected.wait(), 10)
        assert (await ami.client.call({"Action": "Ping"})).ok


async def test_a_wrong_secret_never_connects_and_is_tried_again(product: Product) -> None:
    async with Watched(product, "wrong-secret") as ami:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(ami.connected.wait(), 1)
        with pytest.raises(AmiDown):
            await ami.client.call({"Action": "Ping"})


async def test_our_user_may_do_what_we_do_and_no_more(product: Product) -> None:
    allowed = [
        {"Action": "CoreShowChannels"},
        {"Action": "BridgeList"},
        {"Action": "PJSIPShowContacts"},
        {"Action": "PJSIPShowEndpoints"},
        {"Action": "QueueStatus"},
    ]
    for action in allowed:
        await product.ami.list(action)
    forbidden = [
        {"Action": "Command", "Command": "core show version"},
        {"Action": "UpdateConfig", "SrcFilename": "manager.conf", "DstFilename": "manager.conf"},
        {"Action": "UserEvent", "UserEvent": "x"},
    ]
    for action in forbidden:
        with pytest.raises(AmiRefused):
            await product.ami.call(action)


async def test_a_name_in_any_script_comes_back_as_it_was(product: Product) -> None:
    name = "张三丰 😀 Zoë"
    await product.ami.call(
        {
            "Action": "Originate",
            "Channel": f"PJSIP/{AGENTS[0]}",
            "Context": "nail",
            "Exten": "s",
            "Priority": "1",
            "CallerID": f'"{name}" <8001>',
            "Async": "true",
        }
    )
    event = await product.event("OriginateResponse")
    assert event.get("Response") == "Failure"
    assert event.get("CallerIDName") == name


async def test_an_originate_is_followed_to_its_end(product: Product) -> None:
    action = {
        "Action": "Originate",
        "Channel": f"PJSIP/{AGENTS[0]}",
        "Context": "nail",
        "Exten": "s",
        "Priority": "1",
        "Async": "true",
    }
    event = await product.ami.follow(action, "OriginateResponse", 5)
    assert event.get("Response") == "Failure"
    assert (await product.event("OriginateResponse")).action_id == event.action_id


async def test_a_ping_takes_milliseconds(product: Product) -> None:
    await product.ami.call({"Action": "Ping"})
    began = time.perf_counter()
    await product.ami.call({"Action": "Ping"})
    assert time.perf_counter() - began < 0.05


async def test_the_fake_says_what_the_real_one_says(product: Product) -> None:
    ports, keys = product.model.ports, product.model.keys
    real = await _conversation(ports.ami, keys.ami_secret)
    async with FakeAsterisk() as fake:
        faked = await _conversation(fake.port, "secret")
    assert real[0].startswith(GREETING.split(b"/")[0])
    assert faked[0].startswith(GREETING.split(b"/")[0])
    for theirs, ours in zip(real[1:], faked[1:], strict=True):
        assert _names(ours) <= _names(theirs)
        for name in ("Response", "Event", "Message", "Ping", "Status"):
            assert _value(theirs, name) == _value(ours, name)


async def _conversation(port: int, secret: str) -> list[bytes]:
    """Greeting, answer to the login, FullyBooted, answer to a ping."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    async with asyncio.timeout(5):
        said = [await reader.readline()]
        writer.write(
            f"Action: Login\r\nActionID: 1\r\nUsername: telephony\r\nSecret: {secret}\r\n\r\n".encode()
        )
        said.append(await reader.readuntil(b"\r\n\r\n"))
        said.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(b"Action: Ping\r\nActionID: 2\r\n\r\n")
        said.append(await reader.readuntil(b"\r\n\r\n"))
    writer.close()
    await writer.wait_closed()
    return said


def _names(message: bytes) -> set[bytes]:
    return {line.split(b":")[0] for line in message.split(b"\r\n") if line}


def _value(message: bytes, name: str) -> bytes | None:
    lines = message.split(b"\r\n")
    found = [line for line in lines if line.startswith(f"{name}: ".encode())]
    return found[0] if found else None
