"""Puts together queries; `records`, `jobs` and the demonstration share it."""

from collections.abc import Mapping

from callcenter.core.db import Database
from callcenter.core.jobs import JobQueue, Work
from callcenter.notices.service import Notices
from callcenter.objects.service import Means
from callcenter.objects.service.transfer import TransferStore
from callcenter.people.service import find_actor
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


def queries(means: Means, running: Running | None = None) -> Queries:
    asked = running or Running(means)
    # Its child begins with the first template of a parameter, in whichever process that is.
    beginnings = Beginnings(means.directory, means.clock, Renderer().render)
    return Queries(means.directory, asked, beginnings, means.audit, means.clock)


def selecting(means: Means) -> Selecting:
    running = Running(means)
    return Selecting(queries(means, running), running)


def services(means: Means, jobs: JobQueue, store: TransferStore) -> Services:
    running = Running(means)
    kept = queries(means, running)
    exports = QueryExports(means.directory, kept, running, jobs, store, means.clock)
    return Services(kept, running, QueryViews(kept), exports, QueryPins(kept))


def export_work(database: Database, store: TransferStore, means: Means) -> Mapping[str, Work]:
    return {QUERY_EXPORT: exporting(database, store, means).work}


def delivering(database: Database, store: TransferStore, means: Means) -> Delivering:
    writing = exporting(database, store, means)
    notices = Notices(means.directory, means.outbox, means.clock)
    return Delivering(means.directory, queries(means), writing, notices, store, means.clock)


def exporting(database: Database, store: TransferStore, means: Means) -> QueryExporting:
    running = Running(means, FILED)
    kept = queries(means, running)
    return QueryExporting(database, kept, running, store, means.audit, means.directory, find_actor)
