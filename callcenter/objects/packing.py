"""A record's row as a text and back, cell by cell with its type. Pure."""

import json
from collections.abc import Callable, Iterable
from datetime import date, datetime, time
from decimal import Decimal
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import Date, DateTime, Numeric, Row, Table, Time, Uuid
from sqlalchemy.engine import result_tuple

from callcenter.objects.queries import told_columns

_READERS: tuple[tuple[type[Any], Callable[[str], Any]], ...] = (
    (Uuid, UUID),
    (DateTime, datetime.fromisoformat),
    (Date, date.fromisoformat),
    (Time, time.fromisoformat),
    (Numeric, Decimal),
)
"""Types whose values JSON has not; all others stand in it as they are."""


def pack(row: Row[Any]) -> str:
    """A row of `queries.told_columns`."""
    return json.dumps([*row], default=_text, ensure_ascii=False)


def unpack(table: Table, text: str | bytes) -> Row[Any]:
    """The row as the database would give it."""
    readers, made = _form(table)
    cells = json.loads(text)
    return made(
        cell if cell is None or read is None else read(cell)
        for cell, read in zip(cells, readers, strict=True)
    )


@lru_cache(maxsize=512)
def _form(
    table: Table,
) -> tuple[list[Callable[[str], Any] | None], Callable[[Iterable[Any]], Row[Any]]]:
    columns = told_columns(table)
    return [_reader(each.type) for each in columns], result_tuple([each.name for each in columns])


def _reader(kind: Any) -> Callable[[str], Any] | None:
    return next((read for known, read in _READERS if isinstance(kind, known)), None)


def _text(value: Any) -> str:
    return value.isoformat() if isinstance(value, date | time) else str(value)
