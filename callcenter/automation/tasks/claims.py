"""Runs claimed and brought to an end: many of them in one transaction.

A run that is claimed is `running`, and in the hand of one process (`runner`: its node and itself).
What that process says of it counts as long as the run is still in its hand, in the same attempt.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import (
    String,
    bindparam,
    case,
    delete,
    func,
    literal,
    null,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, aliased

from callcenter.automation.hand import LONGEST_WAIT, Claimed, Outcome, Room
from callcenter.automation.models import RunState, ScheduledTask, TaskRun
from callcenter.automation.tasks.rows import change_many
from callcenter.core.clock import Clock
from callcenter.core.db import Database, model_table
from callcenter.core.tenant import Scope
from callcenter.core.words import kept, kept_deeply
from callcenter.tenancy.service import active_enterprises

BATCH = 64
PAUSES = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30))
LOST_AFTER = timedelta(minutes=1)
"""How long after its time a run is given up that another node had in hand: that node is gone."""

_RUN = model_table(TaskRun)
_OURS = (
    (_RUN.c.id == bindparam("of_run"))
    & (_RUN.c.state == RunState.RUNNING.value)
    & (_RUN.c.attempt == bindparam("of_attempt"))
    & (_RUN.c.runner == bindparam("of_runner"))
)
STOPPED = Outcome(RunState.STOPPED, {"key": "task.stopped", "parameters": {}})
_WAITS = bindparam("to_state", type_=String) == RunState.QUEUED.value
_UNWANTED = _RUN.c.stopped_by.is_not(None)
"""Somebody has said stop, which we did not hear in time: it does not wait for another try."""

_WHY = literal(STOPPED.reason, JSONB)
_ENDED = _RUN.update().where(_OURS).values(
    state=case(
        (_WAITS & _UNWANTED, RunState.STOPPED.value), else_=bindparam("to_state", type_=String)
    ),
    attempt=case((_WAITS & _UNWANTED, _RUN.c.attempt), else_=bindparam("to_attempt")),
    not_before=func.coalesce(
        bindparam("to_not_before", type_=_RUN.c.not_before.type), _RUN.c.not_before
    ),
    started_at=bindparam("to_started_at"),
    finished_at=bindparam("to_finished_at"),
    output=bindparam("to_output"),
    reason=case(
        (_WAITS & _UNWANTED, _WHY), else_=bindparam("to_reason", type_=JSONB(none_as_null=True))
    ),
)  # fmt: skip
_SAID = _RUN.update().where(_OURS).values(output=bindparam("to_output"))
_BACK = _RUN.update().values(
    state=case((_UNWANTED, RunState.STOPPED.value), else_=RunState.QUEUED.value),
    reason=case((_UNWANTED, _WHY), else_=_RUN.c.reason),
    finished_at=case((_UNWANTED, bindparam("at", type_=_RUN.c.finished_at.type)), else_=null()),
    started_at=None,
    ends_by=None,
    runner="",
)
_OURS_BACK = _BACK.where(_OURS)
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Ended:
    """A run that is over. started_at: None where it never began."""

    claimed: Claimed
    outcome: Outcome
    output: str
    started_at: datetime | None
    finished_at: datetime


@dataclass(frozen=True, slots=True)
class Turn:
    """What is told and asked at once. said: run → its output so far. room: for what may be claimed."""

    ended: Sequence[Ended] = ()
    back: Sequence[Claimed] = ()
    said: Sequence[tuple[Claimed, str]] = ()
    room: Room | None = None


class Claims:
    """name: node and process in whose hand the runs are."""

    def __init__(self, database: Database, clock: Clock, name: str) -> None:
        self._database = database
        self._clock = clock
        self._name = name

    def turn(self, turn: Turn) -> list[Claimed]:
        """Write down what has ended, and claim what waits the longest. May be repeated as it is."""
        while True:
            try:
                with self._database.begin(Scope.platform()) as session:
                    self._write(session, turn)
                    return self._claim(session, turn.room)
            except IntegrityError:
                # Another run of a task has begun elsewhere at this moment (`uq_task_run_alone`).
                continue

    def stopped(self) -> Sequence[UUID]:
        """Runs in our hand that somebody wants to end."""
        query = select(TaskRun.id).where(
            TaskRun.state == RunState.RUNNING,
            TaskRun.runner == self._name,
            TaskRun.stopped_by.is_not(None),
        )
        with self._database.begin(Scope.platform()) as session:
            return session.scalars(query).all()

    def put_back_but(self, in_hand: Collection[UUID]) -> None:
        """All that is ours by what is written, and is not: of a turn whose end we did not hear of."""
        lost = _BACK.where(
            _RUN.c.state == RunState.RUNNING.value,
            _RUN.c.runner == self._name,
            _RUN.c.id.not_in(in_hand),
        )
        with self._database.begin(Scope.platform()) as session:
            change_many(session, lost, [{"at": self._clock.now()}])

    def bury(self, key: str) -> int:
        """What our node had in hand when it was ended, and what others' have had for too long.

        key: why ours ended.
        """
        node = self._name.rpartition(":")[0]
        ours = TaskRun.runner.startswith(f"{node}:", autoescape=True)
        return self._bury(ours & (TaskRun.runner != self._name), key)

    def bury_lost(self) -> int:
        """What no process can still have in hand."""
        return self._bury(TaskRun.ends_by < self._clock.now() - LOST_AFTER, "task.runner_died")

    def _bury(self, whose: Any, key: str) -> int:
        query = (
            select(TaskRun, ScheduledTask.retries, ScheduledTask.timeout_seconds)
            .outerjoin(ScheduledTask, ScheduledTask.id == TaskRun.task_id)
            .where(TaskRun.state == RunState.RUNNING, whose)
            .with_for_update(of=TaskRun, skip_locked=True)
        )
        now = self._clock.now()
        with self._database.begin(Scope.platform()) as session:
            found = session.execute(query).all()
            for run, retries, seconds in found:
                late = run.ends_by is not None and run.ends_by < now
                outcome = timed_out(seconds or 0) if late else died(key)
                if run.stopped_by is not None:
                    outcome = STOPPED
                for name, value in after(outcome, run.attempt, retries or 0, now).items():
                    setattr(run, name, value)
                run.finished_at = now
        return len(found)

    def _write(self, session: Session, turn: Turn) -> None:
        ended = [{**self._named(each.claimed), **_row(each)} for each in turn.ended]
        change_many(session, _ENDED, ended)
        back = [{**self._named(each), "at": self._clock.now()} for each in turn.back]
        change_many(session, _OURS_BACK, back)
        said = [{**self._named(each), "to_output": kept(output)} for each, output in turn.said]
        change_many(session, _SAID, said)

    def _named(self, claimed: Claimed) -> dict[str, Any]:
        return {
            "of_run": claimed.run_id, "of_attempt": claimed.attempt, "of_runner": self._name,
        }  # fmt: skip

    def _claim(self, session: Session, asked: Room | None) -> list[Claimed]:
        if asked is None:
            return []
        # A turn that is repeated counts anew.
        room, now = replace(asked, taken=Counter(asked.taken)), self._clock.now()
        found, gone = _chosen(session.execute(_waiting(now, room)).all(), room)
        if gone:
            session.execute(delete(TaskRun).where(TaskRun.id.in_(gone)))
        if found:
            taken = (
                update(TaskRun)
                .where(TaskRun.id.in_([each.run_id for each in found]))
                .where(TaskRun.task_id == ScheduledTask.id)
                .values(
                    state=RunState.RUNNING.value,
                    runner=self._name,
                    started_at=now,
                    finished_at=None,
                    ends_by=now + _time(ScheduledTask.timeout_seconds + LONGEST_WAIT),
                )
            )
            session.execute(taken, execution_options={"synchronize_session": False})
        return found


def after(outcome: Outcome, attempt: int, retries: int, now: datetime) -> dict[str, Any]:
    """What becomes of a run: it is over, or put back for its next try."""
    told: dict[str, Any] = {
        "reason": outcome.reason,
        "attempt": attempt,
        "state": outcome.state.value,
    }
    if outcome.again and attempt <= retries:
        pause = PAUSES[min(attempt, len(PAUSES)) - 1]
        told |= {"state": RunState.QUEUED.value, "attempt": attempt + 1, "not_before": now + pause}
    return told


def timed_out(seconds: int) -> Outcome:
    reason = {"key": "task.timed_out", "parameters": {"seconds": seconds}}
    return Outcome(RunState.TIMED_OUT, reason, again=True)


def died(key: str = "task.runner_died") -> Outcome:
    return Outcome(RunState.FAILED, {"key": key, "parameters": {}}, again=True)


def _row(ended: Ended) -> Mapping[str, Any]:
    """What a run said is anybody's text: what PostgreSQL does not take of it would stop all others."""
    of, outcome = ended.claimed, ended.outcome
    told = after(outcome, of.attempt, of.retries, ended.finished_at)
    return {
        "to_started_at": ended.started_at,
        "to_finished_at": ended.finished_at,
        "to_output": kept(ended.output),
        "to_not_before": None,
        **{f"to_{name}": value for name, value in told.items()},
        "to_reason": kept_deeply(outcome.reason),
    }


