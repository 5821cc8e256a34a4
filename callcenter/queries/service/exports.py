"""A query's rows as a file: asked for, watched and fetched by whoever asked; and the job behind."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from callcenter.core.audit import Audit
from callcenter.core.clock import Clock
from callcenter.core.db import Database
from callcenter.core.directory import Directory
from callcenter.core.errors import Forbidden, NotFound
from callcenter.core.i18n import caption
from callcenter.core.ids import new_id
from callcenter.core.jobs import Job, JobQueue, JobState, Progress
from callcenter.core.tenant import Actor, Scope
from callcenter.objects.service.presenting import enterprise_of, locale_of
from callcenter.objects.service.transfer.store import KEPT, TransferStore
from callcenter.objects.sheets import Written, write_sheet
from callcenter.queries.answers import Column, Row
from callcenter.queries.compiling import COUNTED
from callcenter.queries.models import QueryExport, SavedQuery
from callcenter.queries.service.keeping import Queries
from callcenter.queries.service.running import Running, Wanted

QUERY_EXPORT = "queries.export"
"""The kind of its job."""

MOST_ROWS = 1_000_000
"""Of a file: a spreadsheet has no more."""

BATCH = 500
_NUMBERS = ("integer", "decimal", "money", "number")
_MOMENTS = ("datetime", "created_at", "updated_at")

ActorOf = Callable[[Session, UUID], Actor | None]
"""Who somebody is by now: whoever has lost a right since gets no file."""


class QueryExports:
    def __init__(
        self, directory: Directory, queries: Queries, running: Running, jobs: JobQueue,
        store: TransferStore, clock: Clock,
    ) -> None:  # fmt: skip
        self._directory = directory
        self._queries = queries
        self._running = running
        self._jobs = jobs
        self._store = store
        self._clock = clock

    def request(self, session: Session, key: str, form: str, wanted: Wanted) -> dict[str, Any]:
        """Raises NotFound, Forbidden, NotForRole, Invalid: what would fail is not begun."""
        saved, query = self._queries.in_use(session, key)
        self._running.of(query).ready(session, query, wanted)
        actor = session.info["scope"].require_actor()
        row = QueryExport(
            id=new_id(), query_id=saved.id, name=self._name(session, saved, form), form=form,
            wish={"parameters": _plain(wanted.parameters), "sort": wanted.sort},
            made_by=actor.user_id, made_at=self._clock.now(),
        )  # fmt: skip
        session.add(row)
        session.flush()
        arguments = {"export_id": str(row.id), "ip": actor.ip}
        row.job_id = self._jobs.request(session, QUERY_EXPORT, arguments)
        session.flush()
        return self._told(session, row)

    def get(self, session: Session, key: str, export_id: UUID) -> dict[str, Any]:
        """Raises NotFound, also for somebody else's."""
        return self._told(session, self._own(session, key, export_id))

    def file(self, session: Session, key: str, export_id: UUID) -> tuple[str, str]:
        """Where it lies, and what it is called; raises NotFound until it is whole."""
        row = self._own(session, key, export_id)
        job = _job(session, row)
        if job is None or job.state != JobState.DONE:
            raise NotFound
        return self._store.name(row.enterprise_id, row.id, f"export.{row.form}"), row.name

    def _own(self, session: Session, key: str, export_id: UUID) -> QueryExport:
        saved, _ = self._queries.in_use(session, key)
        actor = session.info["scope"].require_actor()
        row: QueryExport | None = session.scalar(
            select(QueryExport).where(
                QueryExport.id == export_id,
                QueryExport.query_id == saved.id,
                QueryExport.made_by == actor.user_id,
            )
        )
        if row is None:
            raise NotFound
        return row

    def _name(self, session: Session, saved: SavedQuery, form: str) -> str:
        zone = enterprise_of(session, self._directory).zone
        day = self._clock.now().astimezone(zone).date()
        return f"{saved.name.get(locale_of(session), saved.key)} {day.isoformat()}.{form}"

    @staticmethod
    def _told(session: Session, row: QueryExport) -> dict[str, Any]:
        job = _job(session, row)
        return {
            "id": row.id, "name": row.name, "state": job.state if job else JobState.QUEUED.value,
            "done": job.done if job else 0, "total": job.total if job else 0, "rows": row.rows,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Order:
    row: QueryExport
    key: str
    scope: Scope


class QueryExporting:
    """running: without the limit of those whom somebody waits for."""

    def __init__(
        self, database: Database, queries: Queries, running: Running, store: TransferStore,
        audit: Audit, directory: Directory, actor_of: ActorOf,
    ) -> None:  # fmt: skip
        self._database = database
        self._queries = queries
        self._running = running
        self._store = store
        self._audit = audit
        self._directory = directory
        self._actor_of = actor_of

    def work(
        self, session: Session, arguments: Mapping[str, Any], progress: Progress
    ) -> Mapping[str, Any]:
        """The job: arguments {"export_id", "ip"}; returns how many rows went out."""
        enterprise: Scope = session.info["scope"]
        order = self._order(enterprise, arguments)
        with self._database.begin(order.scope) as own:
            return {"rows": self._write(own, order, progress)}

    def _order(self, enterprise: Scope, arguments: Mapping[str, Any]) -> _Order:
        """Raises NotFound, and Forbidden for a maker who is gone."""
        with self._database.begin(enterprise) as session:
            query = select(QueryExport, SavedQuery.key).join(
                SavedQuery, SavedQuery.id == QueryExport.query_id
            )
            found = session.execute(
                query.where(QueryExport.id == UUID(arguments["export_id"]))
            ).one_or_none()
            if found is None:
                raise NotFound
            row, key = found
            actor = self._actor_of(session, row.made_by)
        if actor is None:
            raise Forbidden
        return _Order(row, key, Scope.of(replace(actor, ip=arguments["ip"])))

    def _write(self, session: Session, order: _Order, progress: Progress) -> int:
        saved, query = self._queries.in_use(session, order.key)
        row = session.scalars(select(QueryExport).where(QueryExport.id == order.row.id)).one()
        wanted = Wanted(row.wish["parameters"], row.wish["sort"], act="export")
        running = self._running.of(query)
        ready = running.ready(session, query, wanted)
        locale, zone = locale_of(session), enterprise_of(session, self._directory).zone
        columns = running.showing(session, ready).columns
        total = min(running.count(session, ready) or 0, COUNTED)
        done, cut = 0, False
        path = self._store.path(row.enterprise_id, row.id, f"export.{row.form}")
        with (
            self._store.written(path) as draft,
            write_sheet(draft, row.form) as sheet,
            closing(running.rows(session, ready, BATCH)) as batches,
        ):
            sheet.row([column.label.get(locale, column.key) for column in columns])
            for rows in batches:
                cut = done + len(rows) > MOST_ROWS
                for each in rows[: MOST_ROWS - done]:
                    sheet.row([_cell(column, each, zone) for column in columns])
                done = min(done + len(rows), MOST_ROWS)
                progress.step(done, max(done, total))
                if cut:
                    sheet.row([caption("query.cut", locale, {"max": MOST_ROWS})])
                    break
        row.rows = done
        self._audit.record(
            session, "query.export", "query", saved.id, name=saved.key,
            after={"rows": done, "cut": cut, "form": row.form, "sort": row.wish["sort"],
                   "parameters": sorted(row.wish["parameters"])},
        )  # fmt: skip
        return done


def tidy(session: Session, clock: Clock) -> None:
    """Forget what is older than a day; the files go with those of records."""
    session.execute(delete(QueryExport).where(QueryExport.made_at < clock.now() - KEPT))


def _cell(column: Column, row: Row, zone: Any) -> Written:
    """As people read it; what a spreadsheet can reckon with, as it is."""
    value = row.values.get(column.key)
    if value is None or column.mask:
        return value
    if column.type in _NUMBERS and isinstance(value, str):
        return Decimal(value)
    if column.type in _MOMENTS:
        moment = datetime.fromisoformat(value)
        # Without a zone it was reckoned where the enterprise is, not where this machine is.
        return moment.astimezone(zone).replace(tzinfo=None) if moment.tzinfo else moment
    if column.type == "date":
        return date.fromisoformat(value)
    plain = isinstance(value, int) and not isinstance(value, bool)
    return value if plain else row.texts.get(column.key) or str(value)


def _plain(parameters: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    return {key: [*values] for key, values in parameters.items()}


def _job(session: Session, row: QueryExport) -> Job | None:
    query = select(Job).where(Job.id == row.job_id).execution_options(populate_existing=True)
    return session.scalar(query) if row.job_id else None
