"""What was granted before rights had a reach, and the way back."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from alembic import command
from sqlalchemy import Connection, create_engine, text

from callcenter.core.clock import ManualClock
from callcenter.core.ids import new_id
from callcenter.migrations.__main__ import config
from callcenter.objects.schemas import load_definition
from callcenter.objects.service.definitions import SHIPPED
from callcenter.objects.tasks import Publisher
from tests.support.databases import FreshDatabase
from tests.support.office import NOW

pytestmark = pytest.mark.integration

GRANTED = {"read": ["admin", "agent"], "edit": ["admin"], "create": [], "delete": ["admin"]}
REACHED = {
    "read": {"admin": "all", "agent": "all"}, "edit": {"admin": "all"}, "create": {},
    "delete": {"admin": "all"},
}  # fmt: skip


@pytest.fixture
def owner(postgres: FreshDatabase) -> Iterator[Connection]:
    engine = create_engine(postgres.owner_url)
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def before(document: dict[str, Any]) -> dict[str, Any]:
    return {**document, "permissions": GRANTED}


@pytest.fixture
def old(postgres: FreshDatabase, owner: Connection) -> dict[str, Any]:
    """A database of the version before, with an object in force and a draft of another."""
    document: dict[str, Any] = json.loads((SHIPPED / "customer.json").read_text("utf-8"))
    publisher = Publisher(postgres.owner_url)
    publisher.publish("100001", load_definition(document, 1))
    publisher.dispose()
    command.downgrade(config(owner), "0005")
    ids = {"enterprise": new_id(), "object": new_id(), "draft": new_id(), "version": new_id()}
    _see_all(owner)
    owner.execute(
        text(
            "INSERT INTO enterprise (id, code, name, area_code, time_zone, status, created_at, version)"
            " VALUES (:enterprise, '100001', 'A', '', 'UTC', 'active', :now, 1)"
        ),
        {**ids, "now": ManualClock(NOW).now()},
    )
    insert = text(
        "INSERT INTO data_object (id, enterprise_id, identifier, kind, name, published_number,"
        " sort, draft, changed_at, version) VALUES (:id, :enterprise, :identifier, 'base', '{}',"
        " :number, 0, :draft, :now, 1)"
    )
    rows = ((ids["object"], "customer", 1, None), (ids["draft"], "odd", 0, {"permissions": GRANTED, "groups": 5}))  # fmt: skip
    for row_id, identifier, number, draft in rows:
        owner.execute(insert, {
            "id": row_id, "enterprise": ids["enterprise"], "identifier": identifier,
            "number": number, "draft": json.dumps(draft) if draft else None, "now": NOW,
        })  # fmt: skip
    owner.execute(
        text(
            "INSERT INTO object_version (id, enterprise_id, object_id, number, definition, note,"
            " published_at) VALUES (:version, :enterprise, :object, 1, :document, '', :now)"
        ),
        {**ids, "document": json.dumps(before(document)), "now": NOW},
    )
    owner.commit()
    return document


def _see_all(connection: Connection) -> None:
    connection.execute(text("SELECT set_config('app.platform', 'on', true)"))


def _documents(connection: Connection) -> tuple[dict[str, Any], dict[str, Any]]:
    _see_all(connection)
    version = connection.scalar(text("SELECT definition FROM object_version"))
    draft = connection.scalar(text("SELECT draft FROM data_object WHERE draft IS NOT NULL"))
    connection.rollback()
    return version, draft


def _has_author_index(connection: Connection) -> bool:
    query = "SELECT count(*) FROM pg_indexes WHERE indexname = 'ix_customer_author'"
    found = connection.scalar(text(query)) == 1
    connection.rollback()
    return found


def test_what_was_granted_is_granted_for_all_records(
    old: dict[str, Any], owner: Connection
) -> None:
    assert not _has_author_index(owner)
    command.upgrade(config(owner), "head")
    owner.commit()
    version, draft = _documents(owner)
    assert version == {**old, "permissions": REACHED}
    assert draft == {"permissions": REACHED, "groups": 5}
    assert load_definition(version, 1).allows("read", "agent")
    assert _has_author_index(owner)


def test_on_the_way_back_nobody_gets_more(old: dict[str, Any], owner: Connection) -> None:
    command.upgrade(config(owner), "head")
    owner.commit()
    _see_all(owner)
    narrower = {**REACHED, "read": {"admin": "all", "agent": "own"}}
    change = text("UPDATE object_version SET definition = :document")
    owner.execute(change, {"document": json.dumps({**old, "permissions": narrower})})
    owner.commit()
    command.downgrade(config(owner), "0005")
    owner.commit()
    version, _ = _documents(owner)
    assert version == {**old, "permissions": {**GRANTED, "read": ["admin"]}}
