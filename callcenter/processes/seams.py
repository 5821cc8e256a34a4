"""What slices ask of one another, answered from all their tables; a composition root's alone."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Select,
    String,
    cast,
    false,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Session

from callcenter.callbacks.models import CallbackRules
from callcenter.calls.models import AgentInterval, Call, CallLeg, CallSummary
from callcenter.console.models import Appointment
from callcenter.core.clock import Clock
from callcenter.core.errors import Invalid
from callcenter.objects.schemas import Kind
from callcenter.objects.service import Definitions, Fields, flow_fields
from callcenter.people.models import Extension, Skill, User, UserStatus
from callcenter.processes.directory import SqlDirectory
from callcenter.processes.hosts import allowed_hosts
from callcenter.routing.models import (
    AgentService,
    Conference,
    RoutingService,
    ServiceSkill,
    ServiceStatus,
)
from callcenter.routing.service import outside_number
from callcenter.schedules.models import Schedule
from callcenter.schedules.service import Hours, load_schedules
from callcenter.tenancy.models import AccessNumber, Enterprise
from callcenter.tenancy.schemas import IvrOverflow
from callcenter.voicemail.models import Voicemail
from dialer.models import Attempt, CallingTask, Contact
from ivr.effects import Standing
from ivr.models import IvrFlowVersion, IvrService, VersionState
from ivr.models import ServiceStatus as IvrStatus
from ivr.queries import holders, prompts_with_sound

# Kind of strategy → the services' table, and the state in which they take calls, where they have any.
_TARGETS: Mapping[str, tuple[Any, str | None]] = {
    "agent_service": (AgentService, ServiceStatus.ACTIVE),
    "ivr_service": (IvrService, IvrStatus.ENABLED),
    "routing_service": (RoutingService, None),
    "seat": (User, UserStatus.ACTIVE),
    "extension": (Extension, None),
    "conference": (Conference, None),
}
_STRATEGIES = ("agent_service", "ivr_service", "routing_service")


class Targets:
    """`callcenter.tenancy.service.seams.Targets` over the tables of services."""

    def names(self, session: Session, ids: Collection[UUID]) -> Mapping[UUID, str]:
        names: dict[UUID, str] = {}
        for model in (_TARGETS[kind][0] for kind in _STRATEGIES):
            query = select(model.id, model.name).where(model.id.in_(ids))
            names |= dict(session.execute(query).all())
        return names

    def exists(self, session: Session, enterprise_id: UUID, kind: str, target_id: UUID) -> bool:
        if kind not in _TARGETS:
            return False
        model, in_use = _TARGETS[kind]
        query = select(model.id).where(model.id == target_id, model.enterprise_id == enterprise_id)
        if in_use is not None:
            query = query.where(model.status == in_use)
        return session.scalar(query) is not None

    def checked(
        self, session: Session, enterprise_id: UUID, target: Mapping[str, Any]
    ) -> dict[str, Any]:
        kept: dict[str, Any] = IvrOverflow().dump(target)
        kinds = ("agent_service", "seat") if kept["kind"] == "voicemail" else (kept["kind"],)
        named = target["id"]
        if named and not any(self.exists(session, enterprise_id, k, named) for k in kinds):
            raise Invalid(fields={"overflow.id": ["validation.unknown_id"]})
        if kept["kind"] == "number":
            enterprise = session.get_one(Enterprise, enterprise_id)
            number = outside_number(kept["number"], enterprise.area_code)
            if number is None:
                raise Invalid(fields={"overflow.number": ["validation.phone"]})
            kept["number"] = number
        return kept


class Traffic:
    """`callcenter.tenancy.service.seams.Traffic`: what the ledger has not seen the end of."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def calls_by_number(self, session: Session) -> Mapping[str, int]:
        query = (
            select(Call.access_number, func.count())
            # The index is by start; nobody is on the phone for longer.
            .where(Call.started_at > self._clock.now() - timedelta(hours=12))
            .where(Call.ended_at.is_(None), Call.access_number != "")
            .group_by(Call.access_number)
        )
        return dict(session.execute(query).all())


