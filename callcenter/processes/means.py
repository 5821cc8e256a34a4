"""Puts together what those who read and write records work with."""

from callcenter.core.audit import Audit
from callcenter.core.bus import Outbox
from callcenter.core.clock import Clock
from callcenter.core.jobs import JobQueue
from callcenter.objects.service import CachedRows, Definitions, Means
from callcenter.processes.directory import SqlDirectory
from callcenter.processes.seams import HandledCalls


def means(clock: Clock, jobs: JobQueue | None = None, rows: CachedRows | None = None) -> Means:
    """jobs: as `Outbox` takes it; rows: as `Means` says."""
    audit, outbox = Audit(clock), Outbox(clock, jobs)
    return Means(SqlDirectory(), Definitions(), HandledCalls(), audit, outbox, clock, rows)
