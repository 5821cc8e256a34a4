"""What a trigger could not do for a reason that may pass is done later, or when somebody asks."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, select, text

from callcenter.core.audit import AuditEntry
from callcenter.core.clock import ManualClock
from callcenter.core.db import Database
from tests.integration.objects.firm import CLIENTS, Firm, make
from tests.integration.objects.triggering import (
    JOBS,
    RUNS,
    Background,
    a_client,
    a_job,
    a_trigger,
    calls_allowed,
    changed,
    copied,
    values_of,
)
from tests.support.logged import enterprises_of
from tests.support.office import NOW, Caller, Door, Office
from tests.support.receiver import Receiver, a_receiver

pytestmark = pytest.mark.integration

TELL_CLIENT = {"do": "update", "field": "customer", "values": {"last_result": copied("result")}}
MINUTES = (1, 5, 30)


@pytest.fixture
def receiver(database: Database, office: Office) -> Iterator[Receiver]:
    with a_receiver() as made, calls_allowed(database, office, made.place):
        yield made


@pytest.fixture
def record(firm: Firm, admin: Caller, receiver: Receiver) -> str:
    """Whose change is told to the receiver first, and then to its client."""
    url = f"http://{receiver.place}/in"
    call = {"do": "http", "method": "POST", "url": url, "values": {"what": "result"}}
    firm.keeps(a_client(), a_job(a_trigger("call", call, TELL_CLIENT, when="after")))
    return make(admin, JOBS, "换泵", customer=make(admin, CLIENTS, "王秀兰"))


def state(background: Background) -> tuple[str, int, timedelta | None]:
    """Of the only run; until its next try, from when it was fired."""
    (run,) = background.runs()
    return run.state, run.tries, run.next_at and run.next_at - NOW


def later(background: Background, clock: ManualClock, minutes: float) -> int:
    """How many jobs cron has asked for by then; they are done."""
    clock.advance(minutes * 60)
    background.go_round()
    return background.work()


def test_a_call_is_made_again_with_the_same_key_until_it_is_taken_and_the_rest_waits(
    record: str, receiver: Receiver, admin: Caller, background: Background, clock: ManualClock,
    office: Office,
) -> None:  # fmt: skip
    receiver.statuses = [503, 429]
    changed(admin, JOBS, record, result="一")
    with enterprises_of("outbound.asked") as whose:
        background.work()
    assert whose == {str(office.id)}
    assert state(background) == ("waiting", 1, timedelta(minutes=1))
    assert later(background, clock, 0.9) == 0
    assert later(background, clock, 0.1) == 1
    assert state(background) == ("waiting", 2, timedelta(minutes=1 + 5))
    (client,) = admin.get(CLIENTS).json["items"]
    assert client["values"]["last_result"] is None
    assert later(background, clock, 5) == 1
    assert state(background) == ("done", 0, None)
    assert values_of(admin, CLIENTS, client["id"])["last_result"] == "一"
    assert (len(receiver.keys), len({*receiver.keys})) == (3, 1)
    (run,) = background.runs()
    assert [step.get("status") for step in run.steps] == [503, 429, 200, None]
    assert later(background, clock, 60) == 0


def test_after_the_fourth_failure_it_has_failed_for_good(
    record: str, receiver: Receiver, admin: Caller, conf: Caller, background: Background,
    clock: ManualClock,
) -> None:  # fmt: skip
    receiver.statuses = [500] * 9
    changed(admin, JOBS, record, result="一")
    background.work()
    for minutes in MINUTES:
        (run,) = conf.get(RUNS, state="waiting").json["items"]
        assert run["message"] == "返回状态 500。"
        assert run["next_at"] is not None
        assert later(background, clock, minutes) == 1
    assert state(background) == ("failed", 4, None)
    assert later(background, clock, 60) == 0
    assert len(receiver.keys) == 4


def test_what_is_refused_for_good_is_not_tried_again(
    record: str, receiver: Receiver, admin: Caller, background: Background, clock: ManualClock
) -> None:
    receiver.statuses = [422]
    changed(admin, JOBS, record, result="一")
    background.work()
    assert state(background) == ("failed", 1, None)
    assert later(background, clock, 60) == 0


def test_one_that_waits_for_its_next_try_holds_up_no_other(
    record: str, receiver: Receiver, admin: Caller, background: Background
) -> None:
    receiver.statuses = [503]
    changed(admin, JOBS, record, result="一")
    background.work()
    changed(admin, JOBS, record, result="二")
    background.work()
    assert background.states() == [("call", "waiting"), ("call", "done")]
    # What is sent is what the record says then.
    assert receiver.bodies == [{"what": "一"}, {"what": "二"}]


def test_who_shapes_the_object_has_a_failed_one_tried_once_more_from_where_it_stopped(
    record: str, receiver: Receiver, admin: Caller, conf: Caller, door: Door, other: Office,
    background: Background, database: Database, office: Office,
) -> None:  # fmt: skip
    receiver.statuses = [404, 404]
    changed(admin, JOBS, record, result="一")
    background.work()
    (run,) = conf.get(RUNS).json["items"]
    again = f"{RUNS}/{run['id']}/again"
    assert admin.post(again).status_code == 403
    assert door.open(other.people["conf"]).post(again).status_code == 404
    for expected in (("failed", 2, None), ("done", 0, None)):
        assert conf.post(again).status_code == 204
        assert conf.post(again).json["error"]["code"] == "run-not-failed"
        background.work()
        assert state(background) == expected
    assert len({*receiver.keys}) == 1
    with database.begin(office.scope()) as session:
        entries = session.scalars(select(AuditEntry).where(AuditEntry.action == "trigger.again"))
        assert {each.after["trigger"] for each in entries} == {"call"}  # type: ignore[index]


def test_one_that_waits_for_its_next_try_may_be_tried_at_once(
    record: str, receiver: Receiver, admin: Caller, conf: Caller, background: Background
) -> None:
    receiver.statuses = [503]
    changed(admin, JOBS, record, result="一")
    background.work()
    (run,) = conf.get(RUNS).json["items"]
    assert conf.post(f"{RUNS}/{run['id']}/again").status_code == 204
    background.work()
    assert state(background) == ("done", 0, None)


@contextmanager
def impatient(database: Database) -> Iterator[None]:
    """Nobody waits for a lock of others for long."""

    def hurry(connection: Any) -> None:
        connection.exec_driver_sql("SET LOCAL lock_timeout = '50ms'")

    event.listen(database.engine, "begin", hurry)
    yield
    event.remove(database.engine, "begin", hurry)


def test_a_record_that_others_hold_is_written_later(
    firm: Firm, admin: Caller, background: Background, database: Database, office: Office,
    clock: ManualClock,
) -> None:  # fmt: skip
    firm.keeps(a_client(), a_job(a_trigger("tell", TELL_CLIENT, when="after")))
    client = make(admin, CLIENTS, "王秀兰")
    changed(admin, JOBS, make(admin, JOBS, "换泵", customer=client), result="好")
    with database.begin(office.scope()) as held, impatient(database):
        held.execute(text("SELECT id FROM e100001.client FOR UPDATE"))
        background.work()
    assert state(background) == ("waiting", 1, timedelta(minutes=1))
    (run,) = background.runs()
    assert run.message == {"key": "trigger.conflict", "parameters": {}}
    assert later(background, clock, 1) == 1
    assert state(background) == ("done", 0, None)
    assert values_of(admin, CLIENTS, client)["last_result"] == "好"
