"""Saved queries as templates ask them: rows of plain values, with nothing that their readers do not see."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from callcenter.core.errors import Invalid, NotFound
from callcenter.objects.access import is_kept_from_some
from callcenter.objects.service.presenting import enterprise_of, viewer
from callcenter.queries.answers import DAYS, MOMENTS, NUMBERS, PRODUCT, REPLICA, Answer, Column, Row
from callcenter.queries.columns import Columns
from callcenter.queries.document import Query
from callcenter.queries.expert.document import ExpertQuery
from callcenter.queries.service.keeping import Queries
from callcenter.queries.service.running import Running, Wanted
from callcenter.queries.sources import Sources
from callcenter.rendering.errors import Refused
from callcenter.rendering.plain import WITHHELD

MOST = 1000
"""Rows that a template is given of one query."""

_RECKONED = (*NUMBERS, "boolean")
"""What a template reckons with, as long as no format makes words of it."""

Begin = Callable[[], AbstractContextManager[Session]]
"""A transaction of its own, in the name of whoever acts."""


@dataclass(frozen=True, slots=True)
class _Told:
    answer: Answer
    rows: list[dict[str, Any]]
    kept: frozenset[str]


_Asks = Callable[..., _Told]
"""Called with the query's key, its parameters and, by their names, the other things of `Wanted`."""


class Templating:
    """Where the product itself acts, its words are for everybody: a column that is kept from some is
    withheld, and so is what was reckoned from it; of text that an expert wrote that cannot be told.
    """

    def __init__(self, queries: Queries, running: Running) -> None:
        self._queries = queries
        self._running = running

    @property
    def answers(self) -> Mapping[str, Callable[..., Any]]:
        """In a transaction that is open: it waits for nobody else's server."""
        return {name: partial(self._within, answer) for name, answer in _ANSWERS.items()}

    def apart(self, begin: Begin) -> Mapping[str, Callable[..., Any]]:
        """Where none is open, and so of data sources as well."""
        asks = partial(self._apart, begin)
        return {name: partial(answer, asks) for name, answer in _ANSWERS.items()}

    def _within(self, answer: Callable[..., Any], session: Session, **arguments: Any) -> Any:
        def asks(key: str, parameters: Mapping[str, Any], **more: Any) -> _Told:
            query = self._query(session, key, parameters)
            if query.data_source not in (PRODUCT, REPLICA):
                raise Refused("instruction.source_within", {"query": key})
            return self._begun(session, query, parameters, **more)()

        return answer(asks, **arguments)

    def _apart(self, begin: Begin, key: str, parameters: Mapping[str, Any], **more: Any) -> _Told:
        with begin() as session:
            query = self._query(session, key, parameters)
            asked = self._begun(session, query, parameters, **more)
        return asked()

    def _query(
        self, session: Session, key: str, parameters: Mapping[str, Any]
    ) -> Query | ExpertQuery:
        try:
            row, query = self._queries.in_use(session, key, parameters)
        except NotFound:
            raise Refused("instruction.no_query", {"query": key}) from None
        if not row.active:
            raise Refused("instruction.no_query", {"query": key})
        return query

    def _begun(
        self, session: Session, query: Query | ExpertQuery, parameters: Mapping[str, Any],
        **more: Any,
    ) -> Callable[[], _Told]:  # fmt: skip
        wanted = Wanted(_given(parameters), **more)
        zone = enterprise_of(session, self._running.directory).zone
        try:
            kept = self._kept(session, query, wanted)
            answering = self._running.begun(session, query, wanted)
        except Invalid as fault:
            place = min(fault.fields, default="").removeprefix("parameters.")
            raise Refused("instruction.parameter", {"parameter": place}) from fault
        return partial(_told, answering, kept, zone)

    def _kept(self, session: Session, query: Query | ExpertQuery, wanted: Wanted) -> frozenset[str]:
        """Columns that somebody does not see, where nobody acts."""
        if viewer(session) is not None:
            return frozenset()
        if isinstance(query, ExpertQuery):
            raise Refused("instruction.unattended")
        ready = self._running.ready(session, query, wanted)
        return _restricted(ready.columns, ready.sources)


def _fetch(asks: _Asks, query: str, parameters: Mapping[str, Any]) -> dict[str, Any] | None:
    return next(iter(asks(query, parameters, page_size=1, counts=False).rows), None)


def _load(
    asks: _Asks, query: str, limit: int, parameters: Mapping[str, Any]
) -> list[dict[str, Any]]:
    if not 0 < limit <= MOST:
        raise Refused("instruction.argument", {"argument": "limit"})
    return asks(query, parameters, page_size=limit, counts=False).rows


def _run(asks: _Asks, query: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
    told = asks(query, parameters)
    answer = told.answer
    total = answer.total.count if answer.total else len(told.rows)
    shown = {column.key for column in answer.columns} - told.kept
    formed = {column.key for column in answer.columns if column.format}
    sums = {
        key: answer.sum_texts[key] if key in formed and key in answer.sum_texts else _number(value)
        for key, value in answer.sums.items()
        if key in shown
    }
    return {"rows": told.rows, "total": total, "totals": sums}


_ANSWERS: Mapping[str, Callable[..., Any]] = {"fetch": _fetch, "load": _load, "run": _run}


def _told(answering: Callable[[], Answer], kept: frozenset[str], zone: ZoneInfo) -> _Told:
    answer = answering()
    return _Told(answer, [_plain(each, answer.columns, kept, zone) for each in answer.rows], kept)


def _restricted(columns: Columns, sources: Sources) -> frozenset[str]:
    """Also what stands in a record that some role does not find, and what is reckoned from any."""
    closed: set[str] = set()
    for source in sources.values():  # each after the one that it is joined to
        if source.join and source.by and (
            source.join.of in closed or is_kept_from_some(source.by)
        ):  # fmt: skip
            closed.add(source.key)
    found = {
        key
        for key, known in columns.items()
        if known.shown.mask
        or known.shown.source in closed
        or (known.field is not None and is_kept_from_some(known.field))
    }
    # An expression may name one that stands after it.
    while more := {key for key, known in columns.items() if known.needs & found} - found:
        found |= more
    return frozenset(found)


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
    reckoned = not column.format and column.field is None and column.type in _RECKONED
    if column.mask or (column.key in row.texts and not reckoned):
        return row.texts.get(column.key, value)
    try:
        return _typed(value, column.type, zone)
    except (ValueError, ArithmeticError):
        return value


def _typed(value: Any, kind: str, zone: ZoneInfo) -> Any:
    if kind in NUMBERS:
        return _number(value)
    if kind in DAYS:
        return date.fromisoformat(str(value))
    if kind in MOMENTS:
        moment = datetime.fromisoformat(str(value))
        # Without a zone it was reckoned where the enterprise is, not where this machine is.
        return moment.astimezone(zone) if moment.tzinfo else moment.replace(tzinfo=zone)
    return value


def _number(value: Any) -> Any:
    return value if value is None or isinstance(value, int) else Decimal(str(value))
