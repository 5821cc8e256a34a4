"""What a caller says is written to a file, however it ends: on a real line, and in the fake."""

import asyncio
import wave
from dataclasses import dataclass
from pathlib import Path

import pytest

from callcenter.telephony.agi import AgiSession
from callcenter.telephony.session import LeftRecording, Recorded, RecordEnd
from deploy.lab.publicnet import PublicNetwork
from deploy.lab.script import HangUp, Keys, Speak, Step, Wait
from deploy.lab.speech import speech
from tests.fakes.session import ScriptedSession
from tests.integration.telephony.conftest import NUMBER, Product
from tests.integration.telephony.sound import loudness

pytestmark = pytest.mark.integration

SPOKEN = Speak("您好，请给我回电话，谢谢。")
LIMIT, SILENCE = 4.0, 1.0


@dataclass(frozen=True)
class Way:
    """How a caller ends a message, as a script on the line and as the fake is told it."""

    script: tuple[Step, ...]
    fake: ScriptedSession
    limit: float
    ended_by: RecordEnd | None


WAYS = {
    "a key": Way(
        (Wait(0.6), SPOKEN, Keys("#")), ScriptedSession("#", says=[2.5]), 10, RecordEnd.KEY
    ),
    "silence": Way((Wait(0.6), SPOKEN), ScriptedSession(says=[2.5]), 10, RecordEnd.SILENCE),
    "no room": Way((Wait(0.6), SPOKEN), ScriptedSession(says=[2.5]), 1.5, RecordEnd.FULL),
    "hanging up": Way(
        (Wait(0.6), SPOKEN, HangUp()), ScriptedSession(says=[2.5], leaves_after=0), 10, None
    ),
}


def seconds_of(file: Path) -> float:
    with wave.open(str(file)) as said:
        assert (said.getframerate(), said.getsampwidth(), said.getnchannels()) == (8000, 2, 1)
        return said.getnframes() / 8000


def check(way: Way, recorded: Recorded | LeftRecording, file: Path) -> None:
    """The same is expected of the line and of the fake."""
    length = seconds_of(file)
    assert loudness(file.read_bytes()) > 300
    assert recorded.seconds == pytest.approx(length, abs=0.05)
    ended_by = recorded.ended_by if isinstance(recorded, Recorded) else None
    assert ended_by is way.ended_by
    if way.ended_by is RecordEnd.FULL:
        assert length == pytest.approx(way.limit, abs=0.2)
    else:
        assert 1 < length < 6


async def test_a_message_on_the_line_is_written_until_its_end(
    product: Product, network: PublicNetwork, tmp_path: Path
) -> None:
    done: asyncio.Queue[tuple[str, Recorded | LeftRecording]] = asyncio.Queue()

    async def inbound(session: AgiSession) -> None:
        name = session.variables["agi_calleridname"]
        await session.answer()
        try:
            file = str(tmp_path / "left" / name)
            recorded = await session.record(file, WAYS[name].limit, SILENCE)
        except LeftRecording as left:
            done.put_nowait((name, left))
            raise
        done.put_nowait((name, recorded))
        await session.leave("hangup")

    product.scripts["inbound"] = inbound
    speech(network.home / "speech", SPOKEN.text)  # once, for all callers speak the same
    calls = [
        await network.call(NUMBER, "13800000001", name, script=list(way.script))
        for name, way in WAYS.items()
    ]
    async with asyncio.timeout(30):
        for _ in WAYS:
            name, recorded = await done.get()
            if isinstance(recorded, LeftRecording):  # the file is closed with the channel
                await calls[list(WAYS).index(name)].ended.wait()
            check(WAYS[name], recorded, tmp_path / "left" / f"{name}.wav")


@pytest.mark.parametrize("name", WAYS)
async def test_the_fake_writes_and_tells_the_same(name: str, tmp_path: Path) -> None:
    way, file = WAYS[name], tmp_path / "left" / "message"
    recorded: Recorded | LeftRecording
    try:
        recorded = await way.fake.record(str(file), way.limit, SILENCE)
    except LeftRecording as left:
        recorded = left
    check(way, recorded, file.with_suffix(".wav"))
