"""Puts together queries; `records`, `jobs` and the demonstration share it."""

from collections.abc import Mapping

from callcenter.core.clock import SystemClock
from callcenter.core.db import Database
from callcenter.core.http import Blueprint
from callcenter.core.jobs import JobQueue, Work
from callcenter.core.outbound import Outbound
from callcenter.core.sealed import Seal
from callcenter.notices.service import Notices
from callcenter.objects.service import Means
from callcenter.objects.service.transfer import TransferStore
from callcenter.people.service import find_actor
from callcenter.processes.hosts import allowed_hosts
from callcenter.queries.external import http as sources_http
from callcenter.queries.external.keeping import DataSources
from callcenter.queries.external.opening import Sources
from callcenter.queries.external.places import Places
from callcenter.queries.external.running import LONGEST, ForeignRuns
from callcenter.queries.http import Services
from callcenter.queries.service import (
    FILED,
    QUERY_EXPORT,
    Beginnings,
    Delivering,
    Queries,
    QueryExporting,
    QueryExports,
    QueryPins,
    QueryViews,
    Running,
    Selecting,
)
from callcenter.rendering.renderer import Renderer


def data_sources(seal: Seal) -> Sources:
    """One of a process: it counts who asks. Other servers keep to no other clock than the real one."""
    clock = SystemClock()
    return Sources(clock, Outbound(clock), seal, allowed_hosts, Places(clock))


def _foreign(
    means: Means, sources: Sources | None, milliseconds: int = LONGEST
) -> ForeignRuns | None:
    return ForeignRuns(means, sources, milliseconds=milliseconds) if sources else None


def queries(means: Means, running: Running | None = None) -> Queries:
    asked = running or Running(means)
    # Its child begins with the first template of a parameter, in whichever process that is.
    renderer = Renderer()
    beginnings = Beginnings(
        means.directory,
        means.clock,
        lambda text, words, locale: renderer.render(text, words, locale).text,
    )
    return Queries(means.directory, asked, beginnings, means.audit, means.clock)


def selecting(means: Means, sources: Sources | None = None) -> Selecting:
    running = Running(means, foreign=_foreign(means, sources))
    return Selecting(queries(means, running), running)


def services(
    means: Means, jobs: JobQueue, store: TransferStore, sources: Sources | None = None
) -> Services:
    running = Running(means, foreign=_foreign(means, sources))
    kept = queries(means, running)
    exports = QueryExports(means.directory, kept, running, jobs, store, means.clock)
    return Services(kept, running, QueryViews(kept), exports, QueryPins(kept))


def export_work(
    database: Database, store: TransferStore, means: Means, sources: Sources | None = None
) -> Mapping[str, Work]:
    return {QUERY_EXPORT: _exporting(database, store, means, sources).work}


def delivering(
    database: Database, store: TransferStore, means: Means, sources: Sources | None = None
) -> Delivering:
    exporting = _exporting(database, store, means, sources)
    notices = Notices(means.directory, means.outbox, means.clock)
    return Delivering(means.directory, queries(means), exporting, notices, store, means.clock)


def _exporting(
    database: Database, store: TransferStore, means: Means, sources: Sources | None
) -> QueryExporting:
    running = Running(means, FILED, _foreign(means, sources, FILED))
    kept = queries(means, running)
    return QueryExporting(database, kept, running, store, means.audit, means.directory, find_actor)


def sources_blueprint(
    database: Database, means: Means, sources: Sources, seal: Seal, *, replica: bool
) -> Blueprint:
    kept = DataSources(means.directory, sources, seal, means.audit, means.clock)
    return sources_http.blueprint(database, kept, replica=replica)
