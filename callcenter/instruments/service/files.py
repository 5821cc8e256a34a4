"""The enterprise's folder: files under names, in one place on disk that no name can leave.

A name is a row; what it holds lies under an id of its own, and is written anew for every change: who
reads never sees half of it, and a transaction that fails leaves the file that was there.
"""

import hashlib
import os
from collections.abc import Callable, Collection, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import event, func, select, text
from sqlalchemy.orm import Session

from callcenter.core.audit import Audit
from callcenter.core.clock import Clock
from callcenter.core.finding import the_one
from callcenter.core.http import Page, PageRequest
from callcenter.core.ids import new_id
from callcenter.core.listing import holds, page_rows
from callcenter.core.tenant import Scope
from callcenter.instruments.errors import (
    FileThere,
    FileTooLong,
    FolderFull,
    NoSuchFile,
    TooManyFiles,
)
from callcenter.instruments.models import OwnFile
from callcenter.instruments.names import file_name

LARGEST = 20 * 1024 * 1024
LARGEST_TEXT = 1024 * 1024
MOST = 10_000
LISTED = 500
MEGABYTE = 1024 * 1024
_LEFT_OVER = timedelta(hours=1)
_CHUNK = 256 * 1024
_ONE_AFTER_ANOTHER = text("SELECT pg_advisory_xact_lock(hashtext('own_file:' || :enterprise))")
_SORTS = {"name": OwnFile.name, "size": OwnFile.size, "changed_at": OwnFile.changed_at}
Quota = Callable[[Session], int]


