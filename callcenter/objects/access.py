"""What a role may do with a field. Pure."""

from collections.abc import Iterable
from enum import StrEnum

from callcenter.objects.types import masked_type
from callcenter.objects.types.base import Field


class Access(StrEnum):
    """What a role may do with a field, the strictest last."""

    WRITE = "write"
    READ = "read"
    MASK = "mask"
    HIDE = "hide"

    @property
    def is_clear(self) -> bool:
        """Whether values are seen as they are, and so may be filtered, sorted and searched by."""
        return self in (Access.WRITE, Access.READ)


STRICTNESS = tuple(Access)


def access(field: Field, role: str | None) -> Access:
    """role: None for the product itself, from which nothing is kept."""
    # Most fields are everybody's, and an answer asks this for each of its values.
    if role is None or not field.rights:
        return Access.WRITE
    return Access(field.rights.get(role, Access.WRITE))


def strictest(field: Field, roles: Iterable[str]) -> Access:
    """What all of these roles may do."""
    return max((access(field, role) for role in roles), key=STRICTNESS.index)


def is_restricted(field: Field) -> bool:
    """Whether there is a role that does not see its values as they are."""
    return any(not access(field, role).is_clear for role in field.rights)


def is_kept_from_some(field: Field) -> bool:
    """Whether what everybody may read must not say its values: by a role's right, or as a number."""
    return masked_type(field) is not None or is_restricted(field)
