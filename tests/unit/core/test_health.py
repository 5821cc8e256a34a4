"""Ready means that every component answered in time; a hanging one holds up nobody else."""

import json
import os
import subprocess
import threading
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from callcenter.core.clock import ManualClock
from callcenter.core.health import Examiner, Statuses, Unhealthy, blueprint
from callcenter.processes.status import spoken


def client(checks):
    app = Flask(__name__)
    app.register_blueprint(blueprint(checks))
    return app.test_client()


def fine() -> None:
    pass


def broken() -> None:
    raise Unhealthy("no disk")


def test_ready_when_all_answer() -> None:
    answer = client({"one": fine, "two": fine}).get("/readyz")
    assert answer.status_code == 200
    assert answer.json["ready"] is True
    assert answer.json["components"]["two"]["ok"] is True


def test_one_that_fails_makes_it_not_ready_and_is_named() -> None:
    answer = client({"one": fine, "two": broken}).get("/readyz")
    assert answer.status_code == 503
    assert answer.json["components"]["one"]["ok"] is True
    assert answer.json["components"]["two"]["error"] == "no disk"


def test_alive_even_when_not_ready() -> None:
    assert client({"two": broken}).get("/healthz").status_code == 200


def test_metrics_are_text() -> None:
    answer = client({"one": fine}).get("/metrics")
    assert answer.content_type.startswith("text/plain")
    assert b"python_info" in answer.data


def test_a_hanging_check_is_reported_and_not_started_twice() -> None:
    release, started = threading.Event(), []

    def hangs() -> None:
        started.append(1)
        release.wait()

    examiner = Examiner({"stuck": hangs, "well": fine})
    first = examiner.examine()
    second = examiner.examine()
    release.set()
    assert not first["stuck"].ok
    assert first["well"].ok
    assert second["stuck"].error == "no answer within 1 s"
    assert len(started) == 1


class FakeRedis:
    def __init__(self, value: bytes | None) -> None:
        self.value = value

    def get(self, _key: str) -> bytes | None:
        return self.value


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(datetime(2026, 11, 23, 8, tzinfo=UTC))


def statuses(clock: ManualClock, value: str | None) -> Statuses:
    told = Statuses("redis://127.0.0.1:1/0", clock)
    told._redis = FakeRedis(value.encode() if value else None)
    return told


def test_a_fresh_status_is_enough(clock: ManualClock) -> None:
    statuses(clock, spoken(clock, ami=True)).check("telephony", "ami")


def test_a_status_grows_old(clock: ManualClock) -> None:
    told = statuses(clock, spoken(clock))
    told.check("cron")
    clock.advance(timedelta(seconds=3.5).total_seconds())
    with pytest.raises(Unhealthy, match="silent for"):
        told.check("cron")


def test_what_a_process_says_it_lacks_counts(clock: ManualClock) -> None:
    told = statuses(clock, spoken(clock, ami=False))
    with pytest.raises(Unhealthy, match="ami"):
        told.check("telephony", "ami")


@pytest.mark.parametrize("was_heard", [False, True], ids=["a zombie", "gone"])
def test_who_has_ended_is_not_there_however_fresh_its_last_words(
    clock: ManualClock, was_heard: bool
) -> None:
    with subprocess.Popen(["sleep", "60"]) as process:
        told = statuses(clock, json.dumps({**json.loads(spoken(clock)), "pid": process.pid}))
        told.check("facts")
        process.kill()
        os.waitid(os.P_PID, process.pid, os.WEXITED | (0 if was_heard else os.WNOWAIT))
        with pytest.raises(Unhealthy, match="ended"):
            told.check("facts")


def test_no_status_means_not_started(clock: ManualClock) -> None:
    with pytest.raises(Unhealthy, match="not started"):
        statuses(clock, None).check("worker")


def test_what_a_check_found_out_is_told() -> None:
    answer = client({"files": lambda: {"asterisk": 65536}}).get("/readyz")
    assert answer.json["components"]["files"]["asterisk"] == 65536
