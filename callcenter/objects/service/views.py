"""Views of record lists: kept by their owners, shared with roles and teams, laid out by definitions."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, String, bindparam, delete, or_, select
from sqlalchemy.dialects.postgresql import array, insert
from sqlalchemy.orm import Session

from callcenter.core.db import TenantTables
from callcenter.core.errors import Forbidden, Invalid, NotFound, Stale
from callcenter.core.http import PageRequest
from callcenter.core.ids import new_id
from callcenter.core.permissions import Permission, Role
from callcenter.core.tenant import Actor
from callcenter.objects import queries
from callcenter.objects.models import RecordView, RecordViewChoice
from callcenter.objects.schemas import SORTABLE, Definition
from callcenter.objects.schemas.lists import ReadyList
from callcenter.objects.service.presenting import locale_of
from callcenter.objects.service.records import Records
from callcenter.objects.service.seeing import clear_to, seen_by
from callcenter.objects.service.viewing import content_of, seen_acts, seen_content

MOST = 50
"""Views of one object that one person may keep."""

CONTENT = ("columns", "widths", "filters", "sort", "q", "page_size")


class Views(Records):
    def all(self, session: Session, identifier: str) -> dict[str, Any]:
        """What whoever acts may choose from, ready lists first, and what the list begins with."""
        definition = self._definition(session, identifier, "read")
        actor = _actor(session)
        views = [
            _ready(session, definition, actor, ready)
            for ready in definition.lists
            if actor.role.value in ready.roles
        ]
        query = select(RecordView).where(*self._visible(session, identifier, actor))
        rows = session.scalars(query.order_by(RecordView.name, RecordView.id)).all()
        views += [_kept(definition, actor, row) for row in rows]
        keys = {view["key"] for view in views}
        return {
            "views": views,
            "start": self._start(session, identifier, definition, actor, keys),
            "share": {"roles": _shareable(actor), "teams": bool(_own_teams(actor))},
        }

    def add(self, session: Session, identifier: str, given: Mapping[str, Any]) -> dict[str, Any]:
        """Keep a new one. Raises Invalid, Forbidden."""
        definition, actor = self._definition(session, identifier, "read"), _actor(session)
        object_id = self._definitions.object_id(session, identifier)
        self._check(session, definition, actor, given)
        own = RecordView.object_id == object_id, RecordView.owner_id == actor.user_id
        if len(session.scalars(select(RecordView.id).where(*own)).all()) >= MOST:
            raise Invalid(fields={"name": ["validation.too_many"]})
        row = RecordView(
            id=new_id(), object_id=object_id, owner_id=actor.user_id, owner_name=actor.name,
            changed_at=self._clock.now(), **_columns(given),
        )  # fmt: skip
        session.add(row)
        session.flush()
        self._note(session, "view.create", row)
        return _kept(definition, actor, row)

    def change(
        self, session: Session, identifier: str, view_id: UUID, given: Mapping[str, Any],
        version: int,
    ) -> dict[str, Any]:  # fmt: skip
        """Only its owner. Raises NotFound, Forbidden, Stale, Invalid."""
        definition, actor = self._definition(session, identifier, "read"), _actor(session)
        row = self._own(session, identifier, actor, view_id, version)
        self._check(session, definition, actor, given)
        for name, value in _columns(given).items():
            setattr(row, name, value)
        row.changed_at = self._clock.now()
        session.flush()
        self._note(session, "view.update", row)
        return _kept(definition, actor, row)

    def remove(self, session: Session, identifier: str, view_id: UUID, version: int) -> None:
        actor = _actor(session)
        row = self._own(session, identifier, actor, view_id, version)
        self._note(session, "view.delete", row)
        session.delete(row)

    def begin_with(self, session: Session, identifier: str, view: str | None) -> None:
        """What one's list of these records begins with; None for the role's. Raises Invalid."""
        known = {each["key"] for each in self.all(session, identifier)["views"]}
        actor, object_id = _actor(session), self._definitions.object_id(session, identifier)
        own = RecordViewChoice.user_id == actor.user_id, RecordViewChoice.object_id == object_id
        if view is None:
            session.execute(delete(RecordViewChoice).where(*own))
            return
        if view not in known:
            raise Invalid(fields={"view": ["validation.unknown_id"]})
        statement = insert(RecordViewChoice)
        statement = statement.on_conflict_do_update(
            index_elements=["user_id", "object_id"], set_={"view": statement.excluded.view}
        )
        row = {"user_id": actor.user_id, "object_id": object_id, "view": view}
        TenantTables(session).insert(statement, row)

    def _start(
        self, session: Session, identifier: str, definition: Definition, actor: Actor,
        known: set[str],
    ) -> str | None:  # fmt: skip
        """One's own choice while it is there, else the role's standard."""
        object_id = self._definitions.object_id(session, identifier)
        query = select(RecordViewChoice.view).where(
            RecordViewChoice.user_id == actor.user_id, RecordViewChoice.object_id == object_id
        )
        chosen = session.scalar(query)
        if chosen in known:
            return chosen
        role = actor.role.value
        standard = (each.key for each in definition.lists if each.standard and role in each.roles)
        return next(standard, None)

    def _visible(
        self, session: Session, identifier: str, actor: Actor
    ) -> Sequence[ColumnElement[bool]]:
        object_id = self._definitions.object_id(session, identifier)
        shared = [RecordView.owner_id == actor.user_id, RecordView.roles.has_key(actor.role.value)]
        if actor.team_ids:
            teams = [bindparam(None, str(team), String()) for team in actor.team_ids]
            shared.append(RecordView.teams.has_any(array(teams)))
        return RecordView.object_id == object_id, or_(*shared)

    def _own(
        self, session: Session, identifier: str, actor: Actor, view_id: UUID, version: int
    ) -> RecordView:
        self._definition(session, identifier, "read")
        query = select(RecordView).where(
            RecordView.id == view_id, *self._visible(session, identifier, actor)
        )
        row = session.scalar(query.with_for_update())
        if row is None:
            raise NotFound
        if row.owner_id != actor.user_id:
            raise Forbidden
        if row.version != version:
            raise Stale
        return row

    def _check(
        self, session: Session, definition: Definition, actor: Actor, given: Mapping[str, Any]
    ) -> None:
        """Raises Invalid for what the list itself would refuse, Forbidden for whom it is shared with."""
        role = actor.role.value
        seen = seen_by(definition, role).by_key
        wrong = [key for key in given["columns"] if key not in seen and key not in SORTABLE]
        if wrong:
            raise Invalid(fields={f"columns.{key}": ["validation.unknown_field"] for key in wrong})
        request = PageRequest(q=given["q"], sort=given["sort"])
        self.selection(session, definition, request, given["filters"])
        table = self._table(session, definition)
        queries.order_of(table, clear_to(definition, role), request)
        if set(given["roles"]) - {*_shareable(actor)}:
            raise Forbidden
        if set(given["teams"]) - {*_own_teams(actor)}:
            raise Forbidden

    def _note(self, session: Session, action: str, row: RecordView) -> None:
        """Of what only its owner has, nobody else needs to know."""
        if row.roles or row.teams:
            after = {"roles": row.roles, "teams": row.teams, **row.content}
            self._audit.record(session, action, "record_view", row.id, name=row.name, after=after)


def _actor(session: Session) -> Actor:
    actor: Actor = session.info["scope"].require_actor()
    return actor


def _shareable(actor: Actor) -> list[str]:
    """Roles with which whoever shapes objects may share."""
    if not actor.may(Permission.OBJECTS_DEFINE):
        return []
    return [role.value for role in Role if role is not Role.OPERATOR]


def _own_teams(actor: Actor) -> tuple[UUID, ...]:
    """A leader shares with the teams that are led."""
    return actor.team_ids if actor.role is Role.LEADER else ()


def _columns(given: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "name": given["name"],
        "content": {name: given[name] for name in CONTENT},
        "roles": sorted({*given["roles"]}),
        "teams": sorted({str(team) for team in given["teams"]}),
    }


def _ready(
    session: Session, definition: Definition, actor: Actor, ready: ReadyList
) -> dict[str, Any]:
    content, dropped = seen_content(definition, actor.role.value, content_of(ready))
    return {
        "key": ready.key, "name": ready.name.get(locale_of(session), ready.key),
        "source": "ready", "owner": None, **content, "roles": [*ready.roles], "teams": [],
        "acts": seen_acts(definition, actor.role.value, ready), "dropped": dropped,
        "version": None,
    }  # fmt: skip


def _kept(definition: Definition, actor: Actor, row: RecordView) -> dict[str, Any]:
    content, dropped = seen_content(definition, actor.role.value, row.content)
    is_own = row.owner_id == actor.user_id
    return {
        "key": str(row.id), "name": row.name, "source": "own" if is_own else "shared",
        "owner": row.owner_name, **content, "roles": row.roles, "teams": row.teams, "acts": [],
        "dropped": dropped, "version": row.version,
    }  # fmt: skip
