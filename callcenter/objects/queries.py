"""Tables of records, and the statements on them. All run through `TenantTables`.

Indexes: (enterprise_id, field, created_at, id) for what lists are sorted and filtered by, of records
that are not deleted, so that a page is read in its order, with a filter by that field in the usual one
too, and its records are counted without being read; without a field for all of them in the usual
order; (enterprise_id, field) for what is unique, and for what refers to somebody or something that
records are looked up by; the same of created_by for what somebody has made, of deleted_at for the
bin; GIN with trigrams on `search_text`.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from hashlib import sha256
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import (
    Column,
    ColumnElement,
    CompoundSelect,
    DateTime,
    Index,
    Integer,
    MetaData,
    Numeric,
    Select,
    String,
    Table,
    Uuid,
    and_,
    any_,
    bindparam,
    cast,
    false,
    func,
    literal,
    literal_column,
    or_,
    select,
    union_all,
)
from sqlalchemy import column as plain_column
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from callcenter.core.db import TenantTables
from callcenter.core.errors import Invalid
from callcenter.core.http import PageRequest
from callcenter.core.ids import MOMENT, made_at
from callcenter.objects.asking import filtered_field
from callcenter.objects.regions import within
from callcenter.objects.schemas import SORTABLE, Definition
from callcenter.objects.schemas.rights import is_restricted
from callcenter.objects.types import masked_type, type_of
from callcenter.objects.types.base import Field

_SHORTEST_NUMBER = 5
_LONGEST_SEARCHED = 200
_LONGEST_NAME = 63
_MOST_PLACES = 50
"""A function of PostgreSQL takes a hundred arguments."""

CACHED = "cached"
"""In a table's info: whether what is written there makes kept rows worthless."""

_EVERY = ("id", "version", "call_id", "created_at", "created_by", "updated_at", "updated_by")
"""Columns that are told of every record."""

_OWN_INDEXES = ("recent", "author", "call", "search")
_PART, _PART_KEY = "\x1f", "\x1e"
"""Begin a part of the search text, and end its name; no value has them."""


def schema_of(enterprise_code: str) -> str:
    """The schema with an enterprise's object tables."""
    return f"e{enterprise_code}"


def column_of(field: Field) -> str:
    """The one of a field's place, or of the system that it shows."""
    return type_of(field).system or column_at(field.place)


def column_at(place: str) -> str:
    """Prefixed, so that no field's place meets a column of the system."""
    return f"f_{place}"


@lru_cache(maxsize=512)
def table_of(definition: Definition, schema: str, also: Definition | None = None) -> Table:
    """The table of a published definition; one object a version, so statements stay cached.

    also: a version whose columns are in it as well, for what goes from one to the other.
    """
    fields = {
        column_of(field): field
        for version in (also, definition)
        if version
        for field in version.fields
        if version.owns_column(field)
    }
    table = Table(
        definition.identifier,
        MetaData(),
        Column("id", Uuid(), primary_key=True),
        Column("enterprise_id", Uuid(), nullable=False),
        Column("version", Integer(), nullable=False),
        Column("call_id", Uuid()),
        # A key of a partitioned table has what it is partitioned by.
        Column(
            "created_at", DateTime(timezone=True), nullable=False, primary_key=definition.monthly
        ),
        Column("created_by", Uuid()),
        Column("updated_at", DateTime(timezone=True), nullable=False),
        Column("updated_by", Uuid()),
        Column("deleted_at", DateTime(timezone=True)),
        Column("search_text", String(), nullable=False),
        Column("extra", JSONB(), nullable=False),
        *(Column(name, type_of(field).column(field)) for name, field in fields.items()),
        schema=schema,
        info={CACHED: any(version.cached for version in (also, definition) if version)},
        postgresql_partition_by="RANGE (created_at)" if definition.monthly else None,
    )
    _index(table, definition)
    return table


def _index(table: Table, definition: Definition) -> None:
    name, columns = definition.identifier, table.c
    _sorting(table, f"by_{name}__recent")
    Index(f"ix_{name}_author", columns.enterprise_id, columns.created_by)
    Index(f"ix_{name}_call", columns.call_id, postgresql_where=columns.call_id.is_not(None))
    # Two underscores: no field's index is called so.
    Index(
        f"ix_{name}__deleted",
        columns.enterprise_id,
        columns.deleted_at,
        postgresql_where=columns.deleted_at.is_not(None),
    )
    Index(
        f"ix_{name}_search",
        columns.search_text,
        postgresql_using="gin",
        postgresql_ops={"search_text": "gin_trgm_ops"},
    )
    for field in definition.fields:
        if not definition.is_indexed(field):
            continue
        column = columns[column_of(field)]
        if field.unique or field.type == "serial":
            Index(
                unique_index(definition, field),
                columns.enterprise_id,
                column,
                unique=not definition.monthly,
                postgresql_where=columns.deleted_at.is_(None),
            )
        elif type_of(field).sortable:
            _sorting(table, _named("sorted", name, field.place), column)
        else:
            # No field's place begins with an underscore, so none meets an index of the system.
            place = f"_{field.place}" if field.place in _OWN_INDEXES else field.place
            # Nobody finds by what is empty, and of fifty references most are: each would take time.
            Index(
                _named("ix", name, place),
                columns.enterprise_id,
                column,
                postgresql_where=column.is_not(None),
            )


