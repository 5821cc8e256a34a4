"""Templates as they are kept."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from callcenter.core.db import Base, Identified, TenantRow, Versioned


class Output(StrEnum):
    """html: values are escaped as they are put in, and the whole is cleaned as rich text is."""

    TEXT = "text"
    HTML = "html"


class Template(Identified, TenantRow, Versioned, Base):
    """key: by which triggers and files name it; object: whose records it is about, None for any."""

    __tablename__ = "template"
    __table_args__ = (UniqueConstraint("enterprise_id", "key"),)

    key: Mapped[str]
    name: Mapped[dict[str, Any]]
    object: Mapped[str | None]
    text: Mapped[str]
    output: Mapped[str] = mapped_column(default=Output.TEXT)
    active: Mapped[bool] = mapped_column(default=True)
    changed_at: Mapped[datetime]
    changed_by: Mapped[UUID | None]
