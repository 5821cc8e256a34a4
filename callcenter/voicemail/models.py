"""Messages, and the greetings of those for whom they are left."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from callcenter.core.db import Base, Identified, TenantRow, Versioned


class Voicemail(Identified, TenantRow, Versioned, Base):
    """One message. number: `kind:value`; name: its raw file's, and so what its id is made of.

    path is relative to the recordings' folder; peaks has 50 values a second, 0-100. Of a deleted
    message the row stays, empty: the fact that made it may be told again.
    """

    __tablename__ = "voicemail"
    __table_args__ = (
        Index("ix_voicemail_target", "enterprise_id", "target_id", "left_at"),
        Index("ix_voicemail_recent", "enterprise_id", "left_at"),
        Index(
            "ix_voicemail_waiting",
            "enterprise_id",
            "left_at",
            postgresql_where=text("sound = 'recorded'"),
        ),
    )

    name: Mapped[str]
    target_kind: Mapped[str]
    target_id: Mapped[UUID]
    call_id: Mapped[UUID]
    number: Mapped[str] = mapped_column(default="")
    caller_name: Mapped[str] = mapped_column(default="")
    left_at: Mapped[datetime]
    seconds: Mapped[float]
    sound: Mapped[str]
    path: Mapped[str] = mapped_column(default="")
    sha256: Mapped[str] = mapped_column(default="")
    size: Mapped[int | None] = mapped_column(BigInteger)
    peaks: Mapped[list[Any] | None] = mapped_column(JSONB(none_as_null=True))
    state: Mapped[str]
    agent_id: Mapped[UUID | None]
    taken_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    transcript: Mapped[str] = mapped_column(default="")
    customer_id: Mapped[UUID | None]
    deleted_at: Mapped[datetime | None]


class VoicemailBox(TenantRow, Versioned, Base):
    """How messages are taken for a service or a seat, where that differs from the defaults.

    greeting: a text by language, or none: the product's own.
    """

    __tablename__ = "voicemail_box"

    target_id: Mapped[UUID] = mapped_column(primary_key=True)
    target_kind: Mapped[str]
    greeting: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    longest_seconds: Mapped[int]
    silence_seconds: Mapped[int]
