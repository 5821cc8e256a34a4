"""Whoever writes records of a cached object is seen by the next who reads them; nobody is forgotten."""

from collections.abc import Callable
from contextlib import suppress
from threading import Barrier, Thread
from typing import Any
from uuid import UUID

import pytest
from redis import Redis
from sqlalchemy import bindparam, delete, insert, select, text, update
from sqlalchemy.orm import Session

from callcenter.core.clock import ManualClock
from callcenter.core.db import Database, TenantTables
from callcenter.core.ids import new_id
from callcenter.core.jobs import JobState
from callcenter.objects import queries
from callcenter.objects.service import Definitions, Records
from callcenter.objects.service.caching import PAUSE
from callcenter.processes.means import means
from tests.integration.objects.cached import (
    GOODS,
    MAKES,
    ORDERS,
    asked,
    goods,
    named,
    orders,
    read,
    stamp,
)
from tests.integration.objects.files import Importer, Worker
from tests.integration.objects.firm import Firm, a_document, make
from tests.integration.objects.shaping import RECORDS, Shaping, a_field, a_pump, seen
from tests.integration.objects.test_hidden import PurgeWorker, purge
from tests.integration.objects.triggering import Background, a_trigger, changed, value
from tests.support.office import NOW, Caller, Office, Seeded
from tests.support.waiting import wait_until

pytestmark = pytest.mark.integration

RENAME = {"do": "update", "field": "goods", "values": {"name": value("泵")}}
BULK, BIN = "/objects/goods/bulk", "/objects/goods/recycle-bin"
PARTS = {"object": "goods", "by": "repair", "columns": ["name"]}


@pytest.fixture
def shop(firm: Firm, app: Any, clock: ManualClock) -> Firm:
    """Goods, and orders that rename theirs when their own name changes."""
    clock.advance(PAUSE)
    rename = a_trigger("rename", RENAME, when="after", fields=["name"])
    firm.keeps(goods(), orders(triggers=[rename]))
    return firm


@pytest.fixture
def pump(shop: Firm, admin: Caller) -> str:
    """Goods that somebody has looked at."""
    made = make(admin, GOODS, "水泵", code="P1")
    read(admin, made)
    return made


@pytest.fixture
def order(pump: str, admin: Caller) -> str:
    """It names the pump, and has been looked at."""
    made = make(admin, ORDERS, "一号", goods=pump)
    assert named(admin, made) == "水泵"
    return made


def deleted(caller: Caller, record_id: str, path: str = GOODS) -> None:
    version = read(caller, record_id, path)["version"]
    answer = caller.send("DELETE", f"{path}/{record_id}", version=version)
    assert answer.status_code == 204, answer.json


# -- changed ---------------------------------------------------------------------------------------


def test_a_change(order: str, pump: str, admin: Caller) -> None:
    assert changed(admin, GOODS, pump, name="泵").status_code == 200
    assert (read(admin, pump)["title"], named(admin, order)) == ("泵", "泵")


def test_a_change_of_several(order: str, pump: str, admin: Caller) -> None:
    body = {"act": "edit", "records": [{"id": pump}], "values": {"name": "泵"}}
    assert admin.post(BULK, body).json["done"] == 1
    assert (read(admin, pump)["title"], named(admin, order)) == ("泵", "泵")


def test_an_import(order: str, pump: str, admin: Caller, worker: Worker) -> None:
    importer = Importer(admin, worker, "goods")
    one = importer.whole([["name", "code"], ["泵", "P1"]], mode="update", match="code")
    assert one["counts"]["updated"] == 1, one
    assert (read(admin, pump)["title"], named(admin, order)) == ("泵", "泵")


def test_a_trigger(order: str, pump: str, admin: Caller, background: Background) -> None:
    assert changed(admin, ORDERS, order, name="二号").status_code == 200
    assert background.work() == 1
    assert (read(admin, pump)["title"], named(admin, order)) == ("泵", "泵")


