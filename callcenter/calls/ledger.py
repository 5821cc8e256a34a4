"""Facts into the ledger: the append-only table and its fold, in one transaction.

A fact that is there already changes nothing, so a batch may be delivered twice. Facts of one call
arrive in order; a fold never makes an end earlier than it is. One that comes late, because it was set
aside, has its whole call folded anew (`record_late`).
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, inspect, select
from sqlalchemy.orm import InstrumentedAttribute, Session
from sqlalchemy.orm.attributes import instance_state

from callcenter.calls.events import Fact, FactType
from callcenter.calls.models import (
    AgentInterval,
    Call,
    CallLeg,
    CallSurvey,
    Recording,
    TelephonyFact,
)
from callcenter.calls.states import LegState
from callcenter.core.db import model_table
from callcenter.core.ids import fact_id
from callcenter.core.rows import insert_rows, update_rows

_FACT_COLUMNS = tuple(field.name for field in fields(Fact))
_CALL_COLUMNS = (
    "id", "state", "queued_at", "service_id", "offered_at", "offers", "agent_id", "connected_at",
    "waited_seconds", "transfers", "result", "ended_by", "estimated", "ended_at", "talk_seconds",
    "hold_seconds",
)  # fmt: skip
_LEG_COLUMNS = (
    "uniqueid", "state", "answered_at", "ended_at", "cause", "held_since", "joined_since",
    "held_seconds", "joined_seconds", "estimated",
)  # fmt: skip
"""What a fold changes, and the key; all else is the row's from its beginning, or is not ours."""

Rows = dict[Any, Any]


class _Page:
    """The rows that a batch of facts touches, read at once and written at once.

    Thousands of facts a second come at the peak: a statement for each, or the ORM's unit of work
    over them, would be too slow. The rows are detached, and written by one statement a table.
    """

    def __init__(self, session: Session, facts: Sequence[Fact]) -> None:
        self._session = session
        self._new: dict[Any, list[Any]] = defaultdict(list)
        self.calls = self._read(Call.id, {fact.call_id for fact in facts})
        self.legs = self._read(CallLeg.uniqueid, {fact.data.get("uniqueid") for fact in facts})
        stopped = [fact for fact in facts if fact.type is FactType.RECORDING_STOPPED]
        self.recordings = self._read(Recording.id, {_recording_id(fact) for fact in stopped})
        self._read_intervals([fact for fact in facts if fact.type is FactType.AGENT_STATE])
        session.expunge_all()

    def _read(self, key: InstrumentedAttribute[Any], values: set[Any]) -> Rows:
        wanted = values - {None}
        if not wanted:
            return {}
        rows = self._session.scalars(select(key.class_).where(key.in_(wanted)))
        return {getattr(row, key.key): row for row in rows}

    def _read_intervals(self, facts: Sequence[Fact]) -> None:
        """The open ones of each agent; more than one only where something went wrong before."""
        self.open: dict[UUID | None, list[AgentInterval]] = defaultdict(list)
        self.closed: list[AgentInterval] = []
        if not facts:
            return
        query = select(AgentInterval).where(
            AgentInterval.enterprise_id.in_({fact.enterprise_id for fact in facts}),
            AgentInterval.agent_id.in_({fact.agent_id for fact in facts}),
            AgentInterval.until.is_(None),
        )
        for interval in self._session.scalars(query):
            self.open[interval.agent_id].append(interval)

    def call(self, fact: Fact) -> Call | None:
        return self.calls.get(fact.call_id)

    def leg(self, fact: Fact) -> CallLeg | None:
        return self.legs.get(fact.data["uniqueid"])

    def begin(self, rows: Rows, key: Any, row: Call | CallLeg, columns: Sequence[str]) -> None:
        """A row that is there is what it was at first: its call is folded anew."""
        there = rows.get(key)
        if there is None:
            rows[key] = row
            self.add(row)
            return
        for name in columns[1:]:
            setattr(there, name, getattr(row, name))

    def add(self, row: Call | CallLeg | CallSurvey | Recording | AgentInterval) -> None:
        self._new[type(row)].append(row)

    def write(self) -> None:
        new = {id(row) for rows in self._new.values() for row in rows}
        for model, added in self._new.items():
            insert_rows(self._session, model_table(model), [_values(row) for row in added])
        for model, rows, columns in (
            (Call, [*self.calls.values()], _CALL_COLUMNS),
            (CallLeg, [*self.legs.values()], _LEG_COLUMNS),
            (Recording, [*self.recordings.values()], ("id", "state", "finished_at")),
            (AgentInterval, self.closed, ("id", "until")),
        ):
            changed = [row for row in rows if id(row) not in new and instance_state(row).modified]
            if changed:
                values = [{name: getattr(row, name) for name in columns} for row in changed]
                update_rows(self._session, model_table(model), columns[1:], values)


