"""A query as it is laid out, in the form the engine works with. Pure."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import Any

from callcenter.queries.answers import PRODUCT

ROOT = ""
"""The key of the object that a query begins with; joins have keys of their own."""


@dataclass(frozen=True, slots=True)
class Join:
    """Another object's records beside those of `of`.

    how   `one`: whom the reference field `by` of `of` names; `lines`: what its details field `by`
          holds; `back`: records of `object` whose reference field `by` names those of `of`
    must  whether rows without such a record are left out
    """

    key: str
    how: str
    by: str
    of: str = ROOT
    object: str | None = None
    must: bool = False


@dataclass(frozen=True, slots=True)
class Shown:
    """A column: a field of a source, an expression of other columns' keys, or a count of rows.

    aggregate  what is made of a group's values; "": the value itself, by which rows are grouped
    by         of a day or a moment: the step (day, week …) that stands for it
    total      what all rows' values come to below the list
    hidden     there for expressions, grouping and buttons, and shown to nobody
    """

    key: str
    label: Mapping[str, str]
    source: str = ROOT
    field: str | None = None
    expression: str | None = None
    aggregate: str = ""
    by: str = ""
    format: str = ""
    width: int = 0
    link: bool = False
    mask: bool = False
    hidden: bool = False
    total: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """Something to fill in before the list: what it is like says the first condition that takes it."""

    key: str
    label: Mapping[str, str]
    default: tuple[str, ...] = ()
    required: bool = False


@dataclass(frozen=True, slots=True)
class Sought:
    """A condition on a source's field, or on a column (`having`). Its values are text, as in a list's
    filters, and may be words (`$me`, `$today-7d`).

    parameter: what gives the values instead; with nothing entered there the condition is left out.
    """

    operator: str
    source: str = ROOT
    field: str = ""
    column: str = ""
    value: tuple[str, ...] = ()
    parameter: str = ""


@dataclass(frozen=True, slots=True)
class By:
    column: str
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Button:
    """In the operations column. when: an expression of columns' keys; "" for every row.

    do  `open`: the record of `source`; `call`: the number in `column`; `query`: another query,
        its parameters from columns
    """

    key: str
    label: Mapping[str, str]
    do: str
    when: str = ""
    source: str = ROOT
    column: str = ""
    query: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Color:
    """A row's colour: of the first whose expression holds."""

    when: str
    color: str


@dataclass(frozen=True, slots=True)
class Drawn:
    """type: bar, line or pie; category and values are columns."""

    type: str
    category: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Query:
    """any: whether one of the conditions is enough. grouped: rows stand for groups of records."""

    source: str
    columns: tuple[Shown, ...]
    joins: tuple[Join, ...] = ()
    conditions: tuple[Sought, ...] = ()
    any: bool = False
    grouped: bool = False
    having: tuple[Sought, ...] = ()
    order: tuple[By, ...] = ()
    parameters: tuple[Asked, ...] = ()
    buttons: tuple[Button, ...] = ()
    colors: tuple[Color, ...] = ()
    chart: Drawn | None = None
    page_size: int = 20
    data_source: str = PRODUCT

    @cached_property
    def by_key(self) -> Mapping[str, Shown]:
        return {column.key: column for column in self.columns}

    @cached_property
    def asked(self) -> Mapping[str, Asked]:
        return {each.key: each for each in self.parameters}

    def given_by(self, parameter: str) -> Sought | None:
        """The first condition that takes it."""
        found = (each for each in (*self.conditions, *self.having) if each.parameter == parameter)
        return next(found, None)


def load(document: Mapping[str, Any]) -> Query:
    """Of a document that has the form of `schemas.QueryDocument`."""
    return Query(
        source=document["source"],
        columns=tuple(Shown(**each) for each in document["columns"]),
        joins=tuple(Join(**each) for each in document.get("joins", ())),
        conditions=tuple(_sought(each) for each in document.get("conditions", ())),
        any=document.get("any", False),
        grouped=document.get("grouped", False),
        having=tuple(_sought(each) for each in document.get("having", ())),
        order=tuple(By(**each) for each in document.get("order", ())),
        parameters=tuple(
            Asked(**{**each, "default": tuple(each.get("default", ()))})
            for each in document.get("parameters", ())
        ),
        buttons=tuple(Button(**each) for each in document.get("buttons", ())),
        colors=tuple(Color(**each) for each in document.get("colors", ())),
        chart=drawn(document.get("chart")),
        page_size=document.get("page_size", 20),
        data_source=document.get("data_source", PRODUCT),
    )


def drawn(chart: Mapping[str, Any] | None) -> Drawn | None:
    """None for none."""
    return Drawn(**{**chart, "values": tuple(chart["values"])}) if chart else None


def write(query: Query) -> dict[str, Any]:
    """The inverse: all of it, as JSON."""
    document: dict[str, Any] = _plain(asdict(query))
    return document


def _sought(given: Mapping[str, Any]) -> Sought:
    return Sought(**{**given, "value": tuple(given.get("value", ()))})


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(each) for key, each in value.items()}
    return [_plain(each) for each in value] if isinstance(value, tuple | list) else value
