"""Work whose request was lost, or that nobody asks for: looked for in every enterprise in turn."""

import structlog

import callcenter.migrations.schema  # noqa: F401 - every table: foreign keys go by name
from callcenter.calls.tasks import RecordingStore
from callcenter.core.bus import Outbox
from callcenter.core.clock import Clock
from callcenter.core.db import Database
from callcenter.core.jobs import JobQueue
from callcenter.core.tenant import Scope
from callcenter.notices import service as notices
from callcenter.objects.service.transfer import TransferStore, tidy
from callcenter.objects.service.triggers.running import keep_house
from callcenter.processes.bins import Bins
from callcenter.processes.directory import SqlDirectory
from callcenter.processes.months import Months
from callcenter.queries import service as queries
from callcenter.tenancy.service import load_enterprises
from callcenter.voicemail.service import Keeping
from callcenter.voicemail.tasks import VoicemailStore

EVERY = 15.0
"""Seconds between two rounds."""

log = structlog.get_logger()


class Housekeeping:
    def __init__(
        self,
        database: Database,
        jobs: JobQueue,
        recordings: RecordingStore,
        messages: VoicemailStore,
        bins: Bins,
        months: Months,
        transfers: TransferStore,
        clock: Clock,
    ) -> None:
        self._database = database
        self._jobs = jobs
        self._recordings = recordings
        self._messages = messages
        self._bins = bins
        self._months = months
        self._transfers = transfers
        self._clock = clock
        self._outbox = Outbox(clock, jobs)
        directory = SqlDirectory()
        told = notices.Notices(directory, self._outbox, clock)
        self._keeping = Keeping(directory, told, messages, jobs)

    def go_round(self) -> None:
        """A round may be broken off and done again at any time."""
        with self._database.begin(Scope.platform()) as session:
            enterprises = load_enterprises(session)
        for enterprise in enterprises:
            with self._database.begin(Scope(enterprise.id)) as session:
                self._recordings.adopt(session, enterprise.id)
                recordings = self._recordings.sweep(session, self._jobs)
                self._keeping.adopt(session, enterprise.id)
                recordings += self._messages.sweep(session, self._jobs)
                self._messages.remove_deleted(session)
                jobs = self._jobs.sweep(session)
                self._jobs.forget(session)
                self._recordings.tidy(session, enterprise.id)
                tidy(session, enterprise.id, self._transfers, self._clock)
                queries.tidy(session, self._clock)
                notices.tidy(session, self._clock)
                keep_house(session, self._outbox, self._clock)
            if recordings or jobs:
                log.info("housekeeping.asked", recordings=recordings, jobs=jobs)
            self._bins.empty(enterprise.id)
            self._months.keep(enterprise.id, enterprise.code)
        self._bins.next_round()
