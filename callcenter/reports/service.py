"""The day in figures, per agent and per service, from the ledger's facts and states.

The one place they are counted: the agent's own day, the wall and the reports all ask here. What a
figure means stands in docs/guides/quality.md, "What the figures mean".
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from callcenter.acd.level import ServiceDay
from callcenter.calls.service import Moment, Span, agent_spans, moments
from callcenter.core.clock import Clock
from callcenter.core.directory import Directory, ServiceCard

_QUEUE = ("call.queued", "call.dequeued")
_AGENT = ("call.offered", "call.connected", "call.missed", "call.started")
_TALK = ("talking", "hold", "consulting")
_BUSY = (*_TALK, "reserved", "ringing", "wrap_up")
_SLICE = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Stretch:
    """[start, end) of a day in the enterprise's zone; end is never later than now."""

    start: datetime
    end: datetime


@dataclass(slots=True)
class AgentFigures:
    """Counts, and seconds in each state within the stretch."""

    offered: int = 0
    answered: int = 0
    missed: int = 0
    dialled: int = 0
    connected_out: int = 0
    seconds: dict[str, float] = field(default_factory=lambda: defaultdict(float))

    @property
    def signed_in(self) -> float:
        return sum(seconds for state, seconds in self.seconds.items() if state != "offline")

    @property
    def talk(self) -> float:
        return sum(self.seconds[state] for state in _TALK)

    @property
    def contacts(self) -> int:
        return self.answered + self.connected_out

    def dump(self) -> dict[str, Any]:
        busy = sum(self.seconds[state] for state in _BUSY)
        return {
            "offered": self.offered,
            "answered": self.answered,
            "missed": self.missed,
            "dialled": self.dialled,
            "connected_out": self.connected_out,
            "talk_seconds": round(self.talk, 1),
            "talk_average": _average(self.talk, self.contacts),
            "wrap_up_average": _average(self.seconds["wrap_up"], self.contacts),
            "utilisation": round(100 * busy / self.signed_in, 1) if self.signed_in else None,
            "signed_in_seconds": round(self.signed_in, 1),
            "totals": {state: round(seconds, 1) for state, seconds in self.seconds.items()},
        }


class Figures:
    def __init__(self, directory: Directory, clock: Clock) -> None:
        self._directory = directory
        self._clock = clock

    def stretch(self, session: Session, day: date | None) -> Stretch:
        """The day in the enterprise's zone; today when day is None."""
        zone, now = self._directory.enterprise(session).zone, self._clock.now()
        return stretch_of(day or now.astimezone(zone).date(), zone, now)

    def own_day(self, session: Session, agent_id: UUID) -> dict[str, Any]:
        """Today of one agent, with the ribbon of states."""
        stretch = self.stretch(session, None)
        spans = agent_spans(session, stretch.start, stretch.end, [agent_id])
        counted = count_agents(moments(session, stretch.start, stretch.end, _AGENT), spans, stretch)
        reasons = {reason.id: reason.code for reason in self._directory.reasons(session)}
        return {
            **counted[agent_id].dump(),
            "ribbon": [
                {
                    "state": span.state,
                    "reason": reasons.get(span.reason_id) if span.reason_id else None,
                    "from_": max(span.since, stretch.start),
                    "to": span.until,
                }
                for span in spans
            ],
        }

    def agents(
        self, session: Session, day: date | None, agent_ids: Collection[UUID] | None = None
    ) -> list[dict[str, Any]]:
        """A row an agent who did anything that day, by employee code."""
        stretch = self.stretch(session, day)
        spans = agent_spans(session, stretch.start, stretch.end, agent_ids)
        counted = count_agents(moments(session, stretch.start, stretch.end, _AGENT), spans, stretch)
        people = self._directory.people(session)
        rows = [
            {
                "agent": {"id": person.id, "name": person.name},
                "employee_code": person.employee_code,
                **counted[person.id].dump(),
            }
            for person in people.values()
            if person.id in counted and (agent_ids is None or person.id in agent_ids)
        ]
        return sorted(rows, key=lambda row: str(row["employee_code"]))

    def services(self, session: Session, day: date | None) -> list[dict[str, Any]]:
        stretch = self.stretch(session, day)
        cards = self._directory.services(session)
        counted = count_services(moments(session, stretch.start, stretch.end, _QUEUE), cards)
        return [
            {
                "service": {"id": card.id, "name": card.name},
                "level_target": card.level_percent,
                "level_seconds": card.level_seconds,
                **_service(counted[card.id]),
            }
            for card in sorted(cards.values(), key=lambda card: card.name)
        ]

    def trend(self, session: Session) -> list[dict[str, Any]]:
        """Today in half hours, all services together."""
        stretch = self.stretch(session, None)
        cards = self._directory.services(session)
        found = moments(session, stretch.start, stretch.end, _QUEUE)
        slices = count_slices(found, cards, stretch)
        return [
            {
                "from_": start,
                "answered": each.answered,
                "abandoned": each.abandoned,
                "level": each.level_percent,
            }
            for start, each in slices
        ]