def _sorting(table: Table, name: str, *columns: Column[Any]) -> None:
    """With what decides between equals: when a record was made, then its id."""
    Index(
        name,
        table.c.enterprise_id,
        *columns,
        table.c.created_at,
        table.c.id,
        postgresql_where=table.c.deleted_at.is_(None),
    )


def unique_index(definition: Definition, field: Field) -> str:
    """By its name a refusal of PostgreSQL tells which field it was."""
    return _named("uq", definition.identifier, field.place)


def _named(prefix: str, identifier: str, place: str) -> str:
    name = f"{prefix}_{identifier}_{place}"
    if len(name) <= _LONGEST_NAME:
        return name
    # PostgreSQL would cut it off, and two could become one.
    digest = sha256(name.encode()).hexdigest()[:8]
    return f"{name[: _LONGEST_NAME - 9]}_{digest}"


def sound(text: str) -> str:
    """How a text is spoken, without tones: its pinyin, or itself where it has none."""
    return (text if text.isascii() else _spoken(text)[0]).lower()


def _spoken(text: str) -> tuple[str, str]:
    """Its pinyin and its initials; what has no pinyin stands in both."""
    # Its dictionaries take 0.4 s to load, and most processes write no records.
    from pypinyin.seg.simpleseg import seg

    words = [_word_spoken(word) for word in seg(text)]
    return "".join(word[0] for word in words), "".join(word[1] for word in words)


@lru_cache(maxsize=50_000)
def _word_spoken(word: str) -> tuple[str, str]:
    """Of one word or character, as pinyin tells them apart: names and places say few of them."""
    from pypinyin import lazy_pinyin

    # No value has a NUL: it marks what has no pinyin.
    parts = lazy_pinyin([word], errors=lambda other: f"\0{other}")
    initials = [part[1:] if part.startswith("\0") else part[:1] for part in parts]
    return "".join(parts).replace("\0", ""), "".join(initials)


def search_text(definition: Definition, held: Mapping[str, Any]) -> str:
    """What a search by text looks through: values, their pinyin and its initials.

    Numbers are not in it: a part of one would find what is masked. A field that some role does not
    see has a part of its own at the end, with its key, so that this role's search leaves it out.
    """
    texts: list[str] = []
    parts: list[str] = []
    for field in definition.searched:
        value = held.get(field.key)
        if value is None:
            continue
        text = type_of(field).search_text(value)[:_LONGEST_SEARCHED]
        forms = [text] if text.isascii() else [text, *_spoken(text)]
        if is_restricted(field):
            parts.append(f"{_PART}{field.key}{_PART_KEY}{' '.join(forms)}")
        else:
            texts += forms
    return (" ".join(texts) + "".join(parts)).lower()


def searched_keys(definition: Definition) -> set[tuple[str, bool]]:
    """The fields that a search by text looks through, each with whether it has its own part."""
    return {(field.key, is_restricted(field)) for field in definition.searched}


def restricted_parts(definition: Definition) -> list[str]:
    """Keys of the fields that have a part of their own in the search text."""
    return sorted(key for key, restricted in searched_keys(definition) if restricted)


def alive(table: Table) -> Select[Any]:
    return select(table).where(table.c.deleted_at.is_(None))


def binned(table: Table) -> Select[Any]:
    """The opposite of `alive`: what was deleted and not yet purged."""
    return select(table).where(table.c.deleted_at.is_not(None))


def by_id(table: Table, record_id: UUID) -> Select[Any]:
    return alive(table).where(this(table, record_id))


def this(table: Table, record_id: UUID) -> ColumnElement[bool]:
    """The record with this id. A monthly object's says in which month to look for it."""
    found: ColumnElement[bool] = table.c.id == record_id
    if not table.c.created_at.primary_key:
        return found
    made = made_at(record_id)
    return and_(found, table.c.created_at >= made, table.c.created_at < made + MOMENT)


