"""The `Session` of a call, carried by AGI."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from callcenter.telephony.agi.link import AgiLink
from callcenter.telephony.agi.wire import Reply, Request
from callcenter.telephony.session import (
    DialOutcome,
    LeftRecording,
    Recorded,
    RecordEnd,
    SessionGone,
)

LONGEST_PLAY = 600.0
"""Seconds a single prompt may last."""

_LATE_KEY = 5.0
"""Seconds that Asterisk may be late with saying that no key was pressed."""
_SAMPLES = 8000
"""A second, in the files that are recorded."""

_LATE = 10.0
"""Seconds after its own limit in which a recording must have answered."""


class AgiSession:
    def __init__(self, request: Request, link: AgiLink) -> None:
        self.script = request.script
        self.variables: Mapping[str, str] = request.variables
        self.uniqueid = self.variables.get("agi_uniqueid", "")
        self.channel = self.variables.get("agi_channel", "")
        self.call_id = self.variables.get("agi_arg_1", "")
        self.gone = link.gone
        self._link = link

    async def answer(self) -> None:
        await self._done("ANSWER")

    async def hang_up(self) -> None:
        await self._done("HANGUP")

    async def play(self, files: Sequence[str], digits: str = "") -> str:
        for file in files:
            reply = await self._done("STREAM FILE", file, digits, deadline=LONGEST_PLAY)
            if reply.result not in ("", "0"):
                return chr(int(reply.result))
        return ""

    async def control(self, file: str, digits: str = "", skip_ms: int = 3000) -> str:
        """Play with # and * to go forward and back; the key out of `digits` that ended it."""
        reply = await self._done(
            "CONTROL STREAM FILE", file, digits, str(skip_ms), "#", "*", deadline=LONGEST_PLAY
        )
        return "" if reply.result in ("", "0") else chr(int(reply.result))

    async def collect(
        self,
        files: Sequence[str],
        max_digits: int,
        timeout: float,  # noqa: ASYNC109 (Asterisk counts it)
        inter_digit: float,
        terminator: str = "#",
    ) -> str:
        # One Read for all of it: AGI throws away keys that arrive between two commands. With no
        # timeout of its own Read takes the channel's, one for the first digit, one for the others.
        await self.set_variable("TIMEOUT(response)", f"{timeout:.3f}")
        await self.set_variable("TIMEOUT(digit)", f"{inter_digit:.3f}")
        options = f"t({terminator})" if terminator else "t"
        arguments = ("CC_DIGITS", "&".join(files), str(max_digits), options, "1")
        await self.execute("Read", *arguments, deadline=LONGEST_PLAY)
        return await self.get_variable("CC_DIGITS")

    async def wait_key(self, seconds: float) -> str:
        reply = await self._done(
            "WAIT FOR DIGIT", f"{seconds * 1000:.0f}", deadline=seconds + _LATE_KEY
        )
        return "" if reply.result in ("", "0") else chr(int(reply.result))

    async def record(
        self, file: str, seconds: float, silence: float, terminator: str = "#", beep: bool = True
    ) -> Recorded:
        # Asterisk opens the file and makes no folder.
        await asyncio.to_thread(Path(file).parent.mkdir, parents=True, exist_ok=True)
        if beep:
            # By itself: RECORD FILE's own would count among the seconds.
            await self.play(["beep"])
        begun = time.monotonic()
        reply = await self._link.command(
            "RECORD FILE", file, "wav", terminator, f"{seconds * 1000:.0f}", f"s={silence:.0f}",
            deadline=seconds + _LATE,
        )  # fmt: skip
        length = reply.endpos / _SAMPLES
        if reply.data == "writefile":
            raise OSError(f"Asterisk could not open {file}.wav")
        if reply.result == "-1":
            self.gone.set()
            raise LeftRecording(length)
        if reply.data == "dtmf":
            return Recorded(length, RecordEnd.KEY)
        # It says `timeout` for silence as well; the clock tells which of the two.
        full = time.monotonic() - begun >= seconds
        return Recorded(length, RecordEnd.FULL if full else RecordEnd.SILENCE)

    async def music(self, on: bool, klass: str = "default") -> None:
        await self._link.command("SET MUSIC", *(("on", klass) if on else ("off",)))

    async def set_variable(self, name: str, value: str) -> None:
        await self._link.command("SET VARIABLE", name, value)

    async def get_variable(self, name: str) -> str:
        return (await self._link.command("GET VARIABLE", name)).data

    async def execute(
        self, application: str, *arguments: str, deadline: float | None = LONGEST_PLAY
    ) -> str:
        """Run a dialplan application; its result. Variables in arguments are not expanded."""
        reply = await self._link.command(
            "EXEC", application, ",".join(arguments), deadline=deadline
        )
        return reply.result

    async def dial(
        self,
        endpoint: str,
        timeout: float,  # noqa: ASYNC109 (Asterisk counts it)
        options: str = "",
    ) -> DialOutcome:
        await self.execute("Dial", endpoint, f"{timeout:g}", options, deadline=None)
        status = await self.get_variable("DIALSTATUS")
        cause = await self.get_variable("HANGUPCAUSE")
        return DialOutcome(status, int(cause or 0))

    async def leave(self, where: str) -> None:
        await self.set_variable("CC_NEXT", where)

    async def _done(self, verb: str, *arguments: str, deadline: float = LONGEST_PLAY) -> Reply:
        """A command that works on the channel: result -1 is the channel's end."""
        reply = await self._link.command(verb, *arguments, deadline=deadline)
        if reply.result == "-1":
            self.gone.set()
            raise SessionGone
        return reply
