"""Jobs: work in the background with progress, cancel and a result one can look up.

The row is the truth; RQ only carries its id to a worker. A job is enqueued after the commit of the
transaction that made it, so a worker never looks for a row that is not there.
"""

import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

import structlog
from redis import Redis
from redis.exceptions import RedisError
from rq import Queue
from rq.serializers import JSONSerializer
from sqlalchemy import Index, and_, delete, event, or_, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from callcenter.core.clock import Clock
from callcenter.core.db import Base, Database, Identified, TenantRow
from callcenter.core.errors import NotFound
from callcenter.core.ids import new_id
from callcenter.core.tenant import Scope

log = structlog.get_logger()

QUEUE, LONG_QUEUE = "jobs", "long"
LONG = frozenset(
    {
        *("records.import", "records.export", "records.bulk"),
        *("objects.publish", "objects.purge", "queries.export"),
    }
)
"""Kinds of work that may take minutes. They have a queue and a worker of their own: what a caller's
recording or a trigger asks for does not wait behind somebody's import."""

ENTRY = "callcenter.processes.jobs.run"
TIMEOUT = 600
ENQUEUED_WITHIN = timedelta(seconds=10)
"""After its commit a job stands in the queue at once, unless Redis was away."""

SWEPT = 200
"""Jobs that a sweep looks at."""

TOLD_EVERY = 0.25
"""Seconds between two looks at a job under way: work may tell of every step it takes."""

TURN = 180.0
"""Seconds of one turn of work that can be broken off: well below `TIMEOUT`. Then others have theirs."""

KEPT = timedelta(days=30)
"""After its end a job can be looked up as long as this."""

FORGOTTEN = 1_000
"""Jobs that one round deletes at most."""

ROOM_KEPT = 24 * 3600
"""Seconds that the progress of a user's jobs can be read."""


class Job(Identified, TenantRow, Base):
    """done/total measure progress; total 0 while it is unknown."""

    __tablename__ = "job"
    __table_args__ = (
        Index("ix_job_made_by", "enterprise_id", "made_by", "made_at"),
        Index(
            "ix_job_under_way",
            "enterprise_id",
            "made_at",
            postgresql_where=text("state IN ('queued', 'running')"),
        ),
        Index("ix_job_finished", "enterprise_id", "finished_at"),
    )

    kind: Mapped[str]
    state: Mapped[str]
    arguments: Mapped[dict[str, Any]]
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    result: Mapped[dict[str, Any] | None]
    error: Mapped[str] = mapped_column(default="")
    cancel_wanted: Mapped[bool] = mapped_column(default=False)
    made_by: Mapped[UUID | None]
    made_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]


