"""A firm whose goods are cached, and what its tests ask and hear."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from redis import Redis
from sqlalchemy import event, select

from callcenter.core.clock import Clock
from callcenter.core.db import Database
from callcenter.objects.models import DataObject
from callcenter.objects.service import CachedRows, Records
from callcenter.processes.means import means
from tests.integration.objects.firm import RIGHTS, a_document
from tests.integration.objects.shaping import a_field
from tests.support.office import Caller, Office

GOODS, ORDERS = "/objects/goods/records", "/objects/purchase/records"
ACTORS = {**RIGHTS, "import": {"admin": "all"}, "export": {"admin": "all"}}
MAKES = a_field("goods", "reference", settings={"reference": {"object": "goods"}})


def goods(*fields: dict[str, Any], **more: Any) -> dict[str, Any]:
    whole = [a_field("code", unique=True), a_field("price", "money"), *fields]
    settings = {"cached": True, "permissions": ACTORS, **more}
    return a_document("goods", "base", whole, **settings)


def orders(*fields: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Whose records name goods."""
    return a_document("purchase", "work_order", [MAKES, *fields], **more)


def records(redis: Redis | None, clock: Clock) -> Records:
    """As a process has them whose Redis this is; None: as one that keeps nothing."""
    return Records(means(clock, rows=CachedRows(redis, clock) if redis else None))


@contextmanager
def asked(database: Database, office: Office, identifier: str = "goods") -> Iterator[list[str]]:
    """Statements that read or write the object's records."""
    heard: list[str] = []

    def hear(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if f"e{office.code}.{identifier}" in statement:
            heard.append(statement)

    event.listen(database.engine, "before_cursor_execute", hear)
    try:
        yield heard
    finally:
        event.remove(database.engine, "before_cursor_execute", hear)


def stamp(database: Database, office: Office, identifier: str = "goods") -> UUID | None:
    with database.begin(office.scope()) as session:
        return session.scalar(select(DataObject.stamp).where(DataObject.identifier == identifier))


def read(caller: Caller, record_id: str, path: str = GOODS) -> dict[str, Any]:
    answer = caller.get(f"{path}/{record_id}")
    assert answer.status_code == 200, answer.json
    found: dict[str, Any] = answer.json
    return found


def named(caller: Caller, order_id: str) -> str:
    """What the order calls its goods."""
    title: str = read(caller, order_id, ORDERS)["display"]["goods"]
    return title
