"""Lists that somebody has at hand at the desk."""

from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from callcenter.core.errors import Invalid
from callcenter.core.ids import new_id
from callcenter.queries.models import QueryPin
from callcenter.queries.service.keeping import Queries

MOST = 12
"""That one person may have: the desk has room for no more."""


class QueryPins:
    def __init__(self, queries: Queries) -> None:
        self._queries = queries

    def all(self, session: Session) -> set[UUID]:
        """Ids of queries."""
        query = select(QueryPin.query_id).where(QueryPin.owner_id == _owner(session))
        return {*session.scalars(query)}

    def put(self, session: Session, key: str) -> None:
        """Again is no error. Raises NotFound, Invalid where there is no room."""
        row, _ = self._queries.found(session, key)
        owner = _owner(session)
        # Two of his windows would both find room for one more.
        session.execute(select(func.pg_advisory_xact_lock(owner.int & 0x7FFF_FFFF_FFFF_FFFF)))
        # What he can use no longer stands nowhere, and takes no room.
        there = self.all(session) & {each.id for each in self._queries.usable(session)}
        if row.id not in there and len(there) >= MOST:
            raise Invalid({"max": MOST}, {"pin": ["query.too_many_pins"]})
        values = {"id": new_id(), "enterprise_id": row.enterprise_id, "query_id": row.id}
        pinned = insert(QueryPin).values(**values, owner_id=owner)
        session.execute(pinned.on_conflict_do_nothing())

    def drop(self, session: Session, key: str) -> None:
        """Again is no error, nor where he may use it no longer. Raises NotFound."""
        row = self._queries.row(session, key)
        mine = QueryPin.query_id == row.id, QueryPin.owner_id == _owner(session)
        gone = session.scalar(delete(QueryPin).where(*mine).returning(QueryPin.id))
        if gone is None:
            self._queries.found(session, key)


def _owner(session: Session) -> UUID:
    owner: UUID = session.info["scope"].require_actor().user_id
    return owner
