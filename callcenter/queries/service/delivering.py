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
from callcenter.queries.service.exports import Filled, Plan, QueryExporting, file_name
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


@dataclass(frozen=True, slots=True)
class Order:
    """A file that is to be delivered."""

    plan: Plan
    name: str
    shared: bool

    @property
    def is_apart(self) -> bool:
        return self.plan.is_apart


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

    def order(
        self,
        session: Session,
        export_id: UUID,
        key: str,
        form: str,
        parameters: Mapping[str, Sequence[str]],
        *,
        shared: bool,
    ) -> Order | Delivered:
        """For whoever acts, of what he may take out; one of the same id is not made again.

        Raises NotFound, Forbidden, NotForRole, Invalid, BadQuery.
        """
        if (known := self._known(session, export_id, key)) is not None:
            return known
        saved, _ = self._queries.found(session, key)
        wish = {"parameters": {name: [*given] for name, given in parameters.items()}, "sort": ""}
        name = file_name(session, self._directory, self._clock, saved, form)
        return Order(self._exporting.plan(session, key, export_id, form, wish), name, shared)

    def write(self, session: Session | None, order: Order) -> Filled:
        """The file; whole on the disk before anybody is told. session: as `QueryExporting.fill`."""
        return self._exporting.fill(session, order.plan, _Silent(), DELIVERED)

    def tell(self, session: Session, order: Order, filled: Filled) -> Delivered:
        """The row, and the notice to whoever acts."""
        plan = order.plan
        if (known := self._known(session, plan.export_id, plan.query_key)) is not None:
            return known
        now, actor = self._clock.now(), session.info["scope"].require_actor()
        row = QueryExport(
            id=plan.export_id, query_id=plan.query_id, form=plan.form, name=order.name,
            wish=plan.wish, made_by=actor.user_id, made_at=now, delivered_at=now,
            shared=order.shared, rows=filled.rows,
        )  # fmt: skip
        session.add(row)
        session.flush()
        self._exporting.note(session, plan, filled)
        notice = Notice(
            NOTICE, _said(row), object_identifier=plan.query_key, record_id=plan.export_id
        )
        self._notices.post(session, [actor.user_id], notice)
        session.flush()
        return self._told(row, plan.query_key)

    def _known(self, session: Session, export_id: UUID, key: str) -> Delivered | None:
        row = session.scalar(select(QueryExport).where(QueryExport.id == export_id))
        return None if row is None else self._told(row, key, known=True)

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