class Followers:
    """`callcenter.objects.service.merging.Followers` over the tables that name a record."""

    def follow(
        self, session: Session, ids: Sequence[UUID], survivor_id: UUID, title: str
    ) -> Mapping[str, int]:
        columns: Sequence[tuple[str, Any, Any, Mapping[str, Any]]] = (
            ("calls", Call, Call.customer_id, {}),
            ("summaries", CallSummary, CallSummary.customer_id, {}),
            ("work_orders_of_calls", CallSummary, CallSummary.work_order_id, {}),
            ("contacts", Contact, Contact.customer_id, {}),
            ("voicemails", Voicemail, Voicemail.customer_id, {}),
            ("appointments", Appointment, Appointment.customer_id, {"customer_name": title}),
        )
        moved: dict[str, int] = {}
        for name, model, column, also in columns:
            values = {column.key: survivor_id, **also}
            statement = update(model).where(column.in_(ids)).values(values)
            done: Any = session.execute(statement)
            moved[name] = done.rowcount
        return moved


class Surroundings:
    """What `routing` and `people` ask before they delete something."""

    def __init__(self) -> None:
        self._definitions = Definitions()
        self._directory = SqlDirectory()

    def work_order_objects(self, session: Session) -> Collection[str]:
        found = self._definitions.of_kind(session, Kind.WORK_ORDER)
        return {definition.identifier for definition in found}

    def leads_to(self, session: Session, service_id: UUID) -> str | None:
        number = select(AccessNumber.id).where(AccessNumber.strategy_id == service_id)
        if session.scalars(number).first() is not None:
            return "access_number"
        return _named(session, service_id)

    def of_schedule(self, session: Session, schedule_id: UUID) -> str | None:
        rules = select(CallbackRules.service_id).where(CallbackRules.schedule_id == schedule_id)
        if session.scalars(rules.limit(1)).first() is not None:
            return "callback_rules"
        # A finished one as well: it runs again for whoever is added to it.
        task = select(CallingTask.id).where(CallingTask.schedule_id == schedule_id)
        if session.scalars(task.limit(1)).first() is not None:
            return "calling_task"
        return _named(session, schedule_id)

    def of_list(self, session: Session, list_id: UUID) -> str | None:
        return _named(session, list_id)

    def of_conference(self, session: Session, conference_id: UUID) -> str | None:
        return _named(session, conference_id)

    def of_extension(self, session: Session, extension_id: UUID) -> str | None:
        return _named(session, extension_id)

    def extensions(self, session: Session) -> Collection[UUID]:
        return set(session.scalars(select(Extension.id)))

    def conferences(self, session: Session) -> Collection[UUID]:
        return set(session.scalars(select(Conference.id)))

    def skills(self, session: Session) -> Collection[UUID]:
        return set(session.scalars(select(Skill.id)))

    def of_skill(self, session: Session, skill_id: UUID) -> str | None:
        member = select(ServiceSkill.service_id).where(ServiceSkill.skill_id == skill_id)
        if session.scalars(member.limit(1)).first() is not None:
            return "agent_service"
        return _named(session, skill_id)

    def flows(self, session: Session) -> Collection[UUID]:
        query = select(IvrService.id).where(IvrService.status == IvrStatus.ENABLED)
        return set(session.scalars(query))

    def numbers(self, session: Session) -> Mapping[UUID, Sequence[str]]:
        """By service, the access numbers of the scope's enterprise that lead there."""
        enterprise_id = session.info["scope"].require_actor().enterprise_id
        query = select(AccessNumber.strategy_id, AccessNumber.number).where(
            AccessNumber.enterprise_id == enterprise_id
        )
        found: dict[UUID, list[str]] = {}
        for service_id, number in session.execute(query.order_by(AccessNumber.number)):
            if service_id is not None:
                found.setdefault(service_id, []).append(number)
        return found

    def routes(self, session: Session) -> Collection[UUID]:
        """The enterprise's routing services."""
        return set(session.scalars(select(RoutingService.id)))

    def schedules(self, session: Session) -> Collection[UUID]:
        return set(session.scalars(select(Schedule.id)))

    def prompts(self, session: Session) -> Collection[UUID]:
        """The enterprise's that can be heard."""
        return prompts_with_sound(session)

    def saying(
        self, session: Session, prompt_ids: Collection[UUID]
    ) -> Mapping[UUID, Sequence[Mapping[str, Any]]]:
        """By prompt, the agent services whose callers hear it: {kind, id, name}."""
        wanted = {prompt_id: str(prompt_id) for prompt_id in prompt_ids}
        said = cast(AgentService.waiting, String)
        query = select(AgentService.id, AgentService.name, said).where(
            AgentService.status != ServiceStatus.DELETED,
            or_(*(said.contains(text, autoescape=True) for text in wanted.values()), false()),
        )
        rows = session.execute(query.order_by(AgentService.name))
        return holders("agent_service", rows, wanted)

    def stands(self, session: Session, schedule_id: UUID, at: datetime) -> Standing:
        """As flows ask it, of the scope's enterprise."""
        enterprise_id = session.info["scope"].require_actor().enterprise_id
        zone = self._directory.enterprise(session).zone
        schedule = load_schedules(session, {enterprise_id: zone}).get(schedule_id)
        return standing(schedule.hours if schedule else None, at)

    def objects(self, session: Session) -> Mapping[str, Fields]:
        return flow_fields(self._definitions.all(session))

    def hosts(self, session: Session) -> frozenset[str]:
        return allowed_hosts(session)

    def has_calls(self, session: Session, service_id: UUID) -> bool:
        query = select(Call.id).where(Call.service_id == service_id).limit(1)
        return session.scalar(query) is not None

    def mentions(self, session: Session, word_id: UUID) -> bool:
        """Whether an agent's time, a call's summary or an attempt refers to a word."""
        queries = (
            select(AgentInterval.id).where(AgentInterval.reason_id == word_id),
            select(CallSummary.call_id).where(CallSummary.disposition_id == word_id),
            select(Attempt.id).where(Attempt.disposition_id == word_id),
        )
        return any(session.scalar(query.limit(1)) is not None for query in queries)


