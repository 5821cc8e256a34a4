"""How a message is shown: its number as the reader may see it, names instead of ids."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from callcenter.core.directory import Person, ServiceCard
from callcenter.core.numbers import Number
from callcenter.core.permissions import Permission
from callcenter.core.tenant import Actor
from callcenter.voicemail.models import Voicemail
from callcenter.voicemail.states import TargetKind


@dataclass(frozen=True, slots=True)
class Names:
    people: Mapping[UUID, Person]
    services: Mapping[UUID, ServiceCard]
    customers: Mapping[UUID, str]


def shown(row: Voicemail, actor: Actor, names: Names) -> dict[str, Any]:
    number = Number.load(row.number)
    unmasked = actor.may(Permission.NUMBERS_UNMASKED)
    known: Mapping[UUID, Person | ServiceCard] = (
        names.people if row.target_kind == TargetKind.SEAT else names.services
    )
    target, agent = known.get(row.target_id), names.people.get(row.agent_id or row.id)
    customer = names.customers.get(row.customer_id) if row.customer_id else None
    return {
        "id": row.id,
        "target": {
            "kind": row.target_kind,
            "id": row.target_id,
            "name": target.name if target else "",
        },
        "number": (number.show() if unmasked else number.mask()) or None,
        "number_kind": number.kind.value,
        "location": number.location(),
        "caller_name": row.caller_name,
        "customer": {"id": row.customer_id, "name": customer} if row.customer_id else None,
        "call_id": row.call_id,
        "left_at": row.left_at,
        "seconds": row.seconds,
        "sound": row.sound,
        "state": row.state,
        "agent": {"id": agent.id, "name": agent.name} if agent else None,
        "taken_at": row.taken_at,
        "done_at": row.done_at,
        "transcript": row.transcript,
        "version": row.version,
    }
