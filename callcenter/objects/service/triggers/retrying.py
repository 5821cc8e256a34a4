"""A failed action is tried again where its failure may pass, by itself or when somebody asks."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from psycopg.errors import (
    DeadlockDetected,
    LockNotAvailable,
    QueryCanceled,
    SerializationFailure,
)
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from callcenter.core.errors import NotFound, Stale
from callcenter.core.ids import new_id
from callcenter.core.outbound import OutboundFailed
from callcenter.objects.errors import RunNotFailed
from callcenter.objects.models import TriggerRun
from callcenter.objects.service.means import Means
from callcenter.objects.service.triggers.after import KIND, RunState

PAUSES = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30))
"""Before the second, third and fourth try; then the run has failed for good."""

_CONFLICTS = (SerializationFailure, DeadlockDetected, LockNotAvailable, QueryCanceled)
"""The last: a wait for somebody else's lock that took as long as a statement may."""


def may_pass(failure: Exception) -> bool:
    """Whether the same may go well in a while: silence outside, others at the same rows."""
    if isinstance(failure, OutboundFailed):
        return failure.may_pass
    if isinstance(failure, DBAPIError):
        return failure.connection_invalidated or isinstance(failure.orig, _CONFLICTS)
    return isinstance(failure, Stale)


def put_back(run: TriggerRun, failure: Exception, why: Mapping[str, Any], now: datetime) -> None:
    """The action at hand has failed: it waits for its next try, or ends the run."""
    run.tries += 1
    run.message = dict(why)
    if may_pass(failure) and run.tries <= len(PAUSES):
        run.next_at = now + PAUSES[run.tries - 1]
    else:
        run.state, run.next_at = RunState.FAILED.value, None


def go_on(run: TriggerRun) -> None:
    """The action at hand is done: the next one has its own tries."""
    run.place += 1
    run.tries, run.next_at, run.message = 0, None, None


class Retrying:
    def __init__(self, means: Means) -> None:
        self._definitions = means.definitions
        self._audit, self._outbox = means.audit, means.outbox

    def again(self, session: Session, identifier: str, run_id: UUID) -> None:
        """Once more from where it stopped, at once. Raises NotFound, RunNotFailed."""
        object_id = self._definitions.object_id(session, identifier)
        query = select(TriggerRun).where(TriggerRun.id == run_id, TriggerRun.object_id == object_id)
        run = session.scalar(query.with_for_update())
        if run is None:
            raise NotFound
        if run.state != RunState.FAILED and run.next_at is None:
            raise RunNotFailed
        run.state, run.next_at = RunState.WAITING.value, None
        self._outbox.request(session, KIND, {"batch_id": str(run.batch_id)}, job_id=new_id())
        self._audit.record(
            session, "trigger.again", "data_object", object_id, name=identifier,
            after={"trigger": run.trigger, "record": str(run.record_id)},
        )  # fmt: skip
