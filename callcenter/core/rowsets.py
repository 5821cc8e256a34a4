"""Many rows as one JSON text that PostgreSQL takes apart by the columns' types.

A statement over it is the same for any number of rows, so driver and server prepare it once, and a
row costs neither of them a statement of its own. No I/O.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import orjson
from sqlalchemy import JSON, Table, bindparam, cast, column, func, select
from sqlalchemy.dialects.postgresql import Insert, insert
from sqlalchemy.sql.selectable import TableValuedAlias

Row = Mapping[str, Any]
"""Column → value; a column that a row does not name is NULL."""


@lru_cache(maxsize=512)
def insertion(table: Table, names: tuple[str, ...]) -> Insert:
    """An INSERT of the rows of `parameters`, in their order. Kept: to make it costs more than to run it."""
    given = rowset(table, names)
    return insert(table).from_select(list(names), select(*(given.c[name] for name in names)))


def rowset(table: Table, names: Sequence[str]) -> TableValuedAlias:
    """The rows of `parameters` as something to select from."""
    columns = [column(name, table.c[name].type) for name in names]
    rows = func.json_to_recordset(cast(bindparam("rows"), JSON))
    return rows.table_valued(*columns, name="given").render_derived(with_types=True)


def parameters(rows: Sequence[Row]) -> dict[str, str]:
    """Of a statement over a row set. Decimals travel as text: JSON's numbers would round them."""
    return {"rows": orjson.dumps(rows, default=str).decode()}
