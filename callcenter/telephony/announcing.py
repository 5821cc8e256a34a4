"""What the waiting are told, and the keys by which they leave: in the caller's own AGI session.

It goes on beside the waiting itself: the caller keeps the place and may be matched at any moment,
and a match cuts short whatever the session is doing. In between there is music.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol

import structlog

from callcenter.acd.agenda import Agenda, Saying
from callcenter.core.clock import Clock
from callcenter.routing.service import ServicePlan
from callcenter.routing.waiting import Message, Offers
from callcenter.telephony.live import LiveCall
from callcenter.telephony.music import music_class
from callcenter.telephony.session import Session, SessionGone

log = structlog.get_logger()

HUSH = "A"
"""A key that telephones lack: pressed in the caller's name, it ends what the session is doing."""
AGAIN = 0.25
"""A key that falls between two commands is lost: pressed again after so many seconds."""
MUSIC_BETWEEN = 5.0
"""Seconds of music at least, however much there is to say."""
LISTENING = 30.0
"""Seconds that one command listens for a key."""


class Voice(Protocol):
    """The files that say it; none when there is nothing to say it with."""

    def position(self, language: str, place: int) -> Sequence[str]: ...

    def wait(self, language: str, minutes: int) -> Sequence[str]:
        """minutes: 0 is less than one."""
        ...

    def offers(self, language: str, offers: Offers) -> Sequence[str]: ...

    def text(self, call: LiveCall, message: Message) -> Sequence[str]: ...

    def agent(self, call: LiveCall, employee_code: str) -> str:
        """One file, since Dial plays no more; empty when there is none."""
        ...

    def thanks(self, language: str) -> Sequence[str]:
        """For an answered survey."""
        ...

    async def hush(self, channel: str) -> None:
        """Press HUSH in the caller's name."""
        ...


class Silent:
    """Says nothing."""

    def position(self, _language: str, _place: int) -> Sequence[str]:
        return ()

    def wait(self, _language: str, _minutes: int) -> Sequence[str]:
        return ()

    def offers(self, _language: str, _offers: Offers) -> Sequence[str]:
        return ()

    def text(self, _call: LiveCall, _message: Message) -> Sequence[str]:
        return ()

    def agent(self, _call: LiveCall, _employee_code: str) -> str:
        return ""

    def thanks(self, _language: str) -> Sequence[str]:
        return ()

    async def hush(self, channel: str) -> None:
        """Nothing is ever played."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a caller is now. place: 1 is next; minutes: None is unknown, 0 less than one."""

    place: Callable[[], int]
    minutes: Callable[[], int | None]


def agenda_of(service: ServicePlan) -> Agenda:
    waiting = service.waiting
    return Agenda(
        place=service.announce_position or waiting.announce_wait,
        every=waiting.announce_every_seconds,
        offers_after=waiting.offers.after_seconds if waiting.offers.keys else None,
        message_every=waiting.messages.every_seconds,
        messages=len(waiting.messages.texts),
    )


class Announcements:
    """chose: called once with the key by which the caller leaves."""

    def __init__(
        self,
        clock: Clock,
        session: Session,
        voice: Voice,
        call: LiveCall,
        service: ServicePlan,
        standing: Standing,
        chose: Callable[[str], None],
    ) -> None:
        self._clock = clock
        self._session = session
        self._voice = voice
        self._call = call
        self._service = service
        self._standing = standing
        self._chose = chose
        self._agenda = agenda_of(service)
        self._ended = asyncio.Event()
        self._at_work = False
        self._task: asyncio.Task[None] | None = None

    def begin(self) -> None:
        if self._agenda:
            self._task = asyncio.create_task(self._run())

    async def end(self) -> None:
        """Fall silent at once; returns when the session is free for its next command."""
        self._ended.set()
        while self._task is not None and not self._task.done():
            if self._at_work:
                await self._voice.hush(self._session.channel)
            await asyncio.wait([self._task], timeout=AGAIN)

    async def _run(self) -> None:
        moments = self._agenda.since(self._waited())
        at, saying = next(moments)
        with suppress(SessionGone):
            while not self._ended.is_set():
                await self._music_until(at)
                now = self._waited()
                at, due = next(moments)
                while at <= now:
                    saying, (at, due) = saying | due, next(moments)
                if not self._ended.is_set():
                    await self._say(saying)
                at, saying = max(at, self._waited() + MUSIC_BETWEEN), due

    def _waited(self) -> float:
        assert self._call.queued_at is not None
        return (self._clock.now() - self._call.queued_at).total_seconds()

    async def _music_until(self, at: float) -> None:
        while (left := at - self._waited()) > 0 and not self._ended.is_set():
            if self._agenda.offered(self._waited()):
                self._heed(await self._work(self._session.wait_key(min(left, LISTENING))))
            else:
                with suppress(TimeoutError):
                    async with asyncio.timeout(left):
                        await self._ended.wait()

    async def _say(self, saying: Saying) -> None:
        keys = HUSH + self._keys()
        said = False
        for file in self._files(saying):
            said = True
            if self._heed(await self._work(self._session.play([file], keys))):
                break
        if said and not self._ended.is_set():
            await self._session.music(True, music_class(self._service, self._call.language))

    def _keys(self) -> str:
        return self._service.waiting.offers.keys if self._agenda.offered(self._waited()) else ""

    def _heed(self, key: str) -> bool:
        """True: the caller leaves, or is to hear no more."""
        if key and not self._ended.is_set() and key in self._keys():
            self._ended.set()
            self._chose(key)
        return self._ended.is_set()

    async def _work(self, doing: Awaitable[str]) -> str:
        """A command that lasts, and that a match must cut short."""
        self._at_work = True
        try:
            return await doing
        finally:
            self._at_work = False

    def _files(self, saying: Saying) -> Sequence[str]:
        waiting, language = self._service.waiting, self._call.language
        files: list[str] = []
        if saying.place and self._service.announce_position:
            files += self._voice.position(language, self._standing.place())
        if saying.place and waiting.announce_wait:
            minutes = self._standing.minutes()
            files += self._voice.wait(language, minutes) if minutes is not None else ()
        if saying.message is not None:
            files += self._voice.text(self._call, waiting.messages.texts[saying.message])
        if saying.offers:
            files += self._voice.offers(language, waiting.offers)
        return files
