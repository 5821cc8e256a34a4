"""A caller of the public network, the generated dialplan, and a script of ours."""

import asyncio

import pytest

from callcenter.telephony.agi import AgiSession
from deploy.lab.publicnet import PublicNetwork
from deploy.lab.script import HangUp, Keys, Speak, Wait
from tests.integration.telephony.conftest import ENTERPRISE, NUMBER, PAUSED, Product
from tests.integration.telephony.sound import loudness

pytestmark = pytest.mark.integration


async def test_a_call_reaches_the_script_with_who_and_where(
    product: Product, network: PublicNetwork
) -> None:
    seen: asyncio.Queue[AgiSession] = asyncio.Queue()

    async def inbound(session: AgiSession) -> None:
        seen.put_nowait(session)
        assert await session.get_variable("CC_ENT") == ENTERPRISE
        await session.leave("hangup")

    product.scripts["inbound"] = inbound
    call = await network.call(NUMBER, "13800000001", "张三 & 李四 😀")
    session = await asyncio.wait_for(seen.get(), 10)
    assert session.variables["agi_extension"] == NUMBER
    assert session.variables["agi_callerid"] == "13800000001"
    assert session.variables["agi_calleridname"] == "张三 & 李四 😀"
    assert session.variables["agi_accountcode"] == "100001"
    await asyncio.wait_for(call.ended.wait(), 10)


@pytest.mark.parametrize("tones", [False, True], ids=["as events", "as tones in the sound"])
async def test_keys_are_read_while_the_prompt_plays_and_after(
    product: Product, network: PublicNetwork, tones: bool
) -> None:
    digits: asyncio.Queue[str] = asyncio.Queue()
    prompt = str(product.model.folders.home / "prompts" / "zh-CN" / "busy")

    async def inbound(session: AgiSession) -> None:
        await session.answer()
        digits.put_nowait(await session.collect([prompt], 8, 5, 2))
        digits.put_nowait(await session.collect([], 3, 5, 2, ""))
        await session.leave("hangup")

    product.scripts["inbound"] = inbound
    script = [Keys("1234#"), Keys("5#6")]
    call = await network.call(NUMBER, "13800000001", script=script, tones=tones)
    assert await asyncio.wait_for(digits.get(), 15) == "1234"
    assert await asyncio.wait_for(digits.get(), 15) == "5#6"
    await asyncio.wait_for(call.ended.wait(), 10)


async def test_an_idle_session_notices_that_the_caller_left(
    product: Product, network: PublicNetwork
) -> None:
    waiting, gone = asyncio.Event(), asyncio.Event()

    async def inbound(session: AgiSession) -> None:
        await session.answer()
        await session.music(True)
        waiting.set()
        await session.gone.wait()
        gone.set()

    product.scripts["inbound"] = inbound
    call = await network.call(NUMBER, "13800000001", script=[Speak("你好")])
    await asyncio.wait_for(waiting.wait(), 10)
    await asyncio.wait_for(call.answered.wait(), 10)
    await call.hang_up()
    await asyncio.wait_for(gone.wait(), 1)


@pytest.mark.parametrize("number", ["02169999999", PAUSED])
async def test_an_unknown_or_paused_number_says_so(
    product: Product, network: PublicNetwork, number: str
) -> None:
    call = await network.call(number, "13800000001", script=[Wait(3), HangUp()])
    await asyncio.wait_for(call.ended.wait(), 15)
    assert loudness(await call.sound()) > 500


async def test_a_number_may_be_spelled_as_trunks_do(
    product: Product, network: PublicNetwork
) -> None:
    seen: asyncio.Queue[str] = asyncio.Queue()

    async def inbound(session: AgiSession) -> None:
        seen.put_nowait(session.variables["agi_extension"])
        await session.leave("hangup")

    product.scripts["inbound"] = inbound
    await network.call("+862160000001", "13800000001")
    assert await asyncio.wait_for(seen.get(), 5) == NUMBER