Fold = Callable[[_Page, Fact], None]


def record(session: Session, facts: Sequence[Fact]) -> list[Fact]:
    """Store `facts` and fold the new ones; returns those. The session's scope is the platform."""
    new = _store(session, facts)
    _fold(session, new)
    return new


def record_late(session: Session, facts: Sequence[Fact]) -> list[Fact]:
    """As `record`, of facts that should have come before others: their calls are folded anew.

    What people and workers added since (a customer, a summary, a recording's file) stays.
    """
    new = _store(session, facts)
    states = [fact for fact in new if fact.type is FactType.AGENT_STATE]
    calls = {fact.call_id for fact in new if fact not in states} - {None}
    if calls:
        whole = _facts(session, TelephonyFact.call_id.in_(calls))
        _fold(session, [fact for fact in whole if fact.type is not FactType.AGENT_STATE])
    for fact in states:
        _put_between(session, fact)
    return new


def _store(session: Session, facts: Sequence[Fact]) -> list[Fact]:
    """Those that were not there."""
    unseen = _insert(session, facts)
    new: list[Fact] = []
    for fact in facts:
        if fact.id in unseen:
            unseen.discard(fact.id)
            new.append(fact)
    return new


def _fold(session: Session, facts: Sequence[Fact]) -> None:
    page = _Page(session, facts)
    for fact in facts:
        if fold := _FOLDS.get(fact.type):
            fold(page, fact)
    page.write()


def _insert(session: Session, facts: Sequence[Fact]) -> set[UUID]:
    once = {fact.id: fact for fact in facts}.values()
    rows = [{name: getattr(fact, name) for name in _FACT_COLUMNS} for fact in once]
    return insert_rows(session, model_table(TelephonyFact), rows)


def _call_started(page: _Page, fact: Fact) -> None:
    data = fact.data
    call = Call(
        id=fact.call_id,
        enterprise_id=fact.enterprise_id,
        direction=data["direction"],
        state="new",
        customer_number=data["customer"],
        access_number=data["access_number"],
        caller_name=data["caller_name"],
        agent_id=fact.agent_id,
        service_id=_uuid(data.get("service_id")),
        customer_id=_uuid(data["customer_id"]),
        attempt_id=_uuid(data["attempt_id"]),
        uniqueid=data["uniqueid"],
        started_at=fact.at,
        hold_seconds=0.0,
        offers=0,
        transfers=0,
        estimated=False,
    )
    page.begin(page.calls, call.id, call, _CALL_COLUMNS)


def _call_queued(page: _Page, fact: Fact) -> None:
    if call := page.call(fact):
        call.state = "queued"
        call.queued_at = call.queued_at or fact.at
        call.service_id = UUID(fact.data["service_id"])


def _call_offered(page: _Page, fact: Fact) -> None:
    if call := page.call(fact):
        call.state = "offered"
        call.offered_at = fact.at
        call.offers += 1


def _call_connected(page: _Page, fact: Fact) -> None:
    if call := page.call(fact):
        call.state = "connected"
        call.agent_id = fact.agent_id
        if call.connected_at is None:
            call.connected_at = fact.at
            call.waited_seconds = fact.data["waited_seconds"]


def _call_transferred(page: _Page, fact: Fact) -> None:
    call = page.call(fact)
    # To the survey nobody is asked to go on with the call.
    if call and fact.data["to_kind"] != "survey":
        call.transfers += 1


