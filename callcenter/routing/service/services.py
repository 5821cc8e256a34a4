"""Agent services: made and changed by the enterprise's administrator."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from callcenter.core.audit import Audit, difference
from callcenter.core.bus import Outbox
from callcenter.core.clock import Clock
from callcenter.core.directory import Directory
from callcenter.core.errors import InUse, Invalid, NotFound, Stale
from callcenter.core.http import Page, PageRequest
from callcenter.core.ids import new_id
from callcenter.core.listing import holds, page_rows
from callcenter.objects.service import Callers
from callcenter.routing.models import (
    AgentService,
    CallerList,
    Conference,
    RoutingService,
    ServiceMember,
    ServiceSkill,
    ServiceStatus,
    ServiceTeam,
)
from callcenter.routing.rules import TargetKind
from callcenter.routing.service.matching import Askable, checked_matching, shown_matching
from callcenter.routing.service.waiting import SCHEDULE, Known, checked_waiting, shown_waiting
from callcenter.routing.waiting import PROMPT

PLAIN = (
    "name",
    "priority",
    "ring_seconds",
    "wrap_up_seconds",
    "max_wait_seconds",
    "queue_capacity",
    "level_percent",
    "level_seconds",
    "short_call_seconds",
    "missed_policy",
    "music",
    "announce_position",
    "work_order_object",
    "strategy",
    "waiting",
    "matching",
)
_SORTS = {
    "name": AgentService.name,
    "priority": AgentService.priority,
    "created_at": AgentService.created_at,
}


class Surroundings(Protocol):
    """What lies around agent services; the composition root hands it in."""

    def work_order_objects(self, session: Session) -> Collection[str]:
        """Identifiers of the data objects that are work orders."""
        ...

    def leads_to(self, session: Session, service_id: UUID) -> str | None:
        """What sends calls to the service: `access_number`, `ivr_service`, or nothing."""
        ...

    def flows(self, session: Session) -> Collection[UUID]:
        """The enterprise's IVR services."""
        ...

    def has_calls(self, session: Session, service_id: UUID) -> bool: ...

    def skills(self, session: Session) -> Collection[UUID]: ...

    def extensions(self, session: Session) -> Collection[UUID]: ...

    def schedules(self, session: Session) -> Collection[UUID]: ...

    def prompts(self, session: Session) -> Collection[UUID]:
        """Those that can be heard."""
        ...


class AgentServices:
    def __init__(
        self,
        directory: Directory,
        surroundings: Surroundings,
        callers: Callers,
        audit: Audit,
        outbox: Outbox,
        clock: Clock,
    ) -> None:
        self._directory = directory
        self._surroundings = surroundings
        self._callers = callers
        self._audit = audit
        self._outbox = outbox
        self._clock = clock

    def page(self, session: Session, request: PageRequest) -> Page:
        query = _kept()
        if request.q:
            query = query.where(holds(request.q, AgentService.name))
        rows, total = page_rows(session, query, request, _SORTS, "name", AgentService.id)
        return Page(_shown(session, rows), total, request.page, request.page_size)

    def read(self, session: Session, service_id: UUID) -> dict[str, Any]:
        """Raises NotFound."""
        return _shown(session, [_find(session, service_id)])[0]

    def create(self, session: Session, values: Mapping[str, Any]) -> dict[str, Any]:
        """Raises Invalid."""
        values = self._checked(session, values, None)
        _check_name(session, values["name"], None)
        service = AgentService(
            id=new_id(),
            created_at=self._clock.now(),
            **{name: values[name] for name in PLAIN},
        )
        session.add(service)
        session.flush()
        _set_members(session, service, values["members"])
        self._note(session, "create", service, {}, {name: values[name] for name in PLAIN})
        return self.read(session, service.id)

    def change(
        self, session: Session, service_id: UUID, values: Mapping[str, Any], version: int
    ) -> dict[str, Any]:
        """Only what `values` names. Raises NotFound, Stale, Invalid."""
        service = _find(session, service_id)
        if service.version != version:
            raise Stale
        values = self._checked(session, values, service.id)
        if "name" in values:
            _check_name(session, values["name"], service.id)
        before = _shown(session, [service])[0]
        for name in PLAIN:
            if name in values:
                setattr(service, name, values[name])
        if "members" in values:
            _set_members(session, service, values["members"])
        # Members lie in rows of their own; whoever read the service before is out of date.
        flag_modified(service, "name")
        session.flush()
        after = self.read(session, service_id)
        compared = [*PLAIN, "members"]
        changed = difference(
            {name: before[name] for name in compared}, {name: after[name] for name in compared}
        )
        self._note(session, "change", service, *changed)
        return after

    def delete(self, session: Session, service_id: UUID, version: int | None) -> None:
        """Raises NotFound, Stale, InUse while a number or a flow leads to it.

        One that had calls stays for the ledger, which names it.
        """
        service = _find(session, service_id)
        if version is not None and service.version != version:
            raise Stale
        if user := self._surroundings.leads_to(session, service_id):
            raise InUse({"by": user})
        _set_members(session, service, {"teams": [], "users": [], "skills": []})
        service.matching = {}
        if self._surroundings.has_calls(session, service_id):
            service.status = ServiceStatus.DELETED
        else:
            session.delete(service)
        session.flush()
        self._note(session, "delete", service, {"name": service.name}, {})

    def _checked(
        self, session: Session, values: Mapping[str, Any], own_id: UUID | None
    ) -> Mapping[str, Any]:
        """As they are kept."""
        self._check(session, values)
        kept = dict(values)
        if "waiting" in values:
            known = self._known(session, own_id)
            area_code = self._directory.enterprise(session).area_code
            kept["waiting"] = checked_waiting(values["waiting"], known, area_code)
        if "matching" in values:
            kept["matching"] = checked_matching(values["matching"], self._askable(session))
        return kept

    def _askable(self, session: Session) -> Askable:
        return Askable(
            self._surroundings.skills(session),
            set(session.scalars(select(CallerList.id))),
            self._callers.fields(session),
            self._callers.owners(session),
        )

    def _known(self, session: Session, own_id: UUID | None) -> Known:
        """Where callers may go whom the service does not take: anywhere but there again; its hours,

        and what they may hear.
        """
        services = {k for k, card in self._directory.services(session).items() if card.active}
        seats = {k for k, person in self._directory.people(session).items() if person.active}
        return {
            TargetKind.AGENT_SERVICE: services - {own_id},
            TargetKind.SEAT: seats,
            TargetKind.VOICEMAIL: services | seats,
            TargetKind.EXTENSION: self._surroundings.extensions(session),
            TargetKind.CONFERENCE: set(session.scalars(select(Conference.id))),
            TargetKind.IVR_SERVICE: self._surroundings.flows(session),
            TargetKind.ROUTING_SERVICE: set(session.scalars(select(RoutingService.id))),
            SCHEDULE: self._surroundings.schedules(session),
            PROMPT: self._surroundings.prompts(session),
        }

    def _check(self, session: Session, values: Mapping[str, Any]) -> None:
        wrong: dict[str, list[str]] = {}
        members = values.get("members", {})
        if not set(members.get("teams", ())) <= set(self._directory.teams(session)):
            wrong["members.teams"] = ["validation.unknown_id"]
        people = self._directory.people(session, members.get("users", ()))
        if not set(members.get("users", ())) <= set(people):
            wrong["members.users"] = ["validation.unknown_id"]
        asked = {one["skill"] for one in members.get("skills", ())}
        if asked and not asked <= set(self._surroundings.skills(session)):
            wrong["members.skills"] = ["validation.unknown_id"]
        wanted = values.get("work_order_object")
        if wanted and wanted not in self._surroundings.work_order_objects(session):
            wrong["work_order_object"] = ["validation.unknown_choice"]
        if wrong:
            raise Invalid(fields=wrong)

    def _note(
        self,
        session: Session,
        act: str,
        service: AgentService,
        before: Mapping[str, Any],
        after: Mapping[str, Any],
    ) -> None:
        self._audit.record(
            session, f"service.{act}", "agent_service", service.id, name=service.name,
            before=before, after=after,
        )  # fmt: skip
        self._outbox.record(session, "service.changed", service.id, sorted({*before, *after}))


