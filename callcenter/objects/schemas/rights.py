"""How far a role's acts reach, and what of a field it sees. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from typing import TYPE_CHECKING

from callcenter.core.permissions import Permission
from callcenter.expressions import BadExpression, names_in, parse
from callcenter.objects.access import STRICTNESS, Access, access, is_restricted, strictest
from callcenter.objects.types.base import Field

if TYPE_CHECKING:
    from callcenter.objects.schemas.definition import Definition

__all__ = [
    "NEEDED",
    "WHOLE_ACTS",
    "Access",
    "Reach",
    "access",
    "contradictions",
    "is_restricted",
    "strictest",
]

NEEDED: Mapping[str, Permission] = {
    "create": Permission.RECORDS_WRITE,
    "read": Permission.RECORDS_READ,
    "edit": Permission.RECORDS_WRITE,
    "delete": Permission.RECORDS_DELETE,
    "export": Permission.RECORDS_EXPORT,
    "import": Permission.RECORDS_IMPORT,
}
"""Act → the privilege that a role needs beside what the definition says."""

WHOLE_ACTS = ("create", "import")
"""They make records, so there is nobody yet whose they are: all or none."""


class Reach(StrEnum):
    """Whose records. The order is that of their extent."""

    NONE = "none"
    OWN = "own"
    TEAM = "team"
    ALL = "all"

    def exceeds(self, other: "Reach") -> bool:
        return _EXTENT.index(self) > _EXTENT.index(other)


_EXTENT = tuple(Reach)


def contradictions(definition: "Definition") -> Iterator[tuple[str, str]]:
    """(path, caption's key): what is granted in vain, and what would leave records without a name."""
    for act, reaches in definition.permissions.items():
        for role, reach in reaches.items():
            readable = definition.reach("read", role)
            if act in WHOLE_ACTS and reach is not Reach.ALL:
                yield f"permissions.{act}.{role}", "validation.all_or_none"
            elif (readable is Reach.NONE) if act in WHOLE_ACTS else reach.exceeds(readable):
                yield f"permissions.{act}.{role}", "validation.reaches_unread"
    for key in {definition.key_field, definition.title_field} & definition.by_key.keys():
        field = definition.by_key[key]
        if any(
            access(field, role) is Access.HIDE and definition.allows("read", role)
            for role in field.rights
        ):
            yield f"{key}.rights", "validation.names_records"
    for field in definition.fields:
        if field.type == "formula" and _reveals(definition, field):
            yield f"{field.key}.rights", "validation.reveals"


def _reveals(definition: "Definition", formula: Field) -> bool:
    """Whether a role sees by the formula what is kept from it in a field that the formula names."""
    try:
        named = {name.key for name in names_in(parse(formula.setting("expression", "")))}
    except BadExpression:
        return False  # told as such
    inputs = [definition.by_key[key] for key in named if key in definition.by_key]
    roles = {role for field in inputs for role in field.rights}
    return any(
        access(formula, role).is_clear and not _strictest_of(inputs, role).is_clear
        for role in roles
    )


def _strictest_of(fields: Iterable[Field], role: str) -> Access:
    """What this role may do with all of these fields."""
    return max((access(field, role) for field in fields), key=STRICTNESS.index)
