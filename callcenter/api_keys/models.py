"""API keys. A key that has ended stays: the audit log and records refer to it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from callcenter.core.db import Base, Identified, TenantRow


class ApiKey(Identified, TenantRow, Base):
    """secret_hash: of the part behind the prefix; the key itself is nowhere.

    networks: from where it may be used, from anywhere where there are none. per_minute: requests;
    callbacks_per_day: that it may ask for, and of those for one number.
    """

    __tablename__ = "api_key"
    __table_args__ = (
        # A name is free again when its key has been revoked.
        Index(
            "uq_api_key_name",
            "enterprise_id",
            "name",
            unique=True,
            postgresql_where=text("revoked_at IS NULL"),
        ),
    )

    name: Mapped[str]
    prefix: Mapped[str] = mapped_column(unique=True)
    secret_hash: Mapped[str]
    permissions: Mapped[list[Any]]
    networks: Mapped[list[Any]]
    per_minute: Mapped[int]
    callbacks_per_day: Mapped[int]
    callbacks_per_number: Mapped[int]
    expires_at: Mapped[datetime | None]
    made_at: Mapped[datetime]
    made_by: Mapped[UUID]
    used_at: Mapped[datetime | None]
    used_from: Mapped[str] = mapped_column(default="")
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[UUID | None]
