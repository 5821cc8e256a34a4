"""What a caller waits for before a key or a word: for what is heard, not for a time by the clock."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from deploy.lab.call import LabCall
from tests.support.centre import until
from tests.support.sound import RATE


async def listens(call: LabCall, seconds: float) -> None:
    """From now on, for so long."""

    def length() -> int:
        return call.heard.stat().st_size if call.heard.exists() else 0

    began = length()
    await until(lambda: length() - began > seconds * 2 * RATE, f"{seconds} s are heard")


async def enters(call: LabCall, keys: str) -> None:
    """Once the call is answered and the caller hears what is asked."""
    await asyncio.wait_for(call.answered.wait(), 10)
    await listens(call, 1)
    await call.press(keys)


@asynccontextmanager
async def recording(recordings: Path) -> AsyncIterator[None]:
    """What is done within leads to voicemail; after it the caller may speak. recordings: their root."""
    folder = recordings / "voicemail"
    before = {*folder.rglob("*.*")}
    yield
    await until(lambda: bool({*folder.rglob("*.*")} - before), "it is recorded")
