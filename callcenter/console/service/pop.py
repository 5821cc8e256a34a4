"""The screen pop: who calls, what was before, what is open, and the form that was begun."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from callcenter.calls.service import Calls, Following
from callcenter.console.models import Appointment
from callcenter.console.schemas import DESK_STATES
from callcenter.console.service.appointments import Appointments
from callcenter.console.service.drafts import Drafts
from callcenter.core.db import Database
from callcenter.core.directory import Directory
from callcenter.core.errors import Invalid
from callcenter.core.gateway import Rooms
from callcenter.core.numbers import Number
from callcenter.core.tenant import Actor, Scope
from callcenter.objects.service import Records

_HISTORY = 20


class Pop:
    def __init__(
        self,
        database: Database,
        records: Records,
        calls: Calls,
        following: Following,
        appointments: Appointments,
        drafts: Drafts,
        directory: Directory,
        rooms: Rooms,
    ) -> None:
        self._database = database
        self._records = records
        self._calls = calls
        self._following = following
        self._appointments = appointments
        self._drafts = drafts
        self._directory = directory
        self._rooms = rooms

    def pop(self, actor: Actor, call_id: UUID) -> dict[str, Any]:
        """Raises NotFound for a call that is not the actor's to see."""
        desk_call = self._rooms.read(f"agent:{actor.user_id}").get(f"call:{call_id}")
        with self._database.begin(Scope.of(actor)) as session:
            number = self._number(session, call_id)
            who = self._who(session, call_id, number)
            known = who["customer_id"]
            orders = self._records.work_orders_of_calls(session, [call_id], given=True)
            call = desk_call or self._desk_call(session, call_id)
            return {
                # The room knows the call, the ledger whom the agent linked it with.
                "call": {**call, "customer_id": self._calls.customer_of(session, call_id)},
                **who,
                "open_work_orders": self._open_orders(session, known),
                "history": self._history(session, call_id, number, known),
                "work_order": orders.get(call_id),
                "draft": self._drafts.find(session, f"work-order:{call_id}"),
            }

    def caller(self, actor: Actor, call_id: UUID) -> dict[str, Any]:
        """Who calls, and nothing else: the page shows it while it asks for the rest.

        Raises NotFound for a call that is not the actor's to see.
        """
        with self._database.begin(Scope.of(actor)) as session:
            return self._who(session, call_id, self._number(session, call_id))

    def choose(self, actor: Actor, call_id: UUID, customer_id: UUID) -> dict[str, Any]:
        """Link the call with a customer; the pop as it is then. Raises NotFound, Invalid."""
        self._following.wait(actor, call_id)
        with self._database.begin(Scope.of(actor)) as session:
            # Who is linked with one's call may be read from then on: whoever else would be, too.
            number = self._number(session, call_id)
            matching = {record["id"] for record in self._customers(session, number, None)}
            if (
                customer_id not in matching
                and self._records.customer_title(session, customer_id) is None
            ):
                raise Invalid(fields={"customer_id": ["validation.unknown_id"]})
            self._calls.link_customer(session, call_id, customer_id)
        return self.pop(actor, call_id)

    def _number(self, session: Session, call_id: UUID) -> Number:
        """The whole number: of a call on the actor's desk from telephony, else from the ledger."""
        actor: Actor = session.info["scope"].require_actor()
        on_desk = self._rooms.read(f"callers:{actor.user_id}").get(f"call:{call_id}")
        if on_desk:
            return Number.load(on_desk["number"])
        return self._calls.number_of(session, call_id)

    def _who(self, session: Session, call_id: UUID, number: Number) -> dict[str, Any]:
        chosen = self._calls.customer_of(session, call_id)
        customers = self._customers(session, number, chosen)
        only = customers[0]["id"] if len(customers) == 1 else None
        return {"customers": customers, "customer_id": chosen or only}

    def _customers(
        self, session: Session, number: Number, chosen: UUID | None
    ) -> list[dict[str, Any]]:
        found = self._records.customers_by_number(session, number)
        if chosen is None:
            return found
        mine = [record for record in found if record["id"] == chosen]
        return mine or self._records.customers(session, [chosen], given=True)

    def _open_orders(self, session: Session, customer_id: UUID | None) -> list[dict[str, Any]]:
        if customer_id is None:
            return []
        return self._records.work_orders(session, "customer", customer_id, closed=False, given=True)

    def _history(
        self, session: Session, call_id: UUID, number: Number, customer_id: UUID | None
    ) -> list[dict[str, Any]]:
        calls = self._calls.history(session, number, customer_id, _HISTORY)
        items = [_call(call) for call in calls if call["id"] != call_id]
        if customer_id is not None:
            orders = self._records.work_orders(
                session, "customer", customer_id, limit=_HISTORY, given=True
            )
            items += [_order(order) for order in orders]
            rows = self._appointments.of_customer(session, customer_id, _HISTORY)
            items += self._appointment_items(session, rows)
        items.sort(key=lambda item: item["at"], reverse=True)
        return items[:_HISTORY]

    def _appointment_items(
        self, session: Session, rows: Sequence[Appointment]
    ) -> list[dict[str, Any]]:
        people = self._directory.people(session, {row.user_id for row in rows})
        return [
            {
                "kind": "appointment",
                "at": row.due_at,
                "id": row.id,
                "object": None,
                "title": row.subject,
                "agent_name": people[row.user_id].name if row.user_id in people else None,
                "seconds": None,
                "result": row.status,
                "direction": None,
            }
            for row in rows
        ]

    def _desk_call(self, session: Session, call_id: UUID) -> dict[str, Any]:
        """A call that is no longer on the desk, in the desk's form."""
        call = self._calls.show(session, [self._calls.find(session, call_id)])[0]
        service = call["service"]
        return {
            "id": str(call_id),
            "direction": call["direction"],
            "state": call["state"] if call["state"] in DESK_STATES else "ended",
            "number": call["number"],
            "number_kind": call["number_kind"],
            "caller_name": call["caller_name"],
            "location": call["location"],
            "service": {"id": str(service["id"]), "name": service["name"]} if service else None,
            "survey": False,
            "access_number": call["access_number"],
            "offered_at": _iso(call["started_at"]),
            "answered_at": _iso(call["answered_at"]),
            "ended_at": _iso(call["ended_at"]),
            "waited_seconds": call["waited_seconds"],
            "customer_id": call["customer_id"],
            "attempt_id": None,
            "callback": False,
            "callback_note": "",
            "consult": None,
        }


def _call(call: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "kind": "call",
        "at": call["started_at"],
        "id": call["id"],
        "object": None,
        "title": call["disposition"] or (call["service"] or {}).get("name") or "",
        "agent_name": (call["agent"] or {}).get("name"),
        "seconds": call["talk_seconds"],
        "result": call["result"],
        "direction": call["direction"],
    }


def _order(order: Mapping[str, Any]) -> dict[str, Any]:
    display = order["display"]
    business = display.get("business_type") or order["title"] or ""
    return {
        "kind": "work_order",
        "at": order["created_at"],
        "id": order["id"],
        "object": order["object"],
        "title": f"{order['key']} {business}".strip(),
        "agent_name": (order["created_by"] or {}).get("name"),
        "seconds": None,
        "result": display.get("status"),
        "direction": None,
    }


def _iso(moment: Any) -> str | None:
    return moment.isoformat().replace("+00:00", "Z") if moment else None
