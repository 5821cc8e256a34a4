"""Routing services: kept, checked against what there is, and tried."""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from callcenter.core.audit import Audit, difference
from callcenter.core.bus import Outbox
from callcenter.core.clock import Clock
from callcenter.core.directory import Directory
from callcenter.core.errors import InUse, Invalid, NotFound, Stale
from callcenter.core.http import Page, PageRequest
from callcenter.core.ids import new_id
from callcenter.core.listing import holds, page_rows
from callcenter.core.numbers import WITHHELD, BadNumber, Number, parse_number
from callcenter.core.tenant import Scope
from callcenter.objects.service import Callers
from callcenter.routing.deciding import Decision, Facts, Load, decide
from callcenter.routing.models import AgentService, CallerList, Conference, RoutingService
from callcenter.routing.rules import ConditionKind, Target, TargetKind, needs_of, read_rules
from callcenter.routing.schemas import RulesShape
from callcenter.routing.service.facts import CallerFacts
from callcenter.routing.service.waiting import OUTSIDE
from callcenter.routing.waiting import read_waiting
from callcenter.schedules.service import load_schedules

PLAIN = ("name", "document")
_SORTS = {"name": RoutingService.name, "created_at": RoutingService.created_at}


class RouteSurroundings(Protocol):
    """What lies around routing services; the composition root hands it in."""

    def flows(self, session: Session) -> Collection[UUID]:
        """The enterprise's IVR services."""
        ...

    def schedules(self, session: Session) -> Collection[UUID]: ...

    def extensions(self, session: Session) -> Collection[UUID]: ...

    def leads_to(self, session: Session, service_id: UUID) -> str | None:
        """What sends calls there: `access_number`, `ivr_service`, or nothing."""
        ...


class RoutingServices:
    def __init__(
        self,
        directory: Directory,
        surroundings: RouteSurroundings,
        callers: Callers,
        audit: Audit,
        outbox: Outbox,
        clock: Clock,
    ) -> None:
        self._directory = directory
        self._surroundings = surroundings
        self._callers = callers
        self._facts = CallerFacts(callers)
        self._audit = audit
        self._outbox = outbox
        self._clock = clock

    def page(self, session: Session, request: PageRequest) -> Page:
        query = select(RoutingService)
        if request.q:
            query = query.where(holds(request.q, RoutingService.name))
        rows, total = page_rows(session, query, request, _SORTS, "name", RoutingService.id)
        return Page([_shown(row) for row in rows], total, request.page, request.page_size)

    def read(self, session: Session, service_id: UUID) -> dict[str, Any]:
        """Raises NotFound."""
        return _shown(_find(session, service_id))

    def create(self, session: Session, values: Mapping[str, Any]) -> dict[str, Any]:
        """Raises Invalid, naming the part of a rule that is wrong."""
        _check_name(session, values["name"], None)
        document = self._checked(session, values["document"])
        now = self._clock.now()
        row = RoutingService(id=new_id(), name=values["name"], document=document, created_at=now)
        session.add(row)
        session.flush()
        self._note(session, "create", row, {}, {"name": row.name, "document": row.document})
        return _shown(row)

    def change(
        self, session: Session, service_id: UUID, values: Mapping[str, Any], version: int
    ) -> dict[str, Any]:
        """Raises NotFound, Stale, Invalid."""
        row = _find(session, service_id)
        if row.version != version:
            raise Stale
        before = {name: getattr(row, name) for name in PLAIN}
        if "name" in values:
            _check_name(session, values["name"], row.id)
            row.name = values["name"]
        if "document" in values:
            row.document = self._checked(session, values["document"])
        session.flush()
        after = {name: getattr(row, name) for name in PLAIN}
        self._note(session, "change", row, *difference(before, after))
        return _shown(row)

    def delete(self, session: Session, service_id: UUID, version: int | None) -> None:
        """Raises NotFound, Stale, InUse while a number or a flow leads to it."""
        row = _find(session, service_id)
        if version is not None and row.version != version:
            raise Stale
        if user := self._surroundings.leads_to(session, service_id):
            raise InUse({"by": user})
        session.delete(row)
        session.flush()
        self._note(session, "delete", row, {"name": row.name}, {})

    def attempt(self, session: Session, values: Mapping[str, Any]) -> dict[str, Any]:
        """Where a call would go and why, by rules that need not be kept. Raises Invalid."""
        rules = read_rules(self._checked(session, values["document"]))
        caller = self._number(session, values["caller"], "caller") or WITHHELD
        at: datetime = values["at"] or self._clock.now()
        loads = {each["service"]: _load(each) for each in values["queues"]}
        zone = self._directory.enterprise(session).zone
        schedules = load_schedules(session, {_own(session): zone})

        def is_open(key: UUID) -> bool | None:
            return schedules[key].hours.is_open(at) if key in schedules else None

        facts = Facts(
            caller,
            values["called"],
            is_open=is_open,
            load=lambda key: loads.get(key, Load()),
            lot=lambda _place: float(values["lot"]),
            forwarded=lambda _number: 0,
            told=self._facts.told(session, caller, needs_of(rules)),
            entered=values["entered"],
        )
        decision = decide(rules, facts)
        schedule_id = _hours_of(session, decision.target)
        closed = schedule_id is not None and is_open(schedule_id) is False
        return _tried(decision, caller, at) | {"closed": closed}

    def _checked(self, session: Session, document: Mapping[str, Any]) -> dict[str, Any]:
        """As JSON keeps it, with numbers as they are dialled. Raises Invalid."""
        wrong: dict[str, list[str]] = dict(self._unknown(session, document))
        for path, target in _targets(document):
            if target["kind"] == TargetKind.NUMBER:
                number = self._number(session, target["number"], f"document.{path}.number")
                if number is None or number.kind.value not in OUTSIDE:
                    wrong[f"document.{path}.number"] = ["validation.phone"]
        if wrong:
            raise Invalid(fields=wrong)
        kept: dict[str, Any] = RulesShape().dump(document)
        return kept

    def _unknown(
        self, session: Session, document: Mapping[str, Any]
    ) -> Iterator[tuple[str, list[str]]]:
        services = {key for key, card in self._directory.services(session).items() if card.active}
        people = self._directory.people(session)
        seats = {key for key, person in people.items() if person.active}
        known: Mapping[str, Collection[Any]] = {
            TargetKind.AGENT_SERVICE: services,
            TargetKind.IVR_SERVICE: self._surroundings.flows(session),
            TargetKind.SEAT: seats,
            TargetKind.EXTENSION: self._surroundings.extensions(session),
            TargetKind.CONFERENCE: set(session.scalars(select(Conference.id))),
            TargetKind.VOICEMAIL: services | seats,
            ConditionKind.LOAD: services,
            ConditionKind.SCHEDULE: self._surroundings.schedules(session),
            ConditionKind.LIST: set(session.scalars(select(CallerList.id))),
        }
        fields = self._callers.fields(session)
        for path, part in (*_targets(document), *_tests(document)):
            if part["kind"] in known and part["id"] not in known[part["kind"]]:
                yield f"document.{path}.id", ["validation.unknown_id"]
            if part["kind"] == ConditionKind.FIELD and part["name"] not in fields:
                yield f"document.{path}.name", ["validation.unknown_field"]

    def _number(self, session: Session, text: str, name: str) -> Number | None:
        """None of an empty text. Raises Invalid naming the part."""
        if not text.strip():
            return None
        try:
            return parse_number(text, self._directory.enterprise(session).area_code)
        except BadNumber:
            raise Invalid(fields={name: ["validation.phone"]}) from None

    def _note(
        self,
        session: Session,
        act: str,
        row: RoutingService,
        before: Mapping[str, Any],
        after: Mapping[str, Any],
    ) -> None:
        self._audit.record(
            session, f"routing_service.{act}", "routing_service", row.id, name=row.name,
            before=before, after=after,
        )  # fmt: skip
        self._outbox.record(session, "service.changed", row.id, sorted({*before, *after}))


