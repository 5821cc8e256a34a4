"""Data sources: kept by whoever shapes queries. Their passwords go in and never come out."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from callcenter.core.audit import Audit, difference
from callcenter.core.clock import Clock
from callcenter.core.db import Database
from callcenter.core.directory import Directory
from callcenter.core.errors import InUse, Invalid
from callcenter.core.finding import the_one
from callcenter.core.http import Page, PageRequest
from callcenter.core.ids import new_id
from callcenter.core.listing import holds, page_rows
from callcenter.core.sealed import Seal
from callcenter.core.tenant import Scope
from callcenter.objects.service.presenting import enterprise_of
from callcenter.objects.service.rows import actor_id
from callcenter.queries.external.authorities import fingerprints
from callcenter.queries.external.looking import Table, found_tables, kept, tables_of
from callcenter.queries.external.opening import Opened, Sources, about
from callcenter.queries.models import DataSource, SavedQuery

PLAIN = ("name", "kind", "host", "port", "database", "user", "tls", "ca", "active")
_WHOM = ("kind", "host", "port", "tls", "ca")
"""With another of these a password would go to somebody else, or in the open."""

_SECONDS = 15.0
"""For all that a test or a look takes."""

_SORTS = {"name": DataSource.name, "key": DataSource.key, "changed_at": DataSource.changed_at}


class DataSources:
    def __init__(
        self, directory: Directory, sources: Sources, seal: Seal, audit: Audit, clock: Clock
    ) -> None:
        self._directory = directory
        self._sources = sources
        self._seal = seal
        self._audit = audit
        self._clock = clock

    def page(self, session: Session, request: PageRequest) -> Page:
        query = select(DataSource)
        if request.q:
            query = query.where(holds(request.q, DataSource.name, DataSource.key, DataSource.host))
        rows, total = page_rows(session, query, request, _SORTS, "name", DataSource.id)
        return Page(self._shown(session, rows), total, request.page, request.page_size)

    def choices(self, session: Session) -> Sequence[DataSource]:
        """Those in use, by name."""
        query = select(DataSource).where(DataSource.active)
        return session.scalars(query.order_by(DataSource.name)).all()

    def read(self, session: Session, source_id: UUID) -> dict[str, Any]:
        """Raises NotFound."""
        return self._shown(session, [_find(session, source_id)])[0]

    def create(self, session: Session, values: Mapping[str, Any]) -> dict[str, Any]:
        """values: of `PLAIN`, key, password. Raises Invalid for a key that is taken."""
        if session.scalar(select(DataSource.id).where(DataSource.key == values["key"])):
            raise Invalid(fields={"key": ["validation.taken"]})
        row = self._new(session, values)
        row.sealed = self._seal.seal(values["password"], about(row))
        session.add(row)
        session.flush()
        self._note(session, "create", row, {}, {**_audited(row), "password": ""})
        return self.read(session, row.id)

    def change(
        self, session: Session, source_id: UUID, values: Mapping[str, Any], version: int
    ) -> dict[str, Any]:
        """Only what `values` names. Raises NotFound, Stale, Invalid for another host without the password."""
        row = _find(session, source_id, version)
        _check_whom(row, values)
        before = _audited(row)
        for name in PLAIN:
            if name in values:
                setattr(row, name, values[name])
        if any(getattr(row, name) != before[name] for name in ("kind", "host", "port", "database")):
            row.tables, row.looked_at, row.server = [], None, ""
        row.changed_at, row.changed_by = self._clock.now(), actor_id(session)
        old, new = difference(before, _audited(row))
        if "password" in values:
            row.sealed = self._seal.seal(values["password"], about(row))
            new["password"] = ""
        session.flush()
        self._note(session, "change", row, old, new)
        return self.read(session, source_id)

    def delete(self, session: Session, source_id: UUID, version: int) -> None:
        """Raises NotFound, Stale, InUse while a query asks it."""
        row = _find(session, source_id, version)
        if _users(session).get(row.key):
            raise InUse({"by": "queries"})
        session.delete(row)
        session.flush()
        self._note(session, "delete", row, _audited(row), {})

    # -- looking at it ---------------------------------------------------------------------------

    def to_try(self, session: Session, values: Mapping[str, Any]) -> tuple[Opened, ZoneInfo]:
        """Of settings that need not be kept; id: whose password is taken where none is given.

        Raises NotFound, and Invalid for another host without the password.
        """
        password = values.get("password")
        row = _find(session, values["id"]) if values.get("id") else None
        if row is not None and password is None:
            _check_whom(row, values)
            password = self._sources.opened(session, row).password
        tried = self._new(session, {"key": "", **values})
        tried.id = row.id if row is not None else tried.id
        opened = self._sources.opened(session, tried, password or "")
        return opened, enterprise_of(session, self._directory).zone

    def to_look(self, session: Session, source_id: UUID) -> tuple[Opened, ZoneInfo]:
        """One that is kept. Raises NotFound."""
        row = _find(session, source_id)
        return self._sources.opened(session, row), enterprise_of(session, self._directory).zone

    def look(self, source: Opened, zone: ZoneInfo) -> tuple[str, list[Table]]:
        """Which server answers, and what it has. In no transaction of ours. Raises SourceFailed."""
        with self._sources.line(source, zone, _SECONDS, anyway=True) as line:
            return line.server(), found_tables(source.kind, line.columns())

    def keep_looks(
        self, session: Session, source_id: UUID, server: str, tables: Sequence[Table]
    ) -> dict[str, Any]:
        """Raises NotFound. It changes nothing that whoever edits it would lose, so no version."""
        row = _find(session, source_id)
        row.server, row.tables, row.looked_at = server, kept(tables), self._clock.now()
        session.flush()
        return self.read(session, source_id)

    def _new(self, session: Session, values: Mapping[str, Any]) -> DataSource:
        scope: Scope = session.info["scope"]
        return DataSource(
            id=new_id(), enterprise_id=scope.enterprise_id, key=values["key"], sealed="",
            tables=[], server="", looked_at=None, changed_at=self._clock.now(),
            changed_by=actor_id(session), **{name: values[name] for name in PLAIN},
        )  # fmt: skip

    def _shown(self, session: Session, rows: Sequence[DataSource]) -> list[dict[str, Any]]:
        used = _users(session)
        people = self._directory.people(session, {row.changed_by for row in rows if row.changed_by})
        plain = ("id", "key", *PLAIN, "server", "looked_at", "version", "changed_at")
        return [
            {
                **{name: getattr(row, name) for name in plain},
                "tables": len(row.tables),
                "used_by": used.get(row.key, []),
                "changed_by": people.get(row.changed_by) if row.changed_by else None,
            }
            for row in rows
        ]

    def _note(
        self,
        session: Session,
        act: str,
        row: DataSource,
        before: Mapping[str, Any],
        after: Mapping[str, Any],
    ) -> None:
        self._audit.record(
            session, f"data_source.{act}", "data_source", row.id, name=row.name,
            before=before, after=after,
        )  # fmt: skip


def look_and_keep(
    database: Database, scope: Callable[[], Scope], kept: DataSources, source_id: UUID
) -> dict[str, Any]:
    """Three steps, so that no transaction waits for somebody else's server. Raises SourceFailed."""
    with database.begin(scope()) as session:
        source, zone = kept.to_look(session, source_id)
    server, tables = kept.look(source, zone)
    with database.begin(scope()) as session:
        return kept.keep_looks(session, source_id, server, tables)


def relations(row: DataSource) -> Mapping[str, Table]:
    """What a statement may name."""
    return tables_of(row.tables)


def _check_whom(row: DataSource, values: Mapping[str, Any]) -> None:
    """Else a password that is never shown could be sent to wherever one likes."""
    moved = any(values.get(name, getattr(row, name)) != getattr(row, name) for name in _WHOM)
    if moved and values.get("password") is None:
        raise Invalid(fields={"password": ["validation.secret_for_host"]})


def _audited(row: DataSource) -> dict[str, Any]:
    """Of certificates what tells one from another."""
    return {name: getattr(row, name) for name in PLAIN} | {"ca": fingerprints(row.ca)}


def _users(session: Session) -> dict[str, list[str]]:
    """Key of a source → keys of the queries that ask it."""
    found: dict[str, list[str]] = {}
    where = SavedQuery.document["data_source"].astext
    for key, source in session.execute(
        select(SavedQuery.key, where).where(where.is_not(None)).order_by(SavedQuery.key)
    ):
        found.setdefault(source, []).append(key)
    return found


def _find(session: Session, source_id: UUID, version: int | None = None) -> DataSource:
    return the_one(session, select(DataSource).where(DataSource.id == source_id), version)
