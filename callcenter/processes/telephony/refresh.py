"""What changed in the database reaches the bridge: directory, flows, Asterisk's files."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from callcenter.core.bus import DOMAIN_STREAM, Event, entries

log = structlog.get_logger()

CONCERNS = frozenset(
    {
        "enterprise.changed",
        "option.changed",
        "access_number.changed",
        "trunk.changed",
        "user.changed",
        "team.changed",
        "extension.changed",
        "service.changed",
        "flow.changed",
        "schedule.changed",
        "voicemail_box.changed",
        "conference.changed",
        "prompt.changed",
        "callback_rules.changed",
    }
)
GATHER_SECONDS = 0.1


class Refresher:
    """
    load   reads the database, in a thread
    apply  uses what was read, in the loop
    """

    def __init__(self, load: Callable[[], Any], apply: Callable[[Any], Awaitable[None]]) -> None:
        self._load = load
        self._apply = apply
        self._wanted = asyncio.Event()
        self._waiting: list[asyncio.Future[None]] = []
        self.loaded = asyncio.Event()

    def ask(self) -> None:
        self._wanted.set()

    async def refresh(self) -> None:
        """Ask, and wait until what stands in the database now is in use."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(done)
        self.ask()
        await asyncio.wait_for(done, 10)

    async def run(self) -> None:
        self.ask()
        while True:
            await self._wanted.wait()
            # Edits come in groups: one read and one reload for all of them.
            await asyncio.sleep(GATHER_SECONDS)
            self._wanted.clear()
            waiting, self._waiting = self._waiting, []
            try:
                await self._apply(await asyncio.to_thread(self._load))
            except (SQLAlchemyError, OSError) as error:
                log.warning("refresh.failed", reason=repr(error)[:200])
                self._waiting = waiting + self._waiting
                self.ask()
                await asyncio.sleep(0.5)
                continue
            self.loaded.set()
            for done in waiting:
                if not done.done():
                    done.set_result(None)

    async def follow(self, redis: Redis) -> None:
        """Ask whenever the outbox tells of something that concerns the bridge."""
        last = "$"
        while True:
            try:
                answer = await redis.xread({DOMAIN_STREAM: last}, count=500, block=2_000)
            except (RedisError, OSError):
                await asyncio.sleep(0.3)
                self.ask()  # what was told meanwhile was not heard
                last = "$"
                continue
            for entry_id, fields in entries(answer):
                last = entry_id
                if Event.load(fields["event"]).type in CONCERNS:
                    self.ask()
