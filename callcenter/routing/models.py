"""Agent services and who serves them; routing services and the lists of callers that they ask."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from callcenter.acd.strategies import Strategy
from callcenter.core.db import Base, Identified, TenantRow, Versioned


class ServiceStatus(StrEnum):
    ACTIVE = "active"
    DELETED = "deleted"
    """It had calls: the row stays, since the ledger names it."""


class AgentService(Identified, TenantRow, Versioned, Base):
    """A queue. Seconds everywhere; priority 0-9, 9 first.

    missed_policy: where an agent goes who did not answer: `not_ready` or `ready`.
    matching: as `routing.schemas.MatchingShape` has it; empty is every default.
    waiting: as `routing.schemas.WaitingShape` has it; what it does not name is the default.
    """

    __tablename__ = "agent_service"
    __table_args__ = (
        Index(
            "uq_agent_service_name_in_use",
            "enterprise_id",
            "name",
            unique=True,
            postgresql_where=text("status <> 'deleted'"),
        ),
    )

    name: Mapped[str]
    priority: Mapped[int] = mapped_column(default=5)
    ring_seconds: Mapped[int] = mapped_column(default=20)
    wrap_up_seconds: Mapped[int] = mapped_column(default=30)
    max_wait_seconds: Mapped[int] = mapped_column(default=600)
    queue_capacity: Mapped[int] = mapped_column(default=200)
    level_percent: Mapped[int] = mapped_column(default=80)
    level_seconds: Mapped[int] = mapped_column(default=20)
    short_call_seconds: Mapped[int] = mapped_column(default=5)
    missed_policy: Mapped[str] = mapped_column(default="not_ready")
    music: Mapped[str] = mapped_column(default="default")
    announce_position: Mapped[bool] = mapped_column(default=False)
    strategy: Mapped[str] = mapped_column(default=Strategy.LONGEST_IDLE)
    matching: Mapped[dict[str, Any]] = mapped_column(default=dict)
    waiting: Mapped[dict[str, Any]] = mapped_column(default=dict)
    work_order_object: Mapped[str] = mapped_column(default="work_order")
    status: Mapped[str] = mapped_column(default=ServiceStatus.ACTIVE)
    created_at: Mapped[datetime]


class ServiceTeam(TenantRow, Base):
    __tablename__ = "service_team"

    service_id: Mapped[UUID] = mapped_column(
        ForeignKey("agent_service.id", ondelete="CASCADE"), primary_key=True
    )
    team_id: Mapped[UUID] = mapped_column(
        ForeignKey("team.id", ondelete="CASCADE"), primary_key=True
    )


class ServiceMember(TenantRow, Base):
    __tablename__ = "service_member"

    service_id: Mapped[UUID] = mapped_column(
        ForeignKey("agent_service.id", ondelete="CASCADE"), primary_key=True
    )
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    position: Mapped[int] = mapped_column(default=0)


class ServiceSkill(TenantRow, Base):
    """Whoever has the skill at this level or above serves the service."""

    __tablename__ = "service_skill"

    service_id: Mapped[UUID] = mapped_column(
        ForeignKey("agent_service.id", ondelete="CASCADE"), primary_key=True
    )
    skill_id: Mapped[UUID] = mapped_column(ForeignKey("skill.id"), primary_key=True)
    level: Mapped[int]


class RoutingService(Identified, TenantRow, Versioned, Base):
    """document: as `routing.schemas.RulesShape` has it."""

    __tablename__ = "routing_service"
    __table_args__ = (UniqueConstraint("enterprise_id", "name"),)

    name: Mapped[str]
    document: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]


class Conference(Identified, TenantRow, Versioned, Base):
    """A room in which callers and agents talk together.

    pin: digits that callers enter, empty for none; agents need none. most: who may be in it at once.
    waits_for_agent: callers hear music until the first agent is there.
    """

    __tablename__ = "conference"
    __table_args__ = (UniqueConstraint("enterprise_id", "name"),)

    name: Mapped[str]
    pin: Mapped[str] = mapped_column(default="")
    most: Mapped[int] = mapped_column(default=10)
    waits_for_agent: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]


class CallerList(Identified, TenantRow, Versioned, Base):
    """Numbers that are to be led apart: a blacklist, important customers."""

    __tablename__ = "caller_list"
    __table_args__ = (UniqueConstraint("enterprise_id", "name"),)

    name: Mapped[str]
    created_at: Mapped[datetime]


class ListedCaller(TenantRow, Base):
    """number: `kind:value`."""

    __tablename__ = "listed_caller"

    list_id: Mapped[UUID] = mapped_column(
        ForeignKey("caller_list.id", ondelete="CASCADE"), primary_key=True
    )
    number: Mapped[str] = mapped_column(primary_key=True)
    note: Mapped[str] = mapped_column(default="")
    added_at: Mapped[datetime]
