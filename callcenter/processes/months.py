"""The tables of monthly objects: made before their month begins, taken out of use after their time."""

from datetime import timedelta
from uuid import UUID

import structlog

from callcenter.core.audit import Audit
from callcenter.core.clock import Clock
from callcenter.core.db import Database
from callcenter.core.tenant import Scope
from callcenter.objects.queries import schema_of
from callcenter.objects.service import Definitions
from callcenter.objects.tasks import Publisher

EVERY = timedelta(hours=1)
"""How often an enterprise is looked at: months stand ready long before they begin."""

log = structlog.get_logger()


class Months:
    def __init__(
        self, database: Database, publisher: Publisher, definitions: Definitions, clock: Clock
    ) -> None:
        self._database = database
        self._publisher = publisher
        self._definitions = definitions
        self._audit = Audit(clock)
        self._clock = clock
        self._looked: dict[UUID, float] = {}

    def keep(self, enterprise_id: UUID, code: str) -> None:
        """May be broken off and done again at any time."""
        now, looked = self._clock.monotonic(), self._looked.get(enterprise_id)
        if looked is not None and now < looked + EVERY.total_seconds():
            return
        with self._database.begin(Scope(enterprise_id)) as session:
            found = [each for each in self._definitions.all(session) if each.monthly]
        for definition in found:
            over = self._publisher.keep_months(schema_of(code), definition)
            if over:
                log.info("months.detached", enterprise=code, tables=[*over])
                self._note(enterprise_id, definition.identifier, [*over])
        self._looked[enterprise_id] = now

    def _note(self, enterprise_id: UUID, identifier: str, tables: list[str]) -> None:
        with self._database.begin(Scope(enterprise_id)) as session:
            object_id = self._definitions.object_id(session, identifier)
            self._audit.record(
                session, "object.months", "data_object", object_id,
                name=identifier, after={"tables": tables},
            )  # fmt: skip
