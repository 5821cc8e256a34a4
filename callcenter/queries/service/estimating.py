"""How many rows PostgreSQL believes a select to have, without reading them."""

from typing import Any

from sqlalchemy import Select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session
from sqlalchemy.sql import ClauseElement, Executable

from callcenter.core.db import SCOPED


class _Explain(Executable, ClauseElement):
    inherit_cache = False

    def __init__(self, statement: Select[Any]) -> None:
        self.statement = statement


@compiles(_Explain)
def _explained(element: _Explain, compiler: Any, **options: Any) -> str:
    return f"EXPLAIN (FORMAT JSON) {compiler.process(element.statement, **options)}"


def estimate(session: Session, statement: Select[Any]) -> int:
    """statement: whose parts are bound to the enterprise already."""
    found = session.execute(_Explain(statement), execution_options={SCOPED: True}).scalar_one()
    return int(found[0]["Plan"]["Plan Rows"])
