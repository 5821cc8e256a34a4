"""The walls' policies: they ask for the scope once a statement, in databases of before as well."""

import json
from collections.abc import Iterator

import pytest
from alembic import command
from sqlalchemy import Connection, create_engine, text

from callcenter.core.clock import SystemClock
from callcenter.migrations.__main__ import config
from callcenter.objects.schemas import load_definition
from callcenter.objects.service.definitions import SHIPPED
from callcenter.objects.tasks import Publisher, owner_engine
from tests.support.databases import FreshDatabase

pytestmark = pytest.mark.integration


@pytest.fixture
def owner(postgres: FreshDatabase) -> Iterator[Connection]:
    """Of a database in which an enterprise has a table for its customers."""
    publisher = Publisher(owner_engine(postgres.owner_url), SystemClock())
    document = json.loads((SHIPPED / "customer.json").read_text("utf-8"))
    publisher.publish("100001", load_definition(document, 1))
    engine = create_engine(postgres.owner_url)
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def policies(owner: Connection) -> dict[str, tuple[str, str]]:
    """By table and name: which rows are seen, and which may be written."""
    found = owner.execute(
        text("SELECT schemaname, tablename, policyname, qual, with_check FROM pg_policies")
    )
    return {".".join(row[:3]): (row[3], row[4] or "") for row in found}


def asked_for_each_row(owner: Connection) -> set[str]:
    return {
        name
        for name, parts in policies(owner).items()
        if any(part.count("current_setting") > part.count("SELECT") for part in parts)
    }


def test_no_policy_asks_for_each_row(owner: Connection) -> None:
    assert "e100001.customer.enterprise" in policies(owner)
    assert asked_for_each_row(owner) == set()


def test_those_of_before_are_rewritten_and_say_the_same(owner: Connection) -> None:
    owner.rollback()
    command.downgrade(config(owner), "0019")
    now = policies(owner)
    owner.rollback()
    command.downgrade(config(owner), "0018")
    before = policies(owner)
    assert asked_for_each_row(owner) == before.keys() - {"public.option_definition.readers"}
    assert not any("SELECT" in part for parts in before.values() for part in parts)
    command.upgrade(config(owner), "0019")
    assert policies(owner) == now
