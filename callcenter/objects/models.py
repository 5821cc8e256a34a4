"""Definitions of data objects, and what is kept beside their records.

The records themselves lie in real tables, one an object, in a schema per enterprise; those tables
are no ORM classes: `objects/tables.py` makes them from the published definition.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from callcenter.core.db import Base, Identified, TenantRow, Versioned


class DataObject(Identified, TenantRow, Versioned, Base):
    """An object. draft: the document as it is being shaped, None when it is the version in force.

    purged: the places of hidden fields whose values are gone for good; no version has them again.
    stamp: of a cached object; renewed by whoever writes its records, with the commit.
    """

    __tablename__ = "data_object"
    __table_args__ = (UniqueConstraint("enterprise_id", "identifier"),)

    identifier: Mapped[str]
    kind: Mapped[str]
    name: Mapped[dict[str, Any]]
    published_number: Mapped[int] = mapped_column(default=0)
    sort: Mapped[int] = mapped_column(default=0)
    draft: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    purged: Mapped[list[Any]] = mapped_column(default=list)
    stamp: Mapped[UUID | None]
    changed_at: Mapped[datetime]
    changed_by: Mapped[UUID | None]


class ObjectVersion(Identified, TenantRow, Base):
    """A published definition, whole and never changed again."""

    __tablename__ = "object_version"
    __table_args__ = (UniqueConstraint("object_id", "number"),)

    object_id: Mapped[UUID] = mapped_column(ForeignKey("data_object.id", ondelete="CASCADE"))
    number: Mapped[int]
    definition: Mapped[dict[str, Any]]
    note: Mapped[str] = mapped_column(default="")
    published_at: Mapped[datetime]
    published_by: Mapped[UUID | None]


class SerialNumber(TenantRow, Base):
    """The last number given out of one series; period is its date part, empty when it has none.

    Unpartitioned on purpose: a number stays unique across the partitions of a monthly object.
    """

    __tablename__ = "serial_number"

    object_id: Mapped[UUID] = mapped_column(
        ForeignKey("data_object.id", ondelete="CASCADE"), primary_key=True
    )
    field: Mapped[str] = mapped_column(primary_key=True)
    period: Mapped[str] = mapped_column(primary_key=True)
    last: Mapped[int]


class RecordChange(Identified, TenantRow, Base):
    """The operation log: one act on one record, with the changed values before and after."""

    __tablename__ = "record_change"
    __table_args__ = (Index("ix_record_change_record", "record_id", "at"),)

    object_id: Mapped[UUID]
    record_id: Mapped[UUID]
    action: Mapped[str]
    at: Mapped[datetime]
    actor_id: Mapped[UUID | None]
    actor_name: Mapped[str] = mapped_column(default="")
    before: Mapped[dict[str, Any]]
    after: Mapped[dict[str, Any]]
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """What is no field: the comment or file it is about, the records it was merged with."""


class RecordComment(Identified, TenantRow, Versioned, Base):
    """What somebody wrote about a record; a colleague is named in it as `@{id}`."""

    __tablename__ = "record_comment"
    __table_args__ = (Index("ix_record_comment_record", "record_id", "made_at"),)

    object_id: Mapped[UUID]
    record_id: Mapped[UUID]
    text: Mapped[str]
    made_at: Mapped[datetime]
    made_by: Mapped[UUID | None]
    made_name: Mapped[str] = mapped_column(default="")
    edited_at: Mapped[datetime | None]


class Attachment(Identified, TenantRow, Base):
    """A file at a record; it lies under its id, `name` is only what people call it.

    field: the key of the field whose value it is, empty for one that is attached beside the fields.
    record_id: None as long as no record has taken what was sent for a field, and when one let it go.
    """

    __tablename__ = "attachment"
    __table_args__ = (
        Index("ix_attachment_record", "record_id", "made_at"),
        Index("ix_attachment_waiting", "made_at", postgresql_where=text("record_id IS NULL")),
    )

    object_id: Mapped[UUID]
    record_id: Mapped[UUID | None]
    field: Mapped[str] = mapped_column(default="")
    name: Mapped[str]
    media_type: Mapped[str]
    size: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str]
    made_at: Mapped[datetime]
    made_by: Mapped[UUID | None]
    made_name: Mapped[str] = mapped_column(default="")


class RecordMerge(TenantRow, Base):
    """A record that became part of another. Never a chain: survivor_id is not merged itself."""

    __tablename__ = "record_merge"
    __table_args__ = (Index("ix_record_merge_survivor", "survivor_id"),)

    record_id: Mapped[UUID] = mapped_column(primary_key=True)
    survivor_id: Mapped[UUID]
    object_id: Mapped[UUID]
    at: Mapped[datetime]


class ArchivedRecord(TenantRow, Base):
    """In which file a record lies. digest: of all that it was then; content: of the file, as it was."""

    __tablename__ = "archived_record"

    record_id: Mapped[UUID] = mapped_column(primary_key=True)
    object_id: Mapped[UUID]
    digest: Mapped[str]
    content: Mapped[UUID]
    at: Mapped[datetime]


class Transfer(Identified, TenantRow, Base):
    """Records on their way in or out of a file, which lies beside it for a day.

    phase     of an import: uploaded, then trial, then run; of an export: run
    content   what an uploaded file has: its columns with samples
    wish      what its maker wants: columns to fields and so on, or the list that goes out
    tally     how far it has come; written with each batch, so another attempt goes on from there
    problem   why it did not come to its end, for people: a caption's key and its parameters
    """

    __tablename__ = "record_transfer"
    __table_args__ = (Index("ix_record_transfer_made_by", "enterprise_id", "made_by", "made_at"),)

    object_id: Mapped[UUID] = mapped_column(ForeignKey("data_object.id", ondelete="CASCADE"))
    kind: Mapped[str]
    name: Mapped[str]
    form: Mapped[str]
    phase: Mapped[str]
    content: Mapped[dict[str, Any]]
    wish: Mapped[dict[str, Any]]
    tally: Mapped[dict[str, Any]]
    problem: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    job_id: Mapped[UUID | None]
    made_by: Mapped[UUID]
    made_at: Mapped[datetime]


class ReadySetting(Identified, TenantRow, Versioned, Base):
    """A field (or whatever `kind` says) with all its settings, kept to begin others with.

    key: by which it is the same one in another enterprise's file.
    """

    __tablename__ = "ready_setting"
    __table_args__ = (UniqueConstraint("enterprise_id", "key"),)

    key: Mapped[str]
    kind: Mapped[str]
    name: Mapped[dict[str, Any]]
    content: Mapped[dict[str, Any]]
    made_at: Mapped[datetime]
    made_by: Mapped[UUID | None]


class TriggerRun(Identified, TenantRow, Base):
    """One trigger that fired for one change: what is to be done, and then the log of it.

    batch_id   of all that one transaction has fired: one job carries them out
    record_id  None for a record that was refused before it was made
    place      how many of its actions are done; each counts in the transaction that did it
    tries      how often the next one has failed; next_at: not before then it is tried again
    steps      what each has done, for people; message: why it went no further
    """

    __tablename__ = "trigger_run"
    __table_args__ = (
        UniqueConstraint("change_id", "trigger"),
        Index("ix_trigger_run_object", "object_id", "made_at"),
        Index("ix_trigger_run_made", "enterprise_id", "made_at"),
        Index("ix_trigger_run_batch", "batch_id", "number"),
        Index(
            "ix_trigger_run_waiting",
            "enterprise_id",
            "made_at",
            postgresql_where=text("state = 'waiting'"),
        ),
    )

    number: Mapped[int] = mapped_column(BigInteger, Identity())
    batch_id: Mapped[UUID]
    change_id: Mapped[UUID]
    object_id: Mapped[UUID] = mapped_column(ForeignKey("data_object.id", ondelete="CASCADE"))
    record_id: Mapped[UUID | None]
    trigger: Mapped[str]
    name: Mapped[dict[str, Any]]
    act: Mapped[str]
    when: Mapped[str]
    depth: Mapped[int]
    state: Mapped[str]
    place: Mapped[int] = mapped_column(default=0)
    tries: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime | None]
    steps: Mapped[list[Any]] = mapped_column(default=list)
    message: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    made_by: Mapped[UUID | None]
    made_at: Mapped[datetime]
    took_ms: Mapped[int] = mapped_column(default=0)


class CodeTable(Identified, TenantRow, Versioned, Base):
    """Options that fields of several objects share. items: as in a field's own options, in order."""

    __tablename__ = "code_table"
    __table_args__ = (UniqueConstraint("enterprise_id", "key"),)

    key: Mapped[str]
    name: Mapped[dict[str, Any]]
    items: Mapped[list[Any]]
    changed_at: Mapped[datetime]
    changed_by: Mapped[UUID | None]


class RecordView(Identified, TenantRow, Versioned, Base):
    """A list as somebody keeps it. content: columns, widths, filters, sort, q, page_size.

    roles, teams: with whom it is shared, beside its owner; empty for nobody.
    """

    __tablename__ = "record_view"
    __table_args__ = (Index("ix_record_view_object", "object_id", "owner_id"),)

    object_id: Mapped[UUID] = mapped_column(ForeignKey("data_object.id", ondelete="CASCADE"))
    owner_id: Mapped[UUID]
    owner_name: Mapped[str] = mapped_column(default="")
    name: Mapped[str]
    content: Mapped[dict[str, Any]]
    roles: Mapped[list[Any]]
    teams: Mapped[list[Any]]
    changed_at: Mapped[datetime]


class RecordViewChoice(TenantRow, Base):
    """What somebody's list begins with: a view's id, or the key of a ready list."""

    __tablename__ = "record_view_choice"

    user_id: Mapped[UUID] = mapped_column(primary_key=True)
    object_id: Mapped[UUID] = mapped_column(
        ForeignKey("data_object.id", ondelete="CASCADE"), primary_key=True
    )
    view: Mapped[str]
