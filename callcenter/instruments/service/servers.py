"""File servers: kept by the enterprise's administrator. Their secrets go in and never come out."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from callcenter.core.audit import Audit, difference
from callcenter.core.clock import Clock
from callcenter.core.directory import Directory
from callcenter.core.errors import Invalid
from callcenter.core.finding import the_one
from callcenter.core.http import Page, PageRequest
from callcenter.core.ids import new_id
from callcenter.core.listing import holds, page_rows
from callcenter.core.outbound import NotAllowed
from callcenter.core.sealed import CannotOpen, Seal
from callcenter.instruments.lines import Server
from callcenter.instruments.models import FileServer, ServerKind
from callcenter.objects.service.rows import actor_id

PLAIN = ("name", "kind", "host", "port", "user", "folder", "host_key")
_PLACE = ("kind", "host", "port", "user")
_SORTS = {
    "name": FileServer.name,
    "kind": FileServer.kind,
    "host": FileServer.host,
    "changed_at": FileServer.changed_at,
}


class FileServers:
    def __init__(self, directory: Directory, seal: Seal, audit: Audit, clock: Clock) -> None:
        self._directory = directory
        self._seal = seal
        self._audit = audit
        self._clock = clock

    def page(self, session: Session, request: PageRequest) -> Page:
        query = select(FileServer)
        if request.q:
            query = query.where(holds(request.q, FileServer.name, FileServer.host))
        rows, total = page_rows(session, query, request, _SORTS, "name", FileServer.id)
        return Page(self._shown(session, rows), total, request.page, request.page_size)

    def choices(self, session: Session) -> Sequence[FileServer]:
        """For whoever writes templates: names alone."""
        return session.scalars(select(FileServer).order_by(FileServer.name)).all()

    def read(self, session: Session, server_id: UUID) -> dict[str, Any]:
        """Raises NotFound."""
        return self._shown(session, [_find(session, server_id)])[0]

    def create(self, session: Session, values: Mapping[str, Any]) -> dict[str, Any]:
        """Raises Invalid for a name that is taken."""
        if session.scalar(select(FileServer.id).where(FileServer.name == values["name"])):
            raise Invalid(fields={"name": ["validation.taken"]})
        row = FileServer(id=new_id(), **{name: values[name] for name in PLAIN})
        self._write(session, row, values)
        session.add(row)
        session.flush()
        self._note(session, "create", row, {}, {**_plain(row), "secret": ""})
        return self.read(session, row.id)

    def change(
        self, session: Session, server_id: UUID, values: Mapping[str, Any], version: int
    ) -> dict[str, Any]:
        """Only what `values` names. Raises NotFound, Stale, and Invalid for another place without the
        secret: one that is never shown could else be sent to wherever one likes.
        """
        row = _find(session, server_id, version)
        before = _plain(row)
        moved = any(values.get(name, before[name]) != before[name] for name in _PLACE)
        if moved and not values.get("secret"):
            raise Invalid(fields={"secret": ["validation.secret_for_host"]})
        if moved and values.get("host_key", row.host_key) == row.host_key:
            # Of another server another key.
            row.host_key = ""
        for name in PLAIN:
            if name in values and (name != "host_key" or values[name] != before[name]):
                setattr(row, name, values[name])
        self._write(session, row, values)
        session.flush()
        old, new = difference(before, _plain(row))
        if values.get("secret"):
            new["secret"] = ""
        self._note(session, "change", row, old, new)
        return self.read(session, server_id)

    def delete(self, session: Session, server_id: UUID, version: int) -> None:
        """Raises NotFound, Stale."""
        row = _find(session, server_id, version)
        session.delete(row)
        session.flush()
        self._note(session, "delete", row, _plain(row), {})

    def named(self, session: Session, name: str) -> Server:
        """To be used. Raises NotAllowed for one that is not there or cannot be opened here."""
        row = session.scalar(select(FileServer).where(FileServer.name == name))
        if row is None:
            raise NotAllowed("server.unknown", {"server": name[:60]})
        return self._opened(row)

    def by_id(self, session: Session, server_id: UUID) -> Server:
        """The same. Raises NotFound, NotAllowed."""
        return self._opened(_find(session, server_id))

    def _opened(self, row: FileServer) -> Server:
        try:
            secret = self._seal.open(row.secret, _about(row))
        except CannotOpen:
            raise NotAllowed("server.secret_lost", {"server": row.name}) from None
        return Server(
            row.name, ServerKind(row.kind), row.host, row.port, row.user, secret, row.folder,
            row.host_key,
        )  # fmt: skip

    def _write(self, session: Session, row: FileServer, values: Mapping[str, Any]) -> None:
        row.enterprise_id = session.info["scope"].require_actor().enterprise_id
        if secret := values.get("secret"):
            row.secret = self._seal.seal(secret, _about(row))
        row.changed_at, row.changed_by = self._clock.now(), actor_id(session)

    def _shown(self, session: Session, rows: Sequence[FileServer]) -> list[dict[str, Any]]:
        people = self._directory.people(session, {row.changed_by for row in rows if row.changed_by})
        return [
            {
                "id": row.id,
                **_plain(row),
                "version": row.version,
                "changed_at": row.changed_at,
                "changed_by": people.get(row.changed_by) if row.changed_by else None,
            }
            for row in rows
        ]

    def _note(
        self,
        session: Session,
        act: str,
        row: FileServer,
        before: Mapping[str, Any],
        after: Mapping[str, Any],
    ) -> None:
        self._audit.record(
            session, f"file_server.{act}", "file_server", row.id, name=row.name,
            before=before, after=after,
        )  # fmt: skip


def _plain(row: FileServer) -> dict[str, Any]:
    return {name: getattr(row, name) for name in PLAIN}


def _about(row: FileServer) -> str:
    return f"file_server:{row.enterprise_id}:{row.id}"


def _find(session: Session, server_id: UUID, version: int | None = None) -> FileServer:
    return the_one(session, select(FileServer).where(FileServer.id == server_id), version)
