"""Expert queries over data sources: the same texts, asked of somebody else's database, within limits."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from callcenter.core.errors import Invalid
from callcenter.core.permissions import Permission
from callcenter.objects.service import Means
from callcenter.objects.service.presenting import enterprise_of, unmasked, viewer
from callcenter.queries.answers import Answer, Row, Total, told_by_page, uncounted
from callcenter.queries.errors import TooSlow
from callcenter.queries.expert.document import ExpertQuery, missing
from callcenter.queries.expert.errors import BadText
from callcenter.queries.expert.parts import BadStatement, Problem
from callcenter.queries.expert.running import SUMMING, TOTALS
from callcenter.queries.expert.spelling import key_of
from callcenter.queries.expert.statement import Checked
from callcenter.queries.expert.values import Values
from callcenter.queries.external.errors import SourceFailed, StatementRefused, StatementTooSlow
from callcenter.queries.external.keeping import relations
from callcenter.queries.external.lines import Found, Line
from callcenter.queries.external.looking import Table
from callcenter.queries.external.opening import MOST_BYTES, Opened, Sources
from callcenter.queries.external.telling import ForeignTelling
from callcenter.queries.external.values import sent
from callcenter.queries.timing import Left

if TYPE_CHECKING:
    from callcenter.queries.service.running import Wanted

LONGEST = 15_000
"""Milliseconds that a statement may take where somebody waits for it."""

AT_ONCE = MOST_BYTES
"""Bytes of rows that are held at once."""

COUNTED, COUNTING = 10_000, 500
"""Rows that are counted, and milliseconds for that."""

GRACE = 2.0
"""Seconds after which the connection is cut, beyond those that the server itself holds to."""

_FILED_BYTES = 2 * 1024**3
_FILED_ROWS = 100
"""At once: so many, and no more than a page may have bytes."""
_COUNTING = "SELECT count(*) FROM ({} LIMIT {}) AS q"
_PROBLEMS = 5_000


@dataclass(frozen=True, eq=False)
class ForeignReady:
    """A statement that whoever acts may ask of a source. bound: values of all parameters."""

    query: ExpertQuery
    source: Opened
    zone: ZoneInfo
    checked: Checked
    tables: Mapping[str, Table]
    bound: Mapping[str, Any]
    given: frozenset[str]
    area_code: str
    clear: bool
    designer: bool
    order: tuple[str, bool] | None = None

    def is_kept(self, key: str) -> bool:
        """Whether whoever asks must not learn of a column's values, not even by the order of rows."""
        return self.query.is_kept(key) or (key in self.checked.phones and not self.clear)

    def written(self, *, bare: bool = False, ties: bool = False) -> str:
        kept = [key for key in self.checked.columns if self.is_kept(key)]
        statement = self.checked.statement(self.given, self.order, bare=bare, ties=ties, kept=kept)
        for each in self.checked.tables:
            table = self.tables[each.relation]
            statement = statement.replace(each.mark, _placed(self.source.kind, table))
        return statement


