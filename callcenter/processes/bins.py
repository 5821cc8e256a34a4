"""Empties recycle bins: what was deleted long ago goes for good, and files that nobody knows go too."""

from datetime import datetime, timedelta
from uuid import UUID

import structlog

from callcenter.core.clock import Clock
from callcenter.core.db import Database
from callcenter.core.tenant import Scope
from callcenter.instruments.service import OwnFiles
from callcenter.objects.service import Files, RecycleBin
from callcenter.objects.service.files import FOLDERS
from callcenter.objects.service.recycling import BATCH
from callcenter.tenancy.service import Options

EVERY = timedelta(hours=1)
"""How often an enterprise's bins are looked through; a deleted record may wait for that."""

DAYS = "recycle_bin_days"
"""The enterprise's option; 0 or less: nothing is purged by itself."""

log = structlog.get_logger()


class Bins:
    def __init__(
        self,
        database: Database,
        recycled: RecycleBin,
        files: Files,
        own: OwnFiles,
        clock: Clock,
    ) -> None:
        self._database = database
        self._recycled = recycled
        self._files = files
        self._own = own
        self._clock = clock
        self._emptied: dict[UUID, float] = {}
        self._folder = 0

    def empty(self, enterprise_id: UUID) -> None:
        """A part of what is to go: the next round goes on, and events wait for neither."""
        with self._database.begin(Scope(enterprise_id)) as session:
            orphans = self._files.sweep(session, enterprise_id, self._folder)
            orphans += self._files.forget(session)
            if self._folder == 0:
                orphans += self._own.sweep(session, enterprise_id)
        if orphans:
            log.info("attachments.swept", enterprise=str(enterprise_id), files=orphans)
        now = self._clock.monotonic()
        due = self._emptied.get(enterprise_id)
        if due is not None and now < due + EVERY.total_seconds():
            return
        purged, is_done = self._purge(enterprise_id)
        if purged:
            log.info("recycle_bin.purged", enterprise=str(enterprise_id), records=purged)
        if is_done:
            self._emptied[enterprise_id] = now

    def next_round(self) -> None:
        """One folder of files a round: all of them are looked through in about an hour."""
        self._folder = (self._folder + 1) % FOLDERS

    def _purge(self, enterprise_id: UUID) -> tuple[int, bool]:
        """A batch of each object; how many went, and whether those were all."""
        with self._database.begin(Scope(enterprise_id)) as session:
            days = Options().of(session, enterprise_id).get(DAYS, 0)
            names = [each.identifier for each in self._recycled.definitions.all(session)]
        if days <= 0:
            return 0, True
        before = self._recycled.kept_until(days)
        purged = [self._purge_object(enterprise_id, name, before) for name in names]
        return sum(purged), max(purged, default=0) < BATCH

    def _purge_object(self, enterprise_id: UUID, identifier: str, before: datetime) -> int:
        with self._database.begin(Scope(enterprise_id)) as session:
            return self._recycled.purge_before(session, identifier, before)
