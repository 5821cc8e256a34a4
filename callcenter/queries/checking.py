"""What contradicts itself in a query, by the definitions in force; and what a role is kept from. Pure."""

from collections.abc import Callable, Collection, Iterator
from functools import partial

from callcenter.expressions import Kind
from callcenter.objects.access import access
from callcenter.objects.asking import knows
from callcenter.objects.errors import BadValue
from callcenter.objects.rules import ANYWHERE, Problem, operators_for
from callcenter.objects.types import masked_type
from callcenter.objects.types.base import Field
from callcenter.queries import looks
from callcenter.queries.columns import Columns, Known, columns_of
from callcenter.queries.conditions import value_of
from callcenter.queries.document import Query, Sought
from callcenter.queries.sources import (
    Definitions,
    Sources,
    closed_to,
    is_sortable,
    sources_of,
)

_WITHOUT_VALUE = ("empty", "filled")
_OF_SEVERAL = ("in", "not_in")
_COMPARED = ("eq", "ne", "lt", "le", "gt", "ge", "between")
_MOST_BETWEEN = 2


def problems(query: Query, definitions: Definitions) -> list[Problem]:
    """Everything, each at its place (`columns.2.field`), no place twice."""
    sources, wrong = sources_of(query, definitions)
    if not sources:
        return wrong
    columns, bad = columns_of(query, sources)
    wrong += bad
    for check in (_parameters, _conditions, _having, _order, _buttons, _colors, _chart):
        wrong += check(query, sources, columns)
    if all(column.hidden for column in query.columns):
        wrong.append(Problem("columns", "query.nothing_shown"))
    return [*{each.path: each for each in reversed(wrong)}.values()][::-1]


def barred(query: Query, sources: Sources, columns: Columns, role: str | None) -> list[Problem]:
    """Why a role may not ask at all: rows would tell it what it is kept from.

    What it merely does not see is left out or masked instead (`service/running.py`).
    """
    if role is None:
        return []
    closed = set(closed_to(sources, role))
    kept = [
        Problem(f"joins.{place}", "query.kept_from_role")
        for place, join in enumerate(query.joins)
        if join.must and join.key in closed
    ]
    for place, sought in enumerate(query.conditions):
        field = sources[sought.source].field(sought.field)
        if field and not _is_clear(field, sought.source, role, closed):
            kept.append(Problem(f"conditions.{place}", "query.kept_from_role"))
    for place, shown in enumerate(query.columns if query.grouped else ()):
        known = columns.get(shown.key)
        if known and known.field and not _is_clear(known.field, shown.source, role, closed):
            kept.append(Problem(f"columns.{place}", "query.kept_from_role"))
    return kept


def _is_clear(field: Field, source: str, role: str, closed: Collection[str]) -> bool:
    return access(field, role).is_clear and source not in closed


def operators(field: Field) -> list[str]:
    """Those that make sense of a field in a query."""
    if masked_type(field) is not None:
        return ["empty", "filled", "eq", "in"]  # whole numbers, as lists find them
    if field.type in ("created_at", "updated_at"):
        return ["lt", "le", "gt", "ge", "between"]
    found = operators_for(field)
    return [*found, "between"] if "lt" in found else found


def _conditions(query: Query, sources: Sources, _columns: Columns) -> Iterator[Problem]:
    for place, sought in enumerate(query.conditions):
        path = f"conditions.{place}"
        if sought.source not in sources:
            yield Problem(f"{path}.source", "query.unknown_source")
            continue
        field = sources[sought.source].field(sought.field)
        if field is None:
            yield Problem(f"{path}.field", "validation.unknown_field")
        elif sought.operator not in operators(field):
            yield Problem(f"{path}.operator", "condition.operator")
        else:
            yield from _values(query, sought, path, partial(_reads, field))


def _having(query: Query, _sources: Sources, columns: Columns) -> Iterator[Problem]:
    for place, sought in enumerate(query.having):
        path = f"having.{place}"
        known = columns.get(sought.column)
        if known is None or not known.shown.aggregate:
            yield Problem(f"{path}.column", "query.no_aggregate")
        elif sought.operator not in _COMPARED:
            yield Problem(f"{path}.operator", "condition.operator")
        else:
            yield from _values(query, sought, path, partial(_reads, compared_field(known)))


def compared_field(known: Known) -> Field:
    """As which values of an aggregate are read: its field's, or those of a number."""
    if known.field is not None and known.shown.aggregate in ("least", "greatest"):
        return known.field
    return Field(known.shown.key, "decimal", {}, "", settings={"places": 6})


def _values(
    query: Query, sought: Sought, path: str, reads: Callable[[str], bool]
) -> Iterator[Problem]:
    if sought.operator in _WITHOUT_VALUE:
        return
    values = sought.value
    if sought.parameter:
        asked = query.asked.get(sought.parameter)
        if asked is None:
            yield Problem(f"{path}.parameter", "query.unknown_parameter")
            return
        values = asked.default
    elif not values or (len(values) > 1 and not _may_be_several(sought)):
        yield Problem(f"{path}.value", "condition.value")
        return
    if sought.operator == "between" and len(values) > _MOST_BETWEEN:
        yield Problem(f"{path}.value", "condition.value")
    elif not all(reads(text) for text in values if text or sought.operator != "between"):
        place = "parameters" if sought.parameter else path
        yield Problem(f"{path}.value" if place == path else path, "condition.value")


def _may_be_several(sought: Sought) -> bool:
    return sought.operator in (*_OF_SEVERAL, "between")


def _reads(field: Field, text: str) -> bool:
    if text.startswith("$"):
        return knows(field, text)
    try:
        value_of(field, text, ANYWHERE)
    except BadValue:
        return False
    return True


def _parameters(query: Query, _sources: Sources, _columns: Columns) -> Iterator[Problem]:
    keys = [each.key for each in query.parameters]
    for place, key in enumerate(keys):
        if key in keys[:place]:
            yield Problem(f"parameters.{place}.key", "validation.duplicate")
        elif query.given_by(key) is None:
            yield Problem(f"parameters.{place}", "query.unused_parameter")


def _order(query: Query, _sources: Sources, columns: Columns) -> Iterator[Problem]:
    for place, by in enumerate(query.order):
        known = columns.get(by.column)
        if known is None or not sortable(known):
            yield Problem(f"order.{place}.column", "validation.unknown_sort")


def sortable(known: Known) -> bool:
    """Whether rows may be brought into its order by the database."""
    if known.node is not None:
        return False
    if known.field is None or known.shown.aggregate:
        return True
    return is_sortable(known.field) and masked_type(known.field) is None and not known.shown.mask


def _buttons(query: Query, sources: Sources, columns: Columns) -> Iterator[Problem]:
    types = {key: known.type for key, known in columns.items()}
    yield from looks.buttons(query, _kinds(columns), types, () if query.grouped else sources)


def _colors(query: Query, _sources: Sources, columns: Columns) -> Iterator[Problem]:
    yield from looks.colors(query, _kinds(columns))


def _kinds(columns: Columns) -> looks.Kinds:
    return {key: known.kind for key, known in columns.items()}


def _chart(query: Query, _sources: Sources, columns: Columns) -> Iterator[Problem]:
    if query.chart is None:
        return
    if query.chart.category not in columns:
        yield Problem("chart.category", "query.unknown_column")
    for place, key in enumerate(query.chart.values):
        known = columns.get(key)
        if known is None or known.kind is not Kind.NUMBER:
            yield Problem(f"chart.values.{place}", "query.no_number")
