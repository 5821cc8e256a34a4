"""One row of an enterprise's, as whoever reads or changes it asks for it."""

from typing import TypeVar

from sqlalchemy import Select
from sqlalchemy.orm import Session

from callcenter.core.db import Versioned
from callcenter.core.errors import NotFound, Stale

Row = TypeVar("Row", bound=Versioned)


def the_one(session: Session, query: Select[Row], version: int | None = None) -> Row:
    """version: what whoever changes it has seen; the row is locked then. Raises NotFound, Stale."""
    row: Row | None = session.scalar(query if version is None else query.with_for_update())
    if row is None:
        raise NotFound
    if version is not None and row.version != version:
        raise Stale
    return row
