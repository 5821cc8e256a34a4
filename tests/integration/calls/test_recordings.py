"""Recordings on their way: whoever dies in between, the recording is made once and whole."""

import hashlib
import os
import wave
from pathlib import Path
from uuid import UUID

import numpy as np
import pytest
from redis import Redis
from sqlalchemy import select

from callcenter.calls import raw
from callcenter.calls.models import Recording
from callcenter.calls.tasks import KIND, RecordingStore
from callcenter.core.clock import ManualClock, SystemClock
from callcenter.core.db import Database
from callcenter.core.ids import call_id_of, fact_id
from callcenter.core.jobs import Job, JobQueue
from tests.support.ledger import Story
from tests.support.office import NOW, Office
from tests.support.sound import RATE, NoProgress, write_tone

pytestmark = pytest.mark.integration


@pytest.fixture
def store(tmp_path: Path) -> RecordingStore:
    return RecordingStore(tmp_path, SystemClock())


@pytest.fixture
def incoming(tmp_path: Path, office: Office) -> Path:
    folder = tmp_path / "incoming" / str(office.id)
    folder.mkdir(parents=True)
    return folder


def process(store: RecordingStore, database: Database, office: Office, call_id: UUID) -> Recording:
    with database.begin(office.scope()) as session:
        arguments = {"recording_id": str(fact_id("recording", str(call_id)))}
        store.process(session, arguments, NoProgress())
        return session.scalars(select(Recording).where(Recording.call_id == call_id)).one()


def test_an_enterprise_without_stereo_gets_both_sides_mixed(
    database, office, story: Story, incoming: Path, tmp_path: Path
) -> None:
    call_id = story.inbound(recorded=True)
    write_tone(incoming / f"{call_id}/agent.wav", 1.0, 440)
    write_tone(incoming / f"{call_id}/customer.wav", 0.5, 1000)
    asked = []
    store = RecordingStore(tmp_path, SystemClock(), lambda _session, who: asked.append(who))
    recording = process(store, database, office, call_id)
    assert asked == [office.id]
    with wave.open(str(tmp_path / recording.path)) as sound:
        assert (sound.getnchannels(), sound.getnframes()) == (1, 8000)
    # Who spoke when is still seen.
    assert max(recording.peaks["customer"][25:]) == 0 < max(recording.peaks["agent"][25:])


def test_agent_is_left_customer_right_and_the_shorter_side_is_silent_at_the_end(
    store, database, office, story: Story, incoming: Path, tmp_path: Path
) -> None:
    call_id = story.inbound(recorded=True)
    write_tone(incoming / f"{call_id}/agent.wav", 3.0, 440)
    write_tone(incoming / f"{call_id}/customer.wav", 1.5, 1000)
    recording = process(store, database, office, call_id)
    assert (recording.state, recording.seconds) == ("ready", 3.0)
    file = tmp_path / recording.path
    assert recording.sha256 == hashlib.sha256(file.read_bytes()).hexdigest()
    assert recording.size == file.stat().st_size
    with wave.open(str(file)) as sound:
        assert (sound.getnchannels(), sound.getframerate(), sound.getsampwidth()) == (2, 8000, 2)
        frames = np.frombuffer(sound.readframes(sound.getnframes()), "<i2").reshape(-1, 2)
    loudest = [int(np.argmax(np.abs(np.fft.rfft(frames[:8000, side])))) for side in (0, 1)]
    assert loudest == [440, 1000]
    assert not frames[12_100:, 1].any()
    assert recording.peaks is not None
    assert {side: len(values) for side, values in recording.peaks.items()} == {
        "agent": 150,
        "customer": 150,
    }
    assert set(recording.peaks["agent"]) == {50}
    assert recording.peaks["customer"] == [50] * 75 + [0] * 75


def test_doing_it_again_changes_nothing(
    store, database, office, story: Story, incoming: Path
) -> None:
    call_id = story.inbound(recorded=True)
    write_tone(incoming / f"{call_id}/agent.wav", 1.0)
    write_tone(incoming / f"{call_id}/customer.wav", 1.0)
    first = process(store, database, office, call_id).sha256
    for file in incoming.glob("*/*.wav"):
        file.unlink()
    again = process(store, database, office, call_id)
    assert (again.state, again.sha256) == ("ready", first)


def test_a_worker_that_died_before_its_commit_is_followed(
    store, database, office, story: Story, incoming: Path
) -> None:
    call_id = story.inbound(recorded=True)
    write_tone(incoming / f"{call_id}/agent.wav", 1.0)
    write_tone(incoming / f"{call_id}/customer.wav", 1.0)
    arguments = {"recording_id": str(fact_id("recording", str(call_id)))}

    def die() -> None:
        with database.begin(office.scope()) as session:
            store.process(session, arguments, NoProgress())
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        die()
    assert process(store, database, office, call_id).state == "ready"


