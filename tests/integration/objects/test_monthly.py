"""Objects whose records lie in a table a month."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.dialects import postgresql

from callcenter.core.clock import ManualClock
from callcenter.core.db import Database
from callcenter.objects import queries
from callcenter.objects.service import Definitions
from callcenter.objects.tasks import Publisher
from callcenter.processes.months import Months
from tests.integration.objects.people import history
from tests.integration.objects.shaping import PUMPS, RECORDS, Shaping, a_field, a_pump
from tests.support.office import Caller, Office, Seeded

pytestmark = pytest.mark.integration


@pytest.fixture
def monthly(pumps: Shaping, detached: None) -> Shaping:
    """Pumps that are kept by month, for one month."""
    document = {**pumps.document, "monthly": True, "keep_months": 1}
    pumps.save(document)
    pumps.published(a_field("code", indexed=True))
    return pumps


@pytest.fixture
def detached(seeded: Seeded, office: Office) -> Iterator[None]:
    """Months that a test takes out of use are gone after it."""
    yield
    for name in tables(seeded) - {"pump"}:
        with seeded.owner.begin() as connection:
            connection.execute(text(f"DROP TABLE e{office.code}.{name}"))


@pytest.fixture
def keeper(database: Database, seeded: Seeded, clock: ManualClock, office: Office) -> Months:
    return Months(database, Publisher(seeded.owner, clock), Definitions(), clock)


def asked(seeded: Seeded, query: str) -> list[Any]:
    with seeded.owner.begin() as connection:
        return [*connection.execute(text(query))]


def tables(seeded: Seeded) -> set[str]:
    query = "SELECT tablename FROM pg_tables WHERE tablename LIKE 'pump%'"
    return {row[0] for row in asked(seeded, query)}


def test_its_months_stand_ready_and_each_behind_the_wall(monthly: Shaping, seeded: Seeded) -> None:
    ready = {"pump_y2026m11", "pump_y2026m12", "pump_y2027m01", "pump_y2027m02"}
    assert tables(seeded) == {"pump", "pump_rest", *ready}
    query = (
        "SELECT c.relname FROM pg_class c JOIN pg_policy p ON p.polrelid = c.oid"
        " WHERE c.relname LIKE 'pump%' AND c.relrowsecurity AND c.relforcerowsecurity"
    )
    assert {row[0] for row in asked(seeded, query)} == tables(seeded)


def test_lists_and_lookups_go_across_months(
    monthly: Shaping, admin: Caller, clock: ManualClock, seeded: Seeded
) -> None:
    made = []
    for at in (datetime(2026, 11, 30, 23, 59, 59, 999_000, tzinfo=UTC),
               datetime(2026, 12, 1, tzinfo=UTC),
               datetime(2029, 5, 1, tzinfo=UTC)):  # fmt: skip
        clock.set(at)
        made.append(a_pump(admin, code=f"c{len(made)}"))
    page = admin.get(RECORDS, sort="-created_at").json
    assert [each["id"] for each in page["items"]] == [each["id"] for each in reversed(made)]
    assert admin.get(RECORDS, **{"f.code": "c1"}).json["items"][0]["id"] == made[1]["id"]
    for each in made:
        found = admin.get(f"{RECORDS}/{each['id']}").json
        assert found["values"]["code"] == each["values"]["code"]
        change = {"values": {"code": "new"}}
        changed = admin.send("PATCH", f"{RECORDS}/{each['id']}", change, version=1)
        assert changed.status_code == 200, changed.json
        assert [line["action"] for line in history(admin, each)] == ["update", "create"]
    numbers = [each["values"]["number"] for each in made]
    assert len(set(numbers)) == 3


def test_a_record_is_looked_for_in_its_month_alone(
    monthly: Shaping, admin: Caller, seeded: Seeded, database: Database, office: Office
) -> None:
    record = a_pump(admin)
    with database.begin(office.scope()) as session:
        table = queries.table_of(Definitions().get(session, "pump"), f"e{office.code}")
    query = queries.by_id(table, UUID(record["id"]))
    said = query.compile(dialect=postgresql.dialect(), compile_kwargs={"literal_binds": True})
    plan = "".join(row[0] for row in asked(seeded, f"EXPLAIN {said}"))
    assert "pump_y2026m11" in plan
    assert not [name for name in ("pump_y2026m12", "pump_rest") if name in plan]


def test_months_are_taken_out_of_use_after_their_time(
    monthly: Shaping,
    admin: Caller,
    clock: ManualClock,
    seeded: Seeded,
    keeper: Months,
    office: Office,
) -> None:
    old = a_pump(admin, code="old")
    clock.set(datetime(2026, 12, 31, tzinfo=UTC))
    kept = a_pump(admin, code="kept")
    keeper.keep(office.id, office.code)
    assert admin.get(RECORDS).json["total"] == 2
    clock.set(datetime(2027, 1, 1, tzinfo=UTC))
    clock.advance(3600)
    keeper.keep(office.id, office.code)
    assert [each["id"] for each in admin.get(RECORDS).json["items"]] == [kept["id"]]
    assert admin.get(f"{RECORDS}/{old['id']}").status_code == 404
    assert {"pump_y2026m11", "pump_y2027m04"} <= tables(seeded)


def test_it_is_decided_before_the_first_record(pumps: Shaping, admin: Caller) -> None:
    pumps.published(a_field("code"))
    pumps.save({**pumps.document, "monthly": True})
    assert pumps.publish().status_code == 200
    a_pump(admin, code="1")
    pumps.save({**pumps.document, "monthly": False})
    refused = pumps.publish()
    assert (refused.status_code, refused.json["error"]["code"]) == (409, "has-records")
    assert admin.get(RECORDS).json["total"] == 1


def test_only_numbers_are_unique_in_it(monthly: Shaping) -> None:
    monthly.fields(a_field("code", unique=True))
    problems = {each["path"] for each in monthly.conf.get(PUMPS).json["problems"]}
    assert problems == {"code.unique"}


def test_a_field_that_becomes_indexed_is_so_in_every_month(
    monthly: Shaping, admin: Caller, seeded: Seeded
) -> None:
    record = a_pump(admin, code="x")
    monthly.published(a_field("code", indexed=True), a_field("place", indexed=True))
    query = (
        "SELECT count(*), bool_and(indisvalid) FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid"
        " JOIN pg_attribute a ON a.attrelid = t.oid AND a.attname = 'f_place'"
        " AND a.attnum = ANY(i.indkey) WHERE t.relname LIKE 'pump%'"
    )
    assert [tuple(row) for row in asked(seeded, query)] == [(6, True)]
    monthly.published(a_field("code", indexed=True), a_field("place"))
    assert [row[0] for row in asked(seeded, query)] == [0]
    assert admin.get(f"{RECORDS}/{record['id']}").status_code == 200
