"""What the waiting are told of their place: when they enter the queue, and every so often.

It is said in the caller's own AGI session, beside the waiting itself: the caller keeps the place
and may be matched at any moment, and a match cuts the announcement short.
"""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Protocol

import structlog

from callcenter.telephony.session import Session, SessionGone

log = structlog.get_logger()

ANNOUNCED_EVERY = 30.0
HUSH = "A"
"""A key that telephones lack: pressed in the caller's name, it ends what is being played."""
AGAIN = 0.25
"""A key that falls between two files is lost: pressed again after so many seconds."""


class Voice(Protocol):
    def position(self, language: str, place: int) -> Sequence[str]:
        """The files that say it; none when there is nothing to say it with."""
        ...

    async def hush(self, channel: str) -> None:
        """Press HUSH in the caller's name."""
        ...


class Silent:
    """Says nothing."""

    def position(self, _language: str, _place: int) -> Sequence[str]:
        return ()

    async def hush(self, channel: str) -> None:
        """Nothing is ever played."""


class Announcements:
    """place: where the caller is now; music: what is heard in between."""

    def __init__(
        self, session: Session, voice: Voice, language: str, place: Callable[[], int], music: str
    ) -> None:
        self._session = session
        self._voice = voice
        self._language = language
        self._place = place
        self._music = music
        self._ended = asyncio.Event()
        self._playing = False
        self._task: asyncio.Task[None] | None = None

    def begin(self) -> None:
        self._task = asyncio.create_task(self._run())

    async def end(self) -> None:
        """Fall silent at once; returns when the session is free for its next command."""
        self._ended.set()
        while self._task is not None and not self._task.done():
            if self._playing:
                await self._voice.hush(self._session.channel)
            await asyncio.wait([self._task], timeout=AGAIN)

    async def _run(self) -> None:
        with suppress(SessionGone):
            while not self._ended.is_set():
                await self._say()
                with suppress(TimeoutError):
                    async with asyncio.timeout(ANNOUNCED_EVERY):
                        await self._ended.wait()

    async def _say(self) -> None:
        files = self._voice.position(self._language, self._place())
        self._playing = bool(files)
        try:
            for file in files:
                if self._ended.is_set() or await self._session.play([file], HUSH):
                    break
        finally:
            self._playing = False
        if files and not self._ended.is_set():
            await self._session.music(True, self._music)
