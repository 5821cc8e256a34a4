"""Files of a query that somebody has set up once and for all: made, and told of at the bell."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from callcenter.core.clock import Clock
from callcenter.core.directory import Directory
from callcenter.core.i18n import LOCALES, caption
from callcenter.notices.service import Notice, Notices
from callcenter.objects.service.transfer import TransferStore
from callcenter.objects.service.transfer.store import DELIVERED
from callcenter.queries.models import QueryExport
from callcenter.queries.service.exports import QueryExporting, file_name
from callcenter.queries.service.keeping import Queries

NOTICE = "query_file"


@dataclass(frozen=True, slots=True)
class Delivered:
    """known: it was there already, and whoever is to know of it has been told.

    place: in the store of files; size: bytes; page: where people see it, below the product's address.
    """

    name: str
    rows: int
    place: str
    size: int
    page: str
    known: bool = False


class _Silent:
    def step(self, done: int, total: int) -> None:
        """Nobody waits for it: the history says how it ended."""


class Delivering:
    def __init__(
        self, directory: Directory, queries: Queries, exporting: QueryExporting, notices: Notices,
        store: TransferStore, clock: Clock,
    ) -> None:  # fmt: skip
        self._directory = directory
        self._queries = queries
        self._exporting = exporting
        self._notices = notices
        self._store = store
        self._clock = clock

    def deliver(
        self,
        session: Session,
        export_id: UUID,
        key: str,
        form: str,
        parameters: Mapping[str, Sequence[str]],
        *,
        shared: bool,
    ) -> Delivered:
        """To whoever acts, of what he may take out; one of the same id is not made again.

        The file is whole on the disk before the transaction that tells of it ends, so whoever dies
        between has told nobody. Raises NotFound, Forbidden, NotForRole, Invalid, BadQuery.
        """
        known = session.scalar(select(QueryExport).where(QueryExport.id == export_id))
        if known is not None:
            return self._told(known, key, known=True)
        saved, _ = self._queries.found(session, key)
        now, actor = self._clock.now(), session.info["scope"].require_actor()
        row = QueryExport(
            id=export_id, query_id=saved.id, form=form,
            name=file_name(session, self._directory, self._clock, saved, form),
            wish={"parameters": {name: [*given] for name, given in parameters.items()}, "sort": ""},
            made_by=actor.user_id, made_at=now, delivered_at=now, shared=shared,
        )  # fmt: skip
        session.add(row)
        session.flush()
        self._exporting.write(session, key, export_id, _Silent(), DELIVERED)
        notice = Notice(NOTICE, _said(row), object_identifier=key, record_id=export_id)
        self._notices.post(session, [actor.user_id], notice)
        session.flush()
        return self._told(row, key)

    def _told(self, row: QueryExport, key: str, *, known: bool = False) -> Delivered:
        what = f"{DELIVERED}.{row.form}"
        path = self._store.path(row.enterprise_id, row.id, what)
        return Delivered(
            row.name, row.rows, self._store.name(row.enterprise_id, row.id, what),
            path.stat().st_size if path.exists() else 0, f"/queries/{key}?file={row.id}", known,
        )  # fmt: skip


def _said(row: QueryExport) -> dict[str, Any]:
    return {
        locale: caption("query.delivered", locale, {"name": row.name, "rows": row.rows})
        for locale in LOCALES
    }
