"""Forms and scores."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from callcenter.core.db import Base, Identified, TenantRow, Versioned


class QualityForm(Identified, TenantRow, Base):
    __tablename__ = "quality_form"
    __table_args__ = (UniqueConstraint("enterprise_id", "key"),)

    key: Mapped[str]
    name: Mapped[dict[str, Any]]
    active: Mapped[bool] = mapped_column(default=True)


class QualityFormVersion(Identified, TenantRow, Base):
    """A published form. Never changed: a score says by which version it was given."""

    __tablename__ = "quality_form_version"
    __table_args__ = (UniqueConstraint("form_id", "number"),)

    form_id: Mapped[UUID] = mapped_column(ForeignKey("quality_form.id"))
    number: Mapped[int]
    definition: Mapped[dict[str, Any]]
    total: Mapped[int]
    published_at: Mapped[datetime]


class Score(Identified, TenantRow, Versioned, Base):
    """An inspector's judgement of one call; one a call. The agent sees it once it is submitted.

    answers: item → points; fatal: keys; marks: [{at, kind, note, item}], at in seconds.
    """

    __tablename__ = "quality_score"
    __table_args__ = (
        UniqueConstraint("enterprise_id", "call_id"),
        Index("ix_quality_score_agent", "enterprise_id", "agent_id", "submitted_at"),
    )

    call_id: Mapped[UUID]
    form_version_id: Mapped[UUID] = mapped_column(ForeignKey("quality_form_version.id"))
    agent_id: Mapped[UUID]
    inspector_id: Mapped[UUID]
    answers: Mapped[dict[str, Any]]
    fatal: Mapped[list[Any]]
    marks: Mapped[list[Any]]
    comment: Mapped[str] = mapped_column(default="")
    total: Mapped[int]
    status: Mapped[str]
    made_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
