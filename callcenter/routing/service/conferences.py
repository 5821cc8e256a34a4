"""Conference rooms: made and changed by the enterprise's administrator."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from callcenter.core.audit import Audit, difference
from callcenter.core.bus import Outbox
from callcenter.core.clock import Clock
from callcenter.core.db import Database
from callcenter.core.errors import InUse, Invalid, NotFound, Stale
from callcenter.core.gateway import TelephonyGateway
from callcenter.core.http import Page, PageRequest
from callcenter.core.ids import new_id
from callcenter.core.listing import holds, page_rows
from callcenter.core.tenant import Actor, Scope
from callcenter.routing.models import Conference

PLAIN = ("name", "pin", "most", "waits_for_agent")
_MOST_FOUND = 20
_SORTS = {"name": Conference.name, "created_at": Conference.created_at}


@dataclass(frozen=True, slots=True)
class ConferencePlan:
    """A room as telephony knows it."""

    id: UUID
    enterprise_id: UUID
    name: str
    pin: str
    most: int
    waits_for_agent: bool


class RoomUsers(Protocol):
    def of_conference(self, session: Session, conference_id: UUID) -> str | None:
        """What leads there: `routing_service`, `ivr_service`, `agent_service`, or nothing."""
        ...


class Conferences:
    def __init__(self, users: RoomUsers, audit: Audit, outbox: Outbox, clock: Clock) -> None:
        self._users = users
        self._audit = audit
        self._outbox = outbox
        self._clock = clock

    def page(self, session: Session, request: PageRequest) -> Page:
        query = select(Conference)
        if request.q:
            query = query.where(holds(request.q, Conference.name))
        rows, total = page_rows(session, query, request, _SORTS, "name", Conference.id)
        return Page([_shown(row) for row in rows], total, request.page, request.page_size)

    def read(self, session: Session, conference_id: UUID) -> dict[str, Any]:
        """Raises NotFound."""
        return _shown(_find(session, conference_id))

    def create(self, session: Session, values: Mapping[str, Any]) -> dict[str, Any]:
        """Raises Invalid for a name that is taken."""
        _check_name(session, values["name"], None)
        row = Conference(id=new_id(), created_at=self._clock.now(), **values)
        session.add(row)
        session.flush()
        self._note(session, "create", row, {}, _audited(row))
        return _shown(row)

    def change(
        self, session: Session, conference_id: UUID, values: Mapping[str, Any], version: int
    ) -> dict[str, Any]:
        """Only what `values` names; who is in it stays. Raises NotFound, Stale, Invalid."""
        row = _find(session, conference_id, lock=True)
        if row.version != version:
            raise Stale
        if "name" in values:
            _check_name(session, values["name"], row.id)
        before, pin = _audited(row), row.pin
        for name, value in values.items():
            setattr(row, name, value)
        session.flush()
        was, now = difference(before, _audited(row))
        if row.pin != pin:
            now = {**now, "pin": ""}  # that it changed, not to what
        self._note(session, "change", row, was, now)
        return _shown(row)

    def delete(self, session: Session, conference_id: UUID, version: int | None) -> None:
        """Raises NotFound, Stale, InUse while a rule, a flow or a service leads there."""
        row = _find(session, conference_id, lock=True)
        if version is not None and row.version != version:
            raise Stale
        if user := self._users.of_conference(session, conference_id):
            raise InUse({"by": user})
        session.delete(row)
        session.flush()
        self._note(session, "delete", row, {"name": row.name}, {})

    def _note(
        self,
        session: Session,
        act: str,
        row: Conference,
        before: Mapping[str, Any],
        after: Mapping[str, Any],
    ) -> None:
        self._audit.record(
            session, f"conference.{act}", "conference", row.id, name=row.name,
            before=before, after=after,
        )  # fmt: skip
        self._outbox.record(session, "conference.changed", row.id, sorted({*before, *after}))


class ConferenceDoor:
    """By which agents go in; telephony rings their phones."""

    def __init__(self, database: Database, gateway: TelephonyGateway, audit: Audit) -> None:
        self._database = database
        self._gateway = gateway
        self._audit = audit

    def rooms(self, session: Session, text: str) -> list[dict[str, Any]]:
        """Those whose name holds `text`, without what opens them."""
        query = select(Conference.id, Conference.name).where(holds(text, Conference.name))
        found = session.execute(query.order_by(Conference.name).limit(_MOST_FOUND))
        return [{"id": room_id, "name": name} for room_id, name in found]

    def join(self, actor: Actor, conference_id: UUID) -> Mapping[str, Any]:
        """Raises NotFound, and what telephony refuses."""
        with self._database.begin(Scope.of(actor)) as session:
            row = _find(session, conference_id)
            self._audit.record(
                session, "conference.join", "conference", row.id, name=row.name, after={}
            )
        return self._gateway.send(actor, "call.join", {"conference_id": str(conference_id)})


def load_conferences(session: Session) -> list[ConferencePlan]:
    return [
        ConferencePlan(row.id, row.enterprise_id, row.name, row.pin, row.most, row.waits_for_agent)
        for row in session.scalars(select(Conference))
    ]


def _find(session: Session, conference_id: UUID, *, lock: bool = False) -> Conference:
    query = select(Conference).where(Conference.id == conference_id)
    row = session.scalar(query.with_for_update() if lock else query)
    if row is None:
        raise NotFound
    return row


def _check_name(session: Session, name: str, own_id: UUID | None) -> None:
    found = session.scalar(select(Conference.id).where(Conference.name == name))
    if found not in (None, own_id):
        raise Invalid(fields={"name": ["validation.taken"]})


def _audited(row: Conference) -> dict[str, Any]:
    """Whoever reads the log learns no PIN."""
    return {name: getattr(row, name) for name in PLAIN if name != "pin"}


def _shown(row: Conference) -> dict[str, Any]:
    return {"id": row.id, **{name: getattr(row, name) for name in PLAIN}, "version": row.version}