def test_a_merge(order: str, pump: str, admin: Caller) -> None:
    other = make(admin, GOODS, "泵")
    read(admin, other)
    body = {"others": [{"id": other, "version": 1}], "values": {"name": other}}
    answer = admin.post(f"{GOODS}/{pump}/merge", body, version=1)
    assert answer.status_code == 200, answer.json
    assert (read(admin, pump)["title"], named(admin, order)) == ("泵", "泵")
    gone = admin.get(f"{GOODS}/{other}")
    assert gone.status_code == 404
    assert gone.json["error"]["details"]["merged_into"] == pump


def test_a_reference_that_a_merge_moves(firm: Firm, admin: Caller, clock: ManualClock) -> None:
    clock.advance(PAUSE)
    within = a_field("within", "reference", settings={"reference": {"object": "maker"}})
    makers = a_document("maker", "base", [])
    firm.keeps(makers, goods(within))
    kept, other = (make(admin, "/objects/maker/records", name) for name in ("甲", "乙"))
    part = make(admin, GOODS, "叶轮", within=other)
    assert read(admin, part)["values"]["within"] == other
    body = {"others": [{"id": other, "version": 1}], "values": {}}
    answer = admin.post(f"/objects/maker/records/{kept}/merge", body, version=1)
    assert answer.status_code == 200, answer.json
    assert read(admin, part)["values"]["within"] == kept


def test_lines_of_another_record(firm: Firm, admin: Caller, clock: ManualClock) -> None:
    clock.advance(PAUSE)
    repair = a_field("repair", "reference", settings={"reference": {"object": "repair"}})
    lines = a_field("parts", "details", settings={"details": PARTS})
    firm.keeps(a_document("repair", "work_order", [lines]), goods(repair))
    path = "/objects/repair/records"
    made = make(admin, path, "漏水", parts=[{"values": {"name": "水泵"}}])
    (line,) = read(admin, made, path)["values"]["parts"]
    assert read(admin, line["id"])["title"] == "水泵"
    parts = [{"id": line["id"], "version": line["version"], "values": {"name": "泵"}}]
    body = {"values": {"parts": parts}}
    assert admin.send("PATCH", f"{path}/{made}", body, version=1).status_code == 200
    assert read(admin, line["id"])["title"] == "泵"
    deleted(admin, made, path)
    assert admin.get(f"{GOODS}/{line['id']}").status_code == 404


# -- gone, and back --------------------------------------------------------------------------------


def test_a_deletion_a_return_and_a_purge(order: str, pump: str, admin: Caller) -> None:
    deleted(admin, pump)
    assert admin.get(f"{GOODS}/{pump}").status_code == 404
    assert named(admin, order) == "水泵（已删除）"
    assert admin.post(f"{BIN}/{pump}/restore", version=2).status_code == 200
    assert (read(admin, pump)["title"], named(admin, order)) == ("水泵", "水泵")
    deleted(admin, pump)
    assert named(admin, order) == "水泵（已删除）"
    assert admin.send("DELETE", f"{BIN}/{pump}", version=4).status_code == 204
    assert admin.get(f"{GOODS}/{pump}").status_code == 404
    assert "水泵" not in named(admin, order)


def test_a_deletion_of_several(order: str, pump: str, admin: Caller) -> None:
    body = {"act": "delete", "records": [{"id": pump}]}
    assert admin.post(BULK, body).json["done"] == 1
    assert admin.get(f"{GOODS}/{pump}").status_code == 404


# -- what a publication and a purge of fields write ------------------------------------------------


@pytest.fixture
def by_worker(
    database: Database, redis: Redis, clock: ManualClock, seeded: Seeded, office: Office
) -> PurgeWorker:
    return PurgeWorker(database, redis, clock, seeded, office)


def test_a_publication_and_the_purge_of_a_field(
    pumps: Shaping, admin: Caller, by_worker: PurgeWorker, database: Database, office: Office
) -> None:
    pumps.save({**pumps.document, "cached": True})
    pumps.published(a_field("size", "integer"), a_field("place"))
    record = a_pump(admin, size=50, place="屋顶")
    seen(admin, record, "size")
    before = stamp(database, office, "pump")
    pumps.published(a_field("size"), a_field("place"))
    assert stamp(database, office, "pump") != before
    assert seen(admin, record, "size") == "50"
    pumps.published(a_field("size"))
    before = stamp(database, office, "pump")
    purge(pumps, "place")
    assert by_worker.work("place") is JobState.DONE
    assert stamp(database, office, "pump") != before
    assert seen(admin, record, "size") == "50"
    assert admin.get(f"{RECORDS}/{record['id']}").json["version"] == 1


