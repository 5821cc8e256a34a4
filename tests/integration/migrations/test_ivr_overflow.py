"""Where a number's callers go for whom no IVR channel is left: from a service to any target, and back."""

from collections.abc import Iterator
from uuid import UUID

import pytest
from alembic import command
from sqlalchemy import Connection, column, create_engine, select, table, text
from sqlalchemy.orm import Session

from callcenter.core.ids import new_id
from callcenter.core.tenant import Scope
from callcenter.migrations.__main__ import config
from callcenter.tenancy.models import AccessNumber, Trunk
from tests.support.databases import FreshDatabase
from tests.support.office import NOW

pytestmark = pytest.mark.integration

SERVICE = UUID(int=7)
OVERFLOW = {"kind": "agent_service", "id": str(SERVICE)}


@pytest.fixture
def owner(postgres: FreshDatabase) -> Iterator[Connection]:
    """Of a database with a number whose further callers go to a service."""
    engine = create_engine(postgres.owner_url)
    with engine.connect() as connection:
        _see_all(connection)
        with Session(connection, info={"scope": Scope.platform()}) as session:
            trunk = Trunk(id=new_id(), name="t", endpoint="t", host="192.0.2.1", created_at=NOW)
            session.add(trunk)
            session.flush()
            number = AccessNumber(
                id=new_id(), number="02160000001", trunk_id=trunk.id, ivr_overflow=OVERFLOW,
                created_at=NOW, updated_at=NOW,
            )  # fmt: skip
            session.add(number)
            session.flush()
        connection.commit()
        yield connection
    engine.dispose()


def _see_all(connection: Connection) -> None:
    connection.execute(text("SELECT set_config('app.platform', 'on', true)"))


def _kept(connection: Connection, name: str) -> object:
    _see_all(connection)
    found: object = connection.scalar(select(column(name)).select_from(table("access_number")))
    connection.commit()
    return found


def test_it_is_the_same_service_on_the_way_there_and_back(owner: Connection) -> None:
    """Each step in a transaction of its own, as where nothing else is out of date."""
    command.downgrade(config(owner), "0030")
    owner.commit()
    command.downgrade(config(owner), "0029")
    owner.commit()
    assert _kept(owner, "ivr_overflow_id") == SERVICE
    command.upgrade(config(owner), "0030")
    owner.commit()
    assert _kept(owner, "ivr_overflow") == OVERFLOW
