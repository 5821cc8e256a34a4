"""Expert queries carried out: of no more than whoever acts reaches and sees, and within limits."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from psycopg import errors
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from callcenter.core.addresses import READER_ROLE
from callcenter.core.db import TenantTables
from callcenter.core.errors import Forbidden, Invalid
from callcenter.core.permissions import Permission
from callcenter.objects import queries
from callcenter.objects.schemas.rights import NEEDED
from callcenter.objects.service import Means
from callcenter.objects.service.lookups import Lookups
from callcenter.objects.service.presenting import role_of, schema_of, unmasked, viewer
from callcenter.queries.answers import COUNTING, Answer, Row, Total, told_by_page, uncounted
from callcenter.queries.errors import TooSlow
from callcenter.queries.expert.document import ExpertQuery, missing
from callcenter.queries.expert.errors import BadText, TooDear
from callcenter.queries.expert.limits import MOST_COST, check_plan
from callcenter.queries.expert.parts import BadStatement, Problem
from callcenter.queries.expert.relations import Visible, fenced, rows, visible
from callcenter.queries.expert.spelling import key_of, name, spelled
from callcenter.queries.expert.statement import Checked
from callcenter.queries.expert.telling import Telling
from callcenter.queries.expert.values import Values
from callcenter.queries.timing import Left

if TYPE_CHECKING:
    from callcenter.queries.service.running import Wanted

LONGEST = 15_000
"""Milliseconds that a statement may take where somebody waits for it."""

COUNTED = 10_000
"""Rows; of more, PostgreSQL's estimate is told."""

LEDGER = frozenset({"call", "call_leg", "call_summary"})
_LIMITS = text(
    "SELECT set_config('statement_timeout', :timeout, true), set_config('lock_timeout', '2s', true),"
    " set_config('timezone', :zone, true), set_config('jit', 'off', true),"
    " set_config('max_parallel_workers_per_gather', '0', true), set_config('role', :role, true)"
)
_ONLY_READS = text("SET LOCAL transaction_read_only = on")
_ITSELF = text("SET LOCAL ROLE NONE")
_COUNTING = "SELECT count(*) FROM ({} LIMIT {}) AS q"
SUMMING = "SELECT {} FROM ({}) AS q"
TOTALS = {"sum": "sum", "average": "avg", "least": "min", "greatest": "max"}
"""What columns come to → the function that says it, in every SQL."""
_TOO_MUCH = ("53", "54")
"""Classes of errors: of memory, and of what PostgreSQL can do."""
_OF_VALUES = "22"
"""The class of errors whose words quote a value: not for whom merely uses a statement."""
_WRITES = Permission.OBJECTS_DEFINE


@dataclass(frozen=True, eq=False)
class Ready:
    """A statement that whoever acts may ask.

    tables: the mark of each → its rows; bound: values of all parameters; given: those with a value.
    """

    query: ExpertQuery
    objects: Mapping[str, Visible]
    checked: Checked
    tables: Mapping[str, str]
    bound: Mapping[str, Any]
    given: frozenset[str]
    order: tuple[str, bool] | None = None

    def written(self, *, bare: bool = False, ties: bool = False) -> str:
        kept = [key for key in self.checked.columns if self.query.is_kept(key)]
        statement = self.checked.statement(self.given, self.order, bare=bare, ties=ties, kept=kept)
        for mark, table in self.tables.items():
            statement = statement.replace(mark, table)
        return statement


