"""Whom a query's rows name: for a calling task that is to call them."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from functools import partial
from itertools import islice
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from callcenter.core.errors import Forbidden, Invalid
from callcenter.core.numbers import BadNumber, Number, parse_number
from callcenter.objects.schemas import Kind
from callcenter.objects.service.presenting import enterprise_of
from callcenter.objects.triggers.calling import Callee
from callcenter.queries.answers import PRODUCT, REPLICA, Column, Row
from callcenter.queries.service.keeping import Queries
from callcenter.queries.service.running import Running, Wanted

_BATCH = 500


class Selecting:
    def __init__(self, queries: Queries, running: Running) -> None:
        self._queries = queries
        self._running = running

    def begun(
        self, session: Session, key: str, parameters: Mapping[str, Sequence[str]], most: int
    ) -> Callable[[], list[Callee]]:
        """In the query's order, by its first column of telephone numbers; to be called for when the
        transaction is over, as `Running.begun`. Raises NotFound; Invalid: it has no such column, or
        more rows; Forbidden: the numbers are masked for whoever asks.
        """
        _, query = self._queries.in_use(session, key, parameters)
        running = self._running.of(query)
        ready = running.ready(session, query, Wanted(parameters))
        area_code = enterprise_of(session, self._running.directory).area_code
        if query.data_source not in (PRODUCT, REPLICA):
            return partial(self._found, None, running, ready, area_code, most)
        found = self._found(session, running, ready, area_code, most)
        return lambda: found

    def _found(
        self, session: Session | None, running: Any, ready: Any, area_code: str, most: int
    ) -> list[Callee]:
        """session: none for a data source, whose rows are of no record of ours."""
        showing = running.showing(session, ready)
        columns = showing.columns
        phone = next((column for column in columns if column.type == "phone"), None)
        if phone is None:
            raise Invalid(fields={"query": ["query.without_numbers"]})
        if phone.mask:
            raise Forbidden
        with closing(running.rows(session, ready, _BATCH)) as batches:
            rows = [*islice((row for batch in batches for row in batch), most + 1)]
        if len(rows) > most:
            raise Invalid({"max": most}, {"query": ["query.too_many_to_call"]})
        named = _named(columns)
        is_customer = (
            session is not None and self._running.kind_of(session, phone.object) is Kind.CUSTOMER
        )
        source = showing.source_of(phone.key) if is_customer else None
        return [
            Callee(
                _number(row.values.get(phone.key), area_code),
                _name(row, named),
                _record(row, source),
            )
            for row in rows
        ]


def _named(columns: Sequence[Column]) -> Column | None:
    """What somebody is called: the first text that is shown as it is."""
    return next((each for each in columns if each.type == "text" and not each.mask), None)


def _name(row: Row, column: Column | None) -> str:
    return str(row.values.get(column.key) or "") if column else ""


def _record(row: Row, source: str | None) -> UUID | None:
    found = row.records.get(source) if source is not None else None
    return found.id if found else None


def _number(value: object, area_code: str) -> Number | None:
    try:
        return parse_number(str(value), area_code) if value else None
    except BadNumber:
        return None
