"""What an agent keeps at the desk: appointments and unfinished forms."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from callcenter.core.db import Base, Identified, TenantRow, Versioned


class Appointment(Identified, TenantRow, Versioned, Base):
    """A call promised to somebody. number as `kind:value`."""

    __tablename__ = "appointment"
    __table_args__ = (Index("ix_appointment_due", "enterprise_id", "user_id", "status", "due_at"),)

    user_id: Mapped[UUID]
    due_at: Mapped[datetime]
    number: Mapped[str]
    customer_id: Mapped[UUID | None] = mapped_column(index=True)
    customer_name: Mapped[str] = mapped_column(default="")
    subject: Mapped[str]
    status: Mapped[str]
    call_id: Mapped[UUID | None]
    made_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]


class Draft(TenantRow, Base):
    """A form that was begun; the last one saved under the user's key stands."""

    __tablename__ = "draft"

    user_id: Mapped[UUID] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    payload: Mapped[dict[str, Any]]
    saved_at: Mapped[datetime]