def _targets(document: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for place, rule in enumerate(document["rules"]):
        yield f"rules.{place}.target", rule["target"]
    yield "otherwise", document["otherwise"]


def _tests(document: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for place, rule in enumerate(document["rules"]):
        for number, test in enumerate(rule["tests"]):
            yield f"rules.{place}.tests.{number}", test


def _own(session: Session) -> UUID:
    scope: Scope = session.info["scope"]
    assert scope.enterprise_id is not None
    return scope.enterprise_id


def _hours_of(session: Session, target: Target | None) -> UUID | None:
    """The schedule that the agent service asks which has the call; None where there is none."""
    if target is None or target.kind is not TargetKind.AGENT_SERVICE:
        return None
    kept = session.scalar(select(AgentService.waiting).where(AgentService.id == target.id))
    return read_waiting(kept or {}).schedule_id


def _load(given: Mapping[str, Any]) -> Load:
    return Load(given["waiting"], given["ready"], given["longest_wait"])


def _tried(decision: Decision, caller: Number, at: datetime) -> dict[str, Any]:
    return {
        "target": decision.target,
        "place": decision.place,
        "caller": caller.show(),
        "at": at,
        "steps": decision.steps,
    }


def _find(session: Session, service_id: UUID) -> RoutingService:
    query = select(RoutingService).where(RoutingService.id == service_id).with_for_update()
    row = session.scalar(query)
    if row is None:
        raise NotFound
    return row


def _check_name(session: Session, name: str, own_id: UUID | None) -> None:
    found = session.scalar(select(RoutingService.id).where(RoutingService.name == name))
    if found not in (None, own_id):
        raise Invalid(fields={"name": ["validation.taken"]})


def _shown(row: RoutingService) -> dict[str, Any]:
    document = RulesShape().load(row.document)
    return {"id": row.id, "name": row.name, "document": document, "version": row.version}
