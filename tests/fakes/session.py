"""A telephony session in memory: a caller with a script. Its contract is telephony's `Session`.

What it plays is kept; what the script does not answer is silence. `leaves_after` hangs up before
the n-th command, as a caller may at any moment.
"""

import asyncio
import wave
from collections.abc import Mapping, Sequence
from pathlib import Path

from callcenter.telephony.session import (
    DialOutcome,
    LeftRecording,
    Recorded,
    RecordEnd,
    SessionGone,
)


class ScriptedSession:
    def __init__(
        self, *keys: str, leaves_after: int | None = None, says: Sequence[float] = ()
    ) -> None:
        """keys: what the caller presses, entry by entry; an empty one is silence.

        says: seconds that the caller speaks into each recording, before a key or silence.
        """
        self.uniqueid = "1764000000.1"
        self.channel = "PJSIP/trunk-00000001"
        self.call_id = "0192f0c1-0000-7000-8000-0000000000aa"
        self.variables: Mapping[str, str] = {}
        self.gone = asyncio.Event()
        self.answered = False
        self.heard: list[str] = []
        self.commands = 0
        self._keys = list(keys)
        self._says = list(says)
        self._leaves_after = leaves_after
        self._set: dict[str, str] = {}

    async def answer(self) -> None:
        await self._command()
        self.answered = True

    async def play(self, files: Sequence[str], digits: str = "") -> str:
        """The key pressed meanwhile; one that is not in `digits` is lost, as on a real line."""
        await self._command()
        self.heard += files
        key = self._keys.pop(0)[:1] if self._keys and digits else ""
        return key if key in digits else ""

    async def collect(
        self,
        files: Sequence[str],
        max_digits: int,
        timeout: float,  # noqa: ASYNC109
        inter_digit: float,
        terminator: str = "#",
    ) -> str:
        await self._command()
        assert timeout > 0
        assert inter_digit > 0
        self.heard += files
        pressed = self._keys.pop(0) if self._keys else ""
        if terminator:
            pressed = pressed.split(terminator)[0]
        return pressed[:max_digits]

    async def wait_key(self, seconds: float) -> str:
        await self._command()
        assert seconds > 0
        return self._keys.pop(0)[:1] if self._keys else ""

    async def record(
        self, file: str, seconds: float, silence: float, terminator: str = "#", beep: bool = True
    ) -> Recorded:
        said = self._says.pop(0) if self._says else 0.0
        length = min(said, seconds)
        _write_tone(Path(f"{file}.wav"), length)
        try:
            await self._command()
        except SessionGone:
            raise LeftRecording(length) from None
        self.heard += ["beep"] if beep else []
        if said >= seconds:
            return Recorded(length, RecordEnd.FULL)
        key = self._keys.pop(0)[:1] if self._keys else ""
        pressed = key != "" and key in terminator
        return Recorded(length, RecordEnd.KEY if pressed else RecordEnd.SILENCE)

    async def music(self, on: bool, klass: str = "default") -> None:
        await self._command()

    async def set_variable(self, name: str, value: str) -> None:
        await self._command()
        self._set[name] = value

    async def get_variable(self, name: str) -> str:
        await self._command()
        return self._set.get(name, "")

    async def dial(
        self,
        endpoint: str,
        timeout: float,  # noqa: ASYNC109
        options: str = "",
    ) -> DialOutcome:
        await self._command()
        return DialOutcome("NOANSWER", 19)

    async def leave(self, where: str) -> None:
        await self.set_variable("CC_NEXT", where)

    async def _command(self) -> None:
        await asyncio.sleep(0)
        if self.commands == self._leaves_after:
            self.gone.set()
        if self.gone.is_set():
            raise SessionGone
        self.commands += 1


def _write_tone(file: Path, seconds: float) -> None:
    """What a caller says: 8 kHz, 16 bit, mono, and not silent."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(file), "wb") as written:
        written.setnchannels(1)
        written.setsampwidth(2)
        written.setframerate(8000)
        written.writeframes((b"\x00\x10" * 4 + b"\x00\xf0" * 4) * int(seconds * 1000))