class ForeignRuns:
    """Like `ExpertRuns`, for queries whose document names a data source."""

    def __init__(self, means: Means, sources: Sources, *, milliseconds: int = LONGEST) -> None:
        self._directory = means.directory
        self._clock = means.clock
        self._sources = sources
        self._longest = milliseconds

    def judging(self, session: Session, query: ExpertQuery) -> Callable[[], tuple[Problem, ...]]:
        """All that is wrong, to be called for when the transaction is over. A source that gives no
        answer says nothing of the statement.
        """
        try:
            ready = self._ready(session, query, {}, frozenset(query.declared))
        except BadStatement as bad:
            return partial(tuple, bad.problems)
        except SourceFailed:
            return tuple
        return partial(self._judged, ready)

    def _judged(self, ready: ForeignReady) -> tuple[Problem, ...]:
        try:
            with self._asking(ready, _PROBLEMS) as line:
                found = line.ask(f"{ready.written()} LIMIT 0", ready.bound)
        except BadText as bad:
            return tuple(bad.problems)
        except (SourceFailed, TooSlow):
            return ()
        return tuple(_telling(ready, found.types).problems()) if ready.query.is_dressed else ()

    def answer(self, ready: ForeignReady, wanted: "Wanted") -> Answer:
        """One page, of what was made ready in a transaction that is over.

        Raises BadText, TooSlow, SourceFailed.
        """
        query = ready.query
        size = wanted.page_size or query.page_size
        first = (wanted.page - 1) * size
        statement = f"{ready.written(ties=True)} LIMIT {size} OFFSET {first}"
        with self._asking(ready, self._longest) as line:
            found = line.ask(statement, ready.bound)
            rows = [*found.rows]
            telling = _telling(ready, found.types)
            if not wanted.counts:
                return Answer(telling.columns, telling.rows(rows))
            sums = self._sums(line, ready, telling)
            total = self._total(line, ready, first, size, len(rows))
        return Answer(telling.columns, telling.rows(rows), total, sums)

    # -- files of rows: what `Running` has as well -----------------------------------------------

    def ready(self, session: Session, query: ExpertQuery, wanted: "Wanted") -> ForeignReady:
        """Raises BadText, Invalid, SourceOff."""
        if lacking := missing(query, wanted.parameters):
            raise Invalid(fields={f"parameters.{key}": ["validation.required"] for key in lacking})
        enterprise = enterprise_of(session, self._directory)
        values = Values(enterprise, viewer(session), self._clock)
        held = values.of(query.parameters, wanted.parameters)
        order = (wanted.sort.removeprefix("-"), wanted.sort.startswith("-"))
        try:
            return self._ready(
                session, query, held, frozenset(held), order if wanted.sort else None
            )
        except BadStatement as bad:
            raise BadText(bad.problems) from bad

    def showing(self, _session: Session, ready: ForeignReady) -> ForeignTelling:
        """Without a row: to know what stands at the heads of columns."""
        with self._asking(ready, self._longest) as line:
            found = line.ask(f"{ready.written()} LIMIT 0", ready.bound)
        return _telling(ready, found.types)

    def count(self, _session: Session, ready: ForeignReady) -> int | None:
        """As far as rows are counted; None where that takes longer."""
        with self._asking(ready, self._longest) as line:
            return self._counted(line, ready)

    def rows(self, _session: Session, ready: ForeignReady, batch: int) -> Iterator[Sequence[Row]]:
        """All rows in order, so many at once. Raises BadText, TooSlow, SourceFailed."""
        batch = min(batch, _FILED_ROWS)
        with self._asking(ready, self._longest, _FILED_BYTES) as line:
            found = line.stream(ready.written(), ready.bound, batch)
            telling = _telling(ready, found.types)
            while rows := line.next_of(found, batch):
                yield telling.rows(rows)

    # -- how -------------------------------------------------------------------------------------

    def _ready(
        self,
        session: Session,
        query: ExpertQuery,
        held: Mapping[str, Any],
        given: frozenset[str],
        order: tuple[str, bool] | None = None,
    ) -> ForeignReady:
        """Raises BadStatement, SourceOff, Invalid."""
        row = self._sources.find(session, query.data_source)
        tables = relations(row)
        checked = _read(query, row.kind, tables)
        enterprise, actor = enterprise_of(session, self._directory), viewer(session)
        bound = {
            key_of(key): sent(
                held.get(key), each.type, enterprise.zone, kind=row.kind, many=each.many
            )
            for key, each in query.declared.items()
        }
        ready = ForeignReady(
            query, self._sources.opened(session, row), enterprise.zone, checked, tables, bound,
            given, enterprise.area_code, unmasked(session),
            actor is None or actor.may(Permission.OBJECTS_DEFINE), order,
        )  # fmt: skip
        if order and (order[0] not in checked.columns or ready.is_kept(order[0])):
            raise Invalid(fields={"sort": ["validation.unknown_sort"]})
        return ready

    @contextmanager
    def _asking(
        self, ready: ForeignReady, milliseconds: int, most_bytes: int = MOST_BYTES
    ) -> Iterator["_Timed"]:
        """Raises BadText, TooSlow, SourceFailed."""
        seconds = milliseconds / 1000 + GRACE
        left = Left(self._sources.clock, milliseconds)
        try:
            with self._sources.line(
                ready.source, ready.zone, seconds, most_bytes=most_bytes, at_once=AT_ONCE
            ) as line:
                yield _Timed(line, left)
        except StatementTooSlow as error:
            raise TooSlow({"seconds": milliseconds // 1000}) from error
        except StatementRefused as error:
            raise BadText([_problem(ready, error)]) from error

    def _total(
        self, line: "_Timed", ready: ForeignReady, first: int, size: int, rows: int
    ) -> Total:
        """first: how many rows stand on the pages before this one."""
        if (told := told_by_page(first, size, rows)) is not None:
            return told
        count = self._counted(line, ready)
        if count is None:
            return uncounted(first, rows, first + rows)
        return Total(count) if count <= COUNTED else Total(COUNTED, False, COUNTED)

    def _sums(self, line: "_Timed", ready: ForeignReady, telling: ForeignTelling) -> dict[str, Any]:
        """What columns come to on all pages."""
        if not telling.totals:
            return {}
        kind = ready.source.kind
        asked = ", ".join(
            f"{TOTALS[of]}(q.{_quoted(kind, key)})" for key, of in telling.totals.items()
        )
        statement = SUMMING.format(asked, ready.written(bare=True))
        (found,) = line.ask(statement, ready.bound).rows
        return telling.sums(found)

    @staticmethod
    def _counted(line: "_Timed", ready: ForeignReady) -> int | None:
        counting = _COUNTING.format(ready.written(bare=True), COUNTED + 1)
        try:
            (row,) = line.ask(counting, ready.bound, COUNTING).rows
        except StatementTooSlow:
            return None
        return int(row[0])


class _Timed:
    """A line whose statements share one time. Raises StatementTooSlow when that is over."""

    def __init__(self, line: Line, left: Left) -> None:
        self._line = line
        self._left = left

    def ask(self, statement: str, bound: Mapping[str, Any], most: int | None = None) -> Found:
        """most: milliseconds of this one, if so many are left."""
        left = self._checked()
        return self._line.ask(statement, bound, min(most or left, left))

    def stream(self, statement: str, bound: Mapping[str, Any], batch: int) -> Found:
        return self._line.stream(statement, bound, self._checked(), batch)

    def next_of(self, found: Found, batch: int) -> list[Sequence[Any]]:
        self._checked()
        return [*islice(found.rows, batch)]

    def _checked(self) -> int:
        """Milliseconds that are left."""
        if self._left.is_over:
            raise StatementTooSlow
        return self._left.milliseconds


def _read(query: ExpertQuery, kind: str, tables: Mapping[str, Table]) -> Checked:
    """Raises BadStatement."""
    # Half a second of a process's start, and most never read a statement.
    from callcenter.queries.expert.languages import LANGUAGES
    from callcenter.queries.expert.reading import read

    found = {name: each.relation for name, each in tables.items()}
    return read(query.parts, found, query.declared, LANGUAGES[kind])


def _telling(ready: ForeignReady, types: Sequence[str]) -> ForeignTelling:
    columns = dict(zip(ready.checked.columns, types, strict=True))
    return ForeignTelling(
        ready.query, columns, ready.checked.phones, ready.area_code, clear=ready.clear
    )


def _problem(ready: ForeignReady, error: StatementRefused) -> Problem:
    """What their database says is for whoever wrote the statement."""
    if not ready.designer:
        return Problem("", 1, 1, 1, "expert.values")
    return Problem("", 1, 1, 1, "expert.database", {"said": error.said})


def _placed(kind: str, table: Table) -> str:
    """Its name in a statement."""
    return f"{_quoted(kind, table.schema)}.{_quoted(kind, table.name)}"


def _quoted(kind: str, name: str) -> str:
    quote = "`" if kind == "mysql" else '"'
    return f"{quote}{name.replace(quote, quote * 2).replace('%', '%%')}{quote}"
