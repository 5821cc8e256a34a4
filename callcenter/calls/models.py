"""Tables of the ledger. Only the ledger's writer in the telephony process changes them.

`telephony_fact` is the append-only truth; `call`, `call_leg`, `agent_interval` are its fold, written
in the same transaction, so every figure derived from them agrees.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Identity, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from callcenter.core.db import Base, Identified, TenantRow, Versioned


def _where_given(name: str, column: str) -> Index:
    """Of a column that is empty in most rows."""
    given = text(f"{column} IS NOT NULL")
    return Index(name, "enterprise_id", column, postgresql_where=given)


class TelephonyFact(Identified, TenantRow, Base):
    """One event of docs/events.md §1; id is the fact's UUIDv5, so it stands once."""

    __tablename__ = "telephony_fact"
    __table_args__ = (
        Index("ix_telephony_fact_call", "call_id", "at"),
        Index("ix_telephony_fact_day", "enterprise_id", "type", "at"),
    )

    position: Mapped[int] = mapped_column(BigInteger, Identity(), unique=True)
    type: Mapped[str]
    at: Mapped[datetime]
    call_id: Mapped[UUID | None]
    agent_id: Mapped[UUID | None]
    source: Mapped[str] = mapped_column(default="ami")
    data: Mapped[dict[str, Any]]


class Call(Identified, TenantRow, Base):
    """The whole conversation, from first ring to last hang-up. Numbers as `kind:value`."""

    __tablename__ = "call"
    __table_args__ = (
        Index("ix_call_recent", "enterprise_id", "started_at"),
        Index("ix_call_agent", "enterprise_id", "agent_id", "started_at"),
        Index("ix_call_customer_number", "enterprise_id", "customer_number", "started_at"),
        _where_given("ix_call_customer", "customer_id"),
    )

    direction: Mapped[str]
    state: Mapped[str]
    result: Mapped[str | None]
    ended_by: Mapped[str | None]
    estimated: Mapped[bool] = mapped_column(default=False)
    customer_number: Mapped[str] = mapped_column(default="")
    access_number: Mapped[str] = mapped_column(default="")
    caller_name: Mapped[str] = mapped_column(default="")
    service_id: Mapped[UUID | None]
    agent_id: Mapped[UUID | None]
    customer_id: Mapped[UUID | None]
    attempt_id: Mapped[UUID | None]
    uniqueid: Mapped[str] = mapped_column(default="")
    started_at: Mapped[datetime]
    queued_at: Mapped[datetime | None]
    offered_at: Mapped[datetime | None]
    connected_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    waited_seconds: Mapped[float | None]
    talk_seconds: Mapped[float | None]
    hold_seconds: Mapped[float] = mapped_column(default=0.0)
    offers: Mapped[int] = mapped_column(default=0)
    transfers: Mapped[int] = mapped_column(default=0)


class CallSummary(TenantRow, Versioned, Base):
    """What people add to a call: the agent's disposition and note."""

    __tablename__ = "call_summary"
    __table_args__ = (
        _where_given("ix_call_summary_customer", "customer_id"),
        _where_given("ix_call_summary_work_order", "work_order_id"),
    )

    call_id: Mapped[UUID] = mapped_column(primary_key=True)
    disposition_id: Mapped[UUID | None]
    note: Mapped[str] = mapped_column(default="")
    work_order_object: Mapped[str | None]
    work_order_id: Mapped[UUID | None]
    customer_id: Mapped[UUID | None]
    changed_by: Mapped[UUID | None]
    changed_at: Mapped[datetime]


class CallSurvey(TenantRow, Base):
    """A caller's answer to one question of a service, 1 to 5; who of the agents had talked last.

    text: the question by language, as it was asked.
    """

    __tablename__ = "call_survey"
    __table_args__ = (Index("ix_call_survey_day", "enterprise_id", "answered_at"),)

    call_id: Mapped[UUID] = mapped_column(primary_key=True)
    question: Mapped[int] = mapped_column(primary_key=True)
    service_id: Mapped[UUID | None]
    agent_id: Mapped[UUID | None]
    text: Mapped[dict[str, Any]]
    answer: Mapped[int]
    answered_at: Mapped[datetime]


class CallLeg(TenantRow, Base):
    """One channel's part in a call; the primary key is Asterisk's Uniqueid."""

    __tablename__ = "call_leg"
    __table_args__ = (
        Index("ix_call_leg_call", "call_id"),
        _where_given("ix_call_leg_agent", "agent_id"),
    )

    uniqueid: Mapped[str] = mapped_column(primary_key=True)
    call_id: Mapped[UUID]
    party: Mapped[str]
    channel: Mapped[str]
    agent_id: Mapped[UUID | None]
    number: Mapped[str] = mapped_column(default="")
    state: Mapped[str]
    started_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    cause: Mapped[int | None]
    held_since: Mapped[datetime | None]
    joined_since: Mapped[datetime | None]
    held_seconds: Mapped[float] = mapped_column(default=0.0)
    joined_seconds: Mapped[float] = mapped_column(default=0.0)
    estimated: Mapped[bool] = mapped_column(default=False)


class AgentInterval(Identified, TenantRow, Base):
    """An agent in one state, from – to; the open one has no end."""

    __tablename__ = "agent_interval"
    __table_args__ = (Index("ix_agent_interval_agent", "enterprise_id", "agent_id", "since"),)

    agent_id: Mapped[UUID]
    state: Mapped[str]
    reason_id: Mapped[UUID | None]
    since: Mapped[datetime]
    until: Mapped[datetime | None]
    call_id: Mapped[UUID | None]
    estimated: Mapped[bool] = mapped_column(default=False)


class Recording(Identified, TenantRow, Base):
    """One recording of a call: stereo, agent left, customer right.

    path is relative to the recordings' folder; peaks has 50 values a second and channel, 0-100.
    """

    __tablename__ = "recording"
    __table_args__ = (Index("ix_recording_call", "call_id"),)

    call_id: Mapped[UUID]
    state: Mapped[str]
    path: Mapped[str] = mapped_column(default="")
    sha256: Mapped[str] = mapped_column(default="")
    seconds: Mapped[float | None]
    size: Mapped[int | None] = mapped_column(BigInteger)
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    peaks: Mapped[dict[str, Any] | None]


class RecordingAccess(Identified, TenantRow, Base):
    """Who was given a link to which recording, when and from where."""

    __tablename__ = "recording_access"

    recording_id: Mapped[UUID] = mapped_column(index=True)
    user_id: Mapped[UUID]
    at: Mapped[datetime]
    ip: Mapped[str] = mapped_column(default="")
