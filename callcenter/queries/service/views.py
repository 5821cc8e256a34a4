"""What somebody fills in again and again, under names of his own."""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from callcenter.core.errors import Invalid, NotFound
from callcenter.core.ids import new_id
from callcenter.queries.models import QueryView
from callcenter.queries.service.keeping import Queries

MOST = 50
"""Of one query that one person may keep."""


class QueryViews:
    def __init__(self, queries: Queries) -> None:
        self._queries = queries

    def all(self, session: Session, key: str) -> list[dict[str, Any]]:
        """By name; without what the query asked for once and asks for no more. Raises NotFound."""
        row, asked = self._queries.found(session, key)
        query = select(QueryView).where(
            QueryView.query_id == row.id, QueryView.owner_id == _owner(session)
        )
        parameters = {each.key for each in asked.parameters}
        views = session.scalars(query.order_by(QueryView.name))
        return [_shown(view, parameters) for view in views]

    def keep(self, session: Session, key: str, values: Mapping[str, Any]) -> list[dict[str, Any]]:
        """One of the same name is replaced. Raises NotFound, Invalid when there are too many."""
        row, _ = self._queries.found(session, key)
        there = self.all(session, key)
        if len(there) >= MOST and values["name"] not in {each["name"] for each in there}:
            raise Invalid(fields={"name": ["validation.too_many"]})
        content = {"parameters": values["parameters"], "sort": values["sort"]}
        if (first := values.get("first")) is not None:
            content["first"] = first
            if first:
                self._none_first(session, row.id)
        scope = session.info["scope"]
        session.execute(
            insert(QueryView)
            .values(
                id=new_id(), enterprise_id=scope.enterprise_id, query_id=row.id,
                owner_id=_owner(session), name=values["name"], **{"first": False, **content},
            )
            .on_conflict_do_update(
                index_elements=[QueryView.query_id, QueryView.owner_id, QueryView.name],
                set_=content,
            )
        )  # fmt: skip
        return self.all(session, key)

    def change(
        self, session: Session, key: str, view_id: UUID, values: Mapping[str, Any]
    ) -> list[dict[str, Any]]:
        """Its name, and whether the list begins with it. Raises NotFound, also for somebody else's;
        Invalid: another has that name.
        """
        row, _ = self._queries.found(session, key)
        mine = QueryView.query_id == row.id, QueryView.owner_id == _owner(session)
        view = session.scalar(select(QueryView).where(QueryView.id == view_id, *mine))
        if view is None:
            raise NotFound
        name = values.get("name", view.name)
        taken = select(QueryView.id).where(QueryView.name == name, *mine)
        if session.scalar(taken) not in (None, view_id):
            raise Invalid(fields={"name": ["validation.taken"]})
        if "first" in values:
            if values["first"]:
                self._none_first(session, row.id)
                session.refresh(view)
            view.first = values["first"]
        view.name = name
        session.flush()
        return self.all(session, key)

    def first(self, session: Session, key: str) -> dict[str, Any] | None:
        """What his list begins with."""
        return next((each for each in self.all(session, key) if each["first"]), None)

    @staticmethod
    def _none_first(session: Session, query_id: UUID) -> None:
        mine = QueryView.query_id == query_id, QueryView.owner_id == _owner(session)
        session.execute(update(QueryView).where(*mine).values(first=False))

    def drop(self, session: Session, key: str, view_id: UUID) -> None:
        """Raises NotFound, also for somebody else's."""
        row, _ = self._queries.found(session, key)
        mine = QueryView.query_id == row.id, QueryView.owner_id == _owner(session)
        statement = delete(QueryView).where(QueryView.id == view_id, *mine)
        gone = session.execute(statement.returning(QueryView.id)).scalar_one_or_none()
        if gone is None:
            raise NotFound


def _owner(session: Session) -> UUID:
    owner: UUID = session.info["scope"].require_actor().user_id
    return owner


def _shown(view: QueryView, parameters: Collection[str]) -> dict[str, Any]:
    given = {key: values for key, values in view.parameters.items() if key in parameters}
    return {
        "id": view.id, "name": view.name, "parameters": given, "sort": view.sort,
        "first": view.first,
    }  # fmt: skip