class ExpertRuns(Lookups):
    def __init__(
        self, means: Means, *, milliseconds: int = LONGEST, most_cost: int = MOST_COST
    ) -> None:
        super().__init__(means.directory, means.definitions, means.handled, means.rows)
        self._clock = means.clock
        self._longest = milliseconds
        self._most_cost = most_cost

    def objects(self, session: Session, act: str = "read") -> Mapping[str, Visible]:
        """Those that whoever acts may name, by identifier."""
        actor = viewer(session)
        if actor is not None and not (actor.may(NEEDED["read"]) and actor.may(NEEDED[act])):
            return {}
        role, clear = role_of(session), unmasked(session)
        return self._seen(session, role, clear, act)

    def problems(
        self, session: Session, query: ExpertQuery, roles: Sequence[str] = ()
    ) -> tuple[Problem, ...]:
        """All that is wrong, as far as it can be told without carrying it out."""
        objects = self.objects(session)
        try:
            checked = _read(query, objects)
            tables, bound = self._tables(session, checked, objects, "read")
            nothing = {key_of(each.key): None for each in query.parameters}
            # With all conditions, also those that are left out: each must be one.
            given = frozenset(query.declared)
            ready = Ready(query, objects, checked, tables, {**bound, **nothing}, given)
            with self._limited(session) as connection:
                self._planned(session, connection, ready.written(), ready.bound)
            dressed = tuple(self.showing(session, ready).problems()) if query.is_dressed else ()
        except BadStatement as bad:
            return bad.problems
        except BadText as bad:
            return bad.problems
        return (*dressed, *self._kept_from(session, query, roles))

    def run(self, session: Session, query: ExpertQuery, wanted: "Wanted") -> Answer:
        """One page. Raises BadText, Forbidden, Invalid, TooDear, TooSlow."""
        ready, time = self.ready(session, query, wanted), Left(self._clock, self._longest)
        size = wanted.page_size or query.page_size
        first = (wanted.page - 1) * size
        statement = f"{ready.written(ties=True)} LIMIT {size} OFFSET {first}"
        with self._told(), self._limited(session) as connection:
            self._check_cost(session, connection, statement, ready)
            result = connection.exec_driver_sql(statement, dict(ready.bound))
            telling = self._telling(session, ready, result)
            found = result.all()
        if not wanted.counts:
            return Answer(telling.columns, telling.rows(found))
        total = self._total(session, ready, first, size, len(found))
        sums = self._sums(session, ready, telling, time)
        return Answer(telling.columns, telling.rows(found), total, sums)

    # -- files of rows: what `Running` has as well -----------------------------------------------

    def ready(self, session: Session, query: ExpertQuery, wanted: "Wanted") -> Ready:
        """Raises BadText, Forbidden, Invalid."""
        objects = self.objects(session, wanted.act)
        if not objects:
            raise Forbidden
        if lacking := missing(query, wanted.parameters):
            raise Invalid(fields={f"parameters.{key}": ["validation.required"] for key in lacking})
        with self._told():
            checked = _read(query, objects)
        values = Values(self._enterprise(session), viewer(session), self._clock)
        held = values.of(query.parameters, wanted.parameters)
        tables, bound = self._tables(session, checked, objects, wanted.act)
        order = (wanted.sort.removeprefix("-"), wanted.sort.startswith("-"))
        if wanted.sort and (order[0] not in checked.columns or query.is_kept(order[0])):
            raise Invalid(fields={"sort": ["validation.unknown_sort"]})
        mine = {key_of(key): held.get(key) for key in query.declared}
        whole, given = {**bound, **mine}, frozenset(held)
        return Ready(query, objects, checked, tables, whole, given, order if wanted.sort else None)

    def showing(self, session: Session, ready: Ready) -> Telling:
        """Without a row: to know what stands at the heads of columns."""
        with self._told(), self._limited(session) as connection:
            result = connection.exec_driver_sql(f"{ready.written()} LIMIT 0", dict(ready.bound))
            return self._telling(session, ready, result)

    def count(self, session: Session, ready: Ready, milliseconds: int = LONGEST) -> int | None:
        """As far as rows are counted; None where that takes longer."""
        counting = _COUNTING.format(ready.written(bare=True), COUNTED + 1)
        try:
            with self._told(), self._limited(session, milliseconds) as connection:
                found: int = connection.exec_driver_sql(counting, dict(ready.bound)).scalar_one()
                return found
        except TooSlow:
            return None

    def rows(self, session: Session, ready: Ready, batch: int) -> Iterator[Sequence[Row]]:
        """All rows in order, so many at once, from a cursor on the server. To be closed by whoever
        does not take them all; until then the transaction only reads. Raises BadText, TooDear, TooSlow.

        PostgreSQL asks for rights as it opens a cursor; names behind ids are then looked up as ever.
        """
        telling, statement = self.showing(session, ready), ready.written()
        session.flush()
        with self._told(), self._limited(session) as connection:
            self._check_cost(session, connection, statement, ready)
            opening = f"DECLARE expert NO SCROLL CURSOR FOR {statement}"
            connection.exec_driver_sql(opening, dict(ready.bound))
            connection.execute(_ITSELF)
            while found := connection.exec_driver_sql(f"FETCH {batch} FROM expert").all():
                yield telling.rows(found)

    # -- how -------------------------------------------------------------------------------------

    def _seen(
        self, session: Session, role: str | None, clear: bool, act: str
    ) -> Mapping[str, Visible]:
        definitions = self._definitions.all(session)
        found = (visible(each, role, act, unmasked=clear) for each in definitions)
        return {each.definition.identifier: each for each in found if each is not None}

    def _kept_from(
        self, session: Session, query: ExpertQuery, roles: Sequence[str]
    ) -> Iterator[Problem]:
        """What a role that may use the query does not have: for it there would be no answer."""
        for role in roles:
            try:
                _read(query, self._seen(session, role, False, "read"))
            except BadStatement as bad:
                first = bad.problems[0]
                yield Problem(
                    first.part, first.line, first.column, first.length,
                    "expert.kept_from_role", {"role": role, **first.parameters},
                )  # fmt: skip

    def _tables(
        self, session: Session, checked: Checked, objects: Mapping[str, Visible], act: str
    ) -> tuple[dict[str, str], dict[str, Any]]:
        """What stands for each mark, and the values that are bound in it."""
        scoped, schema = TenantTables(session), schema_of(session, self._directory)
        written: dict[str, str] = {}
        bound: dict[str, Any] = {}
        for place, each in enumerate(checked.tables):
            seen = objects[each.relation]
            table = queries.table_of(seen.definition, schema)
            found = rows(table, seen, each.columns)
            found = self._reaching.within(session, found, table, seen.definition, act)
            if not self._reaching.is_whole(session, seen.definition, act):
                found = fenced(found)
            dialect = session.connection().dialect
            statement, values = spelled(scoped.part(found), dialect, f"t{place}_")
            written[each.mark] = f"({statement})"
            bound |= values
        return written, bound

    def _telling(self, session: Session, ready: Ready, result: Any) -> Telling:
        types = [column.type_code for column in result.cursor.description]
        return Telling(session, self._presenter, ready.query, ready.checked, ready.objects, types)

    def _total(self, session: Session, ready: Ready, first: int, size: int, rows: int) -> Total:
        """first: how many rows stand on the pages before this one."""
        if (told := told_by_page(first, size, rows)) is not None:
            return told
        count = self.count(session, ready, COUNTING)
        if count is not None and count <= COUNTED:
            return Total(count)
        with self._told(), self._limited(session) as connection:
            statement = ready.written(bare=True)
            _, believed = self._planned(session, connection, statement, ready.bound)
        if count is None:
            return uncounted(first, rows, believed)
        return Total(COUNTED, False, max(believed, COUNTED))

    def _sums(self, session: Session, ready: Ready, telling: Telling, time: Left) -> dict[str, Any]:
        """What columns come to on all pages. Raises BadText, TooDear, TooSlow."""
        if not telling.totals:
            return {}
        asked = ", ".join(f"{TOTALS[of]}(q.{name(key)})" for key, of in telling.totals.items())
        statement = SUMMING.format(asked, ready.written(bare=True))
        with self._told(), self._limited(session, time.milliseconds) as connection:
            self._check_cost(session, connection, statement, ready)
            found = connection.exec_driver_sql(statement, dict(ready.bound)).one()
        return telling.sums(found)

    def _check_cost(
        self, session: Session, connection: Connection, statement: str, ready: Ready
    ) -> None:
        """Raises TooDear."""
        cost, _ = self._planned(session, connection, statement, ready.bound)
        if cost > self._most_cost:
            raise TooDear({"cost": round(cost), "most": self._most_cost})

    def _planned(
        self, session: Session, connection: Connection, statement: str, bound: Mapping[str, Any]
    ) -> tuple[float, int]:
        """What PostgreSQL believes it to cost, and how many rows. Raises BadStatement, TooSlow."""
        explain = f"EXPLAIN (VERBOSE, FORMAT JSON) {statement}"
        plan = connection.exec_driver_sql(explain, dict(bound)).scalar_one()[0]["Plan"]
        check_plan(plan, schema_of(session, self._directory), LEDGER)
        return plan["Total Cost"], int(plan["Plan Rows"])

    @contextmanager
    def _limited(self, session: Session, milliseconds: int | None = None) -> Iterator[Connection]:
        """As the role that only reads; then everything is as it was. Raises TooSlow, BadStatement."""
        connection = session.connection()
        most, zone = milliseconds or self._longest, self._enterprise(session).zone.key
        limits = {"timeout": str(most), "zone": zone, "role": READER_ROLE}
        nested = connection.begin_nested()
        try:
            connection.execute(_ONLY_READS)
            connection.execute(_LIMITS, limits)
            yield connection
        except DBAPIError as error:
            raise self._said(session, error) from error
        finally:
            nested.rollback()

    @staticmethod
    @contextmanager
    def _told() -> Iterator[None]:
        """Raises BadText for what is no statement."""
        try:
            yield
        except BadStatement as bad:
            raise BadText(bad.problems) from bad

    def _said(self, session: Session, error: DBAPIError) -> Exception:
        """What PostgreSQL says of a statement is for whoever wrote it; of anything else it is not."""
        told = error.orig
        if isinstance(told, errors.QueryCanceled | errors.LockNotAvailable):
            return TooSlow({"seconds": self._longest // 1000})
        # Rights that are missing are a fault of ours, however it was written.
        if not isinstance(told, errors.Error) or isinstance(told, errors.InsufficientPrivilege):
            return error
        of_it = (errors.ProgrammingError, errors.DataError, errors.NotSupportedError)
        if not isinstance(told, of_it) and (told.sqlstate or "")[:2] not in _TOO_MUCH:
            return error
        actor = viewer(session)
        if (told.sqlstate or "")[:2] == _OF_VALUES and actor and not actor.may(_WRITES):
            return BadStatement((Problem("", 1, 1, 1, "expert.values"),))
        said = told.diag.message_primary or ""
        return BadStatement((Problem("", 1, 1, 1, "expert.database", {"said": said}),))


def _read(query: ExpertQuery, objects: Mapping[str, Visible]) -> Checked:
    """Raises BadStatement."""
    # Half a second of a process's start, and most never read a statement.
    from callcenter.queries.expert.reading import read

    relations = {name: each.relation for name, each in objects.items()}
    return read(query.parts, relations, query.declared)
