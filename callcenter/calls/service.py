"""Reading the ledger for people: who may see which call, and what of it.

Own, team or all is decided by permission; what lies outside answers as if it did not exist.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from callcenter.calls import queries
from callcenter.calls.errors import LinkExpired, NoRecording
from callcenter.calls.models import (
    Call,
    CallLeg,
    CallSummary,
    Recording,
    RecordingAccess,
    TelephonyFact,
)
from callcenter.core.audit import Audit, difference
from callcenter.core.clock import Clock
from callcenter.core.directory import Choice, Directory, Person, ServiceCard
from callcenter.core.errors import Invalid, NotFound
from callcenter.core.http import Page, PageRequest
from callcenter.core.numbers import WITHHELD, BadNumber, Number, parse_number
from callcenter.core.permissions import Permission
from callcenter.core.tenant import Actor, Scope
from callcenter.objects.service import Records

LINK_LASTS = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class _Names:
    people: Mapping[UUID, Person]
    services: Mapping[UUID, ServiceCard]
    dispositions: Mapping[UUID, Choice]
    customers: Mapping[UUID, str]


class Calls:
    def __init__(self, directory: Directory, records: Records, audit: Audit, clock: Clock) -> None:
        self._directory = directory
        self._records = records
        self._audit = audit
        self._clock = clock

    def page(self, session: Session, request: PageRequest, filters: Mapping[str, Any]) -> Page:
        """Calls the actor may see; raises Invalid for a filter that is no number."""
        wanted = dict(filters)
        if number := wanted.pop("number", None):
            wanted["number"] = str(self._number(session, number))
        query = queries.filtered(self._visible(session), wanted)
        total = session.scalar(query.with_only_columns(func.count(Call.id)))
        rows = session.scalars(queries.ordered(query, request)).all()
        return Page(self.show(session, rows), total or 0, request.page, request.page_size)

    def recorded(
        self, session: Session, request: PageRequest, filters: Mapping[str, Any], condition: Any
    ) -> tuple[Sequence[Mapping[str, Any]], int]:
        """Calls with a playable recording under a further condition, and how many there are."""
        query = queries.recorded(queries.filtered(self._visible(session), filters))
        query = query.where(condition(Call.id))
        total = session.scalar(query.with_only_columns(func.count(Call.id)))
        rows = session.scalars(queries.ordered(query, request)).all()
        return self.show(session, rows), total or 0

    def detail(self, session: Session, call_id: UUID) -> dict[str, Any]:
        """The call with legs and facts; raises NotFound for what the actor may not see."""
        call = self.find(session, call_id)
        legs = list(session.scalars(queries.legs(call_id)))
        facts = list(session.scalars(queries.facts(call_id)))
        ids = {leg.agent_id for leg in legs} | {fact.agent_id for fact in facts}
        people = self._directory.people(session, {each for each in ids if each})
        unmasked = _actor(session).may(Permission.NUMBERS_UNMASKED)
        return {
            **self.show(session, [call])[0],
            "legs": [_leg(leg, people, unmasked=unmasked) for leg in legs],
            "events": [_event(fact, people) for fact in facts],
        }

    def find(self, session: Session, call_id: UUID) -> Call:
        """A call the actor may see; raises NotFound."""
        call = session.scalar(self._visible(session).where(Call.id == call_id))
        return call or self._offered(session, call_id)

    def check_handled(self, session: Session, call_id: UUID) -> None:
        """Raises NotFound unless the actor may see the call."""
        self.find(session, call_id)

    def number_of(self, session: Session, call_id: UUID) -> Number:
        """The customer's number, whole: for looking up, never for showing."""
        return _number(self.find(session, call_id))

    def history(
        self, session: Session, number: Number, customer_id: UUID | None, limit: int
    ) -> Sequence[Mapping[str, Any]]:
        """The last calls with the number or the customer; a withheld number has no history."""
        found: dict[UUID, Call] = {}
        if number.value:
            for call in session.scalars(queries.with_number(str(number), limit)):
                found[call.id] = call
        if customer_id:
            for call in session.scalars(queries.of_customer(customer_id, limit)):
                found[call.id] = call
        newest = sorted(found.values(), key=lambda call: call.started_at, reverse=True)
        return self.show(session, newest[:limit])

    def summarise(
        self, session: Session, call_id: UUID, disposition_id: UUID | None, note: str
    ) -> CallSummary:
        """The agent's disposition and note; raises NotFound, Invalid for an unknown one."""
        self.find(session, call_id)
        known = {choice.id for choice in self._directory.dispositions(session) if choice.active}
        if disposition_id is not None and disposition_id not in known:
            raise Invalid(fields={"disposition_id": ["validation.unknown_id"]})
        summary = self._summary(session, call_id)
        before = {"disposition_id": summary.disposition_id, "note": summary.note}
        summary.disposition_id, summary.note = disposition_id, note.strip()
        after = {"disposition_id": summary.disposition_id, "note": summary.note}
        old, new = difference(before, after)
        self._audit.record(session, "call.summarise", "call", call_id, before=old, after=new)
        return summary

    def link_customer(self, session: Session, call_id: UUID, customer_id: UUID) -> None:
        """Say who it was; the caller has checked that the customer exists."""
        self.find(session, call_id)
        self._summary(session, call_id).customer_id = customer_id
        after = {"customer_id": customer_id}
        self._audit.record(session, "call.link_customer", "call", call_id, after=after)

    def link_work_order(
        self, session: Session, call_id: UUID, identifier: str, record_id: UUID
    ) -> None:
        summary = self._summary(session, call_id)
        summary.work_order_object, summary.work_order_id = identifier, record_id

    def customer_of(self, session: Session, call_id: UUID) -> UUID | None:
        summary = session.get(CallSummary, call_id)
        call = session.get(Call, call_id)
        linked = summary.customer_id if summary else None
        return linked or (call.customer_id if call else None)

    def show(self, session: Session, calls: Sequence[Call]) -> list[dict[str, Any]]:
        """Answers of the API's shape `Call`, for the scope's actor."""
        ids = [call.id for call in calls]
        summaries = {row.call_id: row for row in session.scalars(queries.summaries(ids))}
        recorded = {
            row.call_id for row in session.scalars(queries.recordings(ids)) if row.state == "ready"
        }
        names = self._names(session, calls, summaries)
        actor = _actor(session)
        return [
            {
                **_call(call, actor, names),
                **_summary(call, summaries.get(call.id), actor, names),
                "has_recording": call.id in recorded,
            }
            for call in calls
        ]

    def _names(
        self, session: Session, calls: Sequence[Call], summaries: Mapping[UUID, CallSummary]
    ) -> _Names:
        customers = {call.customer_id for call in calls if call.customer_id}
        customers |= {row.customer_id for row in summaries.values() if row.customer_id}
        agents = {call.agent_id for call in calls if call.agent_id}
        return _Names(
            people=self._directory.people(session, agents),
            services=self._directory.services(session),
            dispositions={c.id: c for c in self._directory.dispositions(session)},
            customers=self._records.customer_titles(session, customers),
        )

    def _visible(self, session: Session) -> Select[Call]:
        actor = _actor(session)
        query = queries.listed()
        if actor.may(Permission.CALLS_READ_ALL):
            return query
        if actor.may(Permission.CALLS_READ_TEAM):
            return queries.of_agents(query, self._team(session, actor))
        return queries.of_agents(query, [actor.user_id])

    def _team(self, session: Session, actor: Actor) -> Collection[UUID]:
        teams = set(actor.team_ids)
        people = self._directory.people(session).values()
        return {person.id for person in people if teams & set(person.team_ids)} | {actor.user_id}

    def _offered(self, session: Session, call_id: UUID) -> Call:
        actor = _actor(session)
        if session.scalar(queries.offered_to(call_id, actor.user_id).limit(1)) is None:
            raise NotFound
        call = session.scalar(queries.one(call_id))
        if call is None:
            raise NotFound
        return call

    def _summary(self, session: Session, call_id: UUID) -> CallSummary:
        summary = session.scalar(
            select(CallSummary).where(CallSummary.call_id == call_id).with_for_update()
        )
        if summary is None:
            summary = CallSummary(call_id=call_id, note="", disposition_id=None)
            session.add(summary)
        summary.changed_by, summary.changed_at = _actor(session).user_id, self._clock.now()
        return summary

    def _number(self, session: Session, text: str) -> Number:
        try:
            return parse_number(text, self._directory.enterprise(session).area_code)
        except BadNumber:
            raise Invalid(fields={"number": ["validation.phone"]}) from None


