"""What becomes of a job: done with its work in one transaction, or ended with a reason."""

import json
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
from redis import Redis
from sqlalchemy import select, text

from callcenter.core import jobs
from callcenter.core.bus import Outbox
from callcenter.core.errors import NotFound
from callcenter.core.ids import new_id
from callcenter.core.jobs import QUEUE, TIMEOUT, Job, JobQueue, JobRunner, JobState
from callcenter.core.tenant import Scope
from callcenter.people.models import Team
from tests.support.waiting import wait_until

pytestmark = pytest.mark.integration

KIND = "test.work"


@pytest.fixture
def queue(redis: Redis, clock) -> JobQueue:
    return JobQueue(redis, clock)


@pytest.fixture
def ask(database, queue, ours):
    def ask() -> UUID:
        with database.begin(ours) as session:
            return queue.request(session, KIND, {"name": "二线"})

    return ask


@pytest.fixture
def run(database, redis, clock, ours):
    def run(job_id: UUID, work) -> JobState:
        runner = JobRunner(database, redis, clock, {KIND: work})
        return runner.run(job_id, ours.enterprise_id)

    return run


def found(database, ours, job_id):
    with database.begin(ours) as session:
        return session.scalars(select(Job).where(Job.id == job_id)).one()


def teams(database, ours):
    with database.begin(ours) as session:
        return [team.name for team in session.scalars(select(Team))]


def make_team(session, arguments, _progress):
    session.add(Team(id=new_id(), name=arguments["name"]))
    return {"made": 1}


def test_a_job_that_is_done_has_its_result(database, ours, ask, run):
    job_id = ask()
    assert run(job_id, make_team) == JobState.DONE
    job = found(database, ours, job_id)
    assert (job.state, job.result, job.error) == (JobState.DONE, {"made": 1}, "")
    assert teams(database, ours) == ["二线"]


def test_a_job_that_is_over_is_not_done_again(database, ours, ask, run):
    job_id = ask()
    run(job_id, make_team)
    run(job_id, make_team)
    assert teams(database, ours) == ["二线"]


def test_what_a_failing_job_did_is_undone_and_its_reason_kept(database, ours, ask, run):
    def fails(session, arguments, progress):
        make_team(session, arguments, progress)
        session.flush()
        raise ValueError("the file is empty")

    job_id = ask()
    assert run(job_id, fails) == JobState.FAILED
    job = found(database, ours, job_id)
    assert (job.state, job.error) == (JobState.FAILED, "ValueError('the file is empty')")
    assert job.finished_at is not None
    assert teams(database, ours) == []


def test_a_job_called_off_while_it_runs_ends_at_a_step(database, ours, clock, queue, ask, run):
    def works(session, arguments, progress):
        make_team(session, arguments, progress)
        progress.step(1, 3)
        with database.begin(ours) as other:
            queue.cancel(other, job_id)
        clock.advance(1)
        progress.step(2, 3)
        raise AssertionError("went on")

    job_id = ask()
    assert run(job_id, works) == JobState.CANCELLED
    job = found(database, ours, job_id)
    assert (job.state, job.done, job.total) == (JobState.CANCELLED, 2, 3)
    assert teams(database, ours) == []


def test_a_job_called_off_before_it_began_does_nothing(database, ours, queue, ask, run):
    job_id = ask()
    with database.begin(ours) as session:
        queue.cancel(session, job_id)
    assert run(job_id, make_team) == JobState.CANCELLED
    assert teams(database, ours) == []


def test_whoever_asked_sees_the_progress_but_not_every_step(database, redis, ours, clock, ask, run):
    seen = []

    def works(_session, _arguments, progress):
        for done in range(1, 101):
            progress.step(done, 100)
            seen.append(told()["done"])
            clock.advance(0.01)
        return {}

    def told():
        return json.loads(redis.hget(f"room:user:{ours.actor.user_id}", f"job:{job_id}"))

    job_id = ask()
    run(job_id, works)
    assert sorted(set(seen)) == [1, 26, 51, 76]
    assert (told()["state"], told()["done"]) == (JobState.DONE, 100)
    job = found(database, ours, job_id)
    assert (job.done, job.total) == (100, 100)


def test_that_it_is_under_way_is_told_before_its_first_step(database, redis, ours, ask, run):
    seen = []
    job_id = ask()

    def works(_session, _arguments, _progress):
        told = redis.hget(f"room:user:{ours.actor.user_id}", f"job:{job_id}")
        seen.append(json.loads(told)["state"])
        return {}

    run(job_id, works)
    assert seen == [JobState.RUNNING]


def test_two_may_ask_for_the_same_work_at_once(database, redis, queue, ours):
    job_id = new_id()

    def ask():
        with database.begin(ours) as session:
            return queue.request(session, KIND, {"name": "二线"}, job_id=job_id)

    with ThreadPoolExecutor() as other:
        with database.begin(ours) as session:
            queue.request(session, KIND, {"name": "二线"}, job_id=job_id)
            second = other.submit(ask)
            wait_until(lambda: is_held_up(database), 10, "the second waits for the first")
        assert second.result(10) == job_id
    assert found(database, ours, job_id).state == JobState.QUEUED
    assert redis.lrange(f"rq:queue:{QUEUE}", 0, -1) == [f"job-{job_id}".encode()]


