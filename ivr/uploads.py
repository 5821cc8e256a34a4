"""Prompts that flows name by their id: uploaded, or a text that is spoken; a sound a language."""

import shutil
import tempfile
import wave
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import IO, Any, Protocol
from uuid import UUID

from sqlalchemy import event
from sqlalchemy.orm import Session

from callcenter.core.audit import Audit, difference
from callcenter.core.bus import Outbox
from callcenter.core.clock import Clock
from callcenter.core.db import Database
from callcenter.core.errors import InUse, Invalid, NotFound, Stale, Unavailable
from callcenter.core.http import Page, PageRequest
from callcenter.core.ids import new_id
from callcenter.core.listing import holds, page_rows
from callcenter.core.speech import SpeechFailed
from callcenter.core.tenant import Scope
from ivr import queries
from ivr.errors import PromptTooLarge, SoundRefused
from ivr.models import IvrPrompt
from ivr.prompts import PromptLibrary
from ivr.sounds import BadSound, convert

LARGEST = 20 * 1024 * 1024
_CHUNK = 256 * 1024
_SORTS = {"name": IvrPrompt.name, "changed_at": IvrPrompt.changed_at}


class PromptUsers(Protocol):
    """What says prompts beside flows; the composition root hands it in."""

    def saying(
        self, session: Session, prompt_ids: Collection[UUID]
    ) -> Mapping[UUID, Sequence[Mapping[str, Any]]]:
        """By prompt, agent services whose callers hear it: {kind, id, name}."""
        ...


