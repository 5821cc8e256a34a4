"""Appointments: calls promised, each to the one who promised it."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from callcenter.calls.service import Calls, number_sought
from callcenter.console.models import Appointment
from callcenter.core.audit import Audit, difference
from callcenter.core.bus import Outbox
from callcenter.core.clock import Clock
from callcenter.core.directory import Directory
from callcenter.core.errors import Conflict, Invalid, NotFound, Stale
from callcenter.core.http import Page, PageRequest
from callcenter.core.ids import new_id
from callcenter.core.numbers import WITHHELD, Number
from callcenter.core.permissions import Permission
from callcenter.core.tenant import Actor, Scope
from callcenter.objects.service import Records

_FARTHEST = timedelta(days=730)


class AppointmentStatus(StrEnum):
    OPEN = "open"
    DONE = "done"
    CANCELLED = "cancelled"


class Appointments:
    def __init__(
        self,
        records: Records,
        calls: Calls,
        directory: Directory,
        audit: Audit,
        outbox: Outbox,
        clock: Clock,
    ) -> None:
        self._records = records
        self._calls = calls
        self._directory = directory
        self._audit = audit
        self._outbox = outbox
        self._clock = clock

    def page(self, session: Session, request: PageRequest, filters: Mapping[str, Any]) -> Page:
        """The actor's own; filters: status, from, to."""
        query = select(Appointment).where(Appointment.user_id == _actor(session).user_id)
        conditions = {
            "status": lambda value: Appointment.status == value,
            "from": lambda value: Appointment.due_at >= value,
            "to": lambda value: Appointment.due_at < value,
        }
        query = query.where(*(conditions[name](value) for name, value in filters.items()))
        if request.q:
            query = query.where(Appointment.subject.contains(request.q, autoescape=True))
        column, descending = request.order({"due_at": Appointment.due_at}, "due_at")
        total = session.scalar(query.with_only_columns(func.count(Appointment.id)))
        query = query.order_by(column.desc() if descending else column, Appointment.id)
        first = (request.page - 1) * request.page_size
        rows = session.scalars(query.offset(first).limit(request.page_size))
        return Page(
            [show(row, _actor(session)) for row in rows],
            total or 0,
            request.page,
            request.page_size,
        )

    def due(self, session: Session, limit: int) -> list[dict[str, Any]]:
        """The actor's open appointments, the most urgent first."""
        query = (
            select(Appointment)
            .where(
                Appointment.user_id == _actor(session).user_id,
                Appointment.status == AppointmentStatus.OPEN,
            )
            .order_by(Appointment.due_at)
            .limit(limit)
        )
        return [show(row, _actor(session)) for row in session.scalars(query)]

    def of_customer(self, session: Session, customer_id: UUID, limit: int) -> Sequence[Appointment]:
        query = select(Appointment).where(Appointment.customer_id == customer_id)
        return list(session.scalars(query.order_by(Appointment.due_at.desc()).limit(limit)))

    def create(self, session: Session, body: Mapping[str, Any]) -> dict[str, Any]:
        """Raises Invalid: a time that has passed, a number that is none, an unknown customer."""
        row = Appointment(
            id=new_id(),
            user_id=_actor(session).user_id,
            status=AppointmentStatus.OPEN,
            call_id=body["call_id"],
            made_at=self._clock.now(),
            number="",
            customer_name="",
        )
        self._fill(session, row, body)
        session.add(row)
        return self._stored(session, row, "create", {}, _plain(row))

    def change(
        self, session: Session, appointment_id: UUID, body: Mapping[str, Any], version: int | None
    ) -> dict[str, Any]:
        """Raises NotFound, Stale, Conflict when it is closed, Invalid."""
        row = self._own(session, appointment_id, version)
        before = _plain(row)
        self._fill(session, row, body)
        return self._stored(session, row, "change", before, _plain(row))

    def close(
        self, session: Session, appointment_id: UUID, status: AppointmentStatus
    ) -> dict[str, Any]:
        """Raises NotFound, Conflict when it is closed already."""
        row = self._own(session, appointment_id, None)
        before = _plain(row)
        row.status, row.closed_at = status, self._clock.now()
        return self._stored(session, row, status.value, before, _plain(row))

    def _own(self, session: Session, appointment_id: UUID, version: int | None) -> Appointment:
        query = select(Appointment).where(
            Appointment.id == appointment_id, Appointment.user_id == _actor(session).user_id
        )
        row = session.scalar(query.with_for_update())
        if row is None:
            raise NotFound
        if version is not None and row.version != version:
            raise Stale
        if row.status != AppointmentStatus.OPEN:
            raise Conflict
        return row

    def _fill(self, session: Session, row: Appointment, body: Mapping[str, Any]) -> None:
        if "due_at" in body:
            now = self._clock.now()
            if not now - timedelta(minutes=1) <= body["due_at"] <= now + _FARTHEST:
                raise Invalid(fields={"due_at": ["validation.future"]})
            row.due_at = body["due_at"]
        if "subject" in body:
            row.subject = body["subject"].strip()
        if "customer_name" in body:
            row.customer_name = (body["customer_name"] or "").strip()
        if body.get("customer_id") and body["customer_id"] != row.customer_id:
            self._name_customer(session, row, body["customer_id"])
        if "number" in body:
            row.number = self._number(session, row, body["number"] or "")

    def _name_customer(self, session: Session, row: Appointment, customer_id: UUID) -> None:
        name = self._records.customer_title(session, customer_id)
        if name is None:
            raise Invalid(fields={"customer_id": ["validation.unknown_id"]})
        row.customer_id, row.customer_name = customer_id, name

    def _number(self, session: Session, row: Appointment, text: str) -> str:
        """A masked number comes back as it was shown: it means the one behind it."""
        if not text:
            return self._number_of_call(session, row)
        if row.number and Number.load(row.number).mask() == text:
            return row.number
        if "*" in text:
            found = self._records.unmask(session, row.customer_id, text)
            if found is None and row.call_id is not None:
                found = self._number_of_call(session, row)
            if found is None:
                raise Invalid(fields={"number": ["validation.phone"]})
            return found
        return str(number_sought(session, self._directory, text))

    def _number_of_call(self, session: Session, row: Appointment) -> str:
        if row.call_id is None:
            return row.number
        return str(self._calls.number_of(session, row.call_id))

    def _stored(
        self,
        session: Session,
        row: Appointment,
        verb: str,
        before: Mapping[str, Any],
        after: Mapping[str, Any],
    ) -> dict[str, Any]:
        session.flush()
        old, new = difference(before, after)
        self._outbox.record(session, "appointment.changed", row.id, sorted(new))
        self._audit.record(
            session, f"appointment.{verb}", "appointment", row.id, before=old, after=new
        )
        return show(row, _actor(session))


def show(row: Appointment, actor: Actor) -> dict[str, Any]:
    number = Number.load(row.number) if row.number else WITHHELD
    text = number.show() if actor.may(Permission.NUMBERS_UNMASKED) else number.mask()
    return {
        "id": row.id,
        "due_at": row.due_at,
        "number": text or None,
        "customer_id": row.customer_id,
        "customer_name": row.customer_name or None,
        "subject": row.subject,
        "status": row.status,
        "version": row.version,
    }


def _plain(row: Appointment) -> dict[str, Any]:
    return {
        "due_at": row.due_at.isoformat(),
        "subject": row.subject,
        "status": row.status,
        "customer_id": str(row.customer_id) if row.customer_id else None,
    }


def _actor(session: Session) -> Actor:
    scope: Scope = session.info["scope"]
    return scope.require_actor()
