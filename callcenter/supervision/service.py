"""Supervision: the wall as it is now, listening, forcing a state. Each verb is in the audit log."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from callcenter.core.audit import Audit
from callcenter.core.clock import Clock
from callcenter.core.db import Database
from callcenter.core.directory import Directory, Person
from callcenter.core.errors import NotFound
from callcenter.core.gateway import Rooms, TelephonyGateway
from callcenter.core.permissions import Permission, Role
from callcenter.core.tenant import Actor, Scope
from callcenter.reports.service import Figures

_NO_TEAM = "none"


class Supervision:
    def __init__(
        self,
        database: Database,
        directory: Directory,
        figures: Figures,
        rooms: Rooms,
        gateway: TelephonyGateway,
        audit: Audit,
        clock: Clock,
    ) -> None:
        self._database = database
        self._directory = directory
        self._figures = figures
        self._rooms = rooms
        self._gateway = gateway
        self._audit = audit
        self._clock = clock

    def wall(self, session: Session) -> dict[str, Any]:
        """What the actor may watch: a leader the own teams, others the enterprise."""
        actor = _actor(session)
        teams = self._directory.teams(session)
        watched = self._watched(actor, teams)
        people = self._directory.people(session)
        services = self._figures.services(session, None)
        return {
            "seats": self._seats(actor, watched),
            "services": self._services(actor),
            "teams": [
                {"id": team_id, "name": name, "leader_name": _leader(team_id, people.values())}
                for team_id, name in teams.items()
                if team_id in watched
            ],
            "figures": _sum(services),
            "trend": self._figures.trend(session),
            "at": self._clock.now(),
        }

    def listen(self, actor: Actor, agent_id: UUID) -> Mapping[str, Any]:
        """Listen to an agent of the actor's; raises NotFound for others."""
        with self._database.begin(Scope.of(actor)) as session:
            agent = self._agent(session, actor, agent_id)
            self._audit.record(session, "supervision.listen", "user", agent_id, name=agent.name)
        return self._gateway.send(actor, "supervision.listen", {"agent_id": str(agent_id)})

    def stop(self, actor: Actor, listening_id: str) -> None:
        with self._database.begin(Scope.of(actor)) as session:
            self._audit.record(session, "supervision.stop", "listening", listening_id)
        self._gateway.send(actor, "supervision.stop", {"id": listening_id})

    def force(self, actor: Actor, agent_id: UUID, state: str) -> Mapping[str, Any]:
        """Force an agent's state; a contact under way goes on, and the state follows it."""
        with self._database.begin(Scope.of(actor)) as session:
            agent = self._agent(session, actor, agent_id)
            self._audit.record(
                session,
                "supervision.force",
                "user",
                agent_id,
                name=agent.name,
                after={"state": state},
            )
        body = {"agent_id": str(agent_id), "state": state}
        return self._gateway.send(actor, "agent.force", body)

    def _agent(self, session: Session, actor: Actor, agent_id: UUID) -> Person:
        agent = self._directory.people(session, [agent_id]).get(agent_id)
        watched = self._watched(actor, self._directory.teams(session))
        whole = actor.role is not Role.LEADER
        if agent is None or not (whole or watched & set(agent.team_ids)):
            raise NotFound
        return agent

    @staticmethod
    def _watched(actor: Actor, teams: Collection[UUID]) -> set[UUID]:
        if actor.may(Permission.CALLS_READ_ALL) or actor.role is not Role.LEADER:
            return set(teams)
        return set(actor.team_ids) & set(teams)

    def _seats(self, actor: Actor, watched: Collection[UUID]) -> list[Mapping[str, Any]]:
        rooms: list[object] = [*watched]
        if actor.role is not Role.LEADER:
            rooms.append(_NO_TEAM)
        seats: dict[str, Mapping[str, Any]] = {}
        for room in rooms:
            state = self._rooms.read(f"wall:{actor.enterprise_id}:{room}")
            seats |= {key: seat for key, seat in state.items() if key.startswith("seat:")}
        return sorted(seats.values(), key=lambda seat: str(seat["employee_code"]))

    def _services(self, actor: Actor) -> list[Mapping[str, Any]]:
        state = self._rooms.read(f"queues:{actor.enterprise_id}")
        return [value for key, value in sorted(state.items()) if key.startswith("service:")]


def _actor(session: Session) -> Actor:
    scope: Scope = session.info["scope"]
    return scope.require_actor()


def _leader(team_id: UUID, people: Collection[Person]) -> str | None:
    leaders = [
        person.name
        for person in people
        if person.role == Role.LEADER.value and team_id in person.team_ids
    ]
    return leaders[0] if leaders else None


def _sum(services: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    names = ("offered", "answered", "within", "abandoned", "short_abandoned")
    total: dict[str, Any] = {name: sum(row[name] for row in services) for name in names}
    base = total["answered"] + total["abandoned"] - total["short_abandoned"]
    total["level_percent"] = round(100 * total["within"] / base, 1) if base > 0 else None
    return total
