"""A calling task gets whom a query names."""

from typing import Any

import pytest
from sqlalchemy import select

from callcenter.core.audit import AuditEntry
from callcenter.core.db import Database
from dialer.models import Contact, DoNotCall
from tests.integration.objects.firm import CLIENTS, Firm, a_firm, clients, make
from tests.integration.objects.shaping import a_field, label
from tests.integration.queries.making import a_column, keep
from tests.support.office import NOW, Caller, Office, Seeded

FIRST, SECOND, THIRD = "13800138001", "13800138002", "13800138003"


@pytest.fixture
def firm(seeded: Seeded, database: Database, office: Office, clock: Any) -> Any:
    with a_firm(seeded, database, office, clock) as made:
        yield made


def test_whom_a_query_names_is_called_once_each(
    firm: Firm, conf: Caller, admin: Caller, agent: Caller, database: Database, office: Office
) -> None:
    firm.keeps(clients())
    ids = {number: make(admin, CLIENTS, name, phone=number)
           for name, number in (("甲", FIRST), ("乙", SECOND), ("丙", THIRD))}  # fmt: skip
    make(admin, CLIENTS, "丁")
    columns = [a_column("name", "name"), a_column("phone", "phone")]
    named = {"field": "name", "operator": "ne", "parameter": "but"}
    but = {"key": "but", "label": {"zh-CN": "除外", "en": "But"}}
    document = {"source": "client", "columns": columns, "order": [{"column": "name"}],
                "conditions": [named], "parameters": [but]}  # fmt: skip
    keep(conf, document)
    keep(conf, {"source": "client", "columns": columns[:1]}, key="numberless")
    body = {"name": "回访", "contacts": [{"number": FIRST, "name": "甲"}],
            "agents": [str(office.people["agent"].user_id)]}  # fmt: skip
    task = admin.post("/calling-tasks", body).json["id"]
    with database.begin(office.scope()) as session:
        session.add(DoNotCall(number=f"e164:+86{THIRD}", added_at=NOW))
    place = f"/calling-tasks/{task}/contacts"
    came = admin.post(place, {"query": "list"}).json
    assert came == {"added": 1, "again": 0, "there": 1, "do_not_call": 1, "no_number": 1}
    with database.begin(office.scope()) as session:
        found = {each.number: each for each in session.scalars(select(Contact))}
        new = found[f"e164:+86{SECOND}"]
        assert (new.name, str(new.customer_id)) == ("乙", ids[SECOND])
        told = session.scalars(select(AuditEntry).where(AuditEntry.action == "calling_task.add"))
        assert [each.after for each in told] == [{"contacts": "1"}]
    again = admin.post(place, {"query": "list", "parameters": {"but": ["乙"]}}).json
    assert (again["added"], again["there"]) == (0, 1)
    assert admin.post(place, {"query": "nobody"}).status_code == 404
    without = admin.post(place, {"query": "numberless"})
    assert [*without.json["error"]["fields"]] == ["query"]
    assert agent.post(place, {"query": "list"}).status_code == 403


def test_who_is_called_is_the_customer_whose_number_it_is(
    firm: Firm, conf: Caller, admin: Caller, database: Database, office: Office
) -> None:
    """Of a statement with two clients in a row, the one that the column of numbers is of, or nobody."""
    firm.keeps(clients(a_field("city")))
    make(admin, CLIENTS, "甲", phone=FIRST, city="x")
    second = make(admin, CLIENTS, "乙", phone=SECOND, city="x")
    source = "client a join client b on a.city = b.city and a.name <> b.name"
    known = {"select": "a.id as one, b.id as two, b.name, b.phone", "source": source}
    unknown = {"select": "a.id as one, b.name, b.phone", "source": source}
    for key, texts in (("known", known), ("unknown", unknown)):
        document = {"kind": "expert", "texts": {**texts, "where": "b.name = '乙'"}}
        body = {"key": key, "name": label(key), "document": document, "roles": ["admin"]}
        assert conf.post("/expert-queries", body).status_code == 201
        agents = [str(office.people["agent"].user_id)]
        others = [{"number": THIRD, "name": "丙"}]
        task = admin.post(
            "/calling-tasks", {"name": key, "contacts": others, "agents": agents}
        ).json
        came = admin.post(f"/calling-tasks/{task['id']}/contacts", {"query": key})
        assert (came.status_code, came.json["added"]) == (200, 1), came.json
    with database.begin(office.scope()) as session:
        query = select(Contact.customer_id).where(Contact.number == f"e164:+86{SECOND}")
        found = [*session.scalars(query.order_by(Contact.id))]
    assert [str(each) if each else None for each in found] == [second, None]
