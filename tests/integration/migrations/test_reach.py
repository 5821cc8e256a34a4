"""What was granted before rights had a reach, and the way back."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from alembic import command
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.orm import Session

from callcenter.core.clock import SystemClock
from callcenter.core.ids import new_id
from callcenter.core.tenant import Scope
from callcenter.migrations.__main__ import config
from callcenter.objects.models import DataObject, ObjectVersion
from callcenter.objects.schemas import load_definition
from callcenter.objects.schemas.rights import Reach
from callcenter.objects.service.definitions import SHIPPED
from callcenter.objects.tasks import Publisher, owner_engine
from callcenter.tenancy.models import Enterprise
from tests.support.databases import FreshDatabase
from tests.support.office import NOW

pytestmark = pytest.mark.integration

GRANTED = {"read": ["admin", "agent"], "edit": ["admin"], "create": [], "delete": ["admin"]}
REACHED = {
    "read": {"admin": "all", "agent": "all"}, "edit": {"admin": "all"}, "create": {},
    "delete": {"admin": "all"},
}  # fmt: skip
ODD = {"groups": 5}
"""A draft may be anything."""


@pytest.fixture
def owner(postgres: FreshDatabase) -> Iterator[Connection]:
    engine = create_engine(postgres.owner_url)
    with engine.connect() as connection:
        yield connection
    engine.dispose()


@pytest.fixture
def kept(postgres: FreshDatabase, owner: Connection) -> dict[str, Any]:
    """An object in force with its table, and a draft of another; its document."""
    shipped = json.loads((SHIPPED / "customer.json").read_text("utf-8"))
    document: dict[str, Any] = {**shipped, "permissions": REACHED}
    publisher = Publisher(owner_engine(postgres.owner_url), SystemClock())
    publisher.publish("100001", load_definition(document, 1))
    enterprise, row = new_id(), new_id()
    _see_all(owner)
    made = Enterprise(id=enterprise, code="100001", name="A", area_code="021", created_at=NOW)
    of = {"enterprise_id": enterprise, "name": {}, "kind": "base", "changed_at": NOW}
    objects = [
        DataObject(id=row, identifier="customer", published_number=1, **of),
        DataObject(id=new_id(), identifier="odd", draft={**ODD, "permissions": REACHED}, **of),
    ]
    version = ObjectVersion(
        id=new_id(), enterprise_id=enterprise, object_id=row, number=1, definition=document,
        published_at=NOW,
    )  # fmt: skip
    with Session(owner, info={"scope": Scope.platform()}) as session:
        for rows in ([made], objects, [version]):
            session.add_all(rows)
            session.flush()
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
    kept: dict[str, Any], owner: Connection
) -> None:
    assert _has_author_index(owner)
    command.downgrade(config(owner), "0005")
    owner.commit()
    assert _documents(owner) == ({**kept, "permissions": GRANTED}, {**ODD, "permissions": GRANTED})
    assert not _has_author_index(owner)
    command.upgrade(config(owner), "head")
    owner.commit()
    version, draft = _documents(owner)
    assert (version, draft) == (kept, {**ODD, "permissions": REACHED})
    assert load_definition(version, 1).reach("read", "agent") is Reach.ALL
    assert _has_author_index(owner)


def test_on_the_way_back_nobody_gets_more(kept: dict[str, Any], owner: Connection) -> None:
    _see_all(owner)
    narrower = {**REACHED, "read": {"admin": "all", "agent": "own"}}
    change = text("UPDATE object_version SET definition = :document")
    owner.execute(change, {"document": json.dumps({**kept, "permissions": narrower})})
    owner.commit()
    command.downgrade(config(owner), "0005")
    owner.commit()
    version, _ = _documents(owner)
    assert version == {**kept, "permissions": {**GRANTED, "read": ["admin"]}}
