"""Whether everybody tells the same: rooms, ledger, CEL, and Asterisk's own list of channels.

Asterisk is asked by its console and CEL is read from its file, so nothing of what is judged here is
taken from the process that is judged.
"""

import csv
import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from redis import Redis
from sqlalchemy import select

from callcenter.calls.models import AgentInterval, Call, CallLeg, TelephonyFact
from callcenter.core.addresses import app_url, redis_url
from callcenter.core.db import Database
from callcenter.core.tenant import Scope
from tests.faults.harm import asterisk
from tests.support.stack import Stack
from tests.support.waiting import wait_until

RECOVERS_WITHIN = 60.0
AGREES_WITHIN = 5.0
"""Seconds after /readyz said 200."""

_ON_THE_PHONE = {"talking", "hold", "consulting"}
_RUNG = {"reserved", "ringing"}


@dataclass(frozen=True)
class Channel:
    """One line of `core show channels concise`."""

    endpoint: str
    is_up: bool
    bridge: str
    uniqueid: str


@dataclass(frozen=True, order=True)
class Place:
    """In a queue. number: the caller's."""

    since: str
    call_id: str
    number: str


class Truth:
    def __init__(self, stack: Stack) -> None:
        self._stack = stack

    def recovered(self, *, known: int | None = None) -> None:
        """/readyz says 200; where telephony must have looked anew, it has (`known` passes before)."""
        if known is not None:
            wait_until(lambda: len(self.passes()) >= known + 2, RECOVERS_WITHIN, "two new passes")
        self._stack.wait_ready(RECOVERS_WITHIN)

    def agrees(self) -> None:
        """At the latest five seconds from now everything tells the same."""
        differ: list[str] = []

        def none_left() -> bool:
            differ[:] = self.differences()
            return not differ

        try:
            wait_until(none_left, AGREES_WITHIN)
        except AssertionError:
            raise AssertionError("they differ:\n" + "\n".join(differ)) from None

    def passes(self) -> list[dict[str, Any]]:
        """What reconciliation found, as the ledger has it: pass 1 and 2 in turn."""
        return [fact.data for fact in self._rows(TelephonyFact) if fact.type == "reconciled"]

    def places(self) -> list[Place]:
        """Of everybody who is in a queue, the first to be served first."""
        since: dict[UUID, str] = {}
        for fact in self._rows(TelephonyFact):
            if fact.type == "call.queued":
                since[fact.call_id] = fact.data["queued_at"]
            elif fact.type == "call.dequeued":
                since.pop(fact.call_id, None)
        numbers = {call.id: call.customer_number for call in self._rows(Call)}
        return sorted(
            Place(at, str(call_id), numbers[call_id].removeprefix("e164:+86"))
            for call_id, at in since.items()
        )

    def differences(self) -> list[str]:
        channels = self._channels()
        facts = [fact for fact in self._rows(TelephonyFact) if fact.type != "reconciled"]
        legs, calls = self._rows(CallLeg), self._rows(Call)
        intervals = [one for one in self._rows(AgentInterval) if one.until is None]
        cel = self._cel()
        return [
            *_legs_against_channels(legs, channels),
            *_legs_against_cel(legs, cel),
            *_facts_against_cel(facts, cel),
            *_calls_against_legs(calls, legs),
            *_told_once(facts),
            *self._agents(intervals, channels),
            *self._figures(facts),
            *self._passes_left(),
        ]

    # -- who tells ------------------------------------------------------------------------------

    def _rows(self, model: Any) -> list[Any]:
        database = Database(app_url(self._stack.settings, self._stack.secrets), pool_size=1)
        try:
            with database.begin(Scope.platform()) as session:
                order = {TelephonyFact: TelephonyFact.position}.get(model)
                query = select(model).order_by(order) if order is not None else select(model)
                return list(session.scalars(query))
        finally:
            database.dispose()

    def _rooms(self, prefix: str) -> Iterator[dict[str, Any]]:
        url = redis_url(self._stack.settings, self._stack.secrets)
        with Redis.from_url(url, decode_responses=True) as redis:
            for name in redis.scan_iter(f"room:{prefix}:*"):
                held = redis.hgetall(name)
                yield {k: json.loads(v) for k, v in held.items() if k != "#seq"} | {"#": name}

    def _channels(self) -> list[Channel]:
        rows = [
            line.split("!")
            for line in asterisk(self._stack, "core show channels concise").splitlines()
        ]
        return [
            Channel(row[0].partition("/")[2].rpartition("-")[0], row[4] == "Up", row[12], row[13])
            for row in rows if len(row) >= 14
        ]  # fmt: skip

    def _cel(self) -> dict[str, dict[str, list[float]]]:
        """Uniqueid → kind of event → when."""
        found: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
        with self._stack.settings.paths.cel.open(newline="") as file:
            for row in csv.reader(file):
                found[row[2]][row[0]].append(float(row[1]))
        return found

    # -- agents and figures ---------------------------------------------------------------------

    def _agents(self, intervals: list[AgentInterval], channels: list[Channel]) -> Iterator[str]:
        open_ones = Counter(str(one.agent_id) for one in intervals)
        ledger = {str(one.agent_id): one.state for one in intervals}
        walls = {
            seat["id"]: seat
            for room in self._rooms("wall")
            for key, seat in room.items()
            if key.startswith("seat:")
        }
        for room in self._rooms("agent"):
            agent_id, state = room["#"].rpartition(":")[2], room["agent"]["state"]
            code = walls.get(agent_id, {}).get("employee_code", agent_id)
            phone = _phone(code, channels)
            if open_ones[agent_id] > 1:
                yield f"{code} is in {open_ones[agent_id]} states at once in the ledger"
            if ledger.get(agent_id, "offline") != state:
                yield f"{code} is {state} in the room, {ledger.get(agent_id)} in the ledger"
            if agent_id in walls and walls[agent_id]["state"] != state:
                yield f"{code} is {state} in the room, {walls[agent_id]['state']} on the wall"
            if (state in _ON_THE_PHONE) != (phone == "up") or (state in _RUNG) != (phone == "rung"):
                yield f"{code} is {state}, and the phone is {phone or 'idle'}"

    def _figures(self, facts: list[TelephonyFact]) -> Iterator[str]:
        """The wall counts every queueing and every end of one exactly once."""
        told: Counter[tuple[str, str]] = Counter()
        for fact in facts:
            if fact.type in ("call.queued", "call.dequeued"):
                told[fact.type, fact.data["service_id"]] += 1
        for room in self._rooms("queues"):
            for key, queue in room.items():
                if not key.startswith("service:"):
                    continue
                entered, left = told["call.queued", queue["id"]], told["call.dequeued", queue["id"]]
                if queue["offered"] != entered:
                    yield f"the wall counts {queue['offered']} offered, the ledger {entered}"
                if not left - queue["answered"] >= queue["abandoned"]:
                    yield f"the wall counts {queue['answered']} answered of {left} in the ledger"

    def _passes_left(self) -> Iterator[str]:
        passes = self.passes()
        if not passes or passes[-1]["pass"] != 2:
            yield "there was no second pass"
        elif any(passes[-1]["differed"].values()):
            yield f"the second pass found {passes[-1]['differed']}"


