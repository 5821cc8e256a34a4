"""How often callers took each way: gathered where calls are led, added up a day, asked for a period.

Gathered in memory and written every few seconds, a row for each way that was taken: a process that is
killed loses those seconds, and nothing else is told by these figures.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from callcenter.core.db import TenantTables, model_table
from ivr import queries
from ivr.models import IvrCount, IvrService

_KEY = ("service_id", "version", "day", "node", "exit")


@dataclass(frozen=True, slots=True)
class Way:
    """A node's exit, on a day of the enterprise."""

    service_id: UUID
    version: int
    day: date
    node: str
    exit: str


def add_up(session: Session, ways: Mapping[Way, int]) -> None:
    """In the enterprise's scope. What was counted of a service that is gone is dropped."""
    known = set(session.scalars(select(IvrService.id)))
    statement = insert(IvrCount)
    more = {"times": model_table(IvrCount).c.times + statement.excluded.times}
    statement = statement.on_conflict_do_update(index_elements=_KEY, set_=more)
    tables = TenantTables(session)
    for way in sorted(ways, key=_order):
        if way.service_id in known:
            tables.insert(statement, {**asdict(way), "times": ways[way]})


def counted(
    session: Session, service_id: UUID, version: int | None, first: date, last: date
) -> dict[str, Any]:
    """version: None for all of them; both days are included. Raises NotFound."""
    queries.service(session, service_id)
    query = (
        select(IvrCount.node, IvrCount.exit, func.sum(IvrCount.times))
        .where(IvrCount.service_id == service_id, IvrCount.day.between(first, last))
        .group_by(IvrCount.node, IvrCount.exit)
        .order_by(IvrCount.node, IvrCount.exit)
    )
    if version is not None:
        query = query.where(IvrCount.version == version)
    exits = [
        {"node": node, "exit": exit_, "times": int(times)}
        for node, exit_, times in session.execute(query)
    ]
    return {"nodes": _nodes(exits), "exits": exits, "first": first, "last": last}


def _nodes(exits: Iterable[Mapping[str, Any]]) -> Sequence[Mapping[str, Any]]:
    """Whoever came to a node has left it by one of its exits."""
    visits = Counter[str]()
    for each in exits:
        visits[each["node"]] += each["times"]
    return [{"node": node, "visits": count} for node, count in visits.items()]


def _order(way: Way) -> tuple[str, int, date, str, str]:
    # Two nodes that add up the same ways at once must not wait for each other.
    return str(way.service_id), way.version, way.day, way.node, way.exit
