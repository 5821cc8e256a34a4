"""A query's rows as a file: asked for, watched and fetched by whoever asked; and the job behind."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import case, delete, or_, select
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
from callcenter.objects.service.transfer.store import (
    DELIVERED,
    DELIVERED_KEPT,
    KEPT,
    TransferStore,
)
from callcenter.objects.sheets import write_sheet
from callcenter.queries.compiling import COUNTED
from callcenter.queries.external.running import ForeignRuns
from callcenter.queries.formats import Reader, cell, code
from callcenter.queries.models import QueryExport, SavedQuery
from callcenter.queries.service.keeping import Queries
from callcenter.queries.service.running import Running, Wanted

QUERY_EXPORT = "queries.export"
"""The kind of its job."""

MOST_ROWS = 1_000_000
"""Of a file: a spreadsheet has no more."""

MEDIA_TYPES: Mapping[str, str] = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}

BATCH = 500

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
        saved, query = self._queries.in_use(session, key, wanted.parameters)
        self._running.of(query).ready(session, query, wanted)
        actor = session.info["scope"].require_actor()
        name = file_name(session, self._directory, self._clock, saved, form)
        row = QueryExport(
            id=new_id(), query_id=saved.id, name=name, form=form,
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
        """Raises NotFound, also for somebody else's that did not go to others."""
        return self._told(session, self._own(session, key, export_id))

    def file(self, session: Session, key: str, export_id: UUID) -> tuple[str, str]:
        """Where it lies, and what it is called; raises NotFound until it is whole."""
        row = self._own(session, key, export_id)
        if _state(row, _job(session, row)) != JobState.DONE:
            raise NotFound
        what = DELIVERED if row.delivered_at else "export"
        return self._store.name(row.enterprise_id, row.id, f"{what}.{row.form}"), row.name

    def _own(self, session: Session, key: str, export_id: UUID) -> QueryExport:
        saved, _ = self._queries.found(session, key)
        actor = session.info["scope"].require_actor()
        row: QueryExport | None = session.scalar(
            select(QueryExport).where(
                QueryExport.id == export_id,
                QueryExport.query_id == saved.id,
                or_(QueryExport.made_by == actor.user_id, QueryExport.shared),
            )
        )
        if row is None:
            raise NotFound
        return row

    @staticmethod
    def _told(session: Session, row: QueryExport) -> dict[str, Any]:
        job = _job(session, row)
        return {
            "id": row.id, "name": row.name, "state": _state(row, job),
            "done": job.done if job else row.rows, "total": job.total if job else 0, "rows": row.rows,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Order:
    row: QueryExport
    key: str
    scope: Scope


@dataclass(frozen=True, slots=True)
class Plan:
    """A file that is to be written. running, ready: who asks, and what, as `Running` has it."""

    enterprise_id: UUID
    export_id: UUID
    form: str
    wish: Mapping[str, Any]
    query_id: UUID
    query_key: str
    running: Any
    ready: Any
    reader: Reader

    @property
    def is_apart(self) -> bool:
        """Whether somebody else's database is asked, which needs no session of ours."""
        return isinstance(self.running, ForeignRuns)


@dataclass(frozen=True, slots=True)
class Filled:
    rows: int
    cut: bool


class Steps(Protocol):
    def step(self, done: int, total: int) -> None: ...


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
            plan = self.plan(own, order.key, order.row.id, order.row.form, order.row.wish)
            if not plan.is_apart:
                filled = self.fill(own, plan, progress)
                return {"rows": self._kept(own, plan, filled)}
        filled = self.fill(None, plan, progress)
        with self._database.begin(order.scope) as own:
            return {"rows": self._kept(own, plan, filled)}

    def _kept(self, session: Session, plan: Plan, filled: Filled) -> int:
        row = session.scalars(select(QueryExport).where(QueryExport.id == plan.export_id)).one()
        row.rows = filled.rows
        self.note(session, plan, filled)
        return filled.rows

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

    def plan(
        self, session: Session, key: str, export_id: UUID, form: str, wish: Mapping[str, Any]
    ) -> Plan:
        """What a file is to have, in the name of whoever acts.

        Raises NotFound, Forbidden, NotForRole, Invalid, BadQuery.
        """
        saved, query = self._queries.in_use(session, key, wish["parameters"])
        running = self._running.of(query)
        wanted = Wanted(wish["parameters"], wish["sort"], act="export")
        return Plan(
            enterprise_of(session, self._directory).id, export_id, form, wish, saved.id, saved.key,
            running, running.ready(session, query, wanted),
            Reader(locale_of(session), enterprise_of(session, self._directory).zone),
        )  # fmt: skip

    def fill(
        self, session: Session | None, plan: Plan, steps: Steps, what: str = "export"
    ) -> Filled:
        """Write the file. session: None of what is asked of somebody else's database (`is_apart`): it
        may take minutes, and no transaction of ours is to wait for it.
        """
        running, locale = plan.running, plan.reader.locale
        columns = running.showing(session, plan.ready).columns
        total = min(running.count(session, plan.ready) or 0, COUNTED)
        done, cut = 0, False
        path = self._store.path(plan.enterprise_id, plan.export_id, f"{what}.{plan.form}")
        with (
            self._store.written(path) as draft,
            write_sheet(draft, plan.form, [code(column) for column in columns]) as sheet,
            closing(running.rows(session, plan.ready, BATCH)) as batches,
        ):
            sheet.row([column.label.get(locale, column.key) for column in columns])
            for rows in batches:
                cut = done + len(rows) > MOST_ROWS
                for each in rows[: MOST_ROWS - done]:
                    sheet.row([cell(column, each, plan.reader) for column in columns])
                done = min(done + len(rows), MOST_ROWS)
                steps.step(done, max(done, total))
                if cut:
                    sheet.row([caption("query.cut", locale, {"max": MOST_ROWS})])
                    break
        return Filled(done, cut)

    def note(self, session: Session, plan: Plan, filled: Filled) -> None:
        self._audit.record(
            session, "query.export", "query", plan.query_id, name=plan.query_key,
            after={"rows": filled.rows, "cut": filled.cut, "form": plan.form,
                   "sort": plan.wish["sort"], "parameters": sorted(plan.wish["parameters"])},
        )  # fmt: skip


def tidy(session: Session, clock: Clock) -> None:
    """Forget what is kept no longer; the files go with those of records."""
    now = clock.now()
    oldest = case((QueryExport.delivered_at.is_(None), now - KEPT), else_=now - DELIVERED_KEPT)
    session.execute(delete(QueryExport).where(QueryExport.made_at < oldest))


def file_name(
    session: Session, directory: Directory, clock: Clock, saved: SavedQuery, form: str
) -> str:
    day = clock.now().astimezone(enterprise_of(session, directory).zone).date()
    return f"{saved.name.get(locale_of(session), saved.key)} {day.isoformat()}.{form}"


def _state(row: QueryExport, job: Job | None) -> str:
    """What is delivered was whole before anybody was told of it."""
    if row.delivered_at:
        return JobState.DONE.value
    return job.state if job else JobState.QUEUED.value


def _plain(parameters: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    return {key: [*values] for key, values in parameters.items()}


def _job(session: Session, row: QueryExport) -> Job | None:
    query = select(Job).where(Job.id == row.job_id).execution_options(populate_existing=True)
    return session.scalar(query) if row.job_id else None