def _call_surveyed(page: _Page, fact: Fact) -> None:
    data = fact.data
    answer = CallSurvey(
        call_id=fact.call_id,
        enterprise_id=fact.enterprise_id,
        question=data["question"],
        service_id=_uuid(data["service_id"]),
        agent_id=fact.agent_id,
        text=data["text"],
        answer=data["answer"],
        answered_at=fact.at,
    )
    page.add(answer)


def _call_ended(page: _Page, fact: Fact) -> None:
    if call := page.call(fact):
        call.state = "ended"
        call.result = fact.data["result"]
        call.ended_by = fact.data["ended_by"]
        call.estimated = fact.data["estimated"]
        call.ended_at = fact.at
        if call.connected_at is not None:
            # The survey is no talk.
            surveyed_at = fact.data.get("talk_ended_at")
            until = datetime.fromisoformat(surveyed_at) if surveyed_at else fact.at
            call.talk_seconds = _seconds(call.connected_at, until)


def _leg_started(page: _Page, fact: Fact) -> None:
    data = fact.data
    leg = CallLeg(
        uniqueid=data["uniqueid"],
        enterprise_id=fact.enterprise_id,
        call_id=fact.call_id,
        party=data["party"],
        channel=data["channel"],
        agent_id=fact.agent_id,
        number=data["number"],
        state="started",
        started_at=fact.at,
        held_seconds=0.0,
        joined_seconds=0.0,
        estimated=False,
    )
    page.begin(page.legs, leg.uniqueid, leg, _LEG_COLUMNS)


def _leg_answered(page: _Page, fact: Fact) -> None:
    if leg := page.leg(fact):
        leg.answered_at = fact.at
        leg.state = _standing(leg).value


def _leg_joined(page: _Page, fact: Fact) -> None:
    if leg := page.leg(fact):
        # Asterisk may tell of the new bridge before the old one is left.
        _close_join(leg, fact)
        leg.joined_since = fact.at
        leg.state = _standing(leg).value


def _leg_left(page: _Page, fact: Fact) -> None:
    if leg := page.leg(fact):
        _close_join(leg, fact)
        leg.state = _standing(leg).value


def _standing(leg: CallLeg) -> LegState:
    """Where a living leg is, by what has begun and not ended: as in docs/state-tables.md."""
    if leg.answered_at is None:
        return LegState.STARTED
    if leg.held_since is not None:
        return LegState.HELD
    return LegState.JOINED if leg.joined_since is not None else LegState.UP


def _close_join(leg: CallLeg, fact: Fact) -> None:
    if leg.joined_since is not None:
        leg.joined_seconds += _seconds(leg.joined_since, fact.at)
        leg.joined_since = None


def _leg_held(page: _Page, fact: Fact) -> None:
    if leg := page.leg(fact):
        leg.held_since = fact.at
        leg.state = _standing(leg).value


def _leg_resumed(page: _Page, fact: Fact) -> None:
    if leg := page.leg(fact):
        _close_hold(page, leg, fact)
        leg.state = _standing(leg).value


def _close_hold(page: _Page, leg: CallLeg, fact: Fact) -> None:
    if leg.held_since is None:
        return
    seconds = _seconds(leg.held_since, fact.at)
    leg.held_seconds += seconds
    leg.held_since = None
    if call := page.call(fact):
        call.hold_seconds += seconds


def _leg_ended(page: _Page, fact: Fact) -> None:
    if leg := page.leg(fact):
        _close_join(leg, fact)
        _close_hold(page, leg, fact)
        leg.state = "ended"
        leg.ended_at = fact.at
        leg.cause = fact.data["cause"]
        leg.estimated = fact.data["estimated"]


def _agent_state(page: _Page, fact: Fact) -> None:
    if fact.agent_id is None:
        return
    for interval in page.open[fact.agent_id]:
        interval.until = max(fact.at, interval.since)
        page.closed.append(interval)
    interval = _interval(fact)
    page.open[fact.agent_id] = [interval]
    page.add(interval)


def _interval(fact: Fact) -> AgentInterval:
    return AgentInterval(
        id=fact.id,
        enterprise_id=fact.enterprise_id,
        agent_id=fact.agent_id,
        state=fact.data["state"],
        reason_id=_uuid(fact.data["reason_id"]),
        since=fact.at,
        call_id=fact.call_id,
        estimated=fact.data["estimated"],
    )


