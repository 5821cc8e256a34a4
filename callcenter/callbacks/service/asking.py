"""Callbacks asked for, changed and cancelled: checked and written down here, done by telephony."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from callcenter.callbacks.line import Source
from callcenter.callbacks.models import Callback
from callcenter.callbacks.service.showing import serves, visible
from callcenter.calls.service import number_sought
from callcenter.core.audit import Audit
from callcenter.core.clock import Clock
from callcenter.core.db import Database
from callcenter.core.directory import Directory, ServiceCard
from callcenter.core.errors import Invalid, NotFound
from callcenter.core.gateway import TelephonyGateway
from callcenter.core.numbers import Number, NumberKind
from callcenter.core.tenant import Actor, Scope

_OUTSIDE = (NumberKind.E164, NumberKind.SERVICE)


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody asks for, checked."""

    service: ServiceCard
    number: Number
    values: Mapping[str, Any]


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

    def ask(self, actor: Actor, values: Mapping[str, Any]) -> Mapping[str, Any]:
        """Raises Invalid, else what telephony refuses. Asked again, the open one is kept."""
        with self._database.begin(Scope.of(actor)) as session:
            wish = self.check(session, values)
            self.note(session, wish)
        return self.send(actor, wish)

    def check(self, session: Session, values: Mapping[str, Any]) -> Wish:
        """Raises Invalid."""
        service = self._directory.services(session).get(values["service_id"])
        if service is None or not service.active or not serves(session, self._directory, service):
            raise Invalid(fields={"service_id": ["validation.unknown_id"]})
        number = self._outside(session, values["number"])
        self._check_window(values)
        return Wish(service, number, values)

    def note(self, session: Session, wish: Wish) -> None:
        """In the log before it is sent: what telephony took is never without its entry."""
        self._audit.record(
            session, "callback.ask", "callback", "", name=wish.service.name,
            after={"number": wish.number.mask()},
        )  # fmt: skip

    def send(self, actor: Actor, wish: Wish) -> Mapping[str, Any]:
        """Raises what telephony refuses."""
        values = wish.values
        body = {
            "service_id": str(wish.service.id),
            "number": str(wish.number),
            "source": (Source.WEB if actor.is_program else Source.STAFF).value,
            "language": values["language"],
            "note": values["note"],
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

    def _find(self, session: Session, callback_id: UUID) -> Callback:
        row = session.scalar(visible(session, self._directory).where(Callback.id == callback_id))
        if row is None:
            raise NotFound
        return row

    def _check_window(self, values: Mapping[str, Any]) -> None:
        until, now = values["not_after"], self._clock.now()
        if until is not None and until <= max(now, values["not_before"] or now):
            raise Invalid(fields={"not_after": ["validation.after_begins"]})

    def _outside(self, session: Session, text: str) -> Number:
        number = number_sought(session, self._directory, text)
        if number.kind not in _OUTSIDE:
            raise Invalid(fields={"number": ["validation.phone"]})
        return number


def _text(value: datetime | None) -> str | None:
    return value.isoformat() if value else None
