"""The ledger of a running stack beside what Asterisk wrote by itself (CEL), and what both sum up to."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select

import callcenter.migrations.schema  # noqa: F401 - every table: foreign keys go by name
from callcenter.calls.models import AgentInterval, Call, CallLeg, TelephonyFact
from callcenter.core.addresses import app_url
from callcenter.core.db import Database
from callcenter.core.ids import call_id_of
from callcenter.core.tenant import Scope
from callcenter.telephony.cel import Row
from callcenter.tenancy.models import Enterprise
from tests.support.stack import Stack
from tests.support.waiting import wait_until

PAGE_PHONE = "PJSIP/page-"
"""Lent to a page, to try a flow or to record a prompt: that is nobody's call."""

LATER = 0.25
"""Seconds: CEL has the moment of which an event tells; AMI the one in which its thread came to tell of
it, never earlier. Mostly that is a millisecond, but who competes with two browsers may wait."""


@dataclass(frozen=True)
class ToldAfter:
    """Equals a moment told by AMI (seconds of the epoch) that may be CEL's `moment`."""

    moment: float

    def __eq__(self, told: object) -> bool:
        rounding = 1e-6
        return isinstance(told, float) and -rounding < told - self.moment < LATER

    def __hash__(self) -> int:
        return hash(self.moment)


@dataclass
class Channel:
    """One channel as CEL tells it; seconds of the epoch. stays: (bridge, from, to)."""

    uniqueid: str
    born_by: str
    name: str
    started: float
    answered: float | None = None
    ended: float | None = None
    cause: int = 0
    stays: list[tuple[str, float, float]] = field(default_factory=list)
    _entered: dict[str, float] = field(default_factory=dict)

    @property
    def is_agent(self) -> bool:
        """Phones are named after their enterprise; trunks are not."""
        return self.name.startswith("PJSIP/e")

    @property
    def joined_seconds(self) -> float:
        return sum(to - since for _, since, to in self.stays)

    def follow(self, row: Row) -> None:
        if row.kind == "ANSWER":
            self.answered = self.answered or row.at
        elif row.kind == "BRIDGE_ENTER":
            self._entered[row.bridge_id] = row.at
        elif row.kind == "BRIDGE_EXIT":
            self.stays.append((row.bridge_id, self._entered.pop(row.bridge_id), row.at))
        elif row.kind == "HANGUP":
            self.ended, self.cause = row.at, int(row.cause)


class Books:
    """Of one enterprise. Closed with `close`."""

    def __init__(self, stack: Stack, code: str) -> None:
        settings = stack.settings
        self.database = Database(app_url(settings, stack.secrets), pool_size=1)
        self._cel: Path = settings.paths.cel
        with self.database.begin(Scope.platform()) as session:
            wanted = select(Enterprise.id).where(Enterprise.code == code)
            self._scope = Scope(session.scalars(wanted).one())

    def close(self) -> None:
        self.database.dispose()

    # -- the ledger -------------------------------------------------------------------------

    def closed_call(self, call_id: UUID) -> Call:
        """The call, once the ledger has its end."""
        return wait_until(lambda: self._ended(call_id), 10, f"the ledger has the end of {call_id}")

    def newest(self, **wanted: object) -> Call:
        """The call that began last among those with these values, once the ledger has one."""
        query = select(Call).filter_by(**wanted).order_by(Call.started_at.desc()).limit(1)

        def read() -> Call | None:
            with self.database.begin(self._scope) as session:
                return session.scalar(query)

        return wait_until(read, 5, f"a call with {wanted}")

    def legs(self, call_id: UUID) -> list[CallLeg]:
        with self.database.begin(self._scope) as session:
            return list(session.scalars(select(CallLeg).where(CallLeg.call_id == call_id)))

    def facts(self, call_id: UUID | None = None) -> list[TelephonyFact]:
        """In the order in which they were written; without a call, the facts of all."""
        query = select(TelephonyFact).order_by(TelephonyFact.position)
        if call_id is not None:
            query = query.where(TelephonyFact.call_id == call_id)
        with self.database.begin(self._scope) as session:
            return list(session.scalars(query))

    def intervals(self) -> list[AgentInterval]:
        with self.database.begin(self._scope) as session:
            return list(session.scalars(select(AgentInterval).order_by(AgentInterval.since)))

    def calls(self) -> list[Call]:
        with self.database.begin(self._scope) as session:
            return list(session.scalars(select(Call)))

    def everybodys_calls(self) -> list[Call]:
        """Of all enterprises: Asterisk's own books know of none."""
        with self.database.begin(Scope.platform()) as session:
            return list(session.scalars(select(Call)))

    def _ended(self, call_id: UUID) -> Call | None:
        with self.database.begin(self._scope) as session:
            query = select(Call).where(Call.id == call_id, Call.state == "ended")
            return session.scalar(query)

    # -- what Asterisk wrote ----------------------------------------------------------------

    def channels(self) -> dict[str, Channel]:
        """All that CEL tells of, by Uniqueid, but for phones that were rung for what is no call."""
        found: dict[str, Channel] = {}
        for line in self._cel.read_bytes().splitlines():
            row = Row.read(line)
            if row.channel.startswith(PAGE_PHONE):
                continue
            if row.kind == "CHAN_START":
                found[row.uniqueid] = Channel(row.uniqueid, row.linkedid, row.channel, row.at)
            elif row.uniqueid in found:
                found[row.uniqueid].follow(row)
        return found

    def channels_of(self, call_id: UUID) -> dict[str, Channel]:
        """The channels born by the call's first one."""
        found = self.channels()
        return {id_: one for id_, one in found.items() if call_id_of(one.born_by) == call_id}

    # -- both -------------------------------------------------------------------------------

    def assert_agree(self, call_id: UUID) -> Call:
        """Legs, times, causes and talk of the closed call stand in CEL as in the ledger, once."""
        call = self.closed_call(call_id)
        channels = self.channels_of(call_id)
        legs = {leg.uniqueid: leg for leg in self.legs(call_id)}
        assert legs.keys() == channels.keys()
        for uniqueid, leg in legs.items():
            channel = channels[uniqueid]
            ours = (leg.started_at, leg.answered_at, leg.ended_at)
            theirs = (channel.started, channel.answered, channel.ended)
            assert [_seconds(at) for at in ours] == [_after(at) for at in theirs], channel.name
            assert leg.joined_seconds == pytest.approx(channel.joined_seconds, abs=LATER)
            assert leg.cause == channel.cause
        told = Counter(f.data["uniqueid"] for f in self.facts(call_id) if f.type == "leg.joined")
        assert told == +Counter({id_: len(one.stays) for id_, one in channels.items()})
        assert _seconds(call.connected_at) == _after(first_talk(channels.values()))
        assert _seconds(call.ended_at) == _after(max(one.ended or 0 for one in channels.values()))
        return call


def first_talk(channels: Iterable[Channel]) -> float | None:
    """When an agent and somebody else were first in one bridge."""
    bridges: dict[str, list[Channel]] = defaultdict(list)
    for channel in channels:
        for bridge, _, _ in channel.stays:
            bridges[bridge].append(channel)
    starts = [
        max(since for one in met for id_, since, _ in one.stays if id_ == bridge)
        for bridge, met in bridges.items()
        if len({one.is_agent for one in met}) > 1
    ]
    return min(starts, default=None)


def _seconds(moment: datetime | None) -> float | None:
    return moment.astimezone(UTC).timestamp() if moment else None


def _after(seconds: float | None) -> ToldAfter | None:
    return None if seconds is None else ToldAfter(seconds)
