"""Puts together queries; `records`, `jobs` and the demonstration share it."""

from collections.abc import Mapping

from callcenter.core.addresses import replica_url
from callcenter.core.clock import SystemClock
from callcenter.core.db import Database
from callcenter.core.http import Blueprint
from callcenter.core.jobs import JobQueue, Work
from callcenter.core.outbound import Outbound
from callcenter.core.sealed import Seal
from callcenter.core.secrets import Secrets
from callcenter.core.settings import Settings
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
from callcenter.queries.replica import Replica
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

_AT_REPLICA = 4
"""Connections there beside the one that is kept: more of a process do not wait for it at once."""


def data_sources(seal: Seal) -> Sources:
    """One of a process: it counts who asks. Other servers keep to no other clock than the real one."""
    clock = SystemClock()
    return Sources(clock, Outbound(clock), seal, allowed_hosts, Places(clock))


def foreign(
    means: Means, sources: Sources | None, milliseconds: int = LONGEST
) -> ForeignRuns | None:
    return ForeignRuns(means, sources, milliseconds=milliseconds) if sources else None


def replica(settings: Settings, secrets: Secrets) -> Replica | None:
    """One of a process, where the installation has one."""
    url = replica_url(settings, secrets)
    if url is None:
        return None
    database = Database(url, pool_size=1, max_overflow=_AT_REPLICA)
    return Replica(database, SystemClock(), settings.database.replica_lag)


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
    running = Running(means, foreign=foreign(means, sources))
    return Selecting(queries(means, running), running)


def services(
    means: Means, jobs: JobQueue, store: TransferStore, sources: Sources | None = None,
    replica: Replica | None = None,
) -> Services:  # fmt: skip
    running = Running(means, foreign=foreign(means, sources), replica=replica)
    kept = queries(means, running)
    exports = QueryExports(means.directory, kept, running, jobs, store, means.clock)
    return Services(kept, running, QueryViews(kept), exports, QueryPins(kept))


def export_work(
    database: Database, store: TransferStore, means: Means, sources: Sources | None = None,
    replica: Replica | None = None,
) -> Mapping[str, Work]:  # fmt: skip
    return {QUERY_EXPORT: exporting(database, store, means, sources, replica).work}


def delivering(
    database: Database, store: TransferStore, means: Means, sources: Sources | None = None,
    replica: Replica | None = None,
) -> Delivering:  # fmt: skip
    writing = exporting(database, store, means, sources, replica)
    notices = Notices(means.directory, means.outbox, means.clock)
    return Delivering(means.directory, queries(means), writing, notices, store, means.clock)


def exporting(
    database: Database, store: TransferStore, means: Means, sources: Sources | None = None,
    replica: Replica | None = None,
) -> QueryExporting:  # fmt: skip
    running = Running(means, FILED, foreign(means, sources, FILED), replica)
    kept = queries(means, running)
    return QueryExporting(database, kept, running, store, means.audit, means.directory, find_actor)


def sources_blueprint(
    database: Database, means: Means, sources: Sources, seal: Seal, *, replica: bool
) -> Blueprint:
    kept = DataSources(means.directory, sources, seal, means.audit, means.clock)
    return sources_http.blueprint(database, kept, replica=replica)
