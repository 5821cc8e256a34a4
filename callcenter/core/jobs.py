"""Jobs: work in the background with progress, cancel and a result one can look up.

The row is the truth; RQ only carries its id to a worker. A job is enqueued after the commit of the
transaction that made it, so a worker never looks for a row that is not there.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from callcenter.core.db import Base, Identified, TenantRow


class Job(Identified, TenantRow, Base):
    """done/total measure progress; total 0 while it is unknown."""

    __tablename__ = "job"
    __table_args__ = (Index("ix_job_made_by", "enterprise_id", "made_by", "made_at"),)

    kind: Mapped[str]
    state: Mapped[str]
    arguments: Mapped[dict[str, Any]]
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    result: Mapped[dict[str, Any] | None]
    error: Mapped[str] = mapped_column(default="")
    cancel_wanted: Mapped[bool] = mapped_column(default=False)
    made_by: Mapped[UUID | None]
    made_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
