"""Telephony facts: the one shape in which the journal, the ledger and the stream speak."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import orjson


class FactType(StrEnum):
    CALL_STARTED = "call.started"
    CALL_ROUTED = "call.routed"
    CALL_QUEUED = "call.queued"
    CALL_OFFERED = "call.offered"
    CALL_MISSED = "call.missed"
    CALL_CONNECTED = "call.connected"
    CALL_DEQUEUED = "call.dequeued"
    CALL_TRANSFERRED = "call.transferred"
    CALL_CONSULT = "call.consult"
    CALL_CONFERENCE = "call.conference"
    CALL_OUTSIDE = "call.outside"
    CALL_SURVEYED = "call.surveyed"
    CALL_ENDED = "call.ended"
    LEG_STARTED = "leg.started"
    LEG_ANSWERED = "leg.answered"
    LEG_HELD = "leg.held"
    LEG_RESUMED = "leg.resumed"
    LEG_JOINED = "leg.joined"
    LEG_LEFT = "leg.left"
    LEG_ENDED = "leg.ended"
    AGENT_STATE = "agent.state"
    AGENT_WISH = "agent.wish"
    RECORDING_STARTED = "recording.started"
    RECORDING_STOPPED = "recording.stopped"
    VOICEMAIL_LEFT = "voicemail.left"
    CALLBACK_ASKED = "callback.asked"
    CALLBACK_ATTEMPTED = "callback.attempted"
    CALLBACK_ENDED = "callback.ended"
    ATTEMPT_DIALLED = "attempt.dialled"
    ATTEMPT_ENDED = "attempt.ended"
    RECONCILED = "reconciled"


@dataclass(frozen=True, slots=True)
class Fact:
    """source: ami, cel, agi, command or reconcile: who told us."""

    id: UUID
    type: FactType
    at: datetime
    enterprise_id: UUID
    call_id: UUID | None
    agent_id: UUID | None
    data: Mapping[str, Any]
    source: str = "ami"

    def dump(self) -> str:
        """One line of JSON; the journal's format and, as `event`, the stream's."""
        data = {
            **self.data, "call_id": self.call_id, "agent_id": self.agent_id, "source": self.source,
        }  # fmt: skip
        fact = {
            "id": self.id, "type": self.type, "at": self.at,
            "enterprise_id": self.enterprise_id, "data": data,
        }  # fmt: skip
        return orjson.dumps(fact, option=orjson.OPT_UTC_Z).decode()

    @classmethod
    def load(cls, line: str | bytes) -> "Fact":
        raw = orjson.loads(line)
        data = raw["data"]
        call_id, agent_id = data.pop("call_id"), data.pop("agent_id")
        return cls(
            UUID(raw["id"]),
            FactType(raw["type"]),
            datetime.fromisoformat(raw["at"]),
            UUID(raw["enterprise_id"]),
            UUID(call_id) if call_id else None,
            UUID(agent_id) if agent_id else None,
            data,
            data.pop("source"),
        )