class OwnFiles:
    """quota: megabytes of the scope's enterprise."""

    def __init__(self, folder: Path, quota: Quota, audit: Audit, clock: Clock) -> None:
        self._folder = folder
        self._quota = quota
        self._audit = audit
        self._clock = clock

    def page(self, session: Session, request: PageRequest) -> Page:
        query = select(OwnFile)
        if request.q:
            query = query.where(holds(request.q, OwnFile.name))
        rows, total = page_rows(session, query, request, _SORTS, "name", OwnFile.id)
        return Page(rows, total, request.page, request.page_size)

    def room(self, session: Session) -> dict[str, int]:
        """How many there are, and the bytes that they take and may take."""
        count, used = session.execute(_TOGETHER).one()
        return {
            "files": count,
            "used": used,
            "most": self._quota(session) * MEGABYTE,
            "largest": LARGEST,
        }

    def list(self, session: Session, beginning: str = "") -> list[dict[str, Any]]:
        """Those whose names begin so, by name, no more than LISTED."""
        query = select(OwnFile).where(OwnFile.name.startswith(beginning, autoescape=True))
        rows = session.scalars(query.order_by(OwnFile.name).limit(LISTED))
        return [{"name": row.name, "size": row.size, "changed_at": row.changed_at} for row in rows]

    def read(self, session: Session, name: str) -> bytes:
        """Raises NoSuchFile, BadFileName."""
        return self._held(session, name, LARGEST)

    def text(self, session: Session, name: str) -> str:
        """Raises NoSuchFile, BadFileName, FileTooLong."""
        return self._held(session, name, LARGEST_TEXT).decode("utf-8-sig", "replace")

    def save(self, session: Session, name: str, content: bytes, *, replace: bool = True) -> OwnFile:
        """replace: in the place of the file that has the name. Raises BadFileName, FileTooLong,
        FolderFull, TooManyFiles; FileThere where it is not to be replaced.
        """
        row = self._locked(session, name)
        if row is not None and not replace:
            raise FileThere({"name": row.name})
        return self._put(session, row, file_name(name), content)

    def append(self, session: Session, name: str, content: bytes) -> OwnFile:
        """At its end; a file that is not there begins so. Raises as `save`."""
        row = self._locked(session, name)
        size = (row.size if row else 0) + len(content)
        if size > LARGEST:
            raise FileTooLong({"most": LARGEST // 1024})
        before = self.path(row).read_bytes() if row else b""
        return self._put(session, row, file_name(name), before + content)

    def delete(self, session: Session, name: str) -> None:
        """Raises NoSuchFile, BadFileName."""
        row = self._locked(session, name)
        if row is None:
            raise NoSuchFile({"name": name})
        self._remove(session, row)

    def one(self, session: Session, file_id: UUID, version: int | None = None) -> OwnFile:
        """Raises NotFound, Stale."""
        return the_one(session, select(OwnFile).where(OwnFile.id == file_id), version)

    def whole(self, session: Session, contents: Collection[UUID]) -> frozenset[UUID]:
        """Those of these contents that are still what a file holds, and lie there."""
        rows = session.scalars(select(OwnFile).where(OwnFile.content.in_(contents)))
        return frozenset(row.content for row in rows if _lies(self.path(row), row.size))

    def hand_out(self, session: Session, file_id: UUID) -> OwnFile:
        """To be downloaded: that it was, stands in the audit log. Raises NotFound."""
        row = self.one(session, file_id)
        self._note(session, "download", row, {}, {"size": row.size})
        return row

    def remove(self, session: Session, file_id: UUID, version: int | None) -> None:
        """Raises NotFound, Stale."""
        self._remove(session, self.one(session, file_id, version))

    def path(self, row: OwnFile) -> Path:
        return self._folder / self.address(row)

    @staticmethod
    def address(row: OwnFile) -> str:
        """Beneath the folder of all files."""
        return f"{row.enterprise_id}/{row.content}"

    def sweep(self, session: Session, enterprise_id: UUID) -> int:
        """Remove what lies there and nobody knows: a process died between file and row."""
        old = self._clock.now().timestamp() - _LEFT_OVER.total_seconds()
        lying = [
            file
            for file in (self._folder / str(enterprise_id)).glob("*")
            if file.stat().st_mtime < old
        ]
        if not lying:
            return 0
        known = {str(each) for each in session.scalars(select(OwnFile.content))}
        orphans = [file for file in lying if file.name not in known]
        for file in orphans:
            file.unlink(missing_ok=True)
        return len(orphans)

    def _held(self, session: Session, name: str, most: int) -> bytes:
        """Writers do not wait for readers: what was written anew since its row was read is elsewhere."""
        try:
            return self._content(session, name, most)
        except FileNotFoundError:
            return self._content(session, name, most)

    def _content(self, session: Session, name: str, most: int) -> bytes:
        row = _named(session, name)
        if row is None:
            raise NoSuchFile({"name": name})
        if row.size > most:
            raise FileTooLong({"most": most // 1024})
        return self.path(row).read_bytes()

    def _locked(self, session: Session, name: str) -> OwnFile | None:
        """Writers of one enterprise take turns: what all of them take is counted once."""
        scope: Scope = session.info["scope"]
        session.execute(_ONE_AFTER_ANOTHER, {"enterprise": str(scope.enterprise_id)})
        return _named(session, name)

    def _put(self, session: Session, row: OwnFile | None, name: str, content: bytes) -> OwnFile:
        self._check_room(session, row, len(content))
        scope: Scope = session.info["scope"]
        if scope.enterprise_id is None:
            raise LookupError("files are an enterprise's")
        before: dict[str, Any] = {"size": row.size} if row else {}
        act, old = ("change", row.content) if row else ("create", None)
        if row is None:
            row = OwnFile(id=new_id(), enterprise_id=scope.enterprise_id, name=name)
            session.add(row)
        row.content, row.size = new_id(), len(content)
        row.changed_at = self._clock.now()
        row.changed_by = scope.actor.user_id if scope.actor else None
        row.changed_name = scope.actor.name if scope.actor else ""
        self._write(session, row, content)
        session.flush()
        if old is not None:
            self._unlink(session, "after_commit", self._folder / f"{row.enterprise_id}/{old}")
        digest = hashlib.sha256(content).hexdigest()
        self._note(session, act, row, before, {"size": row.size, "sha256": digest})
        return row

    def _check_room(self, session: Session, row: OwnFile | None, size: int) -> None:
        if size > LARGEST:
            raise FileTooLong({"most": LARGEST // 1024})
        count, used = session.execute(_TOGETHER).one()
        if row is None and count >= MOST:
            raise TooManyFiles({"most": MOST})
        most = self._quota(session)
        if used - (row.size if row else 0) + size > most * MEGABYTE:
            raise FolderFull({"most": most})

    def _write(self, session: Session, row: OwnFile, content: bytes) -> None:
        place = self.path(row)
        place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._unlink(session, "after_rollback", place)
        descriptor = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        with os.fdopen(descriptor, "wb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        _sync(place.parent)

    def _remove(self, session: Session, row: OwnFile) -> None:
        self._note(session, "delete", row, {"size": row.size}, {})
        session.delete(row)
        session.flush()
        self._unlink(session, "after_commit", self.path(row))

    @staticmethod
    def _unlink(session: Session, when: str, place: Path) -> None:
        def unlink(_session: Session) -> None:
            place.unlink(missing_ok=True)

        event.listen(session, when, unlink, once=True)

    def _note(
        self,
        session: Session,
        act: str,
        row: OwnFile,
        before: Mapping[str, Any],
        after: Mapping[str, Any],
    ) -> None:
        self._audit.record(
            session,
            f"own_file.{act}",
            "own_file",
            row.id,
            name=row.name,
            before=before,
            after=after,
        )


def _lies(place: Path, size: int) -> bool:
    return place.is_file() and place.stat().st_size == size


def _sync(folder: Path) -> None:
    """That there is a new file in it is on the disk as well."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


_TOGETHER = select(func.count(OwnFile.id), func.coalesce(func.sum(OwnFile.size), 0))


def _named(session: Session, name: str) -> OwnFile | None:
    """As it is at this moment, also where this session has read it before."""
    query = select(OwnFile).where(OwnFile.name == file_name(name))
    row: OwnFile | None = session.scalar(query.execution_options(populate_existing=True))
    return row
