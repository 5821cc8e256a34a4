"""What of a definition and its values a role sees. Pure.

The engine itself works with the whole definition; these are for what comes in and what goes out.
"""

from dataclasses import replace
from functools import lru_cache
from typing import Any

from callcenter.objects.access import Access, access, is_kept_from_some
from callcenter.objects.schemas import SORTABLE, Definition
from callcenter.objects.types import masked_type, type_of
from callcenter.objects.types.base import VEIL, Field, Showing

_NEWEST_FIRST = "-created_at"


@lru_cache(maxsize=512)
def seen_by(definition: Definition, role: str | None) -> Definition:
    """Without the fields that do not exist for the role."""
    fields = tuple(f for f in definition.fields if access(f, role) is not Access.HIDE)
    keys = {field.key for field in fields}
    return replace(
        definition,
        fields=fields,
        columns=tuple(c for c in definition.columns if c in keys or c in SORTABLE),
        sort=_sort(definition, role),
        links={part: key for part, key in definition.links.items() if key in keys},
    )


@lru_cache(maxsize=512)
def clear_to(definition: Definition, role: str | None) -> Definition:
    """With those fields alone that the role sees as they are.

    Only by these it may filter, sort and search: a place in an order tells a value too.
    """
    fields = tuple(f for f in definition.fields if access(f, role).is_clear)
    return replace(definition, fields=fields, sort=_sort(definition, role))


def _sort(definition: Definition, role: str | None) -> str:
    field = definition.by_key.get(definition.sort.removeprefix("-"))
    clear = field is None or access(field, role).is_clear
    return definition.sort if clear else _NEWEST_FIRST


def is_masked(field: Field, showing: Showing, role: str | None) -> bool:
    """By the role's right, or as a number by the missing privilege: the stricter of both."""
    by_privilege = masked_type(field) is not None and not showing.unmasked
    return by_privilege or access(field, role) is Access.MASK


def shown(field: Field, held: Any, showing: Showing, role: str | None) -> Any:
    """What an answer carries of a value."""
    kind = type_of(field)
    if held is not None and access(field, role) is Access.MASK:
        return kind.veil(held)
    return kind.value(held, showing)


def said(field: Field, held: Any, showing: Showing, role: str | None) -> str | None:
    """Text for a person, where the value alone does not say it."""
    if access(field, role) is Access.MASK:
        return None
    return type_of(field).display(field, held, showing)


def titled(definition: Definition, held: Any, showing: Showing, role: str | None) -> str:
    """The name of a record that something points at. It may be told of one that is out of reach.

    What the product itself words is for everybody, so it tells no more than all may see.
    """
    field = definition.by_key[definition.title_field]
    if access(field, role) is Access.HIDE:
        return VEIL
    if held is None:
        return ""
    for_all = role is None and is_kept_from_some(field)
    if for_all or is_masked(field, showing, role):
        return type_of(field).veil(held)
    return said(field, held, showing, role) or str(held)
