"""What is open: agents' states, calls and legs, folded from the facts. Pure.

The journal's checkpoint is this memory written down; after a restart it is read back and compared
with Asterisk.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from callcenter.acd.agent import AgentState, AgentStatus
from callcenter.callbacks.line import OpenCallback
from callcenter.calls.events import Fact, FactType
from callcenter.calls.states import CallState, LegState
from callcenter.core.i18n import DEFAULT_LOCALE
from callcenter.core.numbers import Number
from callcenter.telephony.legs import Ended, Leg
from callcenter.telephony.live import (
    Consult,
    Direction,
    LiveCall,
    Party,
    Target,
    TargetKind,
    Transfer,
)

Row = dict[str, Any]
_CALLBACK_FACTS = {
    FactType.CALLBACK_ASKED,
    FactType.CALLBACK_ATTEMPTED,
    FactType.CALLBACK_ENDED,
}

_PLAIN: Mapping[FactType, Callable[[Fact], Row]] = {
    FactType.RECORDING_STARTED: lambda fact: {"recording": fact.data["name"]},
    FactType.CALL_CONFERENCE: lambda fact: {
        "conference_id": fact.data["conference_id"],
        "forwarded": fact.data["step"] == "met",
    },
    FactType.CALL_OUTSIDE: lambda fact: {"outside": fact.data["number"]},
}

SETTLED = ("callback", "voicemail")
"""What a caller may have got instead of an agent."""


class Memory:
    """agents, calls and legs by id, as plain JSON values; ended: the last legs that ended."""

    def __init__(self, checkpoint: dict[str, Any] | None = None) -> None:
        stored = checkpoint or {}
        self.agents: dict[str, Row] = stored.get("agents", {})
        self.calls: dict[str, Row] = stored.get("calls", {})
        self.legs: dict[str, Row] = stored.get("legs", {})
        self.callbacks: dict[str, Row] = stored.get("callbacks", {})
        self.ended = Ended((uniqueid, None) for uniqueid in stored.get("ended", ()))

    def dump(self) -> dict[str, Any]:
        """Shares its rows with the memory: written down before the next fact is folded."""
        return {
            "agents": self.agents,
            "calls": self.calls,
            "legs": self.legs,
            "callbacks": self.callbacks,
            "ended": list(self.ended),
        }

    def fold(self, fact: Fact) -> None:
        at = fact.at.isoformat()
        if fact.type is FactType.AGENT_STATE:
            row = {**fact.data, "call_id": str(fact.call_id) if fact.call_id else None}
            before = self.agents.get(str(fact.agent_id))
            self.agents[str(fact.agent_id)] = row
            if before is not None:
                self._forget_wrapped_up(before["call_id"])
            self._see_return(str(fact.agent_id), row)
        elif fact.type is FactType.AGENT_WISH:
            self.agents.get(str(fact.agent_id), {}).update(fact.data)
        elif fact.type is FactType.CALL_STARTED:
            row = {**fact.data, "enterprise_id": str(fact.enterprise_id), "started_at": at}
            row["agent_id"] = str(fact.agent_id) if fact.agent_id else None
            self.calls[str(fact.call_id)] = row
        elif fact.type is FactType.CALL_ENDED:
            self._end_call(str(fact.call_id), fact)
        elif fact.type is FactType.LEG_STARTED:
            row = {**fact.data, "call_id": str(fact.call_id), "started_at": at}
            self.legs[fact.data["uniqueid"]] = row
        elif fact.type is FactType.LEG_ENDED:
            self._end_leg(fact.data["uniqueid"])
        elif fact.type in _CALLBACK_FACTS:
            self._fold_callback(fact)
        elif call := self.calls.get(str(fact.call_id)):
            self._fold_call(call, fact, at)

    def _fold_callback(self, fact: Fact) -> None:
        key = fact.data["callback_id"]
        if fact.type is FactType.CALLBACK_ENDED:
            self.callbacks.pop(key, None)
        elif fact.type is FactType.CALLBACK_ASKED:
            row = {**fact.data, "enterprise_id": str(fact.enterprise_id)}
            self.callbacks[key] = self.callbacks.get(key, {}) | row
        elif row := self.callbacks.get(key, {}):
            row |= {"attempts": fact.data["attempts"], "retry_at": fact.data["retry_at"]}

    def _fold_call(self, call: Row, fact: Fact, at: str) -> None:
        if fact.type is FactType.CALL_QUEUED:
            call["queued_at"] = fact.data["queued_at"]
            call["service_id"] = fact.data["service_id"]
            call["priority"] = fact.data["priority"]
            call["language"] = fact.data.get("language", DEFAULT_LOCALE)
            call["language_chosen"] = fact.data.get("language_chosen", False)
            call["queue_number"] = call.get("queue_number", 0) + 1
            call["in_queue"] = True
        elif fact.type is FactType.CALL_DEQUEUED:
            call["in_queue"] = False
            call["settled"] = fact.data["reason"] if fact.data["reason"] in SETTLED else ""
        elif fact.type is FactType.CALL_OFFERED:
            call["offers"], call["offered_at"] = fact.data["offer"], at
        elif fact.type is FactType.CALL_CONNECTED:
            if "connected_at" not in call:
                call["connected_at"] = at
                call["waited_seconds"] = fact.data["waited_seconds"]
            call["agent_id"] = str(fact.agent_id)
            call.pop("consult", None)
            call.pop("transfer", None)
        elif fact.type is FactType.CALL_TRANSFERRED:
            self._fold_transfer(call, fact)
        elif fact.type is FactType.CALL_CONSULT:
            self._fold_consult(call, fact)
        elif plain := _PLAIN.get(fact.type):
            call |= plain(fact)
        elif leg := self.legs.get(fact.data.get("uniqueid", "")):
            self._fold_leg(leg, fact, at)

    def _fold_transfer(self, call: Row, fact: Fact) -> None:
        call["transfers_made"] = call.get("transfers_made", 0) + 1
        if fact.data["form"] == "blind":
            call["transfer"] = {
                "from_agent_id": str(fact.agent_id),
                "kind": fact.data["to_kind"],
                "value": fact.data["to_value"],
            }
        elif consult := call.get("consult"):
            consult["closing"] = True

    def _fold_consult(self, call: Row, fact: Fact) -> None:
        step = fact.data["step"]
        if step == "started":
            call["consult"] = {
                "agent_id": str(fact.agent_id),
                "kind": fact.data["target_kind"],
                "value": fact.data["target_value"],
            }
        elif step in ("completed", "cancelled"):
            call.pop("consult", None)
        elif consult := call.get("consult"):
            consult[step] = True

    def _see_return(self, agent_id: str, agent: Row) -> None:
        """Who talks with the customer consults nobody any more; a refusal has no other end."""
        consult = self.calls.get(agent["call_id"] or "", {}).get("consult")
        talks = agent["state"] == AgentState.TALKING.value
        if consult is not None and talks and consult["agent_id"] == agent_id:
            del self.calls[agent["call_id"]]["consult"]

    def _fold_leg(self, leg: Row, fact: Fact, at: str) -> None:
        if fact.type is FactType.LEG_ANSWERED:
            leg["answered_at"] = at
        elif fact.type is FactType.LEG_JOINED:
            leg["joins"] = leg.get("joins", 0) + 1
            leg["bridge_id"] = fact.data.get("bridge_id", "")
        elif fact.type is FactType.LEG_LEFT:
            leg["left_bridge_id"], leg["bridge_id"] = leg.get("bridge_id", ""), ""
        elif fact.type in (FactType.LEG_HELD, FactType.LEG_RESUMED):
            leg["held"] = fact.type is FactType.LEG_HELD

    def _end_leg(self, uniqueid: str) -> None:
        leg = self.legs.pop(uniqueid, {})
        self.ended.note(uniqueid)
        if leg.get("party") == Party.EXTERNAL.value:
            self.calls.get(leg["call_id"], {}).pop("outside", None)

    def _end_call(self, call_id: str, fact: Fact) -> None:
        if call := self.calls.get(call_id):
            call["ended_at"], call["result"] = fact.at.isoformat(), fact.data["result"]
            self._forget_wrapped_up(call_id)
        for uniqueid in [u for u, leg in self.legs.items() if leg["call_id"] == call_id]:
            del self.legs[uniqueid]

    def _forget_wrapped_up(self, call_id: str | None) -> None:
        """An ended call stays on the desk of who still writes its work order, and no longer."""
        call = self.calls.get(call_id or "")
        if call is None or "ended_at" not in call:
            return
        wraps_up = AgentState.WRAP_UP.value
        rows = self.agents.values()
        if not any(row["state"] == wraps_up and row["call_id"] == call_id for row in rows):
            del self.calls[call_id or ""]

    # -- back to living things --------------------------------------------------------------

    def statuses(self) -> Iterable[AgentStatus]:
        for agent_id, row in self.agents.items():
            after = AgentState(row["after"])
            yield AgentStatus(
                agent_id=UUID(agent_id),
                state=AgentState(row["state"]),
                since=datetime.fromisoformat(row["since"]),
                idle_since=datetime.fromisoformat(row["idle_since"]),
                reason_id=_uuid(row["reason_id"]),
                call_id=_uuid(row["call_id"]),
                after=after,
                after_reason_id=_uuid(row.get("after_reason_id")),
                wrap_up_until=_time(row["wrap_up_until"]),
            )

    def live_calls(self) -> Iterable[LiveCall]:
        for call_id, row in self.calls.items():
            call = LiveCall(
                id=UUID(call_id),
                enterprise_id=UUID(row["enterprise_id"]),
                direction=Direction(row["direction"]),
                started_at=datetime.fromisoformat(row["started_at"]),
                customer=Number.load(row["customer"]),
                caller_name=row["caller_name"],
                language=row.get("language", DEFAULT_LOCALE),
                language_chosen=row.get("language_chosen", False),
                access_number=row["access_number"],
                dialled=row["dialled"],
                display_number=row["display_number"],
                customer_leg=row["uniqueid"],
                attempt_id=_uuid(row["attempt_id"]),
                callback_id=_uuid(row.get("callback_id")),
                callback_note=row.get("callback_note", ""),
                customer_id=_uuid(row["customer_id"]),
                agent_id=_uuid(row.get("agent_id")),
                service_id=_uuid(row.get("service_id")),
                queued_at=_time(row.get("queued_at")),
                priority=row.get("priority"),
                offered_at=_time(row.get("offered_at")),
                connected_at=_time(row.get("connected_at")),
                ended_at=_time(row.get("ended_at")),
                result=row.get("result", ""),
                waited_seconds=row.get("waited_seconds"),
                queue_number=row.get("queue_number", 0),
                in_queue=row.get("in_queue", False),
                offers=row.get("offers", 0),
                transfers_made=row.get("transfers_made", 0),
                recording=row.get("recording", ""),
                settled=row.get("settled", ""),
                conference_id=_uuid(row.get("conference_id")),
                forwarded=row.get("forwarded", False),
                outside=row.get("outside", ""),
                consult=_consult(row.get("consult")),
                transfer=_transfer(row.get("transfer")),
            )
            call.state = _state(call)
            yield call

    def open_callbacks(self) -> Iterable[OpenCallback]:
        for callback_id, row in self.callbacks.items():
            yield OpenCallback(
                id=UUID(callback_id),
                enterprise_id=UUID(row["enterprise_id"]),
                service_id=UUID(row["service_id"]),
                number=row["number"],
                display_number=row["display_number"],
                language=row["language"],
                priority=row["priority"],
                queued_at=datetime.fromisoformat(row["queued_at"]),
                not_before=_time(row["not_before"]),
                not_after=datetime.fromisoformat(row["not_after"]),
                attempts=row.get("attempts", 0),
                retry_at=_time(row.get("retry_at")),
                note=row.get("note", ""),
            )

    def live_legs(self) -> Iterable[Leg]:
        for uniqueid, row in self.legs.items():
            yield Leg(
                uniqueid=uniqueid,
                channel=row["channel"],
                call_id=UUID(row["call_id"]),
                state=_leg_state(row),
                started_at=datetime.fromisoformat(row["started_at"]),
                number=row["number"],
                joins=row.get("joins", 0),
                bridge_id=row.get("bridge_id", ""),
                left_bridge_id=row.get("left_bridge_id", ""),
                answered_at=_time(row.get("answered_at")),
            )


def _consult(row: Row | None) -> Consult | None:
    if row is None:
        return None
    target = Target(TargetKind(row["kind"]), row["value"])
    return Consult(
        agent_id=UUID(row["agent_id"]),
        target=target,
        colleague_id=UUID(target.value) if target.kind is TargetKind.SEAT else None,
        answered=row.get("answered", False),
        closing=row.get("closing", False),
        refused=row.get("refused", False),
    )


def _transfer(row: Row | None) -> Transfer | None:
    if row is None:
        return None
    return Transfer(UUID(row["from_agent_id"]), Target(TargetKind(row["kind"]), row["value"]))


def _state(call: LiveCall) -> CallState:
    if call.ended_at is not None:
        return CallState.ENDED
    if call.in_queue:
        return CallState.QUEUED
    if call.transfer is not None:
        return CallState.TRANSFERRING
    if call.consult is not None:
        return CallState.CONSULTING
    if call.connected_at is not None:
        return CallState.CONNECTED
    came = CallState.IN_IVR if call.conference_id is not None else CallState.NEW
    return CallState.DIALLING if call.direction is Direction.OUTBOUND else came


def _leg_state(row: Row) -> LegState:
    if not row.get("answered_at"):
        return LegState.STARTED
    if row.get("held"):
        return LegState.HELD
    return LegState.JOINED if row.get("bridge_id") else LegState.UP


def _uuid(value: str | None) -> UUID | None:
    return UUID(value) if value else None


def _time(value: str | None) -> datetime | None:
    return datetime.fromisoformat(value) if value else None