def standing(hours: Hours | None, at: datetime) -> Standing:
    """A schedule as flows ask it; None where there is none."""
    if hours is None:
        return Standing(None)
    return Standing(hours.is_open(at), holiday=hours.is_holiday(at))


class HandledCalls:
    """`callcenter.objects.service.reaching.Handled` over the ledger.

    Calls that are with somebody, or were last, and those he gave away after he had talked.
    """

    def calls(self, agent_id: UUID) -> list[Select[Any]]:
        call, leg = Call.__table__, CallLeg.__table__
        last = select(call.c.id).where(call.c.agent_id == agent_id)
        return [last, select(leg.c.call_id).where(*_talked(leg, agent_id))]

    def customers(self, agent_id: UUID) -> list[Select[Any]]:
        call, leg, summary = Call.__table__, CallLeg.__table__, CallSummary.__table__
        dialled, linked = select(call.c.customer_id), select(summary.c.customer_id)
        return [
            dialled.where(call.c.agent_id == agent_id),
            dialled.join(leg, leg.c.call_id == call.c.id).where(*_talked(leg, agent_id)),
            linked.join(call, call.c.id == summary.c.call_id).where(call.c.agent_id == agent_id),
            linked.join(leg, leg.c.call_id == summary.c.call_id).where(*_talked(leg, agent_id)),
        ]

    def numbers(self, agent_id: UUID) -> list[Select[Any]]:
        call, leg = Call.__table__, CallLeg.__table__
        number = select(call.c.customer_number)
        return [
            number.where(call.c.agent_id == agent_id),
            number.join(leg, leg.c.call_id == call.c.id).where(*_talked(leg, agent_id)),
        ]


def _talked(leg: FromClause, agent_id: UUID) -> tuple[ColumnElement[bool], ...]:
    return leg.c.agent_id == agent_id, leg.c.answered_at.is_not(None)


def _named(session: Session, target_id: UUID) -> str | None:
    """What names it, in use or to be: somewhere inside its document; ids are not mistaken."""
    route = select(RoutingService.id).where(
        cast(RoutingService.document, String).contains(str(target_id))
    )
    flow = select(IvrFlowVersion.id).where(
        IvrFlowVersion.state.in_([VersionState.PUBLISHED, VersionState.DRAFT]),
        cast(IvrFlowVersion.definition, String).contains(str(target_id)),
        # A draft may name its own service; that is no reason to keep it.
        IvrFlowVersion.service_id != target_id,
    )
    service = select(AgentService.id).where(
        AgentService.status == ServiceStatus.ACTIVE,
        # Its own voicemail may take its callers.
        AgentService.id != target_id,
        or_(
            cast(AgentService.waiting, String).contains(str(target_id)),
            cast(AgentService.matching, String).contains(str(target_id)),
        ),
    )
    number = select(AccessNumber.id).where(
        cast(AccessNumber.ivr_overflow, String).contains(str(target_id))
    )
    named = (
        ("routing_service", route), ("ivr_service", flow), ("agent_service", service),
        ("access_number", number),
    )  # fmt: skip
    for user, query in named:
        if session.scalars(query.limit(1)).first() is not None:
            return user
    return None
