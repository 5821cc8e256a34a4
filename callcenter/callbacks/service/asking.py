"""Callbacks for people: shown from the ledger, asked for, changed and cancelled by telephony."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select
from sqlalchemy.orm import Session

from callcenter.callbacks import queries
from callcenter.callbacks.models import Callback
from callcenter.core.audit import Audit
from callcenter.core.clock import Clock
from callcenter.core.db import Database
from callcenter.core.directory import Directory, Person, ServiceCard
from callcenter.core.errors import Invalid, NotFound
from callcenter.core.gateway import TelephonyGateway
from callcenter.core.http import Page, PageRequest
from callcenter.core.listing import page_rows
from callcenter.core.numbers import BadNumber, Number, NumberKind, parse_number
from callcenter.core.permissions import Permission
from callcenter.core.tenant import Actor, Scope

_OUTSIDE = (NumberKind.E164, NumberKind.SERVICE)


class CallbackDesk:
    def __init__(
        self,
        database: Database,
        directory: Directory,
        gateway: TelephonyGateway,
        audit: Audit,
        clock: Clock,
    ) -> None:
        self._database = database
        self._directory = directory
        self._gateway = gateway
        self._audit = audit
        self._clock = clock

    def page(self, session: Session, request: PageRequest, filters: Mapping[str, Any]) -> Page:
        """Callbacks that the actor may see; raises Invalid for a filter that is no number."""
        wanted = dict(filters)
        if number := wanted.pop("number", None):
            wanted["number"] = str(self._number(session, number))
        query = queries.filtered(self._visible(session), wanted)
        rows, total = page_rows(
            session, query, request, queries.SORTS, "-asked_at", Callback.id.desc()
        )
        return Page(self._show(session, rows), total, request.page, request.page_size)

    def ask(self, actor: Actor, values: Mapping[str, Any]) -> Mapping[str, Any]:
        """Raises Invalid, else what telephony refuses. Asked again, the open one is kept."""
        with self._database.begin(Scope.of(actor)) as session:
            service = self._directory.services(session).get(values["service_id"])
            if service is None or not service.active or not self._serves(session, service):
                raise Invalid(fields={"service_id": ["validation.unknown_id"]})
            number = self._outside(session, values["number"])
            self._check_window(values)
            self._audit.record(
                session, "callback.ask", "callback", "", name=service.name,
                after={"number": number.mask()},
            )  # fmt: skip
        body = {
            "service_id": str(service.id),
            "number": str(number),
            **{name: _text(values[name]) for name in ("not_before", "not_after")},
        }
        return self._gateway.send(actor, "callback.ask", body)

    def change(self, actor: Actor, callback_id: UUID, values: Mapping[str, Any]) -> None:
        """Number or window. Raises NotFound, Invalid, else what telephony refuses."""
        body: dict[str, Any] = {"callback_id": str(callback_id)}
        with self._database.begin(Scope.of(actor)) as session:
            row = self._find(session, callback_id)
            window = {"not_before": row.not_before, "not_after": row.not_after}
            self._check_window({**window, **values})
            after: dict[str, Any] = {}
            if "number" in values:
                number = self._outside(session, values["number"])
                body["number"], after["number"] = str(number), number.mask()
            moved = {name: _text(values[name]) for name in window if name in values}
            before = {"number": Number.load(row.number).mask(), **window}
            after |= moved
            self._audit.record(
                session, "callback.change", "callback", callback_id,
                before={key: before[key] for key in after}, after=after,
            )  # fmt: skip
        self._gateway.send(actor, "callback.change", body | moved)

    def cancel(self, actor: Actor, callback_id: UUID) -> None:
        """Raises NotFound, else what telephony refuses."""
        with self._database.begin(Scope.of(actor)) as session:
            row = self._find(session, callback_id)
            masked = Number.load(row.number).mask()
            self._audit.record(
                session, "callback.cancel", "callback", callback_id, before={"number": masked}
            )
        self._gateway.send(actor, "callback.cancel", {"callback_id": str(callback_id)})

    # -- who and what -----------------------------------------------------------------------

    def _visible(self, session: Session) -> Select[Callback]:
        actor = _actor(session)
        if actor.may(Permission.CALLS_READ_ALL):
            return queries.listed(None)
        people = self._people(session, actor)
        services = self._directory.services(session).values()
        return queries.listed({c.id for c in services if not c.member_ids.isdisjoint(people)})

    def _people(self, session: Session, actor: Actor) -> Collection[UUID]:
        people = {actor.user_id}
        if actor.may(Permission.CALLS_READ_TEAM):
            teams, everybody = set(actor.team_ids), self._directory.people(session).values()
            people |= {person.id for person in everybody if teams & set(person.team_ids)}
        return people

    def _serves(self, session: Session, service: ServiceCard) -> bool:
        actor = _actor(session)
        if actor.may(Permission.CALLS_READ_ALL):
            return True
        return not service.member_ids.isdisjoint(self._people(session, actor))

    def _find(self, session: Session, callback_id: UUID) -> Callback:
        row = session.scalar(self._visible(session).where(Callback.id == callback_id))
        if row is None:
            raise NotFound
        return row

    def _show(self, session: Session, rows: Sequence[Callback]) -> list[dict[str, Any]]:
        ids = {key for row in rows for key in (row.agent_id, row.asked_by) if key}
        people, services = self._directory.people(session, ids), self._directory.services(session)
        places: dict[UUID, int] = {}
        if any(row.state == "open" for row in rows):
            places = {row.id: row.place for row in session.execute(queries.places())}
        unmasked = _actor(session).may(Permission.NUMBERS_UNMASKED)
        return [
            _shown(row, people, services, places.get(row.id), unmasked=unmasked) for row in rows
        ]

    def _check_window(self, values: Mapping[str, Any]) -> None:
        until, now = values["not_after"], self._clock.now()
        if until is not None and until <= max(now, values["not_before"] or now):
            raise Invalid(fields={"not_after": ["validation.after_begins"]})

    def _outside(self, session: Session, text: str) -> Number:
        number = self._number(session, text)
        if number.kind not in _OUTSIDE:
            raise Invalid(fields={"number": ["validation.phone"]})
        return number

    def _number(self, session: Session, text: str) -> Number:
        try:
            return parse_number(text, self._directory.enterprise(session).area_code)
        except BadNumber:
            raise Invalid(fields={"number": ["validation.phone"]}) from None


def _actor(session: Session) -> Actor:
    scope: Scope = session.info["scope"]
    return scope.require_actor()


def _text(value: datetime | None) -> str | None:
    return value.isoformat() if value else None


def _shown(
    row: Callback,
    people: Mapping[UUID, Person],
    services: Mapping[UUID, ServiceCard],
    place: int | None,
    *,
    unmasked: bool,
) -> dict[str, Any]:
    number, service = Number.load(row.number), services.get(row.service_id)
    return {
        "id": row.id,
        "service": {"id": row.service_id, "name": service.name if service else ""},
        "number": (number.show() if unmasked else number.mask()) or None,
        "number_kind": number.kind.value,
        "location": number.location(),
        "source": row.source,
        "state": row.state,
        "place": place,
        "asked_at": row.asked_at,
        "asked_by": _named(people, row.asked_by),
        "not_before": row.not_before,
        "not_after": row.not_after,
        "attempts": row.attempts,
        "last_attempt_at": row.last_attempt_at,
        "last_outcome": row.last_outcome,
        "agent": _named(people, row.agent_id),
        "reason": row.reason or None,
        "ended_at": row.ended_at,
        "call_id": row.call_id,
    }


def _named(people: Mapping[UUID, Person], user_id: UUID | None) -> dict[str, Any] | None:
    person = people.get(user_id) if user_id else None
    return {"id": person.id, "name": person.name} if person else None