def _actor(session: Session) -> Actor:
    scope: Scope = session.info["scope"]
    return scope.require_actor()


def _number(call: Call) -> Number:
    return Number.load(call.customer_number) if call.customer_number else WITHHELD


def _shown(number: str, *, unmasked: bool) -> str | None:
    if not number:
        return None
    loaded = Number.load(number) if ":" in number else WITHHELD
    return (loaded.show() if unmasked else loaded.mask()) or None


def _call(call: Call, actor: Actor, names: _Names) -> dict[str, Any]:
    number = _number(call)
    return {
        "id": call.id,
        "direction": call.direction,
        "state": call.state,
        "number": _shown(str(number), unmasked=actor.may(Permission.NUMBERS_UNMASKED)),
        "number_kind": number.kind.value,
        "location": number.location(actor.locale),
        "caller_name": call.caller_name,
        "access_number": call.access_number,
        "service": _service(names, call.service_id),
        "agent": _person(names.people, call.agent_id),
        "started_at": call.started_at,
        "queued_at": call.queued_at,
        "answered_at": call.connected_at,
        "ended_at": call.ended_at,
        "waited_seconds": call.waited_seconds,
        "talk_seconds": call.talk_seconds,
        "hold_seconds": call.hold_seconds,
        "transfers": call.transfers,
        "result": call.result,
        "ended_by": call.ended_by,
        "estimated": call.estimated,
    }


