"""Queries as they are kept, and what their users keep of them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from callcenter.core.db import Base, Identified, TenantRow, Versioned


class SavedQuery(Identified, TenantRow, Versioned, Base):
    """key: by which pages, buttons and files name it; roles: who may use it.

    report: what it says as one of the reports, {"category", "description"} by language; None: a list.
    """

    __tablename__ = "saved_query"
    __table_args__ = (UniqueConstraint("enterprise_id", "key"),)

    key: Mapped[str]
    name: Mapped[dict[str, Any]]
    document: Mapped[dict[str, Any]]
    roles: Mapped[list[Any]]
    active: Mapped[bool] = mapped_column(default=True)
    report: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    changed_at: Mapped[datetime]
    changed_by: Mapped[UUID | None]


class QueryView(Identified, TenantRow, Base):
    """What somebody fills in again and again: parameters and order under a name of his own.

    first: whether his list begins with it; of one query that is so of one at most.
    """

    __tablename__ = "query_view"
    __table_args__ = (UniqueConstraint("query_id", "owner_id", "name"),)

    query_id: Mapped[UUID] = mapped_column(ForeignKey("saved_query.id", ondelete="CASCADE"))
    owner_id: Mapped[UUID]
    name: Mapped[str]
    parameters: Mapped[dict[str, Any]]
    sort: Mapped[str] = mapped_column(default="")
    first: Mapped[bool] = mapped_column(default=False)


class QueryPin(Identified, TenantRow, Base):
    """A list that somebody has at hand at the desk."""

    __tablename__ = "query_pin"
    __table_args__ = (UniqueConstraint("query_id", "owner_id"),)

    query_id: Mapped[UUID] = mapped_column(ForeignKey("saved_query.id", ondelete="CASCADE"))
    owner_id: Mapped[UUID]


class QueryExport(Identified, TenantRow, Base):
    """A file that somebody asked for. wish: parameters and order; rows: what it came to.

    delivered_at: of one that a scheduled task has made, which no job stands behind. shared: it went
    to others too, and whoever may take out such rows may fetch it.
    """

    __tablename__ = "query_export"

    query_id: Mapped[UUID] = mapped_column(ForeignKey("saved_query.id", ondelete="CASCADE"))
    name: Mapped[str]
    form: Mapped[str]
    wish: Mapped[dict[str, Any]]
    rows: Mapped[int] = mapped_column(default=0)
    job_id: Mapped[UUID | None]
    made_by: Mapped[UUID]
    made_at: Mapped[datetime]
    delivered_at: Mapped[datetime | None]
    shared: Mapped[bool] = mapped_column(default=False)


class DataSource(Identified, TenantRow, Versioned, Base):
    """A database elsewhere that expert queries may ask. key: by which their documents name it.

    kind: `postgresql` or `mysql`; tls: `off`, `required` or `verified`; sealed: the password.
    ca: whose certificates count where they are verified, as PEM; the system's where it is empty.
    tables: what it has, as it was found at `looked_at`: `looking.kept`.
    """

    __tablename__ = "data_source"
    __table_args__ = (UniqueConstraint("enterprise_id", "key"),)

    key: Mapped[str]
    name: Mapped[str]
    kind: Mapped[str]
    host: Mapped[str]
    port: Mapped[int]
    database: Mapped[str]
    user: Mapped[str] = mapped_column("user_name")
    tls: Mapped[str]
    ca: Mapped[str] = mapped_column(default="")
    sealed: Mapped[str]
    active: Mapped[bool] = mapped_column(default=True)
    tables: Mapped[list[Any]]
    server: Mapped[str] = mapped_column(default="")
    looked_at: Mapped[datetime | None]
    changed_at: Mapped[datetime]
    changed_by: Mapped[UUID | None]
