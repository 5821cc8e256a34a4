"""What of the enterprise's objects a statement may name, as whoever acts may see it.

In a statement each object is a select of its own: of this enterprise, of records that are not deleted,
of those that the actor reaches, with those columns alone that his role has, masked where it sees them
masked. Whatever the statement does around it, it sees no more.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    Table,
    case,
    cast,
    func,
    literal,
    literal_column,
    null,
    select,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import String

from callcenter.core.i18n import LOCALES, caption
from callcenter.core.numbers import COUNTRY
from callcenter.objects import queries
from callcenter.objects.access import Access, access
from callcenter.objects.schemas import Definition
from callcenter.objects.service.seeing import is_masked
from callcenter.objects.types import type_of
from callcenter.objects.types.base import VEIL, Field, Showing
from callcenter.queries.expert.parts import Relation
from callcenter.queries.expert.scopes import ID

_NO_COLUMN = frozenset({"details", "file", "image"})
_SYSTEM = ("created_at", "created_by", "updated_at", "updated_by")


@dataclass(frozen=True, eq=False)
class Visible:
    """An object as a role sees it. definition: whole; fields: what the role sees of it, by key.

    masked: keys of what it sees veiled.
    """

    definition: Definition
    fields: Mapping[str, Field]
    relation: Relation
    masked: frozenset[str]


@lru_cache(maxsize=512)
def visible(
    definition: Definition, role: str | None, act: str = "read", *, unmasked: bool
) -> Visible | None:
    """None where the role reads no record of it at all. act: `read`, or `export` beside it."""
    if role is not None and not all(definition.allows(each, role) for each in ("read", act)):
        return None
    fields = [
        field for field in definition.fields
        if field.type not in _NO_COLUMN and access(field, role) is not Access.HIDE
    ]  # fmt: skip
    hidden = {field.key for field in definition.fields} - {field.key for field in fields}
    fields += [
        _system(key) for key in _SYSTEM
        if key not in definition.by_key and not _is_hidden(definition, key, hidden)
    ]  # fmt: skip
    showing = Showing("", unmasked, {}, {}, {})
    masked = frozenset(field.key for field in fields if is_masked(field, showing, role))
    columns = {ID: ID} | {
        field.key: "text" if field.key in masked and _is_text(field) else field.type
        for field in fields
    }
    by_key = {field.key: field for field in fields}
    return Visible(definition, by_key, Relation(definition.identifier, columns), masked)


def rows(table: Table, seen: Visible, columns: Collection[str]) -> Select[Any]:
    """The records that are not deleted, with these columns; whose they are is not asked here."""
    chosen = [_column(table, seen, key).label(key) for key in columns]
    return select(*(chosen or [literal(1).label("-")])).select_from(table).where(
        table.c.deleted_at.is_(None)
    )  # fmt: skip


def fenced(rows: Select[Any]) -> Select[Any]:
    """Nothing of the statement around these is worked out for a row that is none of them.

    PostgreSQL would put the select into that statement, and might test its conditions on what is out
    of reach before it asks whose it is: an error would tell a value. It never does so with an OFFSET.
    """
    return rows.offset(literal_column("0"))


def _column(table: Table, seen: Visible, key: str) -> ColumnElement[Any]:
    if key == ID:
        return table.c.id
    field = seen.fields[key]
    value = value_of(table, seen.definition, field)
    return veiled(field, value) if key in seen.masked else value


def value_of(table: Table, definition: Definition, field: Field) -> ColumnElement[Any]:
    """As its column has it, or would have it."""
    if definition.has_column(field):
        return table.c[queries.column_of(field)]
    kind, stored = type_of(field).column(field), table.c.extra[field.place]
    if isinstance(kind, JSONB):
        return stored
    return stored.astext if isinstance(kind, String) else cast(stored.astext, kind)


def veiled(field: Field, value: ColumnElement[Any]) -> ColumnElement[Any]:
    """What a role sees of a text that is kept from it, word for word as `FieldType.veil` has it.

    Of what is no text there is nothing: a statement that reckons with it keeps its types.
    """
    if not _is_text(field):
        return cast(null(), type_of(field).column(field))
    mask = _MASKS.get(field.type)
    return case((value.is_(None), null()), else_=mask(value) if mask else literal(VEIL))


def _is_text(field: Field) -> bool:
    return isinstance(type_of(field).column(field), String)


def _first_character(value: ColumnElement[Any]) -> ColumnElement[Any]:
    begun = func.left(value, 1).concat(literal("**"))
    return case((func.char_length(value) > 1, begun), else_=literal(VEIL))


def _identity(value: ColumnElement[Any]) -> ColumnElement[Any]:
    return func.left(value, 3).concat(literal("*" * 13)).concat(func.right(value, 2))


def _phone(value: ColumnElement[Any]) -> ColumnElement[Any]:
    """`Number.mask` of what is held as `kind:value`."""
    whole = f"e164:{COUNTRY}"
    digits = func.substr(value, len(whole) + 1)
    plain = func.substr(value, func.strpos(value, ":") + 1)
    toll_free = digits.op("~")(literal("^[48]00[0-9]{7}$"))
    national = case((toll_free, digits), else_=literal("0").concat(digits))
    short_area = func.left(national, 2).in_(["01", "02"])
    area = case((short_area, func.left(national, 3)), else_=func.left(national, 4))
    mobile = digits.op("~")(literal("^0?1[3-9][0-9]{9}$"))
    return case(
        (value.not_like("e164:%"), plain),
        (value.not_like(f"{whole}%"), _around(plain)),
        (mobile, func.left(digits, 3).concat(literal(" **** ")).concat(func.substr(digits, 8))),
        else_=area.concat(literal("-**** ")).concat(func.right(national, 2)),
    )


def _around(value: ColumnElement[Any]) -> ColumnElement[Any]:
    return func.left(value, 3).concat(literal(" **** ")).concat(func.right(value, 2))


_MASKS: Mapping[str, Callable[[ColumnElement[Any]], ColumnElement[Any]]] = {
    "email": _first_character, "identity": _identity, "long_text": _first_character,
    "phone": _phone, "text": _first_character,
}  # fmt: skip


def _system(key: str) -> Field:
    return Field(key, key, {locale: caption(f"query.{key}", locale) for locale in LOCALES}, "")


def _is_hidden(definition: Definition, key: str, hidden: set[str]) -> bool:
    """Whether a field that shows this of a record is kept from the role under another name."""
    return any(field.type == key and field.key in hidden for field in definition.fields)
