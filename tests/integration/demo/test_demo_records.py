"""The demonstration's records: as many as promised, plausible, loaded once."""

import pytest
from sqlalchemy import create_engine, select, text

from callcenter.core.clock import ManualClock
from callcenter.core.db import Database, TenantTables
from callcenter.core.numbers import parse_number
from callcenter.objects import queries
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
    publisher = Publisher(seeded.database.owner_url, clock)
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
    with database.begin(office.scope()) as session:
        assert all(session.scalars(select(Contact.customer_id))), "one of them is no customer"
    assert not loaded.load(office.id, office.code, staff)
    assert agent.get("/objects/customer/records").json["total"] == 2000


def test_a_customer_is_found_by_number_through_its_indexes(
    loaded: DemoRecords, database: Database, office: Office, seeded: Seeded
) -> None:
    assert loaded
    _analyse(seeded.database.owner_url)
    definitions = Definitions()
    with database.begin(office.scope("agent")) as session:
        definition = definitions.get(session, "customer")
        table = queries.table_of(definition, queries.schema_of(office.code))
        number = parse_number("13800100101")
        rows = TenantTables(session).execute(queries.by_number(table, definition, number)).all()
        assert rows
        compiled = queries.by_number(table, definition, number).where(
            table.c.enterprise_id == office.id
        )
        sql = compiled.compile(session.connection(), compile_kwargs={"literal_binds": True})
        plan = "\n".join(session.scalars(text(f"EXPLAIN {sql}")))
    assert "ix_customer_phone" in plan
    assert "ix_customer_phone2" in plan


def _analyse(owner_url: str) -> None:
    """As autovacuum does a minute after the rows came."""
    engine = create_engine(owner_url)
    with engine.begin() as connection:
        connection.execute(text("ANALYZE"))
    engine.dispose()