def _phone(code: str, channels: list[Channel]) -> str:
    own = [channel for channel in channels if channel.endpoint.endswith(f"-{code}")]
    if any(channel.is_up for channel in own):
        return "up"
    return "rung" if own else ""


def _legs_against_channels(legs: list[CallLeg], channels: list[Channel]) -> Iterator[str]:
    living = {leg.uniqueid: leg for leg in legs if leg.state != "ended"}
    present = {channel.uniqueid: channel for channel in channels}
    for uniqueid in living.keys() ^ present.keys():
        where = "the ledger" if uniqueid in living else "Asterisk"
        yield f"{uniqueid} lives only in {where}"
    for uniqueid in living.keys() & present.keys():
        leg, channel = living[uniqueid], present[uniqueid]
        if (leg.answered_at is not None) != channel.is_up:
            yield f"{uniqueid} is {leg.state} in the ledger; up in Asterisk: {channel.is_up}"
        if (leg.joined_since is not None) != bool(channel.bridge):
            yield f"{uniqueid} is {leg.state} in the ledger; its bridge: {channel.bridge or 'none'}"


def _legs_against_cel(legs: list[CallLeg], cel: dict[str, dict[str, list[float]]]) -> Iterator[str]:
    by_id = {leg.uniqueid: leg for leg in legs}
    for uniqueid in cel.keys() ^ by_id.keys():
        yield f"{uniqueid} is only in {'CEL' if uniqueid in cel else 'the ledger'}"
    for uniqueid in cel.keys() & by_id.keys():
        leg, rows = by_id[uniqueid], cel[uniqueid]
        moments = (
            ("CHAN_START", leg.started_at), ("ANSWER", leg.answered_at), ("HANGUP", leg.ended_at),
        )  # fmt: skip
        for kind, at in moments:
            if leg.estimated and kind == "HANGUP":
                continue  # Asterisk itself died: nobody wrote the end
            if bool(rows[kind]) != (at is not None):
                yield f"{uniqueid}: {kind} in CEL {rows[kind]}, in the ledger {at}"
            elif at is not None and abs(rows[kind][0] - at.timestamp()) > 0.5:
                yield f"{uniqueid}: {kind} in CEL at {rows[kind][0]}, in the ledger at {at}"


