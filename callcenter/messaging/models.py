"""Channels and messages as they are kept."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Index, Numeric, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from callcenter.core.db import Base, Identified, TenantRow, Versioned


class ChannelKind(StrEnum):
    EMAIL = "email"
    SMS = "sms"


class MessageState(StrEnum):
    """failed: refused for good. given_up: tried in vain until the last time.

    uncertain: it may have gone; a person decides. See docs/state-tables.md.
    """

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    GIVEN_UP = "given_up"
    UNCERTAIN = "uncertain"
    CANCELLED = "cancelled"


class Delivery(StrEnum):
    """What the gateway has told later of a message that was sent."""

    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"


class Source(StrEnum):
    """Who had it sent."""

    PERSON = "person"
    TRIGGER = "trigger"
    TASK = "task"
    TEST = "test"


GATEWAY_SECONDS = 10
"""For which a gateway's answer is waited; a channel may say less."""


class MessageChannel(Identified, TenantRow, Versioned, Base):
    """key: by which triggers name it, also in another installation. settings: as its kind has them.

    secret: sealed (`core.sealed`), empty where there is none. report_hash: of what the address ends
    with to which its gateway reports; empty where it has none.
    """

    __tablename__ = "message_channel"
    __table_args__ = (UniqueConstraint("enterprise_id", "key"),)

    key: Mapped[str]
    name: Mapped[str]
    kind: Mapped[str]
    settings: Mapped[dict[str, Any]]
    secret: Mapped[str] = mapped_column(default="")
    report_hash: Mapped[str] = mapped_column(default="")
    active: Mapped[bool] = mapped_column(default=True)
    changed_at: Mapped[datetime]
    changed_by: Mapped[UUID | None]


class Message(Identified, TenantRow, Base):
    """id: derived from the sender's key where there is one, and told to gateways as their key.

    address: an e-mail address, or a number as `Number` is stored. next_at: not before then.
    attempts counts them, and fences: who sends an earlier one may no longer say how it ended.
    begun: it may be on its way, and must not go twice. history: how each attempt ended.
    attachments: files that go along, [{"name", "place", "type"}], by their places in the store.
    delivery: a `Delivery`, empty until the gateway reports; report: its words, told at reported_at.
    """

    __tablename__ = "message"
    __table_args__ = (
        Index("ix_message_recent", "enterprise_id", "made_at"),
        Index(
            "ix_message_written", "enterprise_id", "made_at", postgresql_where=text("text <> ''")
        ),
        Index("ix_message_due", "next_at", postgresql_where=text("state = 'queued'")),
        Index("ix_message_lease", "lease_until", postgresql_where=text("state = 'sending'")),
        Index(
            "ix_message_provider",
            "channel_id",
            "provider_id",
            postgresql_where=text("kind = 'sms' AND provider_id <> ''"),
        ),
        Index("ix_message_record", "record_id", postgresql_where=text("record_id IS NOT NULL")),
    )

    channel_id: Mapped[UUID]
    kind: Mapped[str]
    address: Mapped[str]
    subject: Mapped[str] = mapped_column(default="")
    text: Mapped[str]
    html: Mapped[bool] = mapped_column(default=False)
    template: Mapped[str | None]
    object: Mapped[str | None]
    record_id: Mapped[UUID | None]
    source: Mapped[str]
    state: Mapped[str]
    attempts: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime]
    lease_until: Mapped[datetime | None]
    begun: Mapped[bool] = mapped_column(default=False)
    parts: Mapped[int] = mapped_column(default=1)
    cost: Mapped[Decimal] = mapped_column(Numeric(12, 4), default=Decimal(0))
    provider_id: Mapped[str] = mapped_column(default="")
    reason: Mapped[dict[str, Any] | None]
    history: Mapped[list[Any]]
    attachments: Mapped[list[Any]] = mapped_column(default=list)
    made_by: Mapped[UUID | None]
    made_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    delivery: Mapped[str] = mapped_column(default="")
    report: Mapped[str] = mapped_column(default="")
    reported_at: Mapped[datetime | None]
