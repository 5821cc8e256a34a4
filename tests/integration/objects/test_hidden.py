"""What deleted fields have left behind: told, and purged for good by the worker."""

from threading import Thread
from typing import Any
from uuid import UUID

import pytest
from redis import Redis
from sqlalchemy import column, func, inspect, select, table, text
from sqlalchemy.dialects.postgresql import JSONB

from callcenter.core import jobs
from callcenter.core.audit import AuditEntry
from callcenter.core.clock import ManualClock
from callcenter.core.db import Database
from callcenter.core.jobs import JobState
from callcenter.objects import queries
from callcenter.objects.models import Attachment
from callcenter.objects.service import purging
from callcenter.objects.service.hidden import job_id_of
from callcenter.objects.service.purging import Purging
from tests.integration.objects.shaping import (
    PUMPS,
    RECORDS,
    PumpWorker,
    Shaping,
    a_field,
    a_pump,
    seen,
)
from tests.support.office import CSRF, Caller, Door, Office, Seeded
from tests.support.waiting import wait_until

pytestmark = pytest.mark.integration

HIDDEN = f"{PUMPS}/hidden"
SIZE, MAKER = a_field("size"), a_field("maker", indexed=True)


class PurgeWorker(PumpWorker):
    def work(self, place: str) -> JobState:
        return self.run(self.job(lambda row: job_id_of(row, place)))

    def lies(self) -> tuple[set[str], set[str]]:
        """Columns of fields, and places in `extra` that some record fills."""
        with self.seeded.owner.begin() as connection:
            connection.execute(text("SELECT set_config('app.platform', 'on', true)"))
            schema = queries.schema_of(self.office.code)
            columns = {each["name"] for each in inspect(connection).get_columns("pump", schema)}
            pumps = table("pump", column("extra", JSONB()), schema=schema)
            extra = connection.scalars(select(func.jsonb_object_keys(pumps.c.extra)).distinct())
            return {name for name in columns if name.startswith("f_")}, {*extra}


@pytest.fixture
def by_worker(
    database: Database, redis: Redis, clock: ManualClock, seeded: Seeded, office: Office
) -> PurgeWorker:
    return PurgeWorker(database, redis, clock, seeded, office)


@pytest.fixture
def left(pumps: Shaping, admin: Caller) -> Shaping:
    """Two fields that are hidden, of three pumps two of which have values."""
    pumps.published(SIZE, MAKER, a_field("place"))
    a_pump(admin, size="DN50", maker="格兰富", place="屋顶")
    a_pump(admin, size="DN80")
    a_pump(admin)
    pumps.published(a_field("place"))
    return pumps


def hidden(pumps: Shaping) -> dict[str, dict[str, Any]]:
    answer = pumps.conf.get(HIDDEN)
    assert answer.status_code == 200, answer.json
    return {each["place"]: each for each in answer.json}


def purge(pumps: Shaping, place: str) -> Any:
    answer = pumps.conf.send("DELETE", f"{HIDDEN}/{place}", version=pumps.version)
    if answer.status_code == 200:
        pumps.answer = answer.json
    return answer


def test_it_is_told_what_hidden_fields_have_left_behind(left: Shaping) -> None:
    told = hidden(left)
    assert {place: (each["records"], each["version"]) for place, each in told.items()} == {
        "size": (2, 1),
        "maker": (1, 1),
    }
    assert told["maker"]["label"] == MAKER["label"]
    assert (told["size"]["type"], told["size"]["drafted"], told["size"]["purging"]) == (
        "text", False, None,
    )  # fmt: skip
    assert told["size"]["size"] > told["maker"]["size"] > 0


@pytest.mark.parametrize("monthly", [False, True])
def test_a_purge_takes_values_and_columns_and_nothing_else(
    *, monthly: bool, pumps: Shaping, admin: Caller, by_worker: PurgeWorker,
    database: Database, office: Office,
) -> None:  # fmt: skip
    pumps.save({**pumps.document, "monthly": monthly})
    pumps.published(SIZE, MAKER, a_field("place"))
    record = a_pump(admin, size="DN50", maker="格兰富", place="屋顶")
    pumps.published(a_field("place"))
    for place in ("size", "maker"):
        assert purge(pumps, place).status_code == 200
        assert hidden(pumps)[place]["purging"] == JobState.QUEUED
        assert by_worker.work(place) == JobState.DONE
    assert by_worker.lies() == ({"f_number", "f_name"}, {"place"})
    assert hidden(pumps) == {}
    assert seen(admin, record, "place") == "屋顶"
    # Whoever has the record open saves it: nothing that he sees has changed.
    path = f"{RECORDS}/{record['id']}"
    assert admin.send("PATCH", path, {"values": {"place": "地下"}}, version=1).status_code == 200
    with database.begin(office.scope()) as session:
        query = select(AuditEntry).where(AuditEntry.action == "object.purge")
        told = [entry.before["field"] for entry in session.scalars(query)]
    assert told[-2:] == ["size", "maker"]


