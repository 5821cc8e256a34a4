"""Files of a query that somebody has sent to himself by the clock: scheduled tasks of his own.

Whoever may take rows out may have that done for him; the rest of scheduled tasks is for those who
keep them.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from callcenter.automation.models import Overlap, ScheduledTask
from callcenter.automation.service.keeping import Tasks
from callcenter.automation.service.runs import Runs
from callcenter.core.errors import NotFound

COMMAND = "query_export"
_SECONDS, _RETRIES = 1800, 2


class Deliveries:
    def __init__(self, tasks: Tasks, runs: Runs) -> None:
        self._tasks = tasks
        self._runs = runs

    def all(self, session: Session, query: str) -> list[dict[str, Any]]:
        """Of whoever acts, by name; as `schemas.ScheduledTaskShape` says."""
        rows = session.scalars(
            select(ScheduledTask.id)
            .where(*_mine(session), ScheduledTask.parameters["query"].astext == query)
            .order_by(ScheduledTask.name)
        )
        return [self._tasks.read(session, task_id) for task_id in rows]

    def create(self, session: Session, values: Mapping[str, Any]) -> dict[str, Any]:
        """values: as `schemas.NewDelivery`. Raises Invalid, Forbidden."""
        return self._tasks.create(
            session,
            {
                **{name: values[name] for name in ("name", "cron", "zone", "parameters")},
                "command": COMMAND, "overlap": Overlap.SKIP.value, "retries": _RETRIES,
                "timeout_seconds": _SECONDS, "paused": False,
            },
        )  # fmt: skip

    def run_now(self, session: Session, task_id: UUID) -> dict[str, Any]:
        """Raises NotFound, AlreadyWaiting."""
        self._check(session, task_id)
        return self._runs.run_now(session, task_id)

    def delete(self, session: Session, task_id: UUID, version: int) -> None:
        """Raises NotFound, Stale."""
        self._check(session, task_id)
        self._tasks.delete(session, task_id, version)

    @staticmethod
    def _check(session: Session, task_id: UUID) -> None:
        """Raises NotFound, also for somebody else's and for a task that does something else."""
        query = select(ScheduledTask.id).where(ScheduledTask.id == task_id, *_mine(session))
        if session.scalar(query) is None:
            raise NotFound


def _mine(session: Session) -> tuple[Any, Any]:
    actor = session.info["scope"].require_actor()
    return ScheduledTask.acts_as == actor.user_id, ScheduledTask.command == COMMAND