@lru_cache(maxsize=512)
def by_number(table: Table, definition: Definition) -> Select[Any]:
    """Records with a number in any of their telephone fields, the last changed first.

    Parameter: `number`, as it is stored. Kept, since the pop waits for it.
    """
    columns = [table.c[column_of(field)] for field in definition.phones]
    found = or_(false(), *(column == bindparam("number") for column in columns))
    query = alive(table).where(found).order_by(table.c.updated_at.desc()).limit(20)
    whole: Select[Any] = TenantTables.for_any(query)
    return whole


def to_change(table: Table, field: Field, values: Sequence[Any]) -> Select[Any]:
    """Records by one field, locked; always in one order, so that two do not wait for each other."""
    found = alive(table).where(_one_of(table.c[column_of(field)], values))
    return found.order_by(table.c.id).with_for_update()


def called(
    table: Table, definition: Definition, by: Sequence[Field], names: Sequence[str]
) -> Select[Any]:
    """Id, key and title of the records that have one of these names in one of the fields `by`."""
    key, title = (
        table.c[column_of(definition.by_key[name])]
        for name in (definition.key_field, definition.title_field)
    )
    # Numbers and dates are not what a record is called.
    columns = [table.c[column_of(field)] for field in by]
    texts = [column for column in columns if isinstance(column.type, String)]
    found = or_(false(), *(_one_of(column, names) for column in texts))
    return select(table.c.id, key, title).where(table.c.deleted_at.is_(None), found)


def owners(table: Table, field: Field, values: Sequence[Any]) -> Select[Any]:
    """Pairs of id and value, by one field."""
    column = table.c[column_of(field)]
    return select(table.c.id, column).where(table.c.deleted_at.is_(None), _one_of(column, values))


def _one_of(column: Column[Any], values: Sequence[Any]) -> ColumnElement[bool]:
    """For hundreds of values: one array, the same statement however many. With a parameter for each,
    PostgreSQL read the whole table where it knew little of it, and looked at each value in turn.
    """
    return column == any_(literal([*values], ARRAY(column.type)))


def searched(
    query: Select[Any],
    table: Table,
    definition: Definition,
    parts: Sequence[str],
    text: str,
    area_code: str,
    *,
    unmasked: bool,
) -> Select[Any]:
    """Every word must be found. A number is found whole; its part only with the privilege.

    definition: of what may be searched. parts: as `restricted_parts` says of all there is.
    """
    for word in text.lower().split():
        found = [_text_found(table, definition, parts, word)]
        found += _number_found(table, definition, word, area_code, unmasked=unmasked)
        query = query.where(or_(*found))
    return query


def _text_found(
    table: Table, definition: Definition, parts: Sequence[str], word: str
) -> ColumnElement[bool]:
    anywhere: ColumnElement[bool] = table.c.search_text.contains(word, autoescape=True)
    if not parts:
        return anywhere
    seen = [func.split_part(table.c.search_text, _PART, 1)]
    for key in parts:
        if key in definition.by_key:
            own = func.split_part(table.c.search_text, f"{_PART}{key}{_PART_KEY}", 2)
            seen.append(func.split_part(own, _PART, 1))
    # The whole first: it is what the index finds.
    return and_(anywhere, or_(*(part.contains(word, autoescape=True) for part in seen)))


def _number_found(
    table: Table, definition: Definition, word: str, area_code: str, *, unmasked: bool
) -> list[Any]:
    if len(word) < _SHORTEST_NUMBER:
        return []
    found: list[Any] = []
    for field in definition.fields:
        if (kind := masked_type(field)) is None:
            continue
        column = table.c[column_of(field)]
        if (whole := kind.whole(word, area_code)) is not None:
            found.append(column == whole)
        if unmasked and word.isdigit():
            found.append(column.contains(word, autoescape=True))
    return found


def filtered(
    query: Select[Any],
    table: Table,
    definition: Definition,
    filters: Mapping[str, str],
    read: Any,
) -> Select[Any]:
    """`f.<field>` equals (several values: any of them), `.from` and `.to` bound (both included).

    read(field, text) → held value; raises Invalid. Unknown names are refused.
    """
    for name, text in filters.items():
        if (found := filtered_field(definition, name)) is None:
            raise Invalid(fields={name: ["validation.unknown_filter"]})
        field, bound = found
        column = table.c[column_of(field)]
        if bound == "from":
            query = query.where(column >= read(field, name, text))
        elif bound == "to":
            query = query.where(_not_after(column, read(field, name, text), text))
        else:
            sought = [read(field, name, part) for part in text.split(",")]
            values = [each for value in sought for each in _meant(field, value)]
            query = query.where(column.in_(values))
    return query


