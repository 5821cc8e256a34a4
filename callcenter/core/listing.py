"""One page of rows: counted, sorted by an allowed name, never in doubt about the order."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, func, or_
from sqlalchemy.orm import Session

from callcenter.core.http import PageRequest

Row = TypeVar("Row")


def page_rows(
    session: Session,
    query: Select[Row],
    request: PageRequest,
    allowed: Mapping[str, Any],
    default: str,
    unique: Any,
) -> tuple[Sequence[Row], int]:
    """The page's rows and how many there are in all. unique: breaks ties. Raises Invalid."""
    column, descending = request.order(allowed, default)
    total = session.scalar(query.with_only_columns(func.count(), maintain_column_froms=True))
    ordered = query.order_by(column.desc() if descending else column.asc(), unique)
    start = (request.page - 1) * request.page_size
    return session.scalars(ordered.offset(start).limit(request.page_size)).all(), total or 0


def holds(text: str, *columns: Any) -> ColumnElement[bool]:
    """Whether any column holds the text, whatever its case; `%` and `_` mean themselves."""
    return or_(*(column.icontains(text, autoescape=True) for column in columns))
