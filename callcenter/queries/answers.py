"""What a query answers, however it was asked: put together in the builder, or written as text. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

_LEAST_PLACES, _MOST_PLACES = 2, 6

NUMBERS = ("integer", "decimal", "money", "number")
DAYS = ("date",)
MOMENTS = ("datetime", "created_at", "updated_at")
"""Types of columns, by what their values are."""

PRODUCT, REPLICA = "product", "replica"
"""Where a query is asked: the product's own database, a copy of it that only reads, or the key of a
data source.
"""


class Align(StrEnum):
    START = "start"
    END = "end"


@dataclass(frozen=True, slots=True)
class Column:
    """
    key     by which rows hold its values
    label   locale → what stands at its head
    type    what its values are: that of a field (`text`, `choice`, `decimal`, `datetime`, `user` …);
            of an expression or a number that was reckoned its kind: number, text, boolean, date, datetime
    format  how its values are shown (`formats.py`); "" as its type is
    width   pixels; 0: as the page likes
    mask    whether its values are kept from whoever asked: rows hold masks of them
    sortable  whether whoever asked may sort by it
    object, field  whose values they are, where they are a field's own
    link    the source whose record a click on the value opens ("" is the first); None for none
    sign, places  of money: what stands before an amount ("" as is usual), and its decimals
    """

    key: str
    label: Mapping[str, str]
    type: str
    format: str = ""
    width: int = 0
    mask: bool = False
    align: Align = Align.START
    sortable: bool = True
    link: str | None = None
    object: str | None = None
    field: str | None = None
    sign: str = ""
    places: int = 2


@dataclass(frozen=True, slots=True)
class Origin:
    """A record that a row was made of."""

    object: str
    id: UUID


@dataclass(frozen=True, slots=True)
class Row:
    """
    values   column → value as JSON carries it: numbers exact as text, moments in UTC, ids as text
    texts    column → the words for a person, where the value alone does not say them (a choice's
             label, a user's name, a record's title)
    records  source → the record; nothing of rows that stand for many
    buttons  keys of those that this row has
    color    the name of a colour of the theme; "" for none
    """

    values: Mapping[str, Any]
    texts: Mapping[str, str] = field(default_factory=dict)
    records: Mapping[str, Origin] = field(default_factory=dict)
    buttons: tuple[str, ...] = ()
    color: str = ""


@dataclass(frozen=True, slots=True)
class Total:
    """How many rows there are on all pages; not exact: at least so many, as counting stopped.

    estimate: how many PostgreSQL believes in then.
    """

    count: int
    exact: bool = True
    estimate: int | None = None


COUNTING = 150
"""Milliseconds that counting rows may take: the page does not wait longer for a number."""


def told_by_page(first: int, size: int, rows: int) -> Total | None:
    """How many there are in all, where the page itself says it. first: rows on the pages before it."""
    ends = (rows and rows < size) or (not rows and not first)
    return Total(first + rows) if ends else None


def uncounted(first: int, rows: int, believed: int) -> Total:
    """Where counting took too long: so many as are seen, and as PostgreSQL believes in.

    A page with nothing on it lies behind the last, so there are no more than stand before it.
    """
    if not rows:
        return Total(0, False, min(believed, first))
    return Total(first + rows, False, max(believed, first + rows))


def written(number: Any, places: int | None = None) -> str:
    """A number as exact text. places: as its field has; an average has two, or as many."""
    exact = Decimal(number)
    exponent = exact.as_tuple().exponent
    has = -exponent if isinstance(exponent, int) else 0
    if has > _MOST_PLACES or (places is not None and has > _LEAST_PLACES):
        most = max(_LEAST_PLACES, places or 0)
        exact = exact.quantize(Decimal(1).scaleb(-most), ROUND_HALF_UP)
    return format(exact, "f")


@dataclass(frozen=True, slots=True)
class Answer:
    """One page. sums: column → what its values come to on all pages, where that was asked for;
    sum_texts: the words for it, where the value alone does not say them.

    fallback: the product's own database answered, though the replica was to be asked.
    """

    columns: list[Column]
    rows: list[Row]
    total: Total | None = None
    sums: Mapping[str, Any] = field(default_factory=dict)
    sum_texts: Mapping[str, str] = field(default_factory=dict)
    fallback: bool = False
