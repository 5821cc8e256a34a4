"""Tables of people. History refers to them, so they are deactivated, never deleted."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from callcenter.core.db import Base, Identified, TenantRow, Versioned


class UserStatus(StrEnum):
    ACTIVE = "active"
    INACTIVE = "inactive"


class LegForm(StrEnum):
    """How calls reach a seat's phone: rung each time, or on a line that stays up between them."""

    RUNG = "rung"
    NAILED_UP = "nailed_up"


class User(Identified, TenantRow, Versioned, Base):
    """Who signs in. password_hash: argon2id; empty means that nobody can sign in as this user."""

    __tablename__ = "user_account"
    __table_args__ = (UniqueConstraint("enterprise_id", "employee_code"),)

    employee_code: Mapped[str]
    name: Mapped[str]
    role: Mapped[str]
    status: Mapped[str] = mapped_column(default=UserStatus.ACTIVE)
    locale: Mapped[str] = mapped_column(default="zh-CN")
    password_hash: Mapped[str] = mapped_column(default="")
    must_change_password: Mapped[bool] = mapped_column(default=True)
    password_issued_at: Mapped[datetime | None]
    extension_id: Mapped[UUID | None] = mapped_column(ForeignKey("extension.id"), unique=True)
    wrap_up_seconds: Mapped[int | None]
    auto_answer: Mapped[bool] = mapped_column(default=False)
    leg_form: Mapped[str] = mapped_column(default=LegForm.RUNG)
    last_sign_in_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class Team(Identified, TenantRow, Versioned, Base):
    __tablename__ = "team"
    __table_args__ = (UniqueConstraint("enterprise_id", "name"),)

    name: Mapped[str]
    leader_id: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id", use_alter=True))


class TeamMember(TenantRow, Base):
    __tablename__ = "team_member"

    team_id: Mapped[UUID] = mapped_column(
        ForeignKey("team.id", ondelete="CASCADE"), primary_key=True
    )
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"), primary_key=True)


class Skill(Identified, TenantRow, Base):
    __tablename__ = "skill"
    __table_args__ = (UniqueConstraint("enterprise_id", "name"),)

    name: Mapped[str]


class UserSkill(TenantRow, Base):
    """level: 1 (knows it) to 9 (teaches it)."""

    __tablename__ = "user_skill"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    skill_id: Mapped[UUID] = mapped_column(
        ForeignKey("skill.id", ondelete="CASCADE"), primary_key=True
    )
    level: Mapped[int] = mapped_column(default=5)


class Extension(Identified, TenantRow, Versioned, Base):
    """A SIP endpoint. secret is Asterisk's to know too, so it cannot be a hash; it rotates."""

    __tablename__ = "extension"
    __table_args__ = (UniqueConstraint("enterprise_id", "number"),)

    number: Mapped[str]
    kind: Mapped[str] = mapped_column(default="browser")
    secret: Mapped[str]
    status: Mapped[str] = mapped_column(default=UserStatus.ACTIVE)


class NotReadyReason(Identified, TenantRow, Versioned, Base):
    __tablename__ = "not_ready_reason"
    __table_args__ = (UniqueConstraint("enterprise_id", "code"),)

    code: Mapped[str]
    label: Mapped[dict[str, Any]]
    paid: Mapped[bool] = mapped_column(default=True)
    sort: Mapped[int] = mapped_column(default=0)
    active: Mapped[bool] = mapped_column(default=True)


class Disposition(Identified, TenantRow, Versioned, Base):
    __tablename__ = "disposition"
    __table_args__ = (UniqueConstraint("enterprise_id", "code"),)

    code: Mapped[str]
    label: Mapped[dict[str, Any]]
    sort: Mapped[int] = mapped_column(default=0)
    active: Mapped[bool] = mapped_column(default=True)


class UserSession(Identified, TenantRow, Base):
    """A signed-in browser. Only the cookie's hash is kept."""

    __tablename__ = "user_session"
    __table_args__ = (Index("ix_user_session_user", "user_id"),)

    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    token_hash: Mapped[str] = mapped_column(unique=True)
    csrf_token: Mapped[str]
    ip: Mapped[str]
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime]


class SignInFailure(Identified, Base):
    """Failed attempts, by user name as typed and by address; what the growing delay counts."""

    __tablename__ = "sign_in_failure"
    __table_args__ = (
        Index("ix_sign_in_failure_name", "name", "at"),
        Index("ix_sign_in_failure_ip", "ip", "at"),
    )

    name: Mapped[str]
    ip: Mapped[str]
    at: Mapped[datetime]