def is_held_up(database):
    with database.begin(Scope.platform()) as session:
        waiting = (
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return session.scalar(text(waiting))


@pytest.mark.parametrize(
    ("state", "after"),
    [
        (JobState.FAILED, JobState.QUEUED),
        (JobState.CANCELLED, JobState.QUEUED),
        (JobState.DONE, JobState.DONE),
        (JobState.RUNNING, JobState.RUNNING),
    ],
)
def test_work_is_tried_again_only_where_it_did_not_come_to_its_end(
    database, redis, queue, ours, state, after
):
    job_id = new_id()
    with database.begin(ours) as session:
        queue.request(session, KIND, {}, job_id=job_id)
    with database.begin(ours) as session:
        session.get(Job, job_id).state = state
    redis.flushdb()
    with database.begin(ours) as session:
        queue.request(session, KIND, {}, job_id=job_id)
    assert found(database, ours, job_id).state == after
    assert bool(redis.keys("rq:queue:*")) == (after == JobState.QUEUED)


def waiting(redis):
    return [entry.decode() for entry in redis.lrange(f"rq:queue:{QUEUE}", 0, -1)]


def sweep(database, ours, queue):
    with database.begin(ours) as session:
        return queue.sweep(session)


def test_what_redis_lost_is_asked_for_again_and_what_waits_is_not(
    database, redis, ours, clock, queue, ask
):
    lost = ask()
    redis.flushdb()
    kept = ask()
    assert sweep(database, ours, queue) == 0
    clock.advance(60)
    assert sweep(database, ours, queue) == 1
    assert sorted(waiting(redis)) == sorted(f"job-{each}" for each in (lost, kept))


def test_work_whose_worker_died_is_asked_for_again(database, redis, ours, clock, queue, ask):
    job_id = ask()
    redis.flushdb()
    with database.begin(ours) as session:
        job = session.get(Job, job_id)
        job.state, job.started_at = JobState.RUNNING, clock.now()
    clock.advance(60)
    assert sweep(database, ours, queue) == 0
    clock.advance(TIMEOUT)
    assert sweep(database, ours, queue) == 1


def test_what_waits_in_a_long_queue_is_found_there_and_what_is_not_is_asked_for_again(
    database, redis, ours, clock, queue, ask, monkeypatch
):
    monkeypatch.setattr(jobs, "SWEPT", 2)
    oldest, lost, *others = (ask() for _ in range(5))
    redis.lrem(f"rq:queue:{QUEUE}", 1, f"job-{lost}")
    clock.advance(60)
    assert sweep(database, ours, queue) == 1
    assert waiting(redis) == [f"job-{each}" for each in (oldest, *others, lost)]
    assert sweep(database, ours, queue) == 0


def test_a_backlog_is_looked_through_from_its_oldest_a_part_at_a_time(
    database, redis, ours, clock, queue, ask, monkeypatch
):
    monkeypatch.setattr(jobs, "SWEPT", 2)
    asked = []
    for _ in range(3):
        asked.append(ask())
        clock.advance(1)
    redis.flushdb()
    clock.advance(60)
    assert sweep(database, ours, queue) == 2
    assert waiting(redis) == [f"job-{each}" for each in asked[:2]]


def test_another_enterprise_cannot_call_a_job_off(database, theirs, queue, ask):
    job_id = ask()
    with pytest.raises(NotFound), database.begin(theirs) as session:
        queue.cancel(session, job_id)


def test_nobody_is_sent_to_a_job_before_its_transaction_is_over(database, queue, redis, ours):
    with database.begin(ours) as session:
        queue.request(session, KIND, {"name": "二线"})
        with session.begin_nested():
            session.execute(text("SELECT 1"))
        assert redis.llen(f"rq:queue:{QUEUE}") == 0
    assert redis.llen(f"rq:queue:{QUEUE}") == 1


def test_work_that_nobody_asked_for_is_nobodys(database, redis, clock, ours):
    outbox, job_id = Outbox(clock, JobQueue(redis, clock)), new_id()
    with database.begin(ours) as session:
        for _ in range(2):
            outbox.request(session, KIND, {"name": "二线"}, job_id)
    assert found(database, ours, job_id).made_by is None
    assert redis.llen(f"rq:queue:{QUEUE}") == 1


def test_jobs_that_ended_a_month_ago_are_forgotten_and_no_others(
    database, redis, ours, theirs, clock, queue, ask, run
):
    old, failed, waits = ask(), ask(), ask()
    run(old, make_team)
    run(failed, lambda *_: 1 / 0)
    clock.advance(jobs.KEPT.total_seconds() - 1)
    recent = ask()
    run(recent, make_team)
    clock.advance(2)
    with database.begin(theirs) as session:
        queue.forget(session)
    assert ids(database, ours) == {old, failed, waits, recent}
    with database.begin(ours) as session:
        # Tried again it is under way, though it once failed.
        session.get(Job, failed).state = JobState.QUEUED
    with database.begin(ours) as session:
        queue.forget(session)
    assert ids(database, ours) == {failed, waits, recent}


def ids(database, ours):
    with database.begin(ours) as session:
        return {*session.scalars(select(Job.id))}