def _chosen(rows: Sequence[Any], room: Room) -> tuple[list[Claimed], list[UUID]]:
    """Those for which there is room, of a task that runs alone the first; and those of no task."""
    found: list[Claimed] = []
    alone: set[UUID] = set()
    for row in rows:
        if row.command is None or (row.alone and row.task_id in alone):
            continue
        if room.take(row.enterprise_id):
            alone.add(row.task_id)
            found.append(
                Claimed(
                    row.id, row.task_id, row.enterprise_id, row.attempt, row.command,
                    row.parameters, row.acts_as, row.retries, row.timeout_seconds,
                )
            )  # fmt: skip
    return found, [row.id for row in rows if row.command is None]


def _waiting(now: datetime, room: Room) -> Any:
    other = aliased(TaskRun)
    beside = select(other.id).where(
        other.task_id == TaskRun.task_id, other.state == RunState.RUNNING
    )
    task = ScheduledTask
    return (
        select(
            TaskRun.id, TaskRun.task_id, TaskRun.enterprise_id, TaskRun.attempt, TaskRun.alone,
            task.command, task.parameters, task.acts_as, task.retries, task.timeout_seconds,
        )
        .outerjoin(task, task.id == TaskRun.task_id)
        .where(TaskRun.state == RunState.QUEUED, TaskRun.not_before <= now)
        .where(TaskRun.enterprise_id.not_in(room.full))
        .where(TaskRun.enterprise_id.in_(active_enterprises()))
        .where(or_(~TaskRun.alone, ~beside.exists()))
        .order_by(TaskRun.not_before, TaskRun.id)
        .limit(BATCH)
        .with_for_update(of=TaskRun, skip_locked=True)
    )  # fmt: skip


def _time(seconds: Any) -> Any:
    return func.make_interval(0, 0, 0, 0, 0, 0, seconds)
