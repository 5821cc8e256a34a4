"""What becomes of a message's sound: the raw file → one checked file, or nothing when it is deleted.

As with recordings every step can be done again: the finished file is moved to its place whole, the
row says `ready`, and the raw file goes at the next round.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from heapq import nlargest
from pathlib import Path
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from callcenter.calls.raw import settle
from callcenter.calls.sound import RATE, peaks, read_samples, write_wave
from callcenter.core.clock import Clock
from callcenter.core.ids import fact_id
from callcenter.core.jobs import JobQueue, Progress
from callcenter.voicemail.events import INCOMING, left_at, raw_place
from callcenter.voicemail.models import Voicemail
from callcenter.voicemail.states import Sound, TargetKind

log = structlog.get_logger()

KIND = "voicemail.process"
SHORTEST = 1.0
"""Seconds; less is somebody who hung up at the tone."""
_GIVEN_UP = timedelta(minutes=2)
"""After its last write a file is nobody's who is still on the telephone."""
_LOOKED_AT = 500


@dataclass(frozen=True, slots=True)
class RawMessage:
    """A file that telephony recorded, and what its place says: who it is for, in which call."""

    file: Path
    target_kind: TargetKind
    target_id: UUID
    call_id: UUID

    @property
    def id(self) -> UUID:
        return message_id(self.file.stem)


class VoicemailStore:
    """folder: the recordings' root, as in `Places.recordings`."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._folder = folder
        self._clock = clock

    def process(
        self, session: Session, arguments: Mapping[str, Any], progress: Progress
    ) -> Mapping[str, Any]:
        """The job: arguments {"voicemail_id"}; returns what was found out about the message.

        Its row is locked for the last statement alone, and its version stays: somebody may be at
        work on the message while the file is waited for and written.
        """
        wanted = select(Voicemail).where(Voicemail.id == UUID(arguments["voicemail_id"]))
        message = session.scalar(wanted)
        if message is None or message.sound != Sound.RECORDED or message.deleted_at:
            return {}
        progress.step(0, 2)
        raw = self._raw(message)
        if not settle([raw], self._clock):
            log.warning("voicemail.missing", call_id=str(message.call_id))
            self._keep(session, message, {"sound": Sound.MISSING})
            return {"sound": "missing"}
        samples = read_samples(raw)
        progress.step(1, 2)
        written = write_wave(self._folder / self._path(message), [samples])
        found = {
            "sound": Sound.READY,
            "path": str(self._path(message)),
            "sha256": hashlib.sha256(written).hexdigest(),
            "size": len(written),
            "seconds": len(samples) / RATE,
            "peaks": list(peaks(samples, len(samples))),
        }
        if not self._keep(session, message, found):
            # The job may have run twice at once: then the file is the one that the row tells of.
            if not self._is_ready(session, message.id):
                # Deleted, and who removes the files of such may have been here already.
                (self._folder / self._path(message)).unlink(missing_ok=True)
            return {}
        return {"sound": "ready", "seconds": found["seconds"]}

    @staticmethod
    def _keep(session: Session, message: Voicemail, found: Mapping[str, Any]) -> bool:
        """False where it has been deleted or finished in the meantime."""
        waits = (Voicemail.sound == Sound.RECORDED, Voicemail.deleted_at.is_(None))
        statement = update(Voicemail).where(Voicemail.id == message.id, *waits).values(found)
        kept: Any = session.execute(statement, execution_options={"synchronize_session": "fetch"})
        return bool(kept.rowcount)

    @staticmethod
    def _is_ready(session: Session, voicemail_id: UUID) -> bool:
        ready = (Voicemail.sound == Sound.READY, Voicemail.deleted_at.is_(None))
        found = select(Voicemail.id).where(Voicemail.id == voicemail_id, *ready)
        return session.scalar(found) is not None

    def request(self, session: Session, jobs: JobQueue, voicemail_id: UUID) -> None:
        """Ask for the job; asking twice for one message is asking once."""
        arguments = {"voicemail_id": str(voicemail_id)}
        jobs.request(session, KIND, arguments, job_id=fact_id(KIND, voicemail_id))

    def sweep(self, session: Session, jobs: JobQueue) -> int:
        """Ask for what was recorded and not processed; returns how many."""
        waiting = select(Voicemail).where(
            Voicemail.sound == Sound.RECORDED, Voicemail.deleted_at.is_(None)
        )
        rows = list(session.scalars(waiting.order_by(Voicemail.left_at).limit(_LOOKED_AT)))
        for message in rows:
            self.request(session, jobs, message.id)
        return len(rows)

    def lost(self, session: Session, enterprise_id: UUID) -> list[RawMessage]:
        """Files of which no row tells, though nobody writes them any more: their fact was lost.

        Heads of files without a message in them go, and raw files whose message is finished.
        """
        found = {raw.id: raw for raw in self._raw_messages(enterprise_id)}
        rows = session.scalars(select(Voicemail).where(Voicemail.id.in_(found)))
        for message in rows:
            raw = found.pop(message.id)
            # Who was not there when it was looked for is all there is.
            if message.sound in (Sound.READY, Sound.REMOVED):
                raw.file.unlink(missing_ok=True)
        for raw in found.values():
            if seconds_of(raw.file) < SHORTEST:
                raw.file.unlink(missing_ok=True)
        return [raw for raw in found.values() if raw.file.exists()]

    def remove_deleted(self, session: Session) -> None:
        """The files of deleted messages, and what their rows still say of people."""
        deleted = select(Voicemail).where(
            Voicemail.deleted_at.is_not(None), Voicemail.sound != Sound.REMOVED
        )
        for message in session.scalars(deleted.limit(_LOOKED_AT)):
            self._raw(message).unlink(missing_ok=True)
            (self._folder / self._path(message)).unlink(missing_ok=True)
            message.sound, message.path, message.peaks = Sound.REMOVED, "", None
            message.number = message.caller_name = message.transcript = ""

    def _raw_messages(self, enterprise_id: UUID) -> Iterator[RawMessage]:
        folder = self._folder / INCOMING / str(enterprise_id)
        before = (self._clock.now() - _GIVEN_UP).timestamp()
        files = (file for file in folder.glob("*/*.wav") if file.stat().st_mtime < before)
        # The newest: what nobody knows any more stays, and must not hold up the others.
        for file in nlargest(_LOOKED_AT, files, key=lambda file: file.stat().st_mtime):
            if (raw := _read(file)) is not None:
                yield raw

    def _raw(self, message: Voicemail) -> Path:
        kind = TargetKind(message.target_kind)
        place = raw_place(message.enterprise_id, kind, message.target_id, message.name)
        return self._folder / place

    def _path(self, message: Voicemail) -> Path:
        day = message.left_at
        month = Path(str(message.enterprise_id)) / f"{day:%Y}" / f"{day:%m}"
        return month / f"voicemail-{message.id}.wav"


def message_id(name: str) -> UUID:
    """The same however the message is learned of: from its fact, or from its file."""
    return fact_id("voicemail", name)


def seconds_of(file: Path) -> float:
    """By its size: the header of a file that Asterisk could not finish says nothing."""
    return max(0, file.stat().st_size - 44) / (2 * RATE)


def _read(file: Path) -> RawMessage | None:
    """What its place tells, see `raw_place`; None for a file that is no message of ours."""
    kind, _, target = file.parent.name.partition("-")
    try:
        left_at(file.stem)
        return RawMessage(file, TargetKind(kind), UUID(target), UUID(file.stem.partition("_")[0]))
    except ValueError:
        return None