def _meant(field: Field, value: Any) -> Sequence[Any]:
    """A province is all that lies in it."""
    return within(value) if field.type == "region" else [value]


def _not_after(column: Any, value: Any, text: str) -> Any:
    # A day without a time means the whole of it.
    if isinstance(value, datetime) and "T" not in text:
        return column < value + timedelta(days=1)
    return column <= value


class Order(NamedTuple):
    """By what a list is sorted. Records without a value come last either way.

    has_gaps: whether a record may have no value there.
    """

    column: Any
    descending: bool
    has_gaps: bool


def narrowed(query: Select[Any], table: Table, definition: Definition) -> Select[Any]:
    """Of the records no more than the definition's fields and what every record has."""
    typed = (column_of(each) for each in definition.fields if definition.has_column(each))
    columns = [table.c[name] for name in dict.fromkeys((*_EVERY, *typed))]
    places = [each.place for each in definition.fields if not definition.has_column(each)]
    extra = table.c.extra
    if len(places) > _MOST_PLACES:
        return query.with_only_columns(*columns, extra)
    parts = [part for place in places for part in (literal(place), extra[place])]
    return query.with_only_columns(*columns, func.jsonb_build_object(*parts).label("extra"))


def order_of(table: Table, definition: Definition, request: PageRequest) -> Order:
    """Raises Invalid for what cannot be sorted by."""
    allowed = {name: table.c[name] for name in SORTABLE}
    for field in definition.fields:
        if definition.has_column(field) and type_of(field).sortable:
            allowed[field.key] = table.c[column_of(field)]
    column, descending = request.order(allowed, definition.sort)
    return Order(column, descending, bool(column.nullable))


def in_order(query: Select[Any], table: Table, order: Order) -> Select[Any]:
    """All of it. Between equals their age decides, in the same direction, as the index has it."""
    column, equals = order.column, (table.c.created_at, table.c.id)
    if not order.descending:
        return query.order_by(column, *equals)
    first = column.desc().nulls_last() if order.has_gaps else column.desc()
    return query.order_by(first, *(each.desc() for each in equals))


def page_of(query: Select[Any], table: Table, order: Order, offset: int, most: int) -> Select[Any]:
    """One page.

    Downwards an index gives records without a value first; so they are left to `gaps_of`.
    """
    if order.descending and order.has_gaps:
        query = query.where(order.column.is_not(None))
        order = order._replace(has_gaps=False)
    return in_order(query, table, order).offset(offset).limit(most)


def gaps_of(query: Select[Any], table: Table, order: Order) -> Select[Any]:
    """Records without a value, which `page_of` left out."""
    return query.where(order.column.is_(None)).order_by(
        table.c.created_at.desc(), table.c.id.desc()
    )


def counted(query: Select[Any]) -> Select[Any]:
    return query.with_only_columns(func.count(), maintain_column_froms=True)


def totalled(
    query: Select[Any], table: Table, definition: Definition, fields: Sequence[Field]
) -> Select[Any]:
    """One row: how many records; of each field how many have a number, sum, least and greatest."""
    found: list[Any] = [func.count()]
    for field in fields:
        if definition.has_column(field):
            number: Any = table.c[column_of(field)]
        else:
            number = cast(table.c.extra[field.place].astext, Numeric)
        found += [func.count(number), func.sum(number), func.min(number), func.max(number)]
    return query.with_only_columns(*found, maintain_column_froms=True)


def told_columns(table: Table) -> list[Column[Any]]:
    """All that may be told of a record: not whose it is, nor what a search looks through."""
    return [each for each in table.c if each.name not in ("enterprise_id", "search_text")]


def lying(table: Table, ids: Collection[UUID]) -> Select[Any]:
    """Rows of `told_columns` as they lie, deleted ones too."""
    return select(*told_columns(table)).where(table.c.id.in_(ids))


@lru_cache(maxsize=512)
def titles(targets: tuple[Definition, ...], schema: str) -> CompoundSelect[Any]:
    """Rows of id, title, when it was deleted (those that were are named all the same), and which target.

    Parameters: `ids_0` and so on, of each target. Their titles are of one type.
    """
    parts = union_all(*(_titles(*each, schema) for each in enumerate(targets)))
    whole: CompoundSelect[Any] = TenantTables.for_any(parts)
    return whole


def _titles(place: int, target: Definition, schema: str) -> Select[Any]:
    table = table_of(target, schema)
    query = select(
        table.c.id, title_of(table, target), table.c.deleted_at, literal_column(str(place))
    )
    asked = bindparam(f"ids_{place}", type_=ARRAY(Uuid()))
    part: Select[Any] = TenantTables.for_any(query.where(table.c.id == any_(asked)))
    return part