def _kept() -> Any:
    return select(AgentService).where(AgentService.status != ServiceStatus.DELETED)


def _find(session: Session, service_id: UUID) -> AgentService:
    query = _kept().where(AgentService.id == service_id).with_for_update()
    service: AgentService | None = session.scalar(query)
    if service is None:
        raise NotFound
    return service


def _check_name(session: Session, name: str, own_id: UUID | None) -> None:
    found = session.scalar(_kept().where(AgentService.name == name))
    if found is not None and found.id != own_id:
        raise Invalid(fields={"name": ["validation.taken"]})


def _set_members(
    session: Session, service: AgentService, members: Mapping[str, Sequence[Any]]
) -> None:
    session.execute(delete(ServiceTeam).where(ServiceTeam.service_id == service.id))
    session.execute(delete(ServiceMember).where(ServiceMember.service_id == service.id))
    session.execute(delete(ServiceSkill).where(ServiceSkill.service_id == service.id))
    for skill_id, level in {one["skill"]: one["level"] for one in members["skills"]}.items():
        session.add(ServiceSkill(service_id=service.id, skill_id=skill_id, level=level))
    for team_id in dict.fromkeys(members["teams"]):
        session.add(ServiceTeam(service_id=service.id, team_id=team_id))
    for position, user_id in enumerate(dict.fromkeys(members["users"])):
        session.add(ServiceMember(service_id=service.id, user_id=user_id, position=position))
    session.flush()


def _shown(session: Session, rows: Sequence[AgentService]) -> list[dict[str, Any]]:
    ids = [row.id for row in rows]
    teams: dict[UUID, list[UUID]] = {key: [] for key in ids}
    users: dict[UUID, list[UUID]] = {key: [] for key in ids}
    for team in session.scalars(select(ServiceTeam).where(ServiceTeam.service_id.in_(ids))):
        teams[team.service_id].append(team.team_id)
    skills: dict[UUID, list[dict[str, Any]]] = {key: [] for key in ids}
    named = select(ServiceSkill).where(ServiceSkill.service_id.in_(ids))
    for one in session.scalars(named.order_by(ServiceSkill.skill_id)):
        skills[one.service_id].append({"skill": one.skill_id, "level": one.level})
    listed = select(ServiceMember).where(ServiceMember.service_id.in_(ids))
    for member in session.scalars(listed.order_by(ServiceMember.position, ServiceMember.user_id)):
        users[member.service_id].append(member.user_id)
    return [
        {
            "id": row.id,
            **{name: getattr(row, name) for name in PLAIN},
            "members": {
                "teams": sorted(teams[row.id]),
                "users": users[row.id],
                "skills": skills[row.id],
            },
            "matching": shown_matching(row.matching),
            "waiting": shown_waiting(row.waiting),
            "status": row.status,
            "version": row.version,
        }
        for row in rows
    ]
