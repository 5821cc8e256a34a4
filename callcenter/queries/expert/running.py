"""Expert queries carried out: of no more than whoever acts reaches and sees, and within limits."""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from psycopg import errors
from sqlalchemy import Connection, Select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from callcenter.core.addresses import READER_ROLE
from callcenter.core.db import TenantTables
from callcenter.core.errors import Invalid
from callcenter.objects import queries
from callcenter.objects.schemas.rights import NEEDED
from callcenter.objects.service import Means
from callcenter.objects.service.lookups import Lookups
from callcenter.objects.service.presenting import role_of, schema_of, unmasked, viewer
from callcenter.queries.answers import Answer, Total
from callcenter.queries.errors import TooSlow
from callcenter.queries.expert.document import ExpertQuery, missing
from callcenter.queries.expert.errors import BadText, TooDear
from callcenter.queries.expert.limits import MOST_COST, check_plan
from callcenter.queries.expert.parts import BadStatement, Problem
from callcenter.queries.expert.reading import Checked, read
from callcenter.queries.expert.relations import Visible, rows, visible
from callcenter.queries.expert.spelling import key_of
from callcenter.queries.expert.telling import Telling, Told
from callcenter.queries.expert.values import Values

SECONDS = 15
COUNTED = 10_000
"""Rows; of more, PostgreSQL's estimate is told."""

MOST_ROWS = 200
"""Of one page."""

LEDGER = frozenset({"call", "call_leg", "call_summary"})
_LIMITS = text(
    "SELECT set_config('statement_timeout', :timeout, true), set_config('lock_timeout', '2s', true),"
    " set_config('timezone', :zone, true), set_config('jit', 'off', true),"
    " set_config('max_parallel_workers_per_gather', '0', true),"
    " set_config('transaction_read_only', 'on', true), set_config('role', :role, true)"
)
_TOO_MUCH = ("53", "54")
"""Classes of errors: of memory, and of what PostgreSQL can do."""

_COUNTING = "SELECT count(*) FROM ({} LIMIT {}) AS q"
_NAMED = re.compile(r"%\((\w+)\)s")


@dataclass(frozen=True)
class Asking:
    """parameters: texts by key; what is not named has its default. sort: as `schemas.RunBody`."""

    parameters: Mapping[str, Sequence[str]]
    sort: str = ""
    page: int = 1
    page_size: int = 0


@dataclass(frozen=True)
class _Ready:
    """tables: the mark of each → its rows; bound: values of all parameters."""

    checked: Checked
    tables: Mapping[str, str]
    bound: Mapping[str, Any]
    given: frozenset[str]

    def written(self, **how: Any) -> str:
        statement = self.checked.statement(self.given, **how)
        for mark, table in self.tables.items():
            statement = statement.replace(mark, table)
        return statement