def title_of(table: Table, definition: Definition) -> Column[Any]:
    return table.c[column_of(definition.by_key[definition.title_field])]


def referring(table: Table, field: Field, ids: Sequence[UUID], but: UUID, most: int) -> Select[Any]:
    """Records, deleted ones too, whose reference is one of `ids`; locked, in the order of their ids."""
    column = table.c[column_of(field)]
    query = select(table.c.id, column.label("target"))
    query = query.where(column.in_(ids), table.c.id != but)
    return query.order_by(table.c.id).limit(most).with_for_update()


def locked(table: Table, ids: Sequence[UUID]) -> Select[Any]:
    """In one order for everybody: two who merge the same records never wait for each other."""
    return select(table.c.id).where(table.c.id.in_(ids)).order_by(table.c.id).with_for_update()


def in_states(
    table: Table,
    definition: Definition,
    part: str,
    values: Collection[Any],
    *,
    closed: bool | None,
) -> Select[Any]:
    """Records whose linked field `part` is one of the values, the newest first.

    closed: only finished ones, or only open; one without a state is open.
    """
    linked = definition.linked(part)
    status = definition.linked("status")
    query = alive(table).order_by(table.c.created_at.desc())
    if linked is None:
        return query.where(false())
    query = query.where(table.c[column_of(linked)].in_(values))
    if closed is None or status is None:
        return query
    finished = [o["value"] for o in status.setting("options", []) if o.get("closed")]
    state = table.c[column_of(status)]
    return query.where(
        state.in_(finished) if closed else or_(state.is_(None), state.not_in(finished))
    )


def after(table: Table, last: UUID | None, since: datetime | None, most: int) -> Select[Any]:
    """Records in the order of their ids, deleted ones too: to go through all, a batch at a time.

    since: only those changed from then on.
    """
    query = select(table).order_by(table.c.id).limit(most)
    if last is not None:
        query = query.where(table.c.id > last)
    if since is not None:
        query = query.where(table.c.updated_at >= since)
    return query


def weighed(table: Table, places: Mapping[str, bool]) -> Select[Any]:
    """One row: of each place how many records have a value there, and how many bytes those take.

    places: name → whether there is a column; a field that moved into one left what it had in `extra`.
    """
    found: list[Any] = []
    for place, has_column in places.items():
        values: list[Any] = [table.c.extra[place]]
        if has_column:
            values.append(plain_column(column_at(place)))
        filled = or_(*(value.is_not(None) for value in values))
        sizes = (func.coalesce(func.pg_column_size(value), 0) for value in values)
        found.append(func.count().filter(filled))
        found.append(func.coalesce(func.sum(sum(sizes, literal(0))), 0))
    return select(*found).select_from(table)


def holding(table: Table, place: str, last: UUID | None, most: int) -> Select[Any]:
    """Rows of id and what stands at `place` in `extra`, of those that have it; deleted ones too."""
    query = select(table.c.id, table.c.extra[place].label("value"))
    query = query.where(table.c.extra.has_key(place)).order_by(table.c.id).limit(most)
    return query if last is None else query.where(table.c.id > last)


def repeated(table: Table, definition: Definition, field: Field, most: int) -> Select[Any]:
    """Values that more than one record has in this field, and how many have it."""
    if definition.has_column(field):
        value: Any = table.c[column_of(field)]
    else:
        value = table.c.extra[field.place].astext
    count = func.count(table.c.id)
    return (
        select(value.label("value"), count.label("records"))
        .where(table.c.deleted_at.is_(None), value.is_not(None))
        .group_by(value)
        .having(count > 1)
        .order_by(count.desc())
        .limit(most)
    )


def longer(table: Table, definition: Definition, field: Field, most: int) -> Select[Any]:
    """Records whose value in this field has more characters than `most`."""
    if definition.has_column(field):
        value: Any = cast(table.c[column_of(field)], String())
    else:
        value = table.c.extra[field.place].astext
    return alive(table).where(func.char_length(value) > most).order_by(table.c.id)


def writing_lock(schema: str, identifier: str) -> tuple[Select[Any], Select[Any]]:
    """Held by whoever writes records, until the end of the transaction; and by a publication.

    Between them no record is written by a definition that is no longer in force.
    """
    key = func.hashtextextended(f"{schema}.{identifier}", 0)
    return select(func.pg_advisory_xact_lock_shared(key)), select(func.pg_advisory_xact_lock(key))
