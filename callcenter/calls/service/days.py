"""What figures are made of: the facts and states of a stretch of time, as plain values."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from callcenter.calls.models import AgentInterval, Call, CallSurvey, TelephonyFact


@dataclass(frozen=True, slots=True)
class Moment:
    """A fact that counts: a call queued, dequeued, connected, missed or started by an agent."""

    type: str
    at: datetime
    call_id: UUID
    agent_id: UUID | None
    service_id: UUID | None
    reason: str
    direction: str


@dataclass(frozen=True, slots=True)
class Span:
    """An agent in one state; until None: still."""

    agent_id: UUID
    state: str
    reason_id: UUID | None
    since: datetime
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Answers:
    """How callers of a service who were with an agent answered. answer: 1 to 5."""

    service_id: UUID | None
    agent_id: UUID | None
    answer: int
    count: int
    calls: int


def survey_answers(session: Session, start: datetime, end: datetime) -> Sequence[Answers]:
    """Answers given in [start, end), counted. calls: those of which the answer is the first one that

    the service and agent got, so each call counts once. Index: ix_call_survey_day.
    """
    own = (CallSurvey.call_id, CallSurvey.service_id, CallSurvey.agent_id)
    given = (
        select(
            CallSurvey.service_id,
            CallSurvey.agent_id,
            CallSurvey.answer,
            # Surveys in flows count their questions from 101 on, and any question may be left open.
            (func.row_number().over(partition_by=own, order_by=CallSurvey.question) == 1).label(
                "first"
            ),
        )
        .where(CallSurvey.answered_at >= start, CallSurvey.answered_at < end)
        .subquery()
    )
    group = (given.c.service_id, given.c.agent_id, given.c.answer)
    query = select(*group, func.count(), func.count().filter(given.c.first)).group_by(*group)
    return [Answers(*row) for row in session.execute(query)]


def moments(
    session: Session, start: datetime, end: datetime, types: Collection[str]
) -> Sequence[Moment]:
    """Facts in [start, end), in order. Index: ix_telephony_fact_day."""
    query = (
        select(TelephonyFact, Call.direction)
        .join(Call, Call.id == TelephonyFact.call_id)
        .where(TelephonyFact.type.in_(types), TelephonyFact.at >= start, TelephonyFact.at < end)
        .order_by(TelephonyFact.at, TelephonyFact.position)
    )
    return [_moment(fact, direction) for fact, direction in session.execute(query)]


def agent_spans(
    session: Session, start: datetime, end: datetime, agent_ids: Collection[UUID] | None = None
) -> Sequence[Span]:
    """States that reach into [start, end), in order. Index: ix_agent_interval_agent."""
    query = (
        select(AgentInterval)
        .where(
            AgentInterval.since < end,
            or_(AgentInterval.until.is_(None), AgentInterval.until > start),
        )
        .order_by(AgentInterval.since)
    )
    if agent_ids is not None:
        query = query.where(AgentInterval.agent_id.in_(agent_ids))
    return [
        Span(row.agent_id, row.state, row.reason_id, row.since, row.until)
        for row in session.scalars(query)
    ]


def _moment(fact: TelephonyFact, direction: str) -> Moment:
    service = fact.data.get("service_id")
    return Moment(
        type=fact.type,
        at=fact.at,
        call_id=fact.call_id,  # type: ignore[arg-type]  # the join leaves no other
        agent_id=fact.agent_id,
        service_id=UUID(service) if service else None,
        reason=str(fact.data.get("reason") or ""),
        direction=direction,
    )
