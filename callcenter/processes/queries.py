"""Puts together queries; `records`, `jobs` and the demonstration share it."""

from collections.abc import Mapping

from callcenter.core.db import Database
from callcenter.core.jobs import JobQueue, Work
from callcenter.objects.service import Means
from callcenter.objects.service.transfer import TransferStore
from callcenter.people.service import find_actor
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


def queries(means: Means, running: Running | None = None) -> Queries:
    asked = running or Running(means)
    return Queries(means.directory, asked, means.audit, means.clock)


def selecting(means: Means) -> Selecting:
    running = Running(means)
    return Selecting(queries(means, running), running)


def services(means: Means, jobs: JobQueue, store: TransferStore) -> Services:
    running = Running(means)
    kept = queries(means, running)
    exports = QueryExports(means.directory, kept, running, jobs, store, means.clock)
    return Services(kept, running, QueryViews(kept), exports)


def export_work(database: Database, store: TransferStore, means: Means) -> Mapping[str, Work]:
    running = Running(means, FILED)
    exporting = QueryExporting(
        database, queries(means, running), running, store, means.audit, means.directory, find_actor
    )
    return {QUERY_EXPORT: exporting.work}