class Uploads:
    def __init__(
        self,
        database: Database,
        clock: Clock,
        audit: Audit,
        outbox: Outbox,
        library: PromptLibrary,
        users: PromptUsers,
    ) -> None:
        self._database = database
        self._clock = clock
        self._audit = audit
        self._outbox = outbox
        self._library = library
        self._users = users

    def page(self, session: Session, request: PageRequest) -> Page:
        query = queries.prompts()
        if request.q:
            query = query.where(holds(request.q, IvrPrompt.name))
        rows, total = page_rows(session, query, request, _SORTS, "name", IvrPrompt.id)
        items = self._shown(session, rows)
        return Page(items, total, request.page, request.page_size)

    def read(self, session: Session, prompt_id: UUID) -> dict[str, Any]:
        """Raises NotFound."""
        return self._shown(session, [queries.prompt(session, prompt_id)])[0]

    def expected(self, session: Session, prompt_id: UUID, expected: int) -> IvrPrompt:
        """For who is going to change it. Raises NotFound, Stale."""
        return self._current(session, prompt_id, expected)

    def create(self, session: Session, name: str) -> dict[str, Any]:
        """Without a sound yet. Raises Invalid."""
        self._check_name(session, name, None)
        owner = session.info["scope"].require_actor().enterprise_id
        now = self._clock.now()
        row = IvrPrompt(id=new_id(), enterprise_id=owner, name=name, sounds={}, changed_at=now)
        session.add(row)
        session.flush()
        self._note(session, "create", row, {}, {"name": name})
        return self._shown(session, [row])[0]

    def rename(self, session: Session, prompt_id: UUID, name: str, expected: int) -> dict[str, Any]:
        """Raises NotFound, Stale, Invalid."""
        row = self._current(session, prompt_id, expected)
        self._check_name(session, name, prompt_id)
        before, row.name = {"name": row.name}, name
        session.flush()
        self._note(session, "change", row, *difference(before, {"name": name}))
        return self._shown(session, [row])[0]

    def delete(self, session: Session, prompt_id: UUID, expected: int | None) -> None:
        """With its sounds. Raises NotFound, Stale, InUse while anything says it."""
        row = self._current(session, prompt_id, expected)
        self._check_unused(session, prompt_id)
        session.delete(row)
        session.flush()
        self._note(session, "delete", row, {"name": row.name}, {})
        folder = self._library.upload(str(row.enterprise_id), str(row.id), "").parent
        _afterwards(session, lambda: shutil.rmtree(folder, ignore_errors=True))

    def take(
        self, scope: Scope, prompt_id: UUID, language: str, stream: IO[bytes], name: str,
        expected: int,
    ) -> dict[str, Any]:  # fmt: skip
        """An uploaded file is what the prompt says in a language from now on.

        It is checked and converted outside any transaction. Raises NotFound, Stale, SoundRefused,
        PromptTooLarge.
        """
        with self._database.begin(scope) as session:
            self._current(session, prompt_id, expected)
        with tempfile.TemporaryDirectory() as folder:
            sent, made = Path(folder) / "sent", Path(folder) / "made.wav"
            _write(stream, sent)
            try:
                seconds = convert(sent, made)
            except BadSound as fault:
                raise SoundRefused(fault.fault) from fault
            about = {"file": name, "text": "", "seconds": round(seconds, 2)}
            return self._put(scope, prompt_id, language, about, made, expected)

    def say(
        self, scope: Scope, prompt_id: UUID, language: str, text: str, expected: int
    ) -> dict[str, Any]:
        """The prompt is a text from now on, spoken once and for all. Raises also Unavailable."""
        with self._database.begin(scope) as session:
            self._current(session, prompt_id, expected)
        with tempfile.TemporaryDirectory() as folder:
            made = Path(folder) / "made.wav"
            try:
                self._library.speak(text, language, made)
            except SpeechFailed as error:
                raise Unavailable({"part": "speech"}) from error
            with wave.open(str(made)) as sound:
                seconds = sound.getnframes() / sound.getframerate()
            about = {"file": "", "text": text, "seconds": round(seconds, 2)}
            return self._put(scope, prompt_id, language, about, made, expected)

    def drop(
        self, session: Session, prompt_id: UUID, language: str, expected: int | None
    ) -> dict[str, Any]:
        """Take one language away. Raises NotFound, Stale, InUse for the last one of a prompt in use."""
        row = self._current(session, prompt_id, expected)
        if language not in row.sounds:
            raise NotFound
        rest = {key: sound for key, sound in row.sounds.items() if key != language}
        if not rest:
            self._check_unused(session, prompt_id)
        self._change_sounds(session, row, language, rest)
        file = self._file(row, language)
        _afterwards(session, lambda: file.unlink(missing_ok=True))
        return self._shown(session, [row])[0]

    def sound(self, session: Session, prompt_id: UUID, language: str) -> str:
        """Where its file lies, beneath the folder of prompts. Raises NotFound."""
        row = queries.prompt(session, prompt_id)
        file = self._file(row, language)
        if language not in row.sounds or not file.exists():
            raise NotFound
        return str(self._library.place(file))

    def _put(
        self,
        scope: Scope,
        prompt_id: UUID,
        language: str,
        about: Mapping[str, Any],
        made: Path,
        expected: int,
    ) -> dict[str, Any]:
        with self._database.begin(scope) as session:
            row = self._current(session, prompt_id, expected)
            at = self._clock.now().isoformat()
            self._change_sounds(
                session, row, language, {**row.sounds, language: {**about, "at": at}}
            )
            shown = self._shown(session, [row])[0]
            # Before the commit: a call may hear it a moment early, but never miss it.
            self._library.keep(made, self._file(row, language))
        return shown

    def _change_sounds(
        self, session: Session, row: IvrPrompt, language: str, sounds: dict[str, Any]
    ) -> None:
        before, row.sounds = row.sounds.get(language), sounds
        row.changed_at = self._clock.now()
        session.flush()
        self._note(session, "sound", row, {language: before}, {language: sounds.get(language)})
        # Telephony tells Asterisk which files there are.
        self._outbox.record(session, "prompt.changed", row.id, [language])

    def _file(self, row: IvrPrompt, language: str) -> Path:
        return self._library.upload(str(row.enterprise_id), str(row.id), language)

    def _shown(self, session: Session, rows: Sequence[IvrPrompt]) -> list[dict[str, Any]]:
        used_by = self._used_by(session, [row.id for row in rows])
        return [
            {
                "id": row.id,
                "name": row.name,
                "version": row.version,
                "changed_at": row.changed_at,
                "sounds": [
                    {"language": language, **sound}
                    for language, sound in sorted(row.sounds.items())
                ],
                "used_by": used_by[row.id],
            }
            for row in rows
        ]

    def _used_by(
        self, session: Session, prompt_ids: Sequence[UUID]
    ) -> Mapping[UUID, Sequence[Mapping[str, Any]]]:
        flows = queries.flows_naming(session, prompt_ids)
        services = self._users.saying(session, prompt_ids)
        return {key: [*flows[key], *services[key]] for key in prompt_ids}

    def _check_unused(self, session: Session, prompt_id: UUID) -> None:
        """Raises InUse."""
        if users := self._used_by(session, [prompt_id])[prompt_id]:
            raise InUse({"by": users[0]["kind"]})

    @staticmethod
    def _current(session: Session, prompt_id: UUID, expected: int | None) -> IvrPrompt:
        row = queries.prompt(session, prompt_id)
        if expected is not None and row.version != expected:
            raise Stale
        return row

    @staticmethod
    def _check_name(session: Session, name: str, own_id: UUID | None) -> None:
        if queries.prompt_named(session, name) not in (None, own_id):
            raise Invalid(fields={"name": ["validation.taken"]})

    def _note(
        self,
        session: Session,
        act: str,
        row: IvrPrompt,
        before: Mapping[str, Any],
        after: Mapping[str, Any],
    ) -> None:
        self._audit.record(
            session, f"ivr_prompt.{act}", "ivr_prompt", row.id, name=row.name,
            before=before, after=after,
        )  # fmt: skip


def _write(stream: IO[bytes], target: Path) -> None:
    size = 0
    with target.open("wb") as file:
        while chunk := stream.read(_CHUNK):
            size += len(chunk)
            if size > LARGEST:
                raise PromptTooLarge
            file.write(chunk)


def _afterwards(session: Session, remove: Callable[[], Any]) -> None:
    """Once it is committed: where that fails, the prompt has its sounds still."""
    event.listen(session, "after_commit", lambda _session: remove(), once=True)