def test_what_waited_in_the_queue_is_not_waited_for_again(
    store, database, office, story: Story, incoming: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    call_id = story.inbound(recorded=True)
    for side in ("agent", "customer"):
        file = incoming / f"{call_id}/{side}.wav"
        write_tone(file, 1.0)
        os.utime(file, (0, 0))
    monkeypatch.setattr(raw, "sleep", lambda seconds: pytest.fail(f"slept {seconds} s"))
    assert process(store, database, office, call_id).state == "ready"


def test_a_header_that_was_never_finished_is_no_loss(
    store, database, office, story: Story, incoming: Path
) -> None:
    call_id = story.inbound(recorded=True)
    file = incoming / f"{call_id}/customer.wav"
    write_tone(file, 2.0)
    content = bytearray(file.read_bytes())
    content[4:8] = content[40:44] = b"\0\0\0\0"
    file.write_bytes(content[:-1])
    recording = process(store, database, office, call_id)
    assert recording.state == "ready"
    assert recording.seconds == pytest.approx(2.0, abs=0.001)


def test_without_files_it_is_missing_not_made_up(
    store, database, office, story: Story, incoming: Path
) -> None:
    assert process(store, database, office, story.inbound(recorded=True)).state == "missing"


def test_the_sweep_asks_for_each_waiting_recording_once(
    database, office, story: Story, redis: Redis, tmp_path: Path
) -> None:
    call_id = story.inbound(recorded=True)
    store, jobs = RecordingStore(tmp_path, ManualClock(NOW)), JobQueue(redis, ManualClock(NOW))
    for _ in range(2):
        with database.begin(office.scope()) as session:
            store.sweep(session, jobs)
    with database.begin(office.scope()) as session:
        job = session.scalars(select(Job)).one()
        assert job.kind == KIND
        assert job.arguments == {"recording_id": str(fact_id("recording", str(call_id)))}


@pytest.mark.parametrize("by", ["its channel", "its id"])
def test_what_was_recorded_while_nobody_told_of_it_is_taken_in(
    database, office, story: Story, redis: Redis, incoming: Path, tmp_path: Path, by: str
) -> None:
    uniqueid = "1795480688.0"
    call_id = story.inbound(call_id=call_id_of(uniqueid))
    running, unheard, unknown = story.inbound(ended=False), story.abandoned(), "1795480999.7"
    named = uniqueid if by == "its channel" else call_id
    for name, seconds in ((named, 1.0), (running, 1.0), (unheard, 0.0), (unknown, 1.0)):
        for side in ("agent", "customer"):
            write_tone(incoming / f"{name}/{side}.wav", seconds)
        for place in (incoming / f"{name}", *(incoming / f"{name}").iterdir()):
            os.utime(place, (0, 0))
    clock = ManualClock(NOW)
    store = RecordingStore(tmp_path, clock)
    for expected in (1, 0):
        with database.begin(office.scope()) as session:
            assert store.adopt(session, office.id) == expected
            store.sweep(session, JobQueue(redis, clock))
    with database.begin(office.scope()) as session:
        assert session.scalars(select(Job)).one().kind == KIND
    recording = process(store, database, office, call_id)
    assert (recording.state, recording.seconds) == ("ready", 1.0)
    with database.begin(office.scope()) as session:
        store.tidy(session, office.id)
    left = {raw.name for raw in incoming.iterdir()}
    assert left == {str(running), unknown}


def test_raw_files_go_only_when_the_recording_is_ready(
    store, database, office, story: Story, incoming: Path
) -> None:
    done, waiting = story.inbound(recorded=True), story.inbound(recorded=True, talked=60)
    for call_id in (done, waiting):
        for side in ("agent", "customer", "mixed"):
            write_tone(incoming / f"{call_id}/{side}.wav", 0.5)
    process(store, database, office, done)
    with database.begin(office.scope()) as session:
        store.tidy(session, office.id)
    assert [call.name for call in incoming.iterdir()] == [str(waiting)]
    assert len([*(incoming / str(waiting)).iterdir()]) == 3


def test_a_later_agents_take_stands_in_the_place_of_what_was_lost(
    store, database, office, story: Story, incoming: Path, tmp_path: Path
) -> None:
    call_id = story.inbound(recorded=True)
    write_tone(incoming / f"{call_id}/agent.wav", 3.0, 440)
    write_tone(incoming / f"{call_id}/customer.wav", 3.0, 1000)
    with database.begin(office.scope()) as session:
        row = session.scalars(select(Recording).where(Recording.call_id == call_id)).one()
        began = int((row.started_at.timestamp() + 1.0) * 1000)
    write_tone(incoming / f"{call_id}/agent-{began}.wav", 1.0, 700)
    recording = process(store, database, office, call_id)
    with wave.open(str(tmp_path / recording.path)) as sound:
        frames = np.frombuffer(sound.readframes(sound.getnframes()), "<i2").reshape(-1, 2)
    heard = [int(np.argmax(np.abs(np.fft.rfft(part)))) for part in frames[:, 0].reshape(3, RATE)]
    assert heard == [440, 700, 440]
    with database.begin(office.scope()) as session:
        store.tidy(session, office.id)
    assert list(incoming.iterdir()) == []