class JobState(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


FINISHED = (JobState.DONE, JobState.FAILED, JobState.CANCELLED)


class Cancelled(Exception):
    """The work was called off; raised inside it at its next step."""


class Unfinished(Exception):
    """The work has had its turn and kept what it did; it goes on when others have had theirs."""


def put_down(
    session: Session,
    clock: Clock,
    kind: str,
    arguments: Mapping[str, Any],
    *,
    job_id: UUID,
    nobodys: bool,
) -> bool:
    """The row of `JobQueue.request`, whether it was not there yet; a sweep enqueues it."""
    scope: Scope = session.info["scope"]
    asked_by = None if nobodys or not scope.actor else scope.actor.user_id
    wanted = {
        "arguments": dict(arguments),
        "state": JobState.QUEUED.value,
        "error": "",
        "result": None,
        "cancel_wanted": False,
        "made_by": asked_by,
        "made_at": clock.now(),
    }
    # One statement: two processes may ask for the same work at once.
    statement = (
        insert(Job)
        .values(id=job_id, enterprise_id=scope.enterprise_id, kind=kind, **wanted)
        .on_conflict_do_update(
            index_elements=[Job.id],
            set_=wanted,
            where=Job.state.in_((JobState.FAILED.value, JobState.CANCELLED.value)),
        )
        .returning(Job.id)
    )
    return session.scalar(statement) is not None


class JobQueue:
    """Asks for work. The queue carries the job's and the enterprise's id, as JSON."""

    def __init__(self, redis: Redis, clock: Clock) -> None:
        self._queues = {
            name: Queue(name, connection=redis, serializer=JSONSerializer)
            for name in (QUEUE, LONG_QUEUE)
        }
        self._clock = clock

    def request(
        self,
        session: Session,
        kind: str,
        arguments: Mapping[str, Any],
        *,
        job_id: UUID | None = None,
        nobodys: bool = False,
    ) -> UUID:
        """Enqueue after this transaction's commit.

        job_id: an id that says what the work is; while such a job waits, runs or is done, asking
        again changes nothing. One that failed is tried again. nobodys: nobody is told of it.
        """
        wanted_id = job_id or new_id()
        if put_down(session, self._clock, kind, arguments, job_id=wanted_id, nobodys=nobodys):
            scope: Scope = session.info["scope"]
            enterprise_id = str(scope.enterprise_id)

            def committed(ended: Session) -> None:
                # A savepoint's end is told as well, and nobody else sees the row then.
                if not ended.in_nested_transaction():
                    self._enqueue(wanted_id, enterprise_id, kind)

            event.listen(session, "after_commit", committed)
        return wanted_id

    def sweep(self, session: Session) -> int:
        """Enqueue again what Redis lost or a worker never finished; returns how many.

        The oldest first, and not all at once: behind a backlog of thousands there is time.
        """
        now = self._clock.now()
        lost = Job.state == JobState.QUEUED, Job.made_at < now - ENQUEUED_WITHIN
        dropped = Job.state == JobState.RUNNING, Job.started_at < now - timedelta(seconds=TIMEOUT)
        oldest = (
            select(Job.id, Job.enterprise_id, Job.kind)
            .where(or_(and_(*lost), and_(*dropped)))
            .order_by(Job.made_at)
            .limit(SWEPT)
        )
        if not (found := session.execute(oldest).all()):
            return 0
        lost_ids = self._not_waiting({job.id for job in found})
        jobs = [job for job in found if job.id in lost_ids]
        for job in jobs:
            self._enqueue(job.id, str(job.enterprise_id), job.kind)
        return len(jobs)

    def _not_waiting(self, job_ids: set[UUID]) -> set[UUID]:
        """Those that stand in no queue; of a long one no more than a part is held here at a time.

        From its end, which what a worker takes meanwhile does not move: none is passed over.
        """
        left = {job_name(job_id): job_id for job_id in job_ids}
        for queue in self._queues.values():
            for seen in range(0, queue.count, SWEPT):
                for name in queue.get_job_ids(-seen - SWEPT, SWEPT):
                    left.pop(name, None)
        return {*left.values()}

    def forget(self, session: Session) -> None:
        """Delete what ended long ago, some at a time."""
        old = (
            select(Job.id)
            # One that is tried again still says when it failed.
            .where(Job.finished_at < self._clock.now() - KEPT, Job.state.in_(FINISHED))
            .order_by(Job.finished_at)
            .limit(FORGOTTEN)
        )
        session.execute(delete(Job).where(Job.id.in_(old.scalar_subquery())))

    def cancel(self, session: Session, job_id: UUID) -> None:
        """Call a job off; raises NotFound. One that runs ends at its next step."""
        job = session.scalar(select(Job).where(Job.id == job_id).with_for_update())
        if job is None:
            raise NotFound
        job.cancel_wanted = True
        if job.state == JobState.QUEUED:
            job.state, job.finished_at = JobState.CANCELLED, self._clock.now()

    def _enqueue(self, job_id: UUID, enterprise_id: str, kind: str) -> None:
        queue = self._queues[LONG_QUEUE if kind in LONG else QUEUE]
        try:
            queue.enqueue(
                ENTRY,
                str(job_id),
                enterprise_id,
                job_id=job_name(job_id),
                job_timeout=TIMEOUT,
                # The row tells how it ended; nobody asks Redis.
                result_ttl=0,
            )
        except RedisError as error:
            # The row stands; the sweep enqueues it when Redis is back.
            log.warning("job.not_enqueued", job=str(job_id), reason=repr(error))


class Progress:
    """What the work tells of itself; a step is seen within a moment, and may end it."""

    def __init__(
        self, database: Database, scope: Scope, redis: Redis, job: Job, clock: Clock
    ) -> None:
        self._database = database
        self._scope = scope
        self._redis = redis
        self._job = job
        self._clock = clock
        self._began = clock.monotonic()
        self._told = -TOLD_EVERY

    def rest(self, after: float | None = None) -> None:
        """Raises Unfinished when this turn is over, after TURN or so many seconds.

        To be asked where all that was done has been committed, and another turn can go on.
        """
        if self._clock.monotonic() - self._began > (TURN if after is None else after):
            raise Unfinished

    @property
    def kept(self) -> Mapping[str, Any]:
        """What an earlier turn of this work has kept; nothing at its beginning."""
        return self._job.result or {}

    def keep(self, note: Mapping[str, Any]) -> None:
        """For the next turn of this work, or for whoever looks at it after it has failed."""
        with self._database.begin(self._scope) as session:
            job = session.scalars(select(Job).where(Job.id == self._job.id)).one()
            job.result = dict(note)

    def step(self, done: int, total: int) -> None:
        """Raises Cancelled when somebody called the work off."""
        self._job.done, self._job.total = done, total
        now = self._clock.monotonic()
        if now < self._told + TOLD_EVERY:
            return
        self._told = now
        with self._database.begin(self._scope) as session:
            job = session.scalars(select(Job).where(Job.id == self._job.id)).one()
            job.done, job.total = done, total
            wanted = job.cancel_wanted
        self.tell(JobState.RUNNING)
        if wanted:
            raise Cancelled

    def tell(self, state: JobState) -> None:
        """Into the room of whoever asked for the work: `realtime` forwards it to the page."""
        if self._job.made_by is None:
            return
        room, key = f"user:{self._job.made_by}", f"job:{self._job.id}"
        value = {
            "kind": self._job.kind,
            "state": state.value,
            "done": self._job.done,
            "total": self._job.total,
        }
        try:
            write_room(self._redis, self._clock, room, key, value)
        except RedisError as error:
            log.warning("job.progress_untold", job=str(self._job.id), reason=repr(error))


def job_name(job_id: UUID) -> str:
    """Its id in RQ."""
    return f"job-{job_id}"


Work = Callable[[Session, Mapping[str, Any], Progress], Mapping[str, Any]]
"""Does the work in a transaction that is also the job's end; returns the result."""


class JobRunner:
    """Carries out jobs in the worker's process."""

    def __init__(
        self, database: Database, redis: Redis, clock: Clock, work: Mapping[str, Work]
    ) -> None:
        self._database = database
        self._redis = redis
        self._clock = clock
        self._work = work

    def run(self, job_id: UUID, enterprise_id: UUID) -> JobState:
        """Run once; a job that is over, or runs elsewhere, is left alone."""
        scope = Scope(enterprise_id)
        job = self._start(scope, job_id)
        if job is None:
            return JobState.CANCELLED
        progress = Progress(self._database, scope, self._redis, job, self._clock)
        # Its first step may take long; that it is under way is known at once.
        progress.tell(JobState.RUNNING)
        try:
            with self._database.begin(scope) as session:
                result = self._work[job.kind](session, job.arguments, progress)
                self._finish(session, job, JobState.DONE, result=result)
            state = JobState.DONE
        except Unfinished:
            # The sweep puts it behind what waits already.
            state = JobState.QUEUED
            self._wait(scope, job)
        except Cancelled:
            state = JobState.CANCELLED
            self._fail(scope, job, state)
        except Exception as failure:
            log.exception("job.failed", job=str(job_id), kind=job.kind)
            state = JobState.FAILED
            self._fail(scope, job, state, repr(failure)[:500])
        progress.tell(state)
        return state

    def _start(self, scope: Scope, job_id: UUID) -> Job | None:
        with self._database.begin(scope) as session:
            job = session.scalar(select(Job).where(Job.id == job_id).with_for_update())
            if job is None or job.state in FINISHED:
                return None
            # `running` is taken over: its worker died, or RQ would not have given it out again.
            job.state, job.started_at = JobState.RUNNING, self._clock.now()
            return job

    def _wait(self, scope: Scope, told: Job) -> None:
        with self._database.begin(scope) as session:
            job = session.scalars(select(Job).where(Job.id == told.id)).one()
            job.state, job.made_at = JobState.QUEUED, self._clock.now()
            job.done, job.total = told.done, told.total

    def _fail(self, scope: Scope, job: Job, state: JobState, error: str = "") -> None:
        """In a transaction of its own: the work's is rolled back."""
        with self._database.begin(scope) as session:
            self._finish(session, job, state, error=error)

    def _finish(
        self,
        session: Session,
        told: Job,
        state: JobState,
        *,
        result: Mapping[str, Any] | None = None,
        error: str = "",
    ) -> None:
        job = session.scalars(select(Job).where(Job.id == told.id)).one()
        job.done, job.total = told.done, told.total
        job.state, job.error = state, error
        if result is not None:
            job.result = dict(result)
        job.finished_at = self._clock.now()


def write_room(redis: Redis, clock: Clock, room: str, key: str, value: Mapping[str, Any]) -> None:
    """Set one key of a `user:` room as docs/events.md §3 says; several writers share its counter."""
    name = f"room:{room}"
    number = redis.incr(f"{name}:n")
    epoch_key = f"{name}:epoch"
    redis.set(epoch_key, str(int(clock.now().timestamp() * 1000)), nx=True)
    epoch: Any = redis.get(epoch_key)
    sequence = f"{int(epoch)}:{number}"
    text = json.dumps(value, ensure_ascii=False)
    fields: Any = {"room": room, "seq": sequence, "key": key, "value": text}
    pipeline = redis.pipeline(transaction=True)
    pipeline.hset(name, mapping={key: text, "#seq": sequence})
    pipeline.expire(name, ROOM_KEPT)
    pipeline.xadd("rooms", fields, maxlen=20_000)
    pipeline.execute()
