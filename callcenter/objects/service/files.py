"""Where attached files lie: under their ids, readable by nobody else, written whole or not at all."""

import hashlib
import os
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import IO
from uuid import UUID

from sqlalchemy import delete, event, select
from sqlalchemy.orm import Session

from callcenter.core.clock import Clock
from callcenter.core.ids import new_id
from callcenter.objects.errors import BadFile, FileTooLarge
from callcenter.objects.models import Attachment
from callcenter.objects.service.file_kinds import kind_of

_CHUNK = 256 * 1024
_INCOMING = "incoming"
_LEFT_OVER = timedelta(hours=1)
_KEPT = timedelta(days=1)
"""For whoever fills in a form until then."""
_AT_ONCE = 500
FOLDERS = 256
"""An enterprise's files lie in so many folders, by the end of their ids."""


@dataclass(frozen=True, slots=True)
class Received:
    """A file in its place that no record has yet."""

    id: UUID
    kind: str
    size: int
    sha256: str


class Files:
    def __init__(self, folder: Path, clock: Clock) -> None:
        self._folder = folder
        self._clock = clock

    def receive(self, enterprise_id: UUID, stream: IO[bytes], name: str, largest: int) -> Received:
        """Keep what is sent; raises FileTooLarge, BadFile, and then nothing stays of it."""
        file_id = new_id()
        draft = self._folder / str(enterprise_id) / _INCOMING / str(file_id)
        draft.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            size, digest = _write(draft, stream, largest)
            kind = kind_of(draft, name) if size else None
            if kind is None:
                raise BadFile
            place = self.path(enterprise_id, file_id)
            place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            draft.replace(place)
        finally:
            draft.unlink(missing_ok=True)
        return Received(file_id, kind, size, digest)

    def path(self, enterprise_id: UUID, file_id: UUID) -> Path:
        return self._folder / self.address(enterprise_id, file_id)

    @staticmethod
    def address(enterprise_id: UUID, file_id: UUID) -> str:
        """Beneath the folder of all files."""
        return f"{enterprise_id}/{file_id.hex[-2:]}/{file_id}"

    def discard(self, enterprise_id: UUID, file_id: UUID) -> None:
        self.path(enterprise_id, file_id).unlink(missing_ok=True)

    def remove(self, session: Session, row: Attachment) -> None:
        """The row now, the file with the commit."""
        session.delete(row)
        self._unlink_later(session, row.enterprise_id, [row.id])

    def remove_all(self, session: Session, record_ids: Collection[UUID]) -> None:
        """Everything that is attached to these records."""
        query = select(Attachment.id, Attachment.enterprise_id).where(
            Attachment.record_id.in_(record_ids)
        )
        for file_id, enterprise_id in session.execute(query).all():
            self._unlink_later(session, enterprise_id, [file_id])
        session.execute(delete(Attachment).where(Attachment.record_id.in_(record_ids)))

    def forget(self, session: Session) -> int:
        """Remove what was sent for a field and no record has, after a day. Returns how many."""
        before = self._clock.now() - _KEPT
        query = select(Attachment).where(
            Attachment.record_id.is_(None), Attachment.made_at < before
        )
        rows = session.scalars(query.limit(_AT_ONCE)).all()
        for row in rows:
            self.remove(session, row)
        return len(rows)

    def sweep(self, session: Session, enterprise_id: UUID, folder: int) -> int:
        """Remove the files of one folder, and of those on their way, that nobody knows (any more).

        A process died between file and row. Returns how many.
        """
        root = self._folder / str(enterprise_id)
        old = self._clock.now().timestamp() - _LEFT_OVER.total_seconds()
        files = [
            file
            for place in (root / f"{folder:02x}", root / _INCOMING)
            for file in place.glob("*")
            if file.stat().st_mtime < old
        ]
        ids = {file: _id_of(file) for file in files}
        wanted = [file_id for file_id in ids.values() if file_id]
        query = select(Attachment.id).where(Attachment.id.in_(wanted))
        known = set(session.scalars(query)) if wanted else set()
        orphans = [file for file, file_id in ids.items() if file_id not in known]
        for file in orphans:
            file.unlink(missing_ok=True)
        return len(orphans)

    def _unlink_later(
        self, session: Session, enterprise_id: UUID, file_ids: Collection[UUID]
    ) -> None:
        def unlink(_session: Session) -> None:
            for file_id in file_ids:
                self.discard(enterprise_id, file_id)

        event.listen(session, "after_commit", unlink, once=True)


def _write(file: Path, stream: IO[bytes], largest: int) -> tuple[int, str]:
    digest, size = hashlib.sha256(), 0
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as out:
        while chunk := stream.read(_CHUNK):
            size += len(chunk)
            if size > largest:
                raise FileTooLarge({"most": largest // 1024 // 1024})
            digest.update(chunk)
            out.write(chunk)
        out.flush()
        os.fsync(out.fileno())
    return size, digest.hexdigest()


def _id_of(file: Path) -> UUID | None:
    try:
        return UUID(file.name)
    except ValueError:
        return None
