"""Queries asked: by whoever acts, of no more than he reaches and sees."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from psycopg.errors import QueryCanceled
from sqlalchemy import Subquery, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from callcenter.core.db import TenantTables
from callcenter.core.directory import Directory
from callcenter.core.errors import Forbidden, Invalid
from callcenter.objects import queries as tables
from callcenter.objects.access import Access, access
from callcenter.objects.asking import Asker
from callcenter.objects.rules import Problem
from callcenter.objects.schemas import Kind
from callcenter.objects.service import Definitions as KeptDefinitions
from callcenter.objects.service import Means
from callcenter.objects.service.lookups import Lookups
from callcenter.objects.service.presenting import locale_of, role_of, schema_of, viewer
from callcenter.objects.types.base import Field, Reading
from callcenter.queries.answers import (
    COUNTING,
    PRODUCT,
    REPLICA,
    Answer,
    Row,
    Total,
    told_by_page,
    uncounted,
)
from callcenter.queries.checking import barred, problems, sortable
from callcenter.queries.columns import Columns, columns_of
from callcenter.queries.compiling import (
    COUNTED,
    Asking,
    Statement,
    fields_of,
    part,
)
from callcenter.queries.document import By, Query
from callcenter.queries.errors import BadQuery, NotForRole, TooSlow
from callcenter.queries.expert.document import ExpertQuery
from callcenter.queries.expert.parts import Problem as TextProblem
from callcenter.queries.expert.running import ExpertRuns
from callcenter.queries.external.errors import SourceOff
from callcenter.queries.external.running import ForeignRuns
from callcenter.queries.formats import Reader, worded
from callcenter.queries.replica import AtReplica, Replica
from callcenter.queries.service.estimating import estimate
from callcenter.queries.service.showing import Showing, sums
from callcenter.queries.sources import Definitions, Sources, closed_to, sources_of, wanted_objects
from callcenter.queries.timing import Left
from callcenter.queries.values import Given, Meaning

LONGEST = 15_000
"""Milliseconds that a query may take where somebody waits for it."""

FILED = 600_000
"""Milliseconds, where it is written to a file."""


@dataclass(frozen=True)
class Wanted:
    """What is asked of a query. sort: as `schemas.QueryRunBody`; act: of records that may be read, or go out.

    counts: whether it is to be told how many rows there are, and what they come to.
    """

    parameters: Given
    sort: str = ""
    page: int = 1
    page_size: int = 0
    act: str = "read"
    counts: bool = True


@dataclass(frozen=True, eq=False)
class Ready:
    """A query that whoever acts may ask, as far as he may see what it answers."""

    query: Query
    sources: Sources
    columns: Columns
    asking: Asking
    statement: Statement


class Running(Lookups):
    """foreign: of processes that may ask data sources; replica: where there is one."""

    def __init__(
        self,
        means: Means,
        milliseconds: int = LONGEST,
        foreign: ForeignRuns | None = None,
        replica: Replica | None = None,
    ) -> None:
        super().__init__(means.directory, means.definitions, means.handled, means.rows)
        self._clock = means.clock
        self._longest = milliseconds
        self.expert = ExpertRuns(means, milliseconds=milliseconds)
        self._foreign = foreign
        self._replica = replica
        # What is read there may be older than what is kept of here.
        apart = replace(means, definitions=KeptDefinitions(), rows=None)
        self._elsewhere = Running(apart, milliseconds) if replica else None

    def of(self, query: Query | ExpertQuery) -> Any:
        """Who asks this kind of query: this, or its like for what was written as text, or for what is
        asked of a data source. Raises SourceOff where none may be asked.
        """
        if query.data_source == REPLICA and self._replica and self._elsewhere:
            here, there = self, self._elsewhere
            if isinstance(query, ExpertQuery):
                return AtReplica(here.expert, there.expert, self._replica, self._longest)
            return AtReplica(here, there, self._replica, self._longest)
        if not isinstance(query, ExpertQuery):
            return self
        if query.data_source in (PRODUCT, REPLICA):
            return self.expert
        if self._foreign is None:
            raise SourceOff(query.data_source)
        return self._foreign

    @property
    def directory(self) -> Directory:
        return self._directory

    def kind_of(self, session: Session, identifier: str | None) -> Kind | None:
        """Of a column's object; None for one that was reckoned."""
        return self._definitions.get(session, identifier).kind if identifier else None

    def problems(self, session: Session, query: Query, roles: Sequence[str]) -> list[Problem]:
        """What contradicts itself, or asks a role by what is kept from it."""
        definitions = self.definitions(session, query)
        found = problems(query, definitions)
        if not found:
            sources, _ = sources_of(query, definitions)
            columns, _ = columns_of(query, sources)
            found = [each for role in roles for each in barred(query, sources, columns, role)]
        return found

    def begun(
        self, session: Session, query: Query | ExpertQuery, wanted: Wanted
    ) -> Callable[[], Answer]:
        """One page, to be called for when the transaction is over: what a data source is asked is asked
        then, for nothing of the product should wait for somebody else's server.

        Raises as `run` does, at once or when it is called.
        """
        asking = self.of(query)
        reader = Reader(locale_of(session), self._enterprise(session).zone)
        if isinstance(asking, ForeignRuns) and isinstance(query, ExpertQuery):
            answering = partial(asking.answer, asking.ready(session, query, wanted), wanted)
            return lambda: worded(answering(), reader)
        answer: Answer = asking.run(session, query, wanted)
        return lambda: worded(answer, reader)

    def judging(
        self, session: Session, query: ExpertQuery, roles: Sequence[str]
    ) -> Callable[[], tuple[TextProblem, ...]]:
        """All that is wrong with it, to be called for when the transaction is over, as `begun`."""
        asking = self.of(query)
        if isinstance(asking, ForeignRuns):
            return asking.judging(session, query)
        found: tuple[TextProblem, ...] = asking.problems(session, query, roles)
        return lambda: found

    def run(self, session: Session, query: Query, wanted: Wanted) -> Answer:
        """One page. Raises BadQuery, NotForRole, Forbidden, Invalid, TooSlow."""
        ready = self.ready(session, query, wanted)
        size = wanted.page_size or query.page_size
        showing = self.showing(session, ready)
        time = Left(self._clock, self._longest)
        with self._limited(session):
            scoped = TenantTables(session)
            first = (wanted.page - 1) * size
            rows = scoped.execute(ready.statement.page(first, size)).all()
            if not wanted.counts:
                return Answer(showing.columns, showing.rows(rows))
            total = self._total(session, ready.statement, first, size, len(rows))
            totals = ready.statement.summed()
            found = None
            if totals is not None:
                _limit(session, time.milliseconds)
                found = scoped.execute(totals).one()
        return Answer(
            showing.columns, showing.rows(rows), total, sums(ready.columns, found) if found else {}
        )

    def rows(self, session: Session, ready: Ready, batch: int) -> Iterator[Sequence[Row]]:
        """All rows in order, so many at once, from a cursor on the server."""
        showing = self.showing(session, ready)
        query = ready.statement.all().execution_options(yield_per=batch)
        with TenantTables(session).execute(query) as found:
            for rows in found.partitions():
                yield showing.rows(rows)

    def count(self, session: Session, ready: Ready) -> int:
        """As far as rows are counted."""
        found: int = TenantTables(session).execute(ready.statement.counted()).scalar_one()
        return found

    def showing(self, session: Session, ready: Ready) -> Showing:
        role = role_of(session)
        return Showing(session, self._presenter, ready.query, ready.sources, ready.columns, role)

    def ready(self, session: Session, query: Query, wanted: Wanted) -> Ready:
        """Raises BadQuery, NotForRole, Forbidden, Invalid."""
        definitions = self.definitions(session, query)
        if wrong := problems(query, definitions):
            raise BadQuery(*told(wrong))
        sources, _ = sources_of(query, definitions)
        columns, _ = columns_of(query, sources)
        role = role_of(session)
        self._check(session, sources, wanted.act)
        if kept := barred(query, sources, columns, role):
            raise NotForRole(*told(kept))
        columns = seen(columns, sources, role)
        meaning = Meaning(query, wanted.parameters, self.asker(session), self._reading(session))
        asking = Asking(
            columns,
            self._enterprise(session).zone.key,
            meaning.conditions(sources),
            meaning.having(columns),
            _order(query, columns, wanted.sort, role),
        )
        parts = self._parts(session, sources, asking, wanted.act)
        return Ready(query, sources, columns, asking, Statement(query, sources, asking, parts))

    def definitions(self, session: Session, query: Query) -> Definitions:
        """Those that it reaches, by identifier: joins find theirs one after another."""
        known: dict[str, Any] = {}
        while missing := wanted_objects(query, known) - known.keys():
            found = self._definitions.named(session, [*missing])
            known |= dict.fromkeys(missing) | {each.identifier: each for each in found}
            known = {key: each for key, each in known.items() if each is not None}
            if not found:
                break
        return known

    def asker(self, session: Session) -> Asker:
        actor = viewer(session)
        user_id, team_ids = (actor.user_id, actor.team_ids) if actor else (None, ())
        today = self._clock.now().astimezone(self._enterprise(session).zone).date()
        return Asker(user_id, team_ids, today)

    def _check(self, session: Session, sources: Sources, act: str) -> None:
        root = next(iter(sources.values())).definition
        if not self._may(session, root, act) or not self._may(session, root, "read"):
            raise Forbidden

    def _reading(self, session: Session) -> Reading:
        """Whom and what a value names is not looked up: who is not there is not found."""
        enterprise = self._enterprise(session)
        return Reading(
            enterprise.area_code, enterprise.zone,
            lambda *_: True, lambda *_: True, lambda *_: True,
        )  # fmt: skip

    def _parts(
        self, session: Session, sources: Sources, asking: Asking, act: str
    ) -> Mapping[str, Subquery]:
        scoped, schema = TenantTables(session), schema_of(session, self._directory)
        closed = set(closed_to(sources, role_of(session)))
        found: dict[str, Subquery] = {}
        for key, fields in fields_of(sources, asking).items():
            source = sources[key]
            if key in closed:
                continue
            table = tables.table_of(source.definition, schema)
            rows = part(table, source.definition, fields)
            rows = self._reaching.within(session, rows, table, source.definition, act)
            found[key] = scoped.part(rows).subquery(f"s{len(found)}")
        return found

    def _total(
        self, session: Session, statement: Statement, first: int, size: int, rows: int
    ) -> Total:
        """first: how many rows stand on the pages before this one."""
        if (told := told_by_page(first, size, rows)) is not None:
            return told
        count = self._counted(session, statement)
        if count is not None and count <= COUNTED:
            return Total(count)
        believed = estimate(session, statement.uncounted())
        if count is None:
            return uncounted(first, rows, believed)
        return Total(COUNTED, False, max(believed, COUNTED))

    def _counted(self, session: Session, statement: Statement) -> int | None:
        """None where counting takes longer than anybody should wait for a number."""
        try:
            with session.begin_nested():
                _limit(session, COUNTING)
                found: int = TenantTables(session).execute(statement.counted()).scalar_one()
                _limit(session, self._longest)
        except OperationalError as error:
            if isinstance(error.orig, QueryCanceled):
                return None
            raise
        return found

    @contextmanager
    def _limited(self, session: Session) -> Iterator[None]:
        """Raises TooSlow."""
        _limit(session, self._longest)
        try:
            yield
        except OperationalError as error:
            if isinstance(error.orig, QueryCanceled):
                raise TooSlow({"seconds": self._longest // 1000}) from error
            raise


def _limit(session: Session, milliseconds: int) -> None:
    """Of each statement, until the transaction or its savepoint ends."""
    session.execute(
        text("SELECT set_config('statement_timeout', :most, true)"), {"most": str(milliseconds)}
    )


def seen(columns: Columns, sources: Sources, role: str | None) -> Columns:
    """Without those that do not exist for the role, and the expressions that need what it does not
    see as it is; and without what such columns come to.
    """
    closed = set(closed_to(sources, role))
    found = {}
    for key, known in columns.items():
        if known.field is not None and (
            known.shown.source in closed or access(known.field, role) is Access.HIDE
        ):
            continue
        # What all values come to would tell what each of them is kept from telling.
        kept = known.shown.mask or not _is_clear(known.field, role)
        found[key] = replace(known, shown=replace(known.shown, total="")) if kept else known
    clear = {key for key, known in found.items() if _is_clear(known.field, role)}
    # Expressions may need one another, in the order in which they stand.
    for key, known in columns.items():
        if known.node is not None and not known.needs <= clear:
            found.pop(key)
            clear.discard(key)
    return found


def _is_clear(field: Field | None, role: str | None) -> bool:
    return field is None or access(field, role).is_clear


def _order(query: Query, columns: Columns, sort: str, role: str | None) -> Sequence[By]:
    """Raises Invalid for what whoever acts may not sort by; what the query says so is left out."""
    allowed = {
        key for key, known in columns.items()
        if sortable(known) and _is_clear(known.field, role)
    }  # fmt: skip
    if not sort:
        return [by for by in query.order if by.column in allowed]
    key = sort.removeprefix("-")
    if key not in allowed:
        raise Invalid(fields={"sort": ["validation.unknown_sort"]})
    return [By(key, sort.startswith("-"))]


def told(found: Sequence[Problem]) -> tuple[dict[str, Any], dict[str, list[str]]]:
    """As an error takes them: what stands in their captions, and place → caption's key."""
    details = {name: value for each in found for name, value in each.parameters.items()}
    return details, {each.path: [each.key] for each in found}
