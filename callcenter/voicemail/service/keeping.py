"""A message becomes a row, once, and those whom it concerns are told."""

from collections.abc import Collection
from uuid import UUID

import structlog
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from callcenter.calls.service import Caller, callers_of
from callcenter.core.directory import Directory
from callcenter.core.jobs import JobQueue
from callcenter.core.numbers import Number
from callcenter.core.tenant import Scope
from callcenter.notices.service import Notice, Notices
from callcenter.voicemail.events import Left, left_at
from callcenter.voicemail.models import Voicemail
from callcenter.voicemail.states import MessageState, Sound, TargetKind
from callcenter.voicemail.tasks import RawMessage, VoicemailStore, message_id, seconds_of

log = structlog.get_logger()

NOTICE = "voicemail"


class Keeping:
    def __init__(
        self, directory: Directory, notices: Notices, store: VoicemailStore, jobs: JobQueue
    ) -> None:
        self._directory = directory
        self._notices = notices
        self._store = store
        self._jobs = jobs

    def keep(self, session: Session, left: Left) -> bool:
        """False where it is kept already. The session's scope is the enterprise's."""
        scope: Scope = session.info["scope"]
        row = {
            "id": message_id(left.name),
            "enterprise_id": scope.enterprise_id,
            "version": 1,
            "name": left.name,
            "target_kind": left.target_kind.value,
            "target_id": left.target_id,
            "call_id": left.call_id,
            "number": left.number,
            "caller_name": left.caller_name,
            "left_at": left.at,
            "seconds": left.seconds,
            "sound": Sound.RECORDED.value,
            "state": MessageState.NEW.value,
        }
        # One statement: the fact's follower and a sweep may find the same message at once.
        statement = insert(Voicemail).values(row).on_conflict_do_nothing().returning(Voicemail.id)
        kept = session.scalar(statement)
        if kept is None:
            return False
        self._store.request(session, self._jobs, kept)
        self._tell(session, left, kept)
        return True

    def adopt(self, session: Session, enterprise_id: UUID) -> int:
        """Keep messages whose fact was lost; returns how many. Their calls tell who called."""
        lost = self._store.lost(session, enterprise_id)
        callers = callers_of(session, {raw.call_id for raw in lost})
        kept = sum(
            self.keep(session, _left(raw, callers[raw.call_id]))
            for raw in lost
            if raw.call_id in callers
        )
        if kept:
            log.warning("voicemail.adopted", messages=kept)
        return kept

    def _tell(self, session: Session, left: Left, voicemail_id: UUID) -> None:
        # Masked: a notice goes to all of them, whatever they may see.
        said = (self._name(session, left), Number.load(left.number).mask())
        text = " · ".join(filter(None, said))
        concerned = self._concerned(session, left)
        self._notices.post(session, concerned, Notice(NOTICE, text, record_id=voicemail_id))

    def _concerned(self, session: Session, left: Left) -> Collection[UUID]:
        if left.target_kind is TargetKind.SEAT:
            return [left.target_id]
        service = self._directory.services(session).get(left.target_id)
        return service.member_ids if service else ()

    def _name(self, session: Session, left: Left) -> str:
        if left.target_kind is TargetKind.SEAT:
            person = self._directory.people(session, [left.target_id]).get(left.target_id)
            return person.name if person else ""
        service = self._directory.services(session).get(left.target_id)
        return service.name if service else ""


def _left(raw: RawMessage, caller: Caller) -> Left:
    """As its fact would have said."""
    return Left(
        raw.file.stem,
        raw.call_id,
        raw.target_kind,
        raw.target_id,
        caller.number,
        caller.name,
        seconds_of(raw.file),
        left_at(raw.file.stem),
    )
