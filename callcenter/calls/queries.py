"""Reading the ledger.

Indexes used: ix_call_recent (lists), ix_call_agent (own and team), ix_call_customer_number
(history, search by number), ix_call_customer and ix_call_summary_customer (history of a customer),
ix_call_summary_work_order (the calls of an order),
ix_call_leg_call, ix_telephony_fact_call, ix_recording_call.
"""

from collections.abc import Callable, Collection, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select

from callcenter.calls.models import Call, CallLeg, CallSummary, CallSurvey, Recording, TelephonyFact
from callcenter.core.http import PageRequest

SORTS: Mapping[str, Any] = {
    "started_at": Call.started_at,
    "talk_seconds": Call.talk_seconds,
    "waited_seconds": Call.waited_seconds,
}


def listed() -> Select[Call]:
    return select(Call)


def one(call_id: UUID) -> Select[Call]:
    return select(Call).where(Call.id == call_id)


def of_agents(query: Select[Any], agent_ids: Collection[UUID]) -> Select[Any]:
    """Calls in which one of the agents took part, also as the one who gave it away."""
    took_part = exists().where(CallLeg.call_id == Call.id, CallLeg.agent_id.in_(agent_ids))
    return query.where(or_(Call.agent_id.in_(agent_ids), took_part))


def offered_to(call_id: UUID, agent_id: UUID) -> Select[Any]:
    """Whether the call was ever this agent's: the fact is there before any leg."""
    return select(TelephonyFact.id).where(
        TelephonyFact.call_id == call_id, TelephonyFact.agent_id == agent_id
    )


def filtered(query: Select[Any], filters: Mapping[str, Any]) -> Select[Any]:
    """filters: direction, result, agent_id, service_id, from, to, number (normalised),

    satisfaction_at_most, work_order_id: one that was saved during the call.

    ids, customers: selects of one column, of calls and of those whom they may be with.
    """
    conditions: Mapping[str, Callable[[Any], ColumnElement[bool]]] = {
        "direction": lambda value: Call.direction == value,
        "result": lambda value: Call.result == value,
        "agent_id": lambda value: Call.agent_id == value,
        "service_id": lambda value: Call.service_id == value,
        "from": lambda value: Call.started_at >= value,
        "to": lambda value: Call.started_at < value,
        "number": lambda value: Call.customer_number == value,
        "satisfaction_at_most": _satisfied_at_most,
        "work_order_id": _with_work_order,
        "ids": Call.id.in_,
        "customers": _with_customers,
    }
    return query.where(*(conditions[name](value) for name, value in filters.items()))


def _satisfied_at_most(mean: int) -> ColumnElement[bool]:
    """Surveyed calls whose answers are not better in the mean."""
    answered = select(CallSurvey.call_id).group_by(CallSurvey.call_id)
    return Call.id.in_(answered.having(func.avg(CallSurvey.answer) <= mean))


def _with_work_order(record_id: UUID) -> ColumnElement[bool]:
    return Call.id.in_(select(CallSummary.call_id).where(CallSummary.work_order_id == record_id))


def surveys(call_ids: Collection[UUID]) -> Select[CallSurvey]:
    """The answers of some calls, question by question."""
    query = select(CallSurvey).where(CallSurvey.call_id.in_(call_ids))
    return query.order_by(CallSurvey.question)


def _with_customers(customers: Select[Any]) -> ColumnElement[bool]:
    """Whom the agent linked a call with, else who was dialled."""
    linked = select(CallSummary.call_id).where(CallSummary.customer_id.in_(customers))
    other = exists().where(CallSummary.call_id == Call.id, CallSummary.customer_id.is_not(None))
    return or_(Call.id.in_(linked), and_(Call.customer_id.in_(customers), ~other))


def ordered(query: Select[Any], request: PageRequest) -> Select[Any]:
    column, descending = request.order(SORTS, "-started_at")
    order = column.desc().nulls_last() if descending else column.asc().nulls_last()
    query = query.order_by(order, Call.id.desc())
    return query.offset((request.page - 1) * request.page_size).limit(request.page_size)


def legs(call_id: UUID) -> Select[CallLeg]:
    return select(CallLeg).where(CallLeg.call_id == call_id).order_by(CallLeg.started_at)


def facts(call_id: UUID) -> Select[TelephonyFact]:
    query = select(TelephonyFact).where(TelephonyFact.call_id == call_id)
    return query.order_by(TelephonyFact.at, TelephonyFact.position)


def recordings(call_ids: Collection[UUID]) -> Select[Recording]:
    return select(Recording).where(Recording.call_id.in_(call_ids)).order_by(Recording.started_at)


def summaries(call_ids: Collection[UUID]) -> Select[CallSummary]:
    return select(CallSummary).where(CallSummary.call_id.in_(call_ids))


def with_number(number: str, limit: int) -> Select[Call]:
    """The number's last calls."""
    query = select(Call).where(Call.customer_number == number, Call.state == "ended")
    return query.order_by(Call.started_at.desc()).limit(limit)


def of_customer(customer_id: UUID, limit: int) -> Select[Call]:
    linked = select(CallSummary.call_id).where(CallSummary.customer_id == customer_id)
    query = select(Call).where(or_(Call.customer_id == customer_id, Call.id.in_(linked)))
    return query.order_by(Call.started_at.desc()).limit(limit)


def recorded(query: Select[Any]) -> Select[Any]:
    """Only connected calls whose recording can be played."""
    playable = exists().where(Recording.call_id == Call.id, Recording.state == "ready")
    return query.where(Call.agent_id.is_not(None), Call.connected_at.is_not(None), playable)
