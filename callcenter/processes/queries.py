"""Puts together queries; `records`, `jobs` and the demonstration share it."""

from collections.abc import Mapping

from callcenter.core.clock import SystemClock
from callcenter.core.db import Database
from callcenter.core.http import Blueprint
from callcenter.core.jobs import JobQueue, Work
from callcenter.core.outbound import Outbound
from callcenter.core.sealed import Seal
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
    Queries,
    QueryExporting,
    QueryExports,
    QueryViews,
    Running,
    Selecting,
)


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
    return Queries(means.directory, asked, means.audit, means.clock)


def selecting(means: Means, sources: Sources | None = None) -> Selecting:
    running = Running(means, foreign=_foreign(means, sources))
    return Selecting(queries(means, running), running)


def services(
    means: Means, jobs: JobQueue, store: TransferStore, sources: Sources | None = None
) -> Services:
    running = Running(means, foreign=_foreign(means, sources))
    kept = queries(means, running)
    exports = QueryExports(means.directory, kept, running, jobs, store, means.clock)
    return Services(kept, running, QueryViews(kept), exports)


def export_work(
    database: Database, store: TransferStore, means: Means, sources: Sources | None = None
) -> Mapping[str, Work]:
    running = Running(means, FILED, _foreign(means, sources, FILED))
    exporting = QueryExporting(
        database, queries(means, running), running, store, means.audit, means.directory, find_actor
    )
    return {QUERY_EXPORT: exporting.work}


def sources_blueprint(
    database: Database, means: Means, sources: Sources, seal: Seal, *, replica: bool
) -> Blueprint:
    kept = DataSources(means.directory, sources, seal, means.audit, means.clock)
    return sources_http.blueprint(database, kept, replica=replica)