class ExpertRuns(Lookups):
    def __init__(self, means: Means, *, seconds: int = SECONDS, most_cost: int = MOST_COST) -> None:
        super().__init__(means.directory, means.definitions, means.handled, means.rows)
        self._clock = means.clock
        self._seconds = seconds
        self._most_cost = most_cost

    def visible(self, session: Session) -> Mapping[str, Visible]:
        """The objects that whoever acts may name, by identifier."""
        actor = viewer(session)
        if actor is not None and not actor.may(NEEDED["read"]):
            return {}
        role, clear = role_of(session), unmasked(session)
        found = (visible(each, role, unmasked=clear) for each in self._definitions.all(session))
        return {each.definition.identifier: each for each in found if each is not None}

    def problems(self, session: Session, query: ExpertQuery) -> tuple[Problem, ...]:
        """All that is wrong, as far as it can be told without carrying it out."""
        objects = self.visible(session)
        try:
            checked = self._read(query, objects)
            tables, bound = self._tables(session, checked, objects)
            nothing = {key_of(each.key): None for each in query.parameters}
            # With all conditions, also those that are left out: each must be one.
            given = frozenset(query.declared)
            ready = _Ready(checked, tables, {**bound, **nothing}, given)
            with self._limited(session) as connection:
                self._planned(session, connection, ready.written(), ready.bound)
        except BadStatement as bad:
            return bad.problems
        return ()

    def run(self, session: Session, query: ExpertQuery, asking: Asking) -> Answer:
        """One page. Raises BadText, Invalid, TooDear, TooSlow."""
        objects = self.visible(session)
        try:
            ready = self._ready(session, query, objects, asking)
            told, total = self._page(session, query, ready, asking)
        except BadStatement as bad:
            raise BadText(bad.problems) from bad
        telling = Telling(session, self._presenter, query, ready.checked, objects)
        return Answer(telling.columns(told), telling.rows(told), total)

    def _read(self, query: ExpertQuery, objects: Mapping[str, Visible]) -> Checked:
        relations = {name: each.relation for name, each in objects.items()}
        return read(query.parts, relations, query.declared)

    def _ready(
        self,
        session: Session,
        query: ExpertQuery,
        objects: Mapping[str, Visible],
        asking: Asking,
    ) -> _Ready:
        if lacking := missing(query, asking.parameters):
            raise Invalid(fields={f"parameters.{key}": ["validation.required"] for key in lacking})
        checked = self._read(query, objects)
        values = Values(self._enterprise(session), viewer(session), self._clock)
        held = values.of(query.parameters, asking.parameters)
        tables, bound = self._tables(session, checked, objects)
        given = frozenset(key for key, value in held.items() if value is not None)
        mine = {key_of(key): value for key, value in held.items()}
        return _Ready(checked, tables, {**bound, **mine}, given)

    def _tables(
        self, session: Session, checked: Checked, objects: Mapping[str, Visible]
    ) -> tuple[dict[str, str], dict[str, Any]]:
        """What stands for each mark, and the values that are bound in it."""
        scoped, schema = TenantTables(session), schema_of(session, self._directory)
        written: dict[str, str] = {}
        bound: dict[str, Any] = {}
        for place, each in enumerate(checked.tables):
            seen = objects[each.relation]
            table = queries.table_of(seen.definition, schema)
            found = rows(table, seen, each.columns)
            found = self._reaching.within(session, found, table, seen.definition, "read")
            statement, values = _spelled(session, scoped.part(found), f"t{place}_")
            written[each.mark] = f"({statement})"
            bound |= values
        return written, bound

    def _page(
        self, session: Session, query: ExpertQuery, ready: _Ready, asking: Asking
    ) -> tuple[Told, Total | None]:
        size = min(asking.page_size or query.page_size, MOST_ROWS)
        order = (asking.sort.removeprefix("-"), asking.sort.startswith("-"))
        if asking.sort and order[0] not in ready.checked.columns:
            raise Invalid(fields={"sort": ["validation.unknown_sort"]})
        statement = ready.written(order_by=order if asking.sort else None)
        statement += f" LIMIT {size} OFFSET {(asking.page - 1) * size}"
        with self._limited(session) as connection:
            cost, _ = self._planned(session, connection, statement, ready.bound)
            if cost > self._most_cost:
                raise TooDear({"cost": round(cost), "most": self._most_cost})
            result = connection.exec_driver_sql(statement, ready.bound)
            described: Any = result.cursor.description
            told = Told([column.type_code for column in described], result.all())
        return told, self._total(session, ready, asking.page, size, len(told.rows))

    def _total(
        self, session: Session, ready: _Ready, page: int, size: int, rows: int
    ) -> Total | None:
        """None where counting alone would take too long."""
        if page == 1 and rows < size:
            return Total(rows)
        statement = ready.written(bare=True)
        counting = _COUNTING.format(statement, COUNTED + 1)
        try:
            with self._limited(session) as connection:
                count: int = connection.exec_driver_sql(counting, ready.bound).scalar_one()
                if count <= COUNTED:
                    return Total(count)
                _, believed = self._planned(session, connection, statement, ready.bound)
                return Total(COUNTED, False, max(believed, COUNTED))
        except TooSlow:
            return None

    def _planned(
        self, session: Session, connection: Connection, statement: str, bound: Mapping[str, Any]
    ) -> tuple[float, int]:
        """What PostgreSQL believes it to cost, and how many rows. Raises BadStatement, TooSlow."""
        explain = f"EXPLAIN (VERBOSE, FORMAT JSON) {statement}"
        plan = connection.exec_driver_sql(explain, dict(bound)).scalar_one()[0]["Plan"]
        check_plan(plan, schema_of(session, self._directory), LEDGER)
        return plan["Total Cost"], int(plan["Plan Rows"])

    @contextmanager
    def _limited(self, session: Session) -> Iterator[Connection]:
        """As the role that only reads; then everything is as it was. Raises TooSlow, BadStatement."""
        connection = session.connection()
        zone = self._enterprise(session).zone.key
        nested = connection.begin_nested()
        try:
            limits = {"timeout": f"{self._seconds}s", "zone": zone, "role": READER_ROLE}
            connection.execute(_LIMITS, limits)
            yield connection
        except DBAPIError as error:
            raise self._said(error) from error
        finally:
            nested.rollback()

    def _said(self, error: DBAPIError) -> Exception:
        """What PostgreSQL says of a statement is for whoever wrote it; of anything else it is not."""
        told = error.orig
        if isinstance(told, errors.QueryCanceled | errors.LockNotAvailable):
            return TooSlow({"seconds": self._seconds})
        wrong = isinstance(
            told, errors.ProgrammingError | errors.DataError | errors.NotSupportedError
        )
        state = told.sqlstate or "" if isinstance(told, errors.Error) else ""
        if not isinstance(told, errors.Error) or not (wrong or state[:2] in _TOO_MUCH):
            return error
        if isinstance(told, errors.InsufficientPrivilege):
            return error  # a fault of ours, however it was written
        said = told.diag.message_primary or ""
        return BadStatement((Problem("", 1, 1, 1, "expert.database", {"said": said}),))


def _spelled(session: Session, statement: Select[Any], prefix: str) -> tuple[str, dict[str, Any]]:
    """As psycopg takes it, the names of its parameters beginning with `prefix`."""
    compiled = statement.compile(
        dialect=session.connection().dialect, compile_kwargs={"render_postcompile": True}
    )
    written = _NAMED.sub(lambda match: f"%({prefix}{match[1]})s", str(compiled))
    return written, {f"{prefix}{name}": value for name, value in compiled.params.items()}
