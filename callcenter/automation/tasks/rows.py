"""Many rows changed by one statement, past the version that people edit against."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Update
from sqlalchemy.orm import Session

from callcenter.core.db import SCOPED


def change_many(session: Session, statement: Update, rows: Sequence[Mapping[str, Any]]) -> None:
    """rows: the values of its parameters; it names the rows of all enterprises by their ids."""
    if rows:
        session.connection().execute(statement, rows, execution_options={SCOPED: True})
