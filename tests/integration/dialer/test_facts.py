"""The telephony facts on their way into attempts and recordings."""

import json
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import pytest
from redis import Redis
from sqlalchemy import select

from callcenter.calls.tasks import RecordingStore
from callcenter.core.bus import FACTS_STREAM, Outbox
from callcenter.core.clock import ManualClock
from callcenter.core.db import Database
from callcenter.core.ids import new_id
from callcenter.core.jobs import Job, JobQueue
from callcenter.core.tenant import Scope
from callcenter.notices.service import Notices
from callcenter.processes.directory import SqlDirectory
from callcenter.processes.facts.follower import GROUP, FactsFollower
from callcenter.telephony.aside import SetAside
from callcenter.voicemail.events import message_name
from callcenter.voicemail.service import Keeping
from callcenter.voicemail.tasks import VoicemailStore
from dialer import supply
from dialer.models import Attempt
from tests.support.ledger import Story
from tests.support.office import NOW, Caller, Office

pytestmark = pytest.mark.integration

Tell = Callable[..., None]


@pytest.fixture
def follower(database: Database, redis: Redis, redis_url: str, tmp_path: Path) -> FactsFollower:
    clock = ManualClock(NOW)
    connection = Redis.from_url(redis_url, decode_responses=True)
    store = RecordingStore(tmp_path, clock)
    jobs, directory = JobQueue(redis, clock), SqlDirectory()
    notices = Notices(directory, Outbox(clock), clock)
    keeping = Keeping(directory, notices, VoicemailStore(tmp_path, clock), jobs)
    aside = SetAside(tmp_path, GROUP, clock)
    made = FactsFollower(database, connection, jobs, store, keeping, clock, aside.keep)
    made.open()
    return made


@pytest.fixture
def tell(redis: Redis, office: Office) -> Tell:
    def write(type_: str, **data: object) -> None:
        event = {
            "id": str(new_id()), "type": type_, "at": NOW.isoformat(),
            "enterprise_id": str(office.id), "data": data,
        }  # fmt: skip
        redis.xadd(FACTS_STREAM, {"event": json.dumps(event)})

    return write


@pytest.fixture
def attempt_id(admin: Caller, office: Office, database: Database) -> UUID:
    agent = office.people["agent"].user_id
    body = {"name": "x", "contacts": [{"number": "13800000020"}], "agents": [str(agent)]}
    task = admin.post("/calling-tasks", body).json["id"]
    with database.begin(office.scope()) as session:
        attempt = supply.take(session, UUID(task), agent, NOW)
        assert attempt is not None
        session.flush()
        return attempt.id


def outcome(database: Database, office: Office) -> str | None:
    with database.begin(Scope(office.id)) as session:
        return session.scalars(select(Attempt.outcome)).one()


def test_an_outcome_reaches_its_attempt_though_one_before_it_is_set_aside(
    follower: FactsFollower,
    tell: Tell,
    attempt_id: UUID,
    database: Database,
    office: Office,
    tmp_path: Path,
) -> None:
    tell("leg.started", uniqueid="1")
    tell("attempt.ended", attempt_id="not an id")
    call_id = str(new_id())
    tell("attempt.ended", attempt_id=str(attempt_id), call_id=call_id, outcome="busy", cause=17)
    while follower.step():
        pass
    follower.step()
    assert outcome(database, office) == "busy"
    (kept,) = (tmp_path / "records.set-aside.jsonl").read_text().splitlines()
    assert "not an id" in json.loads(kept)["fact"]


def test_what_was_read_and_not_done_is_read_again(
    follower: FactsFollower,
    tell: Tell,
    attempt_id: UUID,
    database: Database,
    office: Office,
    redis: Redis,
) -> None:
    tell("attempt.ended", attempt_id=str(attempt_id), call_id=None, outcome="busy", cause=17)
    redis.xreadgroup("records", "facts", {FACTS_STREAM: ">"})  # and then it died
    follower.open()
    follower.step()
    assert outcome(database, office) == "busy"


def test_a_recording_that_stopped_is_asked_for(
    follower: FactsFollower, tell: Tell, story: Story, database: Database, office: Office
) -> None:
    call_id = story.inbound(recorded=True)
    tell("recording.stopped", call_id=str(call_id), name=str(call_id))
    follower.step()
    follower.step()
    with database.begin(office.scope()) as session:
        assert session.scalars(select(Job)).one().kind == "recording.process"


def test_a_message_that_was_left_is_kept_and_its_sound_asked_for(
    follower: FactsFollower, tell: Tell, database: Database, office: Office, agent: Caller
) -> None:
    call_id = new_id()
    said = {
        "call_id": str(call_id), "name": message_name(call_id, NOW), "target_kind": "service",
        "target_id": str(office.service), "number": "e164:+8613800006207", "caller_name": "",
        "seconds": 3.2,
    }  # fmt: skip
    for _ in range(2):
        tell("voicemail.left", **said)
    tell("voicemail.left", call_id=str(call_id), name="of nothing")
    follower.step()
    follower.step()
    kept = agent.get("/voicemail").json["items"]
    assert [(one["call_id"], one["seconds"], one["sound"]) for one in kept] == [
        (str(call_id), 3.2, "recorded")
    ]
    with database.begin(office.scope()) as session:
        assert session.scalars(select(Job)).one().kind == "voicemail.process"
