"""The demonstration's records: as many as promised, plausible, loaded once."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Engine, Select, Table, select, text

from callcenter.core.clock import ManualClock
from callcenter.core.db import OWN_ENTERPRISE, Database, TenantTables
from callcenter.core.numbers import parse_number
from callcenter.objects import queries
from callcenter.objects.schemas import Definition
from callcenter.objects.service import Definitions
from callcenter.objects.tasks import Publisher
from callcenter.processes.demo_records import CONTACTS, DemoRecords, Staff
from dialer.models import Contact
from tests.support.office import Caller, Office, Seeded

pytestmark = pytest.mark.integration


@pytest.fixture
def staff(office: Office) -> Staff:
    people = office.people
    return Staff(people["admin"], [people["agent"], people["colleague"], people["leader"]])


@pytest.fixture
def loaded(
    database: Database, seeded: Seeded, clock: ManualClock, office: Office, staff: Staff
) -> DemoRecords:
    publisher = Publisher(seeded.owner, clock)
    demo = DemoRecords(database, publisher, clock)
    assert demo.load(office.id, office.code, staff)
    return demo


def test_the_demonstration_is_loaded_whole_and_once(
    loaded: DemoRecords,
    database: Database,
    office: Office,
    staff: Staff,
    agent: Caller,
    admin: Caller,
) -> None:
    assert agent.get("/objects/customer/records").json["total"] == 2000
    assert agent.get("/objects/work_order/records").json["total"] == 300
    work = agent.get("/console/work").json
    assert len(work["appointments"]) == 3
    assert work["calling_tasks"][0]["total"] == 50
    assert work["open_work_orders"]
    assert agent.get("/quality/forms").json[0]["total"] == 100
    newest = agent.get("/objects/work_order/records", page_size=1).json["items"][0]
    assert newest["display"]["customer"]
    task = admin.get("/calling-tasks").json["items"][0]
    assert (task["status"], task["total"]) == ("running", CONTACTS)
    for key in ("open_orders", "orders_by_type", "customers_to_visit", "busy_customers"):
        answer = admin.post(f"/queries/{key}/run", {})
        assert answer.json["rows"], key
    usable = admin.get("/queries/usable").json["items"]
    assert {one["key"] for one in usable if one["report"]} == {"orders_by_type", "busy_customers"}
    with database.begin(office.scope()) as session:
        assert all(session.scalars(select(Contact.customer_id))), "one of them is no customer"
    assert not loaded.load(office.id, office.code, staff)
    assert agent.get("/objects/customer/records").json["total"] == 2000


def test_a_customer_is_found_by_number_through_its_indexes(
    loaded: DemoRecords, database: Database, office: Office, seeded: Seeded
) -> None:
    assert loaded
    number = parse_number("13800100101")
    plan = _plan(
        database,
        office,
        seeded,
        lambda table, definition: queries.by_number(table, definition).params(
            {"number": str(number), OWN_ENTERPRISE: office.id}
        ),
    )
    assert "ix_customer_phone" in plan
    assert "ix_customer_phone2" in plan


def test_a_filtered_list_has_the_newest_first_through_one_index(
    loaded: DemoRecords, database: Database, office: Office, seeded: Seeded
) -> None:
    assert loaded

    def newest(table: Table, definition: Definition) -> Select[Any]:
        level = table.c[queries.column_of(definition.by_key["level"])]
        found = queries.alive(table).where(level == "gold")
        order = queries.Order(table.c.created_at, descending=True, has_gaps=False)
        return queries.page_of(found, table, order, 0, 20)

    plan = _plan(database, office, seeded, newest)
    assert "Index Scan Backward using sorted_customer_level" in plan
    assert "f_level" in plan.partition("Index Cond: ")[2].partition("\n")[0]
    assert "Sort" not in plan


def _plan(
    database: Database,
    office: Office,
    seeded: Seeded,
    asked: Callable[[Table, Definition], Select[Any]],
) -> str:
    """How PostgreSQL would find customers, with what it knows a minute after they came."""
    _analyse(seeded.owner)
    with database.begin(office.scope("agent")) as session:
        definition = Definitions().get(session, "customer")
        table = queries.table_of(definition, queries.schema_of(office.code))
        query = asked(table, definition).where(table.c.enterprise_id == office.id)
        assert TenantTables(session).execute(query).all()
        sql = query.compile(session.connection(), compile_kwargs={"literal_binds": True})
        return "\n".join(session.scalars(text(f"EXPLAIN {sql}")))


def _analyse(owner: Engine) -> None:
    """As autovacuum does a minute after the rows came."""
    with owner.begin() as connection:
        connection.execute(text("ANALYZE"))
