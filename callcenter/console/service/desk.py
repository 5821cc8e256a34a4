"""What stands on the desk: state, calls, queues, work, and where a call may be sent."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy.orm import Session

from callcenter.console.service.appointments import Appointments
from callcenter.core.clock import Clock
from callcenter.core.directory import Choice, Directory, ServiceCard
from callcenter.core.gateway import Rooms, TelephonyUnavailable
from callcenter.core.permissions import Permission, Role
from callcenter.core.tenant import Actor, Scope
from callcenter.objects.schemas import Kind
from callcenter.objects.service import Records
from callcenter.people.service import sip_account

_MOST = 50
_OFFLINE = {
    "state": "offline",
    "since": None,
    "reason_id": None,
    "call_id": None,
    "wrap_up_until": None,
    "after": None,
    "leg_form": "rung",
}


class Softphones(Protocol):
    def rotate(self, session: Session, user_id: UUID) -> tuple[str, str]:
        """A new secret for the user's extension: (endpoint, secret). Raises NotFound."""
        ...


class CallingTasks(Protocol):
    def of_agent(self, session: Session, agent_id: UUID) -> Sequence[Mapping[str, Any]]:
        """Running calling tasks that the agent may take contacts from."""
        ...


class Desk:
    def __init__(
        self,
        directory: Directory,
        records: Records,
        appointments: Appointments,
        tasks: CallingTasks,
        softphones: Softphones,
        rooms: Rooms,
        clock: Clock,
    ) -> None:
        self._directory = directory
        self._records = records
        self._appointments = appointments
        self._tasks = tasks
        self._softphones = softphones
        self._rooms = rooms
        self._clock = clock

    def desk(self, session: Session) -> dict[str, Any]:
        """Everything the page needs at its start; with telephony away the agent is offline."""
        actor = _actor(session)
        room = self._room(f"agent:{actor.user_id}")
        own = self._own_services(session, actor)
        orders, customers = (
            [
                definition.identifier
                for definition in self._records.definitions.of_kind(session, kind)
                if definition.allows("read", actor.role.value)
            ]
            for kind in (Kind.WORK_ORDER, Kind.CUSTOMER)
        )
        wanted = [card.work_order_object for card in own if card.work_order_object in orders]
        return {
            "agent": room.get("agent") or {**_OFFLINE, "since": _iso(self._clock.now())},
            "phone": room.get("phone") or {"registered": False},
            "calls": [call for key, call in room.items() if key.startswith("call:")],
            "reasons": _choices(self._directory.reasons(session)),
            "dispositions": _choices(self._directory.dispositions(session)),
            "display_numbers": self._directory.enterprise(session).display_numbers,
            "services": [{"id": card.id, "name": card.name} for card in own],
            "work_order_object": next(iter([*wanted, *orders]), None),
            "customer_object": next(iter(customers), None),
            "server_time": self._clock.now(),
        }

    def softphone(self, session: Session) -> dict[str, Any]:
        """The SIP account of the signed-in user; its secret is new at each call."""
        actor = _actor(session)
        endpoint, secret = self._softphones.rotate(session, actor.user_id)
        return sip_account(endpoint, secret, actor.name)

    def queues(self, session: Session) -> list[dict[str, Any]]:
        """The services that the actor serves."""
        actor = _actor(session)
        state = self._room(f"queues:{actor.enterprise_id}")
        return [
            self._queue(card.id, card.name, state.get(f"service:{card.id}", {}))
            for card in self._own_services(session, actor)
        ]

    def targets(self, session: Session, text: str) -> list[dict[str, Any]]:
        """Colleagues with their state, and services, whose name or number holds `text`."""
        actor = _actor(session)
        states = self._states(session, actor)
        wanted = text.strip().lower()
        found = [
            {
                "kind": "seat",
                "value": str(person.id),
                "name": person.name,
                "detail": person.employee_code,
                "state": states.get(person.id, "offline"),
                "waiting": None,
            }
            for person in self._directory.people(session).values()
            if person.active
            and person.role in (Role.AGENT, Role.LEADER)
            and person.id != actor.user_id
            and wanted in f"{person.name} {person.employee_code} {person.extension}".lower()
        ]
        found.sort(key=lambda seat: (seat["state"] != "ready", str(seat["detail"])))
        queues = self._room(f"queues:{actor.enterprise_id}")
        found += [
            {
                "kind": "service",
                "value": str(card.id),
                "name": card.name,
                "detail": "",
                "state": None,
                "waiting": queues.get(f"service:{card.id}", {}).get("waiting", 0),
            }
            for card in self._directory.services(session).values()
            if card.active and wanted in card.name.lower()
        ]
        return found[:_MOST]

    def work(self, session: Session) -> dict[str, Any]:
        actor = _actor(session)
        keeps = actor.may(Permission.APPOINTMENTS_KEEP)
        appointments = self._appointments.due(session, _MOST) if keeps else []
        works = actor.may(Permission.CALLING_TASKS_WORK)
        tasks = list(self._tasks.of_agent(session, actor.user_id)) if works else []
        orders = self._records.work_orders(
            session, "assignee", actor.user_id, closed=False, limit=_MOST
        )
        return {
            "appointments": appointments,
            "calling_tasks": tasks,
            "open_work_orders": orders,
            "counts": {
                "appointments": len(appointments),
                "calling_tasks": len(tasks),
                "open_work_orders": len(orders),
            },
        }

    def _own_services(self, session: Session, actor: Actor) -> list[ServiceCard]:
        cards = self._directory.services(session).values()
        return [card for card in cards if card.active and actor.user_id in card.member_ids]

    def _states(self, session: Session, actor: Actor) -> Mapping[UUID, str]:
        states: dict[UUID, str] = {}
        for room in (*self._directory.teams(session), "none"):
            for key, seat in self._room(f"wall:{actor.enterprise_id}:{room}").items():
                if key.startswith("seat:"):
                    states[UUID(seat["id"])] = seat["state"]
        return states

    def _queue(self, service_id: UUID, name: str, state: Mapping[str, Any]) -> dict[str, Any]:
        longest = state.get("longest_since")
        since = datetime.fromisoformat(longest) if longest else None
        return {
            "service": {"id": service_id, "name": name},
            "waiting": state.get("waiting", 0),
            "ready": state.get("ready", 0),
            "longest_wait": (self._clock.now() - since).total_seconds() if since else None,
            "level_percent": state.get("level_percent"),
        }

    def _room(self, name: str) -> dict[str, Any]:
        try:
            return self._rooms.read(name)
        except TelephonyUnavailable:
            return {}


def _actor(session: Session) -> Actor:
    scope: Scope = session.info["scope"]
    return scope.require_actor()


def _choices(choices: Sequence[Choice]) -> list[dict[str, Any]]:
    return [
        {
            "id": choice.id,
            "code": choice.code,
            "label": choice.label,
            "sort": place,
            "active": choice.active,
        }
        for place, choice in enumerate(choices)
        if choice.active
    ]


def _iso(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")
