"""A call of the lab's: one it makes, or one that rings a phone of its own."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from callcenter.telephony.agi import AgiSession
from callcenter.telephony.ami import AmiClient
from callcenter.telephony.session import SessionGone
from deploy.lab.script import HangUp, Keys, Speak, Step, Wait
from deploy.lab.speech import speech

CLOSED_WITHIN = 5.0
"""Seconds after the end of a call."""
DATA_LENGTH = slice(40, 44)


class LabCall:
    """answered, ended: set as it happens. heard: what comes from the other side, as it grows.

    channel, cause: of the lab's own leg; cause is Q.850, 0 until it has ended. tones: its keys are
    tones in the sound.
    """

    def __init__(
        self,
        label: str,
        home: Path,
        ami: AmiClient,
        script: Sequence[Step] = (),
        *,
        tones: bool = False,
    ) -> None:
        self.id = label
        self.channel = ""
        self.cause = 0
        self.answered = asyncio.Event()
        self.ended = asyncio.Event()
        self.heard = home / "heard" / f"{label}.wav"
        self._speech = home / "speech"
        self._ami = ami
        self._script = script
        self._tones = tones
        self._session: AgiSession | None = None

    async def speak(self, text: str, language: str = "zh") -> None:
        file = await asyncio.to_thread(speech, self._speech, text, language)
        await self._talk().play([str(file.with_suffix(""))])
        await self._be_silent()

    async def press(self, keys: str) -> None:
        """One key after the other, 100 ms each.

        A tone in the sound has ended only when something else is heard. Between the keys of one
        SendDTMF nothing is sent at all, where a telephone sends silence: of two equal tones the
        second would go on with the first. So each has its own.
        """
        for part in keys if self._tones else (keys,):
            await self._talk().execute("SendDTMF", f"{part},100,100")
            # Whoever hangs up at the key hears none.
            with suppress(SessionGone):
                await self._be_silent()

    async def answer(self) -> None:
        """Pick up the phone that rings."""
        await self._talk().answer()
        mixed = self.heard.with_name(f"{self.id}-mixed.wav")
        await self._talk().execute("MixMonitor", str(mixed), f"r({self.heard})")
        await self._be_silent()
        self.answered.set()

    async def header(self, name: str) -> str:
        """A header of the INVITE that rings this phone."""
        return await self._talk().get_variable(f"PJSIP_HEADER(read,{name})")

    async def hang_up(self, cause: int = 16) -> None:
        await self._ami.call({"Action": "Hangup", "Channel": self.channel, "Cause": str(cause)})

    async def sound(self) -> bytes:
        """What came from the other side, a whole WAV. The call ends a moment before Asterisk closes
        the file, and the length of its data is what it writes last.
        """
        async with asyncio.timeout(CLOSED_WITHIN):
            while not any((content := self.heard.read_bytes())[DATA_LENGTH]):  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        return content

    async def attend(self, session: AgiSession) -> None:
        """Be the channel's session until it is gone, doing what the script says."""
        self._session, self.channel = session, session.channel
        if self._script or session.script == "talk":
            self.answered.set()
        with suppress(SessionGone):
            if self.answered.is_set():
                await self._be_silent()
            for step in self._script:
                await self._do(step, session)
        await session.gone.wait()

    def end(self, cause: int) -> None:
        self.cause = cause
        self.ended.set()

    async def _do(self, step: Step, session: AgiSession) -> None:
        match step:
            case Speak(text, language):
                await self.speak(text, language)
            case Keys(digits):
                await self.press(digits)
            case Wait(seconds):
                with suppress(TimeoutError):
                    await asyncio.wait_for(session.gone.wait(), seconds)
            case HangUp():
                await self.hang_up()

    async def _be_silent(self) -> None:
        """A real phone sends silence; the channel of an idle session would send nothing."""
        await self._talk().music(True)

    def _talk(self) -> AgiSession:
        if self._session is None:
            raise SessionGone
        return self._session
