"""Files of a query that somebody has sent to himself by the clock: scheduled tasks of his own.

Whoever may take rows out may have that done for him; the rest of scheduled tasks is for those who
keep them.
"""

from collections.abc import Mapping
from itertools import chain, count
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from callcenter.automation.cron import closest
from callcenter.automation.errors import TooManyDeliveries
from callcenter.automation.models import Overlap, ScheduledTask
from callcenter.automation.service.keeping import Tasks
from callcenter.automation.service.runs import Runs
from callcenter.core.errors import Invalid, NotFound

COMMAND = "query_export"
_SECONDS, _RETRIES = 1800, 2
MOST, SHORTEST = 20, 15
"""Of one person; minutes between two files."""

LONGEST_NAME = 60


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
        """values: as `schemas.NewDelivery`; its name gets a number where another task has it.

        Raises Invalid, Forbidden, TooManyDeliveries.
        """
        if closest(values["cron"]) < SHORTEST:
            raise Invalid(fields={"cron": ["task.too_often"]})
        held = select(func.count()).select_from(ScheduledTask).where(*_mine(session))
        if session.scalars(held).one() >= MOST:
            raise TooManyDeliveries({"most": MOST})
        return self._tasks.create(
            session,
            {
                **{name: values[name] for name in ("cron", "zone", "parameters")},
                "name": _free_name(session, values["name"]),
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


def _free_name(session: Session, wanted: str) -> str:
    """Names are one in an enterprise, and people do not see each other's."""
    start = wanted[: LONGEST_NAME - len(" 0000")]
    query = select(ScheduledTask.name).where(ScheduledTask.name.startswith(start, autoescape=True))
    taken = {*session.scalars(query)}
    numbered = (f"{start} {number}" for number in count(2))
    return next(name for name in chain([wanted], numbered) if name not in taken)


def _mine(session: Session) -> tuple[Any, Any]:
    actor = session.info["scope"].require_actor()
    return ScheduledTask.acts_as == actor.user_id, ScheduledTask.command == COMMAND
