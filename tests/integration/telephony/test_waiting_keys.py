"""What a waiting caller's session can do, as our scripts rely on it: keys over the music, words to

the caller alone before the talk, questions after it.
"""

import asyncio

import numpy as np
import pytest

from callcenter.telephony.agi import AgiSession
from callcenter.telephony.announcing import HUSH
from callcenter.telephony.session import DialOutcome
from deploy.lab.publicnet import PublicNetwork
from deploy.lab.script import Keys, Wait
from tests.integration.telephony.conftest import AGENTS, NUMBER, Product
from tests.support.sound import between, read_channels, share_of_music

pytestmark = pytest.mark.integration


async def test_a_key_is_heard_over_the_music_which_goes_on_and_so_is_one_of_ours(
    product: Product, network: PublicNetwork
) -> None:
    heard: asyncio.Queue[str] = asyncio.Queue()

    async def inbound(session: AgiSession) -> None:
        await session.answer()
        await session.music(True)
        heard.put_nowait(await session.wait_key(10))
        heard.put_nowait(session.channel)
        heard.put_nowait(await session.wait_key(10))
        heard.put_nowait(await session.wait_key(0.2))
        await session.leave("hangup")

    product.scripts["inbound"] = inbound
    call = await network.call(NUMBER, "13800000001", script=[Wait(1.5), Keys("2"), Wait(5)])
    assert await asyncio.wait_for(heard.get(), 15) == "2"
    press = {"Action": "PlayDTMF", "Channel": await heard.get(), "Digit": HUSH, "Receive": "true"}
    await product.ami.call(press)
    assert await asyncio.wait_for(heard.get(), 5) == HUSH
    assert await asyncio.wait_for(heard.get(), 5) == ""
    await asyncio.wait_for(call.ended.wait(), 10)
    (sound,) = read_channels(await call.sound())
    print(f"music: {share_of_music(sound):.2f}")  # noqa: T201 (a figure to read)
    assert share_of_music(sound) > 0.5


async def test_both_are_told_before_the_talk_and_the_caller_is_asked_after_it(
    product: Product, network: PublicNetwork
) -> None:
    outcomes: asyncio.Queue[DialOutcome | str] = asyncio.Queue()
    word = product.model.folders.home / "prompts" / "zh-CN" / "busy"

    async def inbound(session: AgiSession) -> None:
        outcomes.put_nowait(await session.dial(f"PJSIP/{AGENTS[0]}", 10, f"A({word}:{word})"))
        outcomes.put_nowait(await session.collect([str(word)], 1, 10, 10, ""))
        await session.leave("hangup")

    product.scripts["inbound"] = inbound
    caller = await network.call(NUMBER, "13800000001", script=[Wait(8), Keys("5"), Wait(3)])
    phone = await network.rings(AGENTS[0])
    await phone.answer()
    since = asyncio.get_running_loop().time()
    await product.event("BridgeEnter", 20)
    told = asyncio.get_running_loop().time() - since
    assert told > 2, "the talk begins when the words are over"
    await phone.hang_up()
    assert await asyncio.wait_for(outcomes.get(), 10) == DialOutcome("ANSWER", 16)
    assert await asyncio.wait_for(outcomes.get(), 20) == "5"
    await caller.ended.wait()
    for heard in (caller, phone):
        (sound,) = read_channels(await heard.sound())
        assert np.abs(between(sound, 0.5, 2)).mean() > 300
