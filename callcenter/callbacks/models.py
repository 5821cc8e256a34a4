"""Callbacks as telephony tells of them, and how services call back."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from callcenter.core.db import Base, Identified, TenantRow, Versioned


class Callback(Identified, TenantRow, Base):
    """Folded from telephony's facts; nobody else changes it. number: `kind:value`.

    state: open, ended; last_outcome: of the last attempt, as a call's result. asked_by: who of the
    staff, or which key.
    """

    __tablename__ = "callback"
    __table_args__ = (
        Index("ix_callback_recent", "enterprise_id", "asked_at"),
        Index(
            "ix_callback_open",
            "enterprise_id",
            "service_id",
            text("priority DESC"),
            "asked_at",
            postgresql_where=text("state = 'open'"),
        ),
    )

    service_id: Mapped[UUID]
    number: Mapped[str]
    source: Mapped[str]
    note: Mapped[str] = mapped_column(default="")
    priority: Mapped[int]
    asked_at: Mapped[datetime]
    asked_by: Mapped[UUID | None]
    call_id: Mapped[UUID | None]
    not_before: Mapped[datetime | None]
    not_after: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    last_attempt_at: Mapped[datetime | None]
    last_outcome: Mapped[str] = mapped_column(default="")
    agent_id: Mapped[UUID | None]
    state: Mapped[str]
    reason: Mapped[str] = mapped_column(default="")
    ended_at: Mapped[datetime | None]


class CallbackRequest(TenantRow, Base):
    """That a program has asked for a callback, and so may ask how it stands.

    known: telephony had it already when this program asked first.
    """

    __tablename__ = "callback_request"

    key_id: Mapped[UUID] = mapped_column(primary_key=True)
    callback_id: Mapped[UUID] = mapped_column(primary_key=True)
    asked_at: Mapped[datetime]
    known: Mapped[bool]


class CallbackRules(TenantRow, Versioned, Base):
    """How a service calls back, where that differs from the defaults. begins, ends: `HH:MM`."""

    __tablename__ = "callback_rules"

    service_id: Mapped[UUID] = mapped_column(primary_key=True)
    attempts: Mapped[int]
    pause_seconds: Mapped[int]
    lasts_seconds: Mapped[int]
    begins: Mapped[str]
    ends: Mapped[str]
    schedule_id: Mapped[UUID | None]
