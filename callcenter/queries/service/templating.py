"""Saved queries as templates ask them: rows of plain values, with nothing that their readers do not see."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from callcenter.core.errors import Invalid, NotFound
from callcenter.objects.access import is_kept_from_some
from callcenter.objects.service.presenting import enterprise_of, viewer
from callcenter.queries.answers import Answer, Column, Row
from callcenter.queries.columns import Columns
from callcenter.queries.document import Query
from callcenter.queries.expert.document import ExpertQuery
from callcenter.queries.service.keeping import Queries
from callcenter.queries.service.running import Running, Wanted
from callcenter.rendering.errors import Refused
from callcenter.rendering.plain import WITHHELD

MOST = 1000
"""Rows that a template is given of one query."""

_PAGE = 200
_NUMBERS = ("integer", "decimal", "money", "number")
_DAYS = ("date",)
_MOMENTS = ("datetime", "created_at", "updated_at")


class Templating:
    """Where the product itself acts, its words are for everybody: a column that is kept from some is
    withheld, and so is what was reckoned from it; of text that an expert wrote that cannot be told.
    """

    def __init__(self, queries: Queries, running: Running) -> None:
        self._queries = queries
        self._running = running

    @property
    def answers(self) -> Mapping[str, Any]:
        return {"fetch": self._fetch, "load": self._load, "run": self._run}

    def _fetch(
        self, session: Session, query: str, parameters: Mapping[str, Any]
    ) -> dict[str, Any] | None:
        rows = self._asked(session, query, parameters, 1)
        return next((row for page in rows for row in page[1]), None)

    def _load(
        self, session: Session, query: str, limit: int, parameters: Mapping[str, Any]
    ) -> list[dict[str, Any]]:
        if not 0 < limit <= MOST:
            raise Refused("instruction.argument", {"argument": "limit"})
        pages = self._asked(session, query, parameters, min(limit, _PAGE))
        found: list[dict[str, Any]] = []
        for _, rows in pages:
            found += rows
            if len(found) >= limit:
                break
        return found[:limit]

    def _run(self, session: Session, query: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
        answer, rows = next(self._asked(session, query, parameters, 0))
        total = answer.total.count if answer.total else len(rows)
        shown = {column.key: column for column in answer.columns}
        sums = {key: _number(value) for key, value in answer.sums.items() if key in shown}
        return {"rows": rows, "total": total, "totals": sums}

    def _asked(
        self, session: Session, key: str, parameters: Mapping[str, Any], size: int
    ) -> Iterator[tuple[Answer, list[dict[str, Any]]]]:
        """Page by page, until there are no more."""
        try:
            row, query = self._queries.in_use(session, key)
        except NotFound:
            raise Refused("instruction.no_query", {"query": key}) from None
        if not row.active:
            raise Refused("instruction.no_query", {"query": key})
        running, kept = self._running.of(query), self._kept(session, query, parameters)
        zone = enterprise_of(session, self._running.directory).zone
        wanted = size or query.page_size
        page = 1
        while True:
            asked = Wanted(_given(parameters), page=page, page_size=wanted)
            answer = _run(running, session, query, asked)
            yield answer, [_plain(each, answer.columns, kept, zone) for each in answer.rows]
            if len(answer.rows) < wanted:
                return
            page += 1

    def _kept(
        self, session: Session, query: Query | ExpertQuery, parameters: Mapping[str, Any]
    ) -> frozenset[str]:
        """Columns that somebody does not see, where nobody acts."""
        if viewer(session) is not None:
            return frozenset()
        if isinstance(query, ExpertQuery):
            raise Refused("instruction.unattended")
        ready = self._running.ready(session, query, Wanted(_given(parameters)))
        return _restricted(ready.columns)


def _restricted(columns: Columns) -> frozenset[str]:
    """An expression stands after those that it needs."""
    found: set[str] = set()
    for key, known in columns.items():
        own = known.field is not None and is_kept_from_some(known.field)
        if own or known.shown.mask or known.needs & found:
            found.add(key)
    return frozenset(found)


def _run(running: Any, session: Session, query: Query | ExpertQuery, wanted: Wanted) -> Answer:
    try:
        answer: Answer = running.run(session, query, wanted)
    except Invalid as fault:
        place = min(fault.fields, default="").removeprefix("parameters.")
        raise Refused("instruction.parameter", {"parameter": place}) from fault
    return answer


def _given(parameters: Mapping[str, Any]) -> Mapping[str, Sequence[str]]:
    return {key: [*_texts(value)] for key, value in parameters.items()}


def _texts(value: Any) -> Iterator[str]:
    match value:
        case None:
            return
        case list():
            for each in value:
                yield from _texts(each)
        case bool():
            yield "true" if value else "false"
        case date():
            yield value.isoformat()
        case dict():
            raise Refused("instruction.no_value")
        case _:
            yield str(value)


def _plain(
    row: Row, columns: Sequence[Column], kept: frozenset[str], zone: ZoneInfo
) -> dict[str, Any]:
    return {
        column.key: WITHHELD if column.key in kept else _value(row, column, zone)
        for column in columns
    }


def _value(row: Row, column: Column, zone: ZoneInfo) -> Any:
    """What a person reads, or what can be reckoned with."""
    value = row.values.get(column.key)
    if value is None:
        return None
    if column.key in row.texts or column.mask:
        return row.texts.get(column.key, value)
    try:
        return _typed(value, column.type, zone)
    except (ValueError, ArithmeticError):
        return value


def _typed(value: Any, kind: str, zone: ZoneInfo) -> Any:
    if kind in _NUMBERS:
        return _number(value)
    if kind in _DAYS:
        return date.fromisoformat(str(value))
    if kind in _MOMENTS:
        return datetime.fromisoformat(str(value)).astimezone(zone)
    return value


def _number(value: Any) -> Any:
    return value if value is None or isinstance(value, int) else Decimal(str(value))