def _facts_against_cel(
    facts: list[TelephonyFact], cel: dict[str, dict[str, list[float]]]
) -> Iterator[str]:
    told = Counter((fact.type, fact.data.get("uniqueid")) for fact in facts)
    kinds = {
        "leg.started": "CHAN_START", "leg.answered": "ANSWER", "leg.joined": "BRIDGE_ENTER",
    }  # fmt: skip
    for type_, kind in kinds.items():
        for uniqueid, rows in cel.items():
            if told[type_, uniqueid] != len(rows[kind]):
                yield (
                    f"{uniqueid}: {kind} {len(rows[kind])} times in CEL, "
                    f"{type_} {told[type_, uniqueid]} times in the ledger"
                )


def _calls_against_legs(calls: list[Call], legs: list[CallLeg]) -> Iterator[str]:
    alive = {leg.call_id for leg in legs if leg.state != "ended"}
    for call in calls:
        if (call.state != "ended") != (call.id in alive):
            yield f"call {call.id} is {call.state}; a leg of it lives: {call.id in alive}"


def _told_once(facts: list[TelephonyFact]) -> Iterator[str]:
    once = ("call.started", "call.ended", "call.routed", "recording.started", "recording.stopped",
            "leg.started", "leg.answered", "leg.ended")  # fmt: skip
    seen = Counter(
        (fact.type, str(fact.call_id), fact.data.get("uniqueid"))
        for fact in facts
        if fact.type in once
    )
    for what, count in seen.items():
        if count > 1:
            yield f"{' '.join(map(str, what))} is told {count} times"
    yield from _states_told_twice(facts)
    yield from _queues_entered_twice(facts)


def _states_told_twice(facts: list[TelephonyFact]) -> Iterator[str]:
    last: dict[Any, tuple[Any, ...]] = {}
    for fact in facts:
        if fact.type != "agent.state":
            continue
        now = (fact.data["state"], fact.data["reason_id"], fact.call_id)
        if last.get(fact.agent_id) == now and now[0] != "not_ready":
            yield f"agent {fact.agent_id} became {now[0]} twice"
        last[fact.agent_id] = now


def _queues_entered_twice(facts: list[TelephonyFact]) -> Iterator[str]:
    inside: dict[Any, int] = defaultdict(int)
    for fact in facts:
        if fact.type in ("call.queued", "call.dequeued"):
            inside[fact.call_id] += 1 if fact.type == "call.queued" else -1
            if inside[fact.call_id] not in (0, 1):
                yield f"call {fact.call_id} is queued {inside[fact.call_id]} times at once"
