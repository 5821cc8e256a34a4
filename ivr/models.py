"""IVR services and the versions of their flows."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from callcenter.core.db import Base, Identified, TenantRow, Versioned


class ServiceStatus(StrEnum):
    ENABLED = "enabled"
    PAUSED = "paused"


class VersionState(StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"
    RETIRED = "retired"


class IvrService(Identified, TenantRow, Versioned, Base):
    """A call flow that an access number can lead to.

    published_version_id is no foreign key: the two tables would refer to each other in a ring.
    changed_at moves with the draft too, so the service's ETag covers what its page shows.
    """

    __tablename__ = "ivr_service"
    __table_args__ = (UniqueConstraint("enterprise_id", "name"),)

    name: Mapped[str]
    status: Mapped[str] = mapped_column(default=ServiceStatus.ENABLED)
    published_version_id: Mapped[UUID | None]
    changed_at: Mapped[datetime]


class IvrFlowVersion(Identified, TenantRow, Base):
    """One version of a flow. Once published its definition never changes: calls refer to it."""

    __tablename__ = "ivr_flow_version"
    __table_args__ = (
        UniqueConstraint("service_id", "number"),
        Index(
            "uq_ivr_flow_version_draft",
            "service_id",
            unique=True,
            postgresql_where=text("state = 'draft'"),
        ),
        Index(
            "uq_ivr_flow_version_published",
            "service_id",
            unique=True,
            postgresql_where=text("state = 'published'"),
        ),
    )

    service_id: Mapped[UUID] = mapped_column(ForeignKey("ivr_service.id"))
    number: Mapped[int]
    definition: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(default=VersionState.DRAFT)
    made_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    published_by: Mapped[UUID | None]


class IvrCount(TenantRow, Base):
    """How often callers left a node by an exit, a day of the enterprise. Never one row a call.

    exit  a node's exit; for one that ends the flow its kind, and `gone` where the caller hung up
    """

    __tablename__ = "ivr_count"

    service_id: Mapped[UUID] = mapped_column(
        ForeignKey("ivr_service.id", ondelete="CASCADE"), primary_key=True
    )
    version: Mapped[int] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    node: Mapped[str] = mapped_column(primary_key=True)
    exit: Mapped[str] = mapped_column(primary_key=True)
    times: Mapped[int]


class IvrPrompt(Identified, TenantRow, Versioned, Base):
    """A prompt that flows name by its id: uploaded, or a text that is spoken.

    sounds  language → {"seconds", "file" (the uploaded file's name) or "text" (what is spoken), "at"}
    """

    __tablename__ = "ivr_prompt"
    __table_args__ = (UniqueConstraint("enterprise_id", "name"),)

    name: Mapped[str]
    sounds: Mapped[dict[str, Any]]
    changed_at: Mapped[datetime]


class IvrCredential(Identified, TenantRow, Versioned, Base):
    """A secret of another system, named by flows. sealed: as `core.sealed` makes it; host: whose it is."""

    __tablename__ = "ivr_credential"
    __table_args__ = (UniqueConstraint("enterprise_id", "name"),)

    name: Mapped[str]
    host: Mapped[str]
    sealed: Mapped[str]
    changed_at: Mapped[datetime]


class IvrDocument(Identified, TenantRow, Versioned, Base):
    """A VoiceXML document of the enterprise. number: of its version in force."""

    __tablename__ = "ivr_document"
    __table_args__ = (UniqueConstraint("enterprise_id", "name"),)

    name: Mapped[str]
    number: Mapped[int]
    changed_at: Mapped[datetime]


class IvrDocumentVersion(Identified, TenantRow, Base):
    """What was uploaded, byte for byte; it never changes. Kept in the row: a document is small.

    file   its name where it came from; made_by: the name of who brought it, which outlives the user
    about  what `ivr.voicexml.read` found in it
    """

    __tablename__ = "ivr_document_version"
    __table_args__ = (UniqueConstraint("document_id", "number"),)

    document_id: Mapped[UUID] = mapped_column(ForeignKey("ivr_document.id", ondelete="CASCADE"))
    number: Mapped[int]
    file: Mapped[str]
    size: Mapped[int]
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    about: Mapped[dict[str, Any]]
    made_at: Mapped[datetime]
    made_by: Mapped[str]
