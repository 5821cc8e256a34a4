"""Prompts recorded by phone: a phone is rung, one speaks after the tone, hears it, and keeps it or not."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import structlog

from callcenter.core.clock import Clock
from callcenter.core.db import Database
from callcenter.core.errors import AppError
from callcenter.core.ids import new_id
from callcenter.core.tenant import Scope
from callcenter.people.service import find_actor
from callcenter.telephony.commands import Answer, Command, Verb
from callcenter.telephony.control import Refused
from callcenter.telephony.errands import Errand, Errands
from callcenter.telephony.outlet import Rooms, takes_room
from callcenter.telephony.session import TAIL, RecordEnd, Session
from ivr.phrases import fixed
from ivr.prompts import PromptLibrary
from ivr.sounds import LONGEST
from ivr.uploads import Uploads

log = structlog.get_logger()

SHOWN_SECONDS = 120.0
_SILENCE = 10.0
"""Seconds of it that end a take."""
_SHORTEST = 0.5
_ANSWER = 10.0
"""Seconds to say whether it is kept."""
_TRIES = 3
KEEP, AGAIN = "1", "2"


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeParts:
    """folder: where takes lie until they are kept or dropped; Asterisk writes there."""

    clock: Clock
    rooms: Rooms
    library: PromptLibrary
    uploads: Uploads
    database: Database
    folder: Path


@dataclass
class Take:
    """One recording by phone, and what its room shows.

    expected  version of the prompt that it was asked for
    spoken    language in which the phone is talked to: the asker's own
    """

    parts: TakeParts
    actor_id: UUID
    enterprise_id: UUID
    prompt_id: UUID
    language: str
    spoken: str
    extension: str
    expected: int
    since: datetime
    id: UUID = field(default_factory=new_id)
    _state: str = field(default="ringing", init=False)

    async def work(self, session: Session) -> None:
        """Raises SessionGone; what was not kept by then is dropped."""
        file = self.parts.folder / str(self.id)
        try:
            await self._say(session, "take.begin")
            if await self._is_good(session, file):
                await self._keep(session, file)
        finally:
            file.with_suffix(".wav").unlink(missing_ok=True)

    async def _is_good(self, session: Session, file: Path) -> bool:
        for _ in range(_TRIES):
            self.show("speaking")
            taken = await session.record(str(file), LONGEST, _SILENCE, "#", beep=True)
            silent = TAIL if taken.ended_by is RecordEnd.SILENCE else 0.0
            if taken.seconds - silent < _SHORTEST:
                await self._say(session, "take.nothing")
                continue
            self.show("listening")
            key = await self._decided(session, str(file))
            if key != AGAIN:
                return key == KEEP
        return False

    async def _decided(self, session: Session, file: str) -> str:
        ask = self.parts.library.paths(fixed("take.keep", self.spoken))
        for _ in range(_TRIES):
            key = await session.collect([file, *ask], 1, _ANSWER, _ANSWER, "")
            if key in (KEEP, AGAIN):
                return key
        return ""

    async def _keep(self, session: Session, file: Path) -> None:
        self.show("keeping")
        try:
            await asyncio.to_thread(self._taken, file.with_suffix(".wav"))
        except AppError as refusal:
            self.show("refused", refusal.code)
            await self._say(session, "take.refused")
            return
        self.show("kept")
        await self._say(session, "take.kept")

    def _taken(self, file: Path) -> None:
        with self.parts.database.begin(Scope(self.enterprise_id)) as session:
            actor = find_actor(session, self.actor_id)
            scope = Scope(self.enterprise_id, actor)
        scope.require_actor()
        name = f"{self.extension}-{self.parts.clock.now():%Y%m%d-%H%M}.wav"
        with file.open("rb") as stream:
            self.parts.uploads.take(
                scope, self.prompt_id, self.language, stream, name, self.expected
            )

    async def _say(self, session: Session, key: str) -> None:
        await session.play(self.parts.library.paths(fixed(key, self.spoken)))

    def over(self, why: str) -> None:
        if why or self._state not in ("kept", "refused"):
            self.show("ended", why)
        asyncio.get_running_loop().call_later(SHOWN_SECONDS, self._set, None)

    def show(self, state: str, why: str = "") -> None:
        self._state = state
        value = {
            "id": str(self.id),
            "by": str(self.actor_id),
            "prompt": str(self.prompt_id),
            "language": self.language,
            "phone": self.extension,
            "state": state,
            "why": why,
            "since": self.since.isoformat().replace("+00:00", "Z"),
        }
        self._set(value)

    def _set(self, value: dict[str, Any] | None) -> None:
        self.parts.rooms.set(takes_room(self.enterprise_id), f"take:{self.id}", value)


class Takes:
    """The verbs of recording by phone."""

    def __init__(self, errands: Errands, parts: TakeParts) -> None:
        self._errands = errands
        self._parts = parts
        self._open: dict[UUID, Take] = {}

    def table(self) -> Mapping[str, Verb]:
        return {"prompt.record": self._record, "prompt.record_stop": self._stop}

    async def _record(self, command: Command) -> Answer:
        body = command.body
        take = Take(
            self._parts, command.actor_id, command.enterprise_id, UUID(body["prompt_id"]),
            str(body["language"]), str(body["spoken"]), str(body["phone"]), int(body["version"]),
            self._parts.clock.now(),
        )  # fmt: skip
        errand = Errand(
            take.actor_id, take.enterprise_id, str(body.get("shown") or ""), take.work,
            self._closing(take),
        )  # fmt: skip
        await self._errands.ring(errand, take.extension, take.id)
        self._open[take.id] = take
        take.show("ringing")
        return {"id": str(take.id)}

    def _closing(self, take: Take) -> Callable[[str], None]:
        def over(why: str) -> None:
            self._open.pop(take.id, None)
            take.over(why)

        return over

    async def _stop(self, command: Command) -> Answer:
        take = self._open.get(UUID(command.body["id"]))
        if take is None or take.actor_id != command.actor_id:
            raise Refused("unknown-call")
        await self._errands.hang_up(command.enterprise_id, take.id)
        return {}