def stretch_of(day: date, zone: ZoneInfo, now: datetime) -> Stretch:
    start = datetime.combine(day, time(), zone)
    end = datetime.combine(day + timedelta(days=1), time(), zone)
    return Stretch(start, max(start, min(end, now)))


def count_agents(
    found: Sequence[Moment], spans: Sequence[Span], stretch: Stretch
) -> Mapping[UUID, AgentFigures]:
    counted: dict[UUID, AgentFigures] = defaultdict(AgentFigures)
    for moment in found:
        if moment.agent_id is not None:
            _count(counted[moment.agent_id], moment)
    for span in spans:
        until = min(span.until or stretch.end, stretch.end)
        seconds = (until - max(span.since, stretch.start)).total_seconds()
        counted[span.agent_id].seconds[span.state] += max(0.0, seconds)
    return counted


def _count(figures: AgentFigures, moment: Moment) -> None:
    outbound = moment.direction == "outbound"
    if moment.type == "call.offered":
        figures.offered += 1
    elif moment.type == "call.missed":
        figures.missed += 1
    elif moment.type == "call.connected" and outbound:
        figures.connected_out += 1
    elif moment.type == "call.connected":
        figures.answered += 1
    elif moment.type == "call.started" and outbound:
        figures.dialled += 1


def count_services(
    found: Sequence[Moment], cards: Mapping[UUID, ServiceCard]
) -> Mapping[UUID, ServiceDay]:
    counted: dict[UUID, ServiceDay] = defaultdict(ServiceDay)
    for moment, waited in _waits(found):
        if waited is None:
            counted[moment.service_id].offered += 1  # type: ignore[index]  # _waits has no other
        else:
            _leave(counted[moment.service_id], moment, waited, cards)  # type: ignore[index]
    return counted


def count_slices(
    found: Sequence[Moment], cards: Mapping[UUID, ServiceCard], stretch: Stretch
) -> list[tuple[datetime, ServiceDay]]:
    """Half hours from the first call on, by when the waiting ended."""
    counted: dict[datetime, ServiceDay] = {}
    for moment, waited in _waits(found):
        if waited is not None:
            start = stretch.start + (moment.at - stretch.start) // _SLICE * _SLICE
            _leave(counted.setdefault(start, ServiceDay()), moment, waited, cards)
    return sorted(counted.items())


def _waits(found: Sequence[Moment]) -> list[tuple[Moment, float | None]]:
    """Each entering of a queue (None), and each leaving with the seconds waited.

    A call that is queued again after a miss goes on waiting: it entered once.
    """
    entered: dict[UUID, Moment] = {}
    waits: list[tuple[Moment, float | None]] = []
    for moment in found:
        if moment.type == "call.queued" and moment.service_id is not None:
            if moment.call_id not in entered:
                entered[moment.call_id] = moment
                waits.append((moment, None))
        elif moment.type == "call.dequeued" and (start := entered.pop(moment.call_id, None)):
            left = Moment(
                moment.type,
                moment.at,
                moment.call_id,
                moment.agent_id,
                start.service_id,
                moment.reason,
                moment.direction,
            )
            waits.append((left, (moment.at - start.at).total_seconds()))
    return waits


def _leave(
    day: ServiceDay, moment: Moment, waited: float, cards: Mapping[UUID, ServiceCard]
) -> None:
    card = cards.get(moment.service_id) if moment.service_id else None
    level, short = (card.level_seconds, card.short_call_seconds) if card else (20, 5)
    day.leave(moment.reason, waited, level, short)


def _service(day: ServiceDay) -> dict[str, Any]:
    return {
        "offered": day.offered,
        "answered": day.answered,
        "within": day.within,
        "abandoned": day.abandoned,
        "short_abandoned": day.short,
        "diverted": day.diverted,
        "level_percent": day.level_percent,
    }


def _average(seconds: float, count: int) -> float | None:
    return round(seconds / count, 1) if count else None
