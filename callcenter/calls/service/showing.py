"""How a call is shown: numbers as the reader may see them, names instead of ids."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from callcenter.calls.models import Call, CallLeg, CallSummary, CallSurvey, TelephonyFact
from callcenter.calls.service.seeing import person_name
from callcenter.core.directory import Choice, Person, ServiceCard
from callcenter.core.numbers import WITHHELD, Number
from callcenter.core.permissions import Permission
from callcenter.core.tenant import Actor


@dataclass(frozen=True, slots=True)
class Names:
    people: Mapping[UUID, Person]
    services: Mapping[UUID, ServiceCard]
    dispositions: Mapping[UUID, Choice]
    customers: Mapping[UUID, str]


def number_of(call: Call) -> Number:
    return Number.load(call.customer_number) if call.customer_number else WITHHELD


def shown_number(number: str, *, unmasked: bool) -> str | None:
    if not number:
        return None
    loaded = Number.load(number) if ":" in number else WITHHELD
    return (loaded.show() if unmasked else loaded.mask()) or None


def call_row(call: Call, actor: Actor, names: Names) -> dict[str, Any]:
    number = number_of(call)
    return {
        "id": call.id,
        "direction": call.direction,
        "state": call.state,
        "number": shown_number(str(number), unmasked=actor.may(Permission.NUMBERS_UNMASKED)),
        "number_kind": number.kind.value,
        "location": number.location(),
        "caller_name": call.caller_name,
        "access_number": call.access_number,
        "service": service_name(names, call.service_id),
        "agent": person_name(names.people, call.agent_id),
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


def summary_row(
    call: Call, summary: CallSummary | None, actor: Actor, names: Names
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


def service_name(names: Names, service_id: UUID | None) -> dict[str, Any] | None:
    service = names.services.get(service_id) if service_id else None
    return {"id": service.id, "name": service.name} if service else None


def leg_row(leg: CallLeg, people: Mapping[UUID, Person], *, unmasked: bool) -> dict[str, Any]:
    return {
        "id": leg.uniqueid,
        "party": leg.party,
        "agent": person_name(people, leg.agent_id),
        "number": shown_number(leg.number, unmasked=unmasked),
        "state": leg.state,
        "started_at": leg.started_at,
        "answered_at": leg.answered_at,
        "ended_at": leg.ended_at,
        "cause": leg.cause,
        "held_seconds": leg.held_seconds,
        "estimated": leg.estimated,
    }


def survey_row(row: CallSurvey, people: Mapping[UUID, Person], locale: str) -> dict[str, Any]:
    return {
        "question": row.question,
        "text": row.text.get(locale) or next(iter(row.text.values()), ""),
        "answer": row.answer,
        "agent": person_name(people, row.agent_id),
        "answered_at": row.answered_at,
    }


def event_row(fact: TelephonyFact, people: Mapping[UUID, Person]) -> dict[str, Any]:
    return {
        "id": fact.id,
        "type": fact.type,
        "at": fact.at,
        "agent": person_name(people, fact.agent_id),
    }
