"""File servers and the enterprise's own files as they are kept."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from callcenter.core.db import Base, Identified, TenantRow, Versioned


class ServerKind(StrEnum):
    """ftps: FTP whose connections are made safe by TLS (AUTH TLS)."""

    FTP = "ftp"
    FTPS = "ftps"
    SFTP = "sftp"


class FileServer(Identified, TenantRow, Versioned, Base):
    """A server that templates and tasks name. secret: sealed; a password, or a private key.

    folder: beneath which everything lies. host_key: of SFTP, the one key that it is known by.
    """

    __tablename__ = "file_server"
    __table_args__ = (UniqueConstraint("enterprise_id", "name"),)

    name: Mapped[str]
    kind: Mapped[str]
    host: Mapped[str]
    port: Mapped[int]
    user: Mapped[str]
    secret: Mapped[str]
    folder: Mapped[str] = mapped_column(default="")
    host_key: Mapped[str] = mapped_column(default="")
    changed_at: Mapped[datetime]
    changed_by: Mapped[UUID | None]


class OwnFile(Identified, TenantRow, Versioned, Base):
    """A file in the enterprise's folder. It lies under `content`, `name` is only what it is called."""

    __tablename__ = "own_file"
    __table_args__ = (UniqueConstraint("enterprise_id", "name"),)

    name: Mapped[str]
    content: Mapped[UUID]
    size: Mapped[int] = mapped_column(BigInteger)
    changed_at: Mapped[datetime]
    changed_by: Mapped[UUID | None]
    changed_name: Mapped[str] = mapped_column(default="")