def _summary(
    call: Call, summary: CallSummary | None, actor: Actor, names: _Names
) -> dict[str, Any]:
    disposition_id = summary.disposition_id if summary else None
    choice = names.dispositions.get(disposition_id) if disposition_id else None
    customer_id = (summary.customer_id if summary else None) or call.customer_id
    return {
        "disposition_id": disposition_id,
        "disposition": choice.label.get(actor.locale) if choice else None,
        "note": summary.note if summary else "",
        "customer_id": customer_id,
        "customer_name": names.customers.get(customer_id) if customer_id else None,
    }


def _service(names: _Names, service_id: UUID | None) -> dict[str, Any] | None:
    service = names.services.get(service_id) if service_id else None
    return {"id": service.id, "name": service.name} if service else None


def _person(people: Mapping[UUID, Person], user_id: UUID | None) -> dict[str, Any] | None:
    person = people.get(user_id) if user_id else None
    return {"id": person.id, "name": person.name} if person else None


def _leg(leg: CallLeg, people: Mapping[UUID, Person], *, unmasked: bool) -> dict[str, Any]:
    return {
        "id": leg.uniqueid,
        "party": leg.party,
        "agent": _person(people, leg.agent_id),
        "number": _shown(leg.number, unmasked=unmasked),
        "state": leg.state,
        "started_at": leg.started_at,
        "answered_at": leg.answered_at,
        "ended_at": leg.ended_at,
        "cause": leg.cause,
        "held_seconds": leg.held_seconds,
        "estimated": leg.estimated,
    }


def _event(fact: TelephonyFact, people: Mapping[UUID, Person]) -> dict[str, Any]:
    return {
        "id": fact.id,
        "type": fact.type,
        "at": fact.at,
        "agent": _person(people, fact.agent_id),
    }


def holds(facts: Sequence[TelephonyFact], start: datetime) -> list[dict[str, float]]:
    """When the customer waited on hold, in seconds of the recording."""
    found: list[dict[str, float]] = []
    since: dict[str, float] = {}
    for fact in facts:
        uniqueid, at = str(fact.data.get("uniqueid")), (fact.at - start).total_seconds()
        if fact.type == "leg.held":
            since[uniqueid] = max(0.0, at)
        elif fact.type in ("leg.resumed", "leg.ended") and uniqueid in since:
            found.append({"from_": since.pop(uniqueid), "to": at})
    return found


def playable(recordings: Sequence[Recording]) -> Recording | None:
    return next((recording for recording in recordings if recording.state == "ready"), None)


class Recordings:
    """Links to recordings: short-lived, for one person, each written down."""

    def __init__(
        self, calls: Calls, directory: Directory, audit: Audit, clock: Clock, key: str
    ) -> None:
        self._calls = calls
        self._directory = directory
        self._audit = audit
        self._clock = clock
        self._signer = URLSafeSerializer(key, salt="recording-link")

    def link(self, session: Session, call_id: UUID) -> dict[str, Any]:
        """Raises NotFound, NoRecording. Asking for the link is the access that is logged."""
        self._calls.find(session, call_id)
        found = list(session.scalars(queries.recordings([call_id])))
        recording = playable(found)
        if recording is None:
            raise NoRecording({"state": found[-1].state if found else "none"})
        actor, now = _actor(session), self._clock.now()
        expires = now + LINK_LASTS
        session.add(
            RecordingAccess(recording_id=recording.id, user_id=actor.user_id, at=now, ip=actor.ip)
        )
        self._audit.record(session, "recording.play", "recording", recording.id, name=str(call_id))
        token = self._signer.dumps(
            [str(recording.id), str(actor.user_id), int(expires.timestamp())]
        )
        facts = list(session.scalars(queries.facts(call_id)))
        return {
            "url": f"/api/v1/recordings/{token}",
            "peaks": recording.peaks,
            "duration": recording.seconds or 0.0,
            "expires_at": expires,
            "holds": holds(facts, recording.started_at),
        }

    def path(self, session: Session, token: str) -> str:
        """The file behind a link, relative to the recordings' folder; raises NotFound, LinkExpired."""
        try:
            recording_id, user_id, expires = self._signer.loads(token)
        except BadSignature:
            raise NotFound from None
        if user_id != str(_actor(session).user_id):
            raise NotFound
        if self._clock.now().timestamp() > expires:
            raise LinkExpired
        recording = session.scalar(select(Recording).where(Recording.id == UUID(recording_id)))
        if recording is None or recording.state != "ready":
            raise NotFound
        return recording.path
