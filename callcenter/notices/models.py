"""What waits at a user's bell."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from callcenter.core.db import Base, Identified, TenantRow


class NoticeRow(Identified, TenantRow, Base):
    """One notice to one user. made_name is copied: the notice outlives the name.

    kind says what it is about, as captions know it; text is what differs from one to the next.
    texts: by language, where it is not the same in all of them; each reads their own.
    """

    __tablename__ = "notice"
    __table_args__ = (
        Index("ix_notice_user", "user_id", "at"),
        Index("ix_notice_old", "enterprise_id", "at"),
    )

    user_id: Mapped[UUID]
    kind: Mapped[str]
    text: Mapped[str] = mapped_column(default="")
    texts: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    object_identifier: Mapped[str | None]
    record_id: Mapped[UUID | None]
    made_name: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime]
    read_at: Mapped[datetime | None]