def test_a_version_that_needs_it_says_that_its_values_are_gone(
    left: Shaping, admin: Caller, by_worker: PurgeWorker
) -> None:
    purge(left, "maker")
    by_worker.work("maker")
    version = left.conf.get(f"{PUMPS}/versions/1").json
    assert version["purged"] == [MAKER["label"]]
    restored = left.conf.post(f"{PUMPS}/versions/1/restore", version=left.version)
    left.answer = restored.json
    assert {each["subject"]: each["effects"] for each in left.answer["changes"]} == {
        "size": ["restore"], "maker": ["column", "index", "purged"],
    }  # fmt: skip
    assert left.publish().status_code == 200
    record = a_pump(admin, maker="威乐")
    assert seen(admin, record, "maker") == "威乐"
    everybody = admin.get(RECORDS).json["items"]
    assert sorted(each["values"]["maker"] or "" for each in everybody) == ["", "", "", "威乐"]
    assert hidden(left) == {}


def test_what_the_draft_brings_back_is_not_purged(left: Shaping, admin: Caller) -> None:
    left.fields(a_field("place"), SIZE)
    assert hidden(left)["size"]["drafted"] is True
    refused = purge(left, "size")
    assert (refused.status_code, refused.json["error"]["code"]) == (409, "in-use")
    left.fields(a_field("place"), a_field("size", "integer"))
    assert hidden(left)["size"]["drafted"] is False
    left.fields(a_field("place"), {"key": "size"})
    assert hidden(left)["size"]["drafted"] is True


def test_former_values_of_another_type_are_purged_and_those_in_force_stay(
    pumps: Shaping, admin: Caller, by_worker: PurgeWorker
) -> None:
    pumps.published(a_field("power"))
    record = a_pump(admin, power="12")
    pumps.published(a_field("power", "integer"))
    assert purge(pumps, "power_2").status_code == 404
    assert purge(pumps, "number").status_code == 404
    assert purge(pumps, "power").status_code == 200
    assert by_worker.work("power") == JobState.DONE
    assert seen(admin, record, "power") == 12
    assert by_worker.lies()[1] == {"power_2"}
    draft = pumps.fields(a_field("power"))
    assert {each["what"]: each["effects"] for each in draft["changes"]} == {
        "field.type": ["convert", "purged"]
    }
    assert pumps.publish().status_code == 200
    assert seen(admin, record, "power") == "12"


def test_a_purge_that_broke_off_is_told_and_asked_for_again(
    left: Shaping, by_worker: PurgeWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(Purging, "_empty", lambda *_: 1 / 0)
        purge(left, "size")
        assert by_worker.work("size") == JobState.FAILED
    assert hidden(left)["size"]["purging"] == JobState.FAILED
    assert purge(left, "size").status_code == 200
    assert by_worker.work("size") == JobState.DONE
    assert "size" not in by_worker.lies()[1]


def test_a_purge_goes_on_in_turns(
    left: Shaping, by_worker: PurgeWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(purging, "BATCH", 1)
    monkeypatch.setattr(jobs, "TURN", -1.0)
    purge(left, "size")
    assert [by_worker.work("size") for _ in range(3)] == [
        JobState.QUEUED, JobState.QUEUED, JobState.DONE,
    ]  # fmt: skip


def test_who_saves_meanwhile_brings_nothing_back(
    left: Shaping, by_worker: PurgeWorker, database: Database, office: Office
) -> None:
    """He has read the record with what is purged, and writes all of it."""
    purge(left, "size")
    schema = queries.schema_of(office.code)
    worker = Thread(target=by_worker.work, args=("size",))
    with database.begin(office.scope()) as session:
        session.execute(queries.writing_lock(schema, "pump")[0])
        worker.start()
        waits = text(
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        )
        wait_until(lambda: session.scalar(waits), 5, "the worker waiting for whoever saves")
        assert "size" in by_worker.lies()[1]
    worker.join()
    assert "size" not in by_worker.lies()[1]


def test_files_of_a_purged_field_are_let_go(
    pumps: Shaping, admin: Caller, by_worker: PurgeWorker, database: Database, office: Office
) -> None:
    pumps.published(a_field("papers", "file"))
    sent = admin.client.post(
        "/api/v1/objects/pump/files",
        query_string={"field": "papers", "name": "a.txt"},
        data="Wartung",
        headers={"X-CSRF-Token": CSRF},
    )
    assert sent.status_code == 201, sent.json
    record = a_pump(admin, papers=[sent.json])
    pumps.published()
    purge(pumps, "papers")
    assert by_worker.work("papers") == JobState.DONE
    with database.begin(office.scope()) as session:
        row = session.get(Attachment, UUID(sent.json["id"]))
        assert row is not None
        assert row.record_id is None
    assert admin.get(f"{RECORDS}/{record['id']}").status_code == 200


def test_only_its_own_designers_see_and_purge(
    left: Shaping, admin: Caller, door: Door, other: Office
) -> None:
    theirs = door.open(other.people["conf"])
    for caller, status in ((admin, 403), (theirs, 404)):
        assert caller.get(HIDDEN).status_code == status
        refused = caller.send("DELETE", f"{HIDDEN}/size", version=left.version)
        assert refused.status_code == status
    assert left.conf.send("DELETE", f"{HIDDEN}/size", version=left.version + 1).status_code == 412
    assert set(hidden(left)) == {"size", "maker"}
