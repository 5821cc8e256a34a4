"""Tables of the platform: who its enterprises are, and which numbers lead to them."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from callcenter.core.db import Base, Identified, TenantRow, Versioned
from callcenter.core.i18n import DEFAULT_LOCALE

PLATFORM_CODE = "000000"
"""The platform's own enterprise: the operators' users, and the list of options."""


class Status(StrEnum):
    ACTIVE = "active"
    SUSPENDED = "suspended"
    DELETED = "deleted"
    """Never used and taken out; the row stays, since the audit log refers to it."""


class NumberStatus(StrEnum):
    ENABLED = "enabled"
    PAUSED = "paused"


class Enterprise(Identified, Versioned, Base):
    """One tenant. area_code with its zero (`021`) completes local numbers."""

    __tablename__ = "enterprise"
    __table_args__ = (
        Index(
            "uq_enterprise_code_in_use",
            "code",
            unique=True,
            postgresql_where=text("status <> 'deleted'"),
        ),
    )

    code: Mapped[str]
    name: Mapped[str]
    display_number_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("access_number.id", use_alter=True)
    )
    area_code: Mapped[str] = mapped_column(default="")
    time_zone: Mapped[str] = mapped_column(default="Asia/Shanghai")
    status: Mapped[str] = mapped_column(default=Status.ACTIVE)
    created_at: Mapped[datetime]


class Option(Versioned, Base):
    """A definition in group `corpConf` of enterprise 000000: what can be ticked for enterprises."""

    __tablename__ = "option_definition"

    key: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    label: Mapped[dict[str, Any]]
    default: Mapped[dict[str, Any]]
    sort: Mapped[int] = mapped_column(default=0)
    active: Mapped[bool] = mapped_column(default=True)


class OptionValue(TenantRow, Base):
    """What an enterprise has; an option without a row has the definition's default."""

    __tablename__ = "enterprise_option"

    key: Mapped[str] = mapped_column(
        ForeignKey("option_definition.key", ondelete="CASCADE"), primary_key=True
    )
    enterprise_id: Mapped[UUID] = mapped_column(ForeignKey("enterprise.id"), primary_key=True)
    value: Mapped[dict[str, Any]]


class Trunk(Identified, Versioned, Base):
    """SIP peer that carries access numbers. endpoint is its name in Asterisk."""

    __tablename__ = "trunk"

    name: Mapped[str] = mapped_column(unique=True)
    endpoint: Mapped[str] = mapped_column(unique=True)
    host: Mapped[str]
    port: Mapped[int] = mapped_column(default=5060)
    transport: Mapped[str] = mapped_column(default="udp")
    channels: Mapped[int] = mapped_column(default=60)
    national_prefix: Mapped[str] = mapped_column(default="")
    status: Mapped[str] = mapped_column(default=NumberStatus.ENABLED)
    created_at: Mapped[datetime]


class AccessNumber(Identified, Versioned, Base):
    """A number reached over a trunk, bound to at most one enterprise.

    number is as the trunk delivers it, in national form (`02160000001`).
    strategy_kind: agent_service, ivr_service or routing_service; strategy_id: which one.
    language: in which its callers are spoken to until they choose another.
    ivr_channels: its callers in flows at once, None for no limit; ivr_overflow: where those go for
    whom there is none, as `tenancy.schemas.IvrOverflow` has it, None for the busy message.
    pause_message: what is said while it is paused, by language; None for the product's own words.
    """

    __tablename__ = "access_number"

    number: Mapped[str] = mapped_column(unique=True)
    trunk_id: Mapped[UUID] = mapped_column(ForeignKey("trunk.id"))
    enterprise_id: Mapped[UUID | None] = mapped_column(ForeignKey("enterprise.id"), index=True)
    strategy_kind: Mapped[str | None]
    strategy_id: Mapped[UUID | None]
    language: Mapped[str] = mapped_column(default=DEFAULT_LOCALE)
    ivr_channels: Mapped[int | None]
    ivr_overflow: Mapped[dict[str, Any] | None]
    pause_message: Mapped[dict[str, Any] | None]
    status: Mapped[str] = mapped_column(default=NumberStatus.ENABLED)
    note: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
