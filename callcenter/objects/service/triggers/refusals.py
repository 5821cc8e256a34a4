"""Writes that a trigger has refused leave a line in its log, though nothing else of them stays.

One for a write that is refused as a whole. An act on many records, and an import, go on without
those that are refused, and tell of each of them themselves.
"""

import structlog
from sqlalchemy.orm import Session

from callcenter.core.clock import Clock
from callcenter.core.db import Database
from callcenter.core.ids import new_id
from callcenter.core.tenant import Scope
from callcenter.objects.errors import Refusal
from callcenter.objects.models import TriggerRun
from callcenter.objects.service.definitions import Definitions
from callcenter.objects.service.presenting import viewer
from callcenter.objects.service.triggers.after import RunState
from callcenter.objects.triggers.trigger import Moment

log = structlog.get_logger()


class Refusals:
    def __init__(self, database: Database, definitions: Definitions, clock: Clock) -> None:
        self._database = database
        self._definitions = definitions
        self._clock = clock

    def note(self, scope: Scope, refusal: Refusal) -> None:
        """In a transaction of its own, after the write's. It never fails: the refusal stands."""
        try:
            with self._database.begin(scope) as session:
                session.add(self._line(session, refusal))
        except Exception:
            log.exception("trigger.refusal_untold", trigger=refusal.trigger)

    def _line(self, session: Session, refusal: Refusal) -> TriggerRun:
        actor = viewer(session)
        return TriggerRun(
            batch_id=new_id(),
            change_id=new_id(),
            object_id=self._definitions.object_id(session, refusal.identifier),
            record_id=refusal.record_id,
            trigger=refusal.trigger,
            name=dict(refusal.name),
            act=refusal.act,
            when=Moment.BEFORE.value,
            depth=1,
            state=RunState.REFUSED.value,
            steps=[],
            message={"said": dict(refusal.said)},
            made_by=actor.person_id if actor else None,
            made_at=self._clock.now(),
        )
