"""Campaigns, their calling tasks, contacts and attempts."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from callcenter.core.db import Base, Identified, TenantRow, Versioned


class Campaign(Identified, TenantRow, Versioned, Base):
    """Rules that calling tasks share. window_*: minutes of the day in the enterprise's zone.

    ring_seconds: how long a contact's phone rings before the attempt counts as not answered.
    """

    __tablename__ = "campaign"

    name: Mapped[str]
    display_number: Mapped[str] = mapped_column(default="")
    work_order_object: Mapped[str] = mapped_column(default="")
    window_start: Mapped[int] = mapped_column(default=9 * 60)
    window_end: Mapped[int] = mapped_column(default=21 * 60)
    weekdays: Mapped[list[Any]]
    max_attempts: Mapped[int] = mapped_column(default=3)
    retry_minutes: Mapped[int] = mapped_column(default=60)
    ring_seconds: Mapped[int] = mapped_column(default=30)
    made_at: Mapped[datetime]


class CallingTask(Identified, TenantRow, Versioned, Base):
    """schedule_id: must be open as well as the campaign's window for anybody to be called."""

    __tablename__ = "calling_task"

    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaign.id"))
    name: Mapped[str]
    mode: Mapped[str]
    status: Mapped[str]
    schedule_id: Mapped[UUID | None]
    made_by: Mapped[UUID | None]
    made_at: Mapped[datetime]


class TaskAgent(TenantRow, Base):
    """Who may take contacts from a task."""

    __tablename__ = "calling_task_agent"

    task_id: Mapped[UUID] = mapped_column(
        ForeignKey("calling_task.id", ondelete="CASCADE"), primary_key=True
    )
    user_id: Mapped[UUID] = mapped_column(primary_key=True)


class Contact(Identified, TenantRow, Base):
    """Someone to call. number as `kind:value`; taken_by holds the contact until its outcome."""

    __tablename__ = "contact"
    __table_args__ = (
        UniqueConstraint("task_id", "number"),
        Index("ix_contact_supply", "task_id", "state", "next_at", "sort"),
    )

    task_id: Mapped[UUID] = mapped_column(ForeignKey("calling_task.id", ondelete="CASCADE"))
    number: Mapped[str]
    name: Mapped[str] = mapped_column(default="")
    customer_id: Mapped[UUID | None]
    state: Mapped[str]
    outcome: Mapped[str | None]
    attempts: Mapped[int] = mapped_column(default=0)
    taken_by: Mapped[UUID | None]
    taken_at: Mapped[datetime | None]
    next_at: Mapped[datetime | None]
    sort: Mapped[int] = mapped_column(default=0)


class Attempt(Identified, TenantRow, Base):
    """One try to reach a contact, written before anything is dialled.

    Its id is the ChannelId of the call: the same attempt cannot be dialled twice.
    """

    __tablename__ = "attempt"
    __table_args__ = (Index("ix_attempt_agent", "enterprise_id", "agent_id", "state"),)

    task_id: Mapped[UUID] = mapped_column(ForeignKey("calling_task.id", ondelete="CASCADE"))
    contact_id: Mapped[UUID] = mapped_column(
        ForeignKey("contact.id", ondelete="CASCADE"), index=True
    )
    agent_id: Mapped[UUID]
    state: Mapped[str]
    call_id: Mapped[UUID | None]
    outcome: Mapped[str | None]
    cause: Mapped[int | None]
    sip_code: Mapped[int | None]
    disposition_id: Mapped[UUID | None]
    made_at: Mapped[datetime]
    dialled_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class DoNotCall(Identified, TenantRow, Base):
    """A number that asked not to be called; holds for every task of the enterprise."""

    __tablename__ = "do_not_call"
    __table_args__ = (UniqueConstraint("enterprise_id", "number"),)

    number: Mapped[str]
    reason: Mapped[str] = mapped_column(default="")
    added_at: Mapped[datetime]
