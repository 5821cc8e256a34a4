"""Which fields somebody may bring in or take out."""

from sqlalchemy.orm import Session

from callcenter.objects.schemas.rights import Access, access
from callcenter.objects.service.presenting import role_of
from callcenter.objects.types import type_of
from callcenter.objects.types.base import Field


def may_write(session: Session, field: Field) -> bool:
    """Whether whoever acts may give this field a value."""
    entered = type_of(field).in_cell and type_of(field).entered and not field.read_only
    return entered and access(field, role_of(session)) is Access.WRITE


def may_find_by(session: Session, field: Field) -> bool:
    """Whether records may be found by it: finding tells a value as well."""
    return access(field, role_of(session)).is_clear


def may_read(session: Session, field: Field) -> bool:
    """Whether whoever acts may see this field in a cell at all; its values may still be masked."""
    return access(field, role_of(session)) is not Access.HIDE and not type_of(field).apart