def test_a_publication_lets_those_end_who_are_writing(
    pumps: Shaping, admin: Caller, database: Database, office: Office, clock: ManualClock
) -> None:
    pumps.save({**pumps.document, "cached": True})
    pumps.published(a_field("size"))
    record = a_pump(admin, size="50")
    pumps.fields(a_field("size"), a_field("place"))
    answers: list[Any] = []
    publishing = Thread(target=lambda: answers.append(pumps.publish()))
    with database.begin(office.scope()) as session:
        Records(means(clock)).update(session, "pump", UUID(record["id"]), {"size": "65"}, 1)
        publishing.start()
        waiting = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
        wait_until(lambda: session.scalar(waiting), what="the publication waits")
    publishing.join(20)
    assert [answer.status_code for answer in answers] == [200]
    assert seen(admin, record, "size") == "65"


# -- nobody is forgotten ---------------------------------------------------------------------------


def _row() -> dict[str, Any]:
    return {
        "id": new_id(), "version": 1, "created_at": NOW, "updated_at": NOW, "search_text": "",
        "extra": {},
    }  # fmt: skip


WRITES: dict[str, Callable[[TenantTables, Any], Any]] = {
    "insert": lambda tables, table: tables.insert(insert(table), _row()),
    "inserts": lambda tables, table: tables.insert_all(table, [_row(), _row()]),
    "update": lambda tables, table: tables.execute(update(table).values(version=7)),
    "updates": lambda tables, table: tables.execute_many(
        update(table).where(table.c.id == bindparam("of_id")).values(version=7),
        [{"of_id": new_id()}],
    ),
    "delete": lambda tables, table: tables.execute(delete(table)),
}


def table_of(session: Session, office: Office, identifier: str = "goods") -> Any:
    return queries.table_of(Definitions().get(session, identifier), f"e{office.code}")


@pytest.mark.parametrize("write", WRITES)
def test_every_statement_that_writes_renews_the_stamp(
    write: str, pump: str, database: Database, office: Office
) -> None:
    """`TenantTables` alone lets statements to tables of records (`core/test_db.py`)."""
    before = stamp(database, office)
    with database.begin(office.scope()) as session:
        WRITES[write](TenantTables(session), table_of(session, office))
    assert stamp(database, office) != before


def test_who_reads_renews_nothing_and_neither_does_who_is_taken_back(
    pump: str, database: Database, office: Office
) -> None:
    before = stamp(database, office)
    with database.begin(office.scope()) as session:
        table = table_of(session, office)
        TenantTables(session).execute(select(table.c.id).with_for_update())
    with suppress(LookupError), database.begin(office.scope()) as session:
        TenantTables(session).execute(delete(table))
        raise LookupError
    assert stamp(database, office) == before


def test_objects_that_are_not_cached_have_no_stamp(
    order: str, admin: Caller, database: Database, office: Office
) -> None:
    with asked(database, office, "purchase") as statements:
        assert changed(admin, ORDERS, order, name="三号").status_code == 200
    assert statements
    assert stamp(database, office, "purchase") is None


def test_writers_of_the_same_objects_do_not_wait_in_a_circle(
    firm: Firm, database: Database, office: Office
) -> None:
    firm.keeps(goods(), a_document("maker", "base", [MAKES], cached=True))
    both, failed = Barrier(2, timeout=10), []

    def write(*order: str) -> None:
        try:
            with database.begin(office.scope()) as session:
                for identifier in order:
                    table = table_of(session, office, identifier)
                    TenantTables(session).insert(insert(table), _row())
                    both.wait()
        except Exception as error:  # noqa: BLE001 - whatever it is, the test fails with it
            failed.append(error)

    orders = ("goods", "maker"), ("maker", "goods")
    threads = [Thread(target=write, args=each) for each in orders]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert failed == []
