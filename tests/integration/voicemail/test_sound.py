"""The sound of messages: made once and whole, heard by those who may, gone when it is deleted."""

import hashlib
import os
import wave
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from redis import Redis
from sqlalchemy import select, text

from callcenter.core.clock import ManualClock
from callcenter.core.db import Database
from callcenter.core.ids import new_id
from callcenter.core.jobs import Job, JobQueue
from callcenter.voicemail import tasks
from callcenter.voicemail.events import INCOMING, message_name, raw_place
from callcenter.voicemail.models import Voicemail
from callcenter.voicemail.service import Keeping
from callcenter.voicemail.states import TargetKind
from callcenter.voicemail.tasks import KIND, VoicemailStore, message_id
from tests.integration.voicemail.conftest import CALLER, Leave
from tests.support.ledger import Story
from tests.support.office import NOW, Caller, Office
from tests.support.sound import NoProgress, write_tone

pytestmark = pytest.mark.integration

Processed = Callable[[UUID], Any]


def row(database: Database, office: Office, voicemail_id: UUID) -> Voicemail:
    with database.begin(office.scope()) as session:
        return session.scalars(select(Voicemail).where(Voicemail.id == voicemail_id)).one()


def raw_files(folder: Path) -> list[Path]:
    return [*(folder / INCOMING).glob("*/*/*.wav")]


def grow_old(folder: Path) -> None:
    for file in raw_files(folder):
        os.utime(file, (0, 0))


def test_a_message_is_heard_by_a_member_of_the_service_alone(
    database, office: Office, leave: Leave, processed: Processed, agent: Caller, colleague: Caller,
    tmp_path: Path, door,
) -> None:  # fmt: skip
    message = leave(2.0)
    early = agent.get(f"/voicemail/{message}/sound")
    assert (early.status_code, early.json["error"]["code"]) == (404, "no-recording")
    processed(message)
    link = agent.get(f"/voicemail/{message}/sound").json
    assert link["duration"] == 2.0
    assert set(link["peaks"]) == {50}
    sound = agent.client.get(link["url"])
    assert sound.headers["X-Accel-Redirect"].startswith(f"/recordings/{office.id}/2026/11/")
    assert colleague.client.get(link["url"]).status_code == 404
    kept = row(database, office, message)
    file = tmp_path / kept.path
    assert kept.sha256 == hashlib.sha256(file.read_bytes()).hexdigest()
    with wave.open(str(file)) as heard:
        assert (heard.getnchannels(), heard.getframerate(), heard.getnframes()) == (1, 8000, 16_000)
    outsider = door.open(office.people["outsider"])
    assert outsider.get(f"/voicemail/{message}/sound").status_code == 404


def test_the_same_fact_twice_is_one_message_and_one_job(
    database, office, leave: Leave, agent: Caller
) -> None:
    call_id = new_id()
    assert leave(call_id=call_id) == leave(call_id=call_id)
    assert agent.get("/voicemail").json["total"] == 1
    assert agent.get("/notices").json["total"] == 1
    with database.begin(office.scope()) as session:
        jobs = [job for job in session.scalars(select(Job)) if job.kind == KIND]
        assert len(jobs) == 1


