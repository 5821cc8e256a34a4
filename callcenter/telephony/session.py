"""What a flow or the ACD may do to a call, whatever carries it."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class SessionGone(Exception):
    """The session ended: hang-up, Redirect, or a broken connection. AMI tells which."""


class LeftRecording(SessionGone):
    """The caller hung up while being recorded. seconds: length of what the file holds."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self.seconds = seconds


@dataclass(frozen=True, slots=True)
class DialOutcome:
    """status: DIALSTATUS (ANSWER, NOANSWER, BUSY, CHANUNAVAIL, CANCEL, CONGESTION…).

    cause: Q.850 cause of the dialled leg, 0 when there was none.
    """

    status: str
    cause: int

    @property
    def answered(self) -> bool:
        return self.status == "ANSWER"


TAIL = 1.0
"""Seconds of the silence that ended a recording which Asterisk leaves in the file."""


class RecordEnd(StrEnum):
    KEY = "key"
    SILENCE = "silence"
    FULL = "full"


@dataclass(frozen=True, slots=True)
class Recorded:
    """seconds: length of what the file holds, without the silence that ended it."""

    seconds: float
    ended_by: RecordEnd


class Session(Protocol):
    """Every method raises SessionGone once the session has ended.

    uniqueid, channel  of the channel that is served
    call_id            CC_CALL_ID as the dialplan knew it when the session began; may be empty
    variables          agi_* values and, as agi_arg_<n>, what the dialplan passed
    gone               set as soon as the session has ended, idle or not
    """

    uniqueid: str
    channel: str
    call_id: str
    variables: Mapping[str, str]
    gone: asyncio.Event

    async def answer(self) -> None: ...

    async def play(self, files: Sequence[str], digits: str = "") -> str:
        """Play in turn; the key out of `digits` that ended it, or an empty string.

        A menu that goes on listening after the prompt uses `collect` with max_digits=1: between
        two commands a key is lost.
        """
        ...

    async def collect(
        self,
        files: Sequence[str],
        max_digits: int,
        timeout: float,  # noqa: ASYNC109 (Asterisk counts it)
        inter_digit: float,
        terminator: str = "#",
    ) -> str:
        """Play (any key interrupts) and read digits; what was pressed when time or room was up.

        timeout: seconds for the first digit after the prompt; inter_digit: for each further one.
        """
        ...

    async def wait_key(self, seconds: float) -> str:
        """The next key within so many seconds, or an empty string; music goes on meanwhile."""
        ...

    async def record(
        self, file: str, seconds: float, silence: float, terminator: str = "#", beep: bool = True
    ) -> Recorded:
        """Write what the caller says to `file`.wav: 8 kHz, 16 bit, mono.

        file: an absolute path without ending; its folder is made. seconds: at most so long;
        silence: seconds of it that end the message; terminator: the keys of which any ends it.
        Raises LeftRecording when the caller hangs up: the file holds what was said until then;
        OSError where no file can be written.
        """
        ...

    async def music(self, on: bool, klass: str = "default") -> None: ...

    async def set_variable(self, name: str, value: str) -> None: ...

    async def get_variable(self, name: str) -> str:
        """Its value; empty when it is not set."""
        ...

    async def dial(
        self,
        endpoint: str,
        timeout: float,  # noqa: ASYNC109 (Asterisk counts it)
        options: str = "",
    ) -> DialOutcome:
        """Ring at most `timeout` seconds; returns when it was in vain or the talk is over."""
        ...

    async def leave(self, where: str) -> None:
        """Say where the dialplan goes on: the session's last act."""
        ...