def _recording_started(page: _Page, fact: Fact) -> None:
    if _recording_id(fact) in page.recordings:
        return  # of a call that is folded anew
    recording = Recording(
        id=_recording_id(fact),
        enterprise_id=fact.enterprise_id,
        call_id=fact.call_id,
        state="recording",
        path=fact.data["name"],
        started_at=fact.at,
    )
    page.recordings[recording.id] = recording
    page.add(recording)


def _recording_stopped(page: _Page, fact: Fact) -> None:
    recording = page.recordings.get(_recording_id(fact))
    if recording is not None and recording.state == "recording":
        recording.state = "stopped"
        recording.finished_at = fact.at


_FOLDS: dict[FactType, Fold] = {
    FactType.CALL_STARTED: _call_started,
    FactType.CALL_QUEUED: _call_queued,
    FactType.CALL_OFFERED: _call_offered,
    FactType.CALL_CONNECTED: _call_connected,
    FactType.CALL_TRANSFERRED: _call_transferred,
    FactType.CALL_SURVEYED: _call_surveyed,
    FactType.CALL_ENDED: _call_ended,
    FactType.LEG_STARTED: _leg_started,
    FactType.LEG_ANSWERED: _leg_answered,
    FactType.LEG_JOINED: _leg_joined,
    FactType.LEG_LEFT: _leg_left,
    FactType.LEG_HELD: _leg_held,
    FactType.LEG_RESUMED: _leg_resumed,
    FactType.LEG_ENDED: _leg_ended,
    FactType.AGENT_STATE: _agent_state,
    FactType.RECORDING_STARTED: _recording_started,
    FactType.RECORDING_STOPPED: _recording_stopped,
}


def _values(row: Any) -> dict[str, Any]:
    """A new row's columns; what was not given is left to the column's default."""
    columns = inspect(type(row)).column_attrs
    return {c.key: value for c in columns if (value := row.__dict__.get(c.key)) is not None}


def _recording_id(fact: Fact) -> UUID:
    return fact_id("recording", fact.data["name"])


def _seconds(start: datetime, end: datetime) -> float:
    return max(0.0, round((end - start).total_seconds(), 6))


def _uuid(value: str | None) -> UUID | None:
    return UUID(value) if value else None


def _put_between(session: Session, fact: Fact) -> None:
    """The interval of a state that was missing: it ends where the next one begins."""
    of_agent = select(AgentInterval).where(
        AgentInterval.enterprise_id == fact.enterprise_id, AgentInterval.agent_id == fact.agent_id
    )
    since = AgentInterval.since
    before = session.scalar(of_agent.where(since <= fact.at).order_by(since.desc()).limit(1))
    after = session.scalar(of_agent.where(since > fact.at).order_by(since).limit(1))
    if before is not None and (before.until is None or before.until > fact.at):
        before.until = fact.at
    interval = _interval(fact)
    interval.until = after.since if after is not None else None
    session.add(interval)


def facts_since(session: Session, since: datetime) -> list[Fact]:
    """The ledger's facts from `since` on, in the order they were stored."""
    query = select(TelephonyFact).where(TelephonyFact.at >= since).order_by(TelephonyFact.position)
    return [_fact(row) for row in session.scalars(query)]


def facts_naming(
    session: Session, kinds: Collection[FactType], name: str, values: Collection[str]
) -> list[Fact]:
    """Those of `kinds` whose `name` is one of `values`, in the order in which they happened."""
    named = TelephonyFact.data[name].astext.in_([*values])
    return _facts(session, TelephonyFact.type.in_([*kinds]) & named)


def _facts(session: Session, condition: ColumnElement[bool]) -> list[Fact]:
    """In the order in which they happened; of one moment, a beginning comes first."""
    rows = session.scalars(select(TelephonyFact).where(condition).order_by(TelephonyFact.position))
    begin = (FactType.CALL_STARTED, FactType.LEG_STARTED, FactType.RECORDING_STARTED)
    return sorted(map(_fact, rows), key=lambda fact: (fact.at, fact.type not in begin))


def _fact(row: TelephonyFact) -> Fact:
    return Fact(
        row.id, FactType(row.type), row.at, row.enterprise_id, row.call_id, row.agent_id, row.data,
        row.source,
    )  # fmt: skip