def test_whoever_works_on_it_meanwhile_neither_waits_nor_is_told_it_has_changed(
    database, office, leave: Leave, store, agent: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = leave()
    version = agent.get(f"/voicemail/{message}").json["version"]
    written: list[Any] = []

    def work(_files: Any, _clock: Any) -> bool:
        """While the worker waits for Asterisk."""
        body = {"transcript": "请回电"}
        written.append(agent.send("PATCH", f"/voicemail/{message}", body, version=version))
        return True

    monkeypatch.setattr(tasks, "settle", work)
    with database.begin(office.scope()) as session:
        session.execute(text("SET LOCAL lock_timeout = '2s'"))
        assert store.process(session, {"voicemail_id": str(message)}, NoProgress())["seconds"] == 2
    (answer,) = written
    assert answer.status_code == 200
    kept = row(database, office, message)
    assert (kept.sound, kept.transcript, kept.version) == ("ready", "请回电", version + 1)


def test_of_a_message_that_is_deleted_meanwhile_no_file_is_left(
    database, office, leave: Leave, store, leader: Caller, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    message = leave()

    def work(_files: Any, _clock: Any) -> bool:
        assert leader.send("DELETE", f"/voicemail/{message}").status_code == 204
        return True

    monkeypatch.setattr(tasks, "settle", work)
    with database.begin(office.scope()) as session:
        assert store.process(session, {"voicemail_id": str(message)}, NoProgress()) == {}
    assert list(tmp_path.rglob("voicemail-*.wav")) == []
    assert row(database, office, message).sound == "recorded"


def test_two_workers_at_one_message_do_not_lose_it(
    database, office, leave: Leave, store, processed: Processed, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    message = leave()

    def other(_files: Any, _clock: Any) -> bool:
        monkeypatch.undo()
        assert processed(message)["sound"] == "ready"
        return True

    monkeypatch.setattr(tasks, "settle", other)
    with database.begin(office.scope()) as session:
        assert store.process(session, {"voicemail_id": str(message)}, NoProgress()) == {}
    kept = row(database, office, message)
    assert kept.sha256 == hashlib.sha256((tmp_path / kept.path).read_bytes()).hexdigest()


def test_without_a_file_it_is_missing_not_made_up(
    database, office, leave: Leave, processed: Processed, tmp_path: Path
) -> None:
    message = leave()
    raw_files(tmp_path)[0].unlink()
    assert processed(message) == {"sound": "missing"}
    assert row(database, office, message).sound == "missing"


def test_a_message_whose_fact_was_lost_is_found_by_its_file(
    database, office, story: Story, keeping: Keeping, tmp_path: Path, agent: Caller
) -> None:
    call_id = story.inbound(number=CALLER)
    said, breath, unknown = (message_name(each, NOW) for each in (call_id, new_id(), new_id()))
    for name, seconds in ((said, 2.0), (breath, 0.2), (unknown, 2.0)):
        write_tone(
            tmp_path / raw_place(office.id, TargetKind.SERVICE, office.service, name), seconds
        )
    with database.begin(office.scope()) as session:
        assert keeping.adopt(session, office.id) == 0  # somebody may be speaking still
    grow_old(tmp_path)
    for expected in (1, 0):
        with database.begin(office.scope()) as session:
            assert keeping.adopt(session, office.id) == expected
    found = agent.get("/voicemail").json["items"]
    assert [(item["id"], item["number"]) for item in found] == [
        (str(message_id(said)), "138 **** 6207")
    ]
    # Whose call is not known yet waits; a breath at the tone is no message.
    assert {file.stem for file in raw_files(tmp_path)} == {said, unknown}


def test_raw_files_go_only_when_the_message_is_ready(
    database, office, leave: Leave, processed: Processed, keeping: Keeping, tmp_path: Path
) -> None:
    done = leave(at=NOW)
    leave(call_id=new_id())
    processed(done)
    grow_old(tmp_path)
    with database.begin(office.scope()) as session:
        assert keeping.adopt(session, office.id) == 0
    assert len(raw_files(tmp_path)) == 1


def test_the_sweep_asks_for_each_waiting_message_once(
    database, office, leave: Leave, store: VoicemailStore, redis: Redis
) -> None:
    message, jobs = leave(), JobQueue(redis, ManualClock(NOW))
    for _ in range(2):
        with database.begin(office.scope()) as session:
            assert store.sweep(session, jobs) == 1
    with database.begin(office.scope()) as session:
        asked = [job.arguments for job in session.scalars(select(Job)) if job.kind == KIND]
        assert asked == [{"voicemail_id": str(message)}]


def test_of_a_deleted_message_nothing_is_left_and_it_does_not_come_back(
    database, office, leave: Leave, processed: Processed, leader: Caller, store, keeping,
    tmp_path: Path,
) -> None:  # fmt: skip
    call_id = new_id()
    message = leave(call_id=call_id)
    processed(message)
    assert leader.send("DELETE", f"/voicemail/{message}").status_code == 204
    file = tmp_path / row(database, office, message).path
    assert file.exists()
    with database.begin(office.scope()) as session:
        store.remove_deleted(session)
    assert not file.exists()
    assert raw_files(tmp_path) == []
    left = row(database, office, message)
    assert (left.number, left.caller_name, left.transcript, left.sound) == ("", "", "", "removed")
    leave(call_id=call_id)
    assert leader.get("/voicemail").json["total"] == 0
