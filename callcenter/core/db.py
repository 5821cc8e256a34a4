"""The database: one unit of work is one transaction of one scope.

Two walls keep enterprises apart. The first: ORM statements get the enterprise's predicate, inserts
are stamped, and Core statements on a tenant table are refused unless `TenantTables` made them.
The second: row-level security in PostgreSQL under a role that is not the owner; a transaction that
set no scope sees no row.
"""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import (
    DateTime,
    ForeignKey,
    MetaData,
    String,
    Uuid,
    bindparam,
    create_engine,
    event,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    ORMExecuteState,
    Session,
    SessionTransaction,
    UOWTransaction,
    declared_attr,
    mapped_column,
    sessionmaker,
    with_loader_criteria,
)
from sqlalchemy.orm.exc import StaleDataError
from sqlalchemy.sql import ClauseElement, Executable
from sqlalchemy.sql.dml import UpdateBase
from sqlalchemy.sql.schema import Table

from callcenter.core.errors import Stale
from callcenter.core.ids import new_id
from callcenter.core.pool import replace_the_left
from callcenter.core.rowsets import insertion, parameters
from callcenter.core.tenant import Scope

SCOPED = "tenant_scoped"
"""Execution option that says: this statement carries its enterprise's predicate."""

OWN_ENTERPRISE = "own_enterprise"
"""The parameter of statements that are the same for every enterprise."""

NAMING = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        UUID: Uuid(),
        datetime: DateTime(timezone=True),
        dict[str, Any]: JSONB(),
        list[Any]: JSONB(),
        str: String(),
    }


class Identified:
    """A row with a UUIDv7 of its own."""

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)


class TenantRow:
    """A row that belongs to one enterprise."""

    @declared_attr
    def enterprise_id(cls) -> Mapped[UUID]:
        return mapped_column(ForeignKey("enterprise.id"), index=True, nullable=False)


class Versioned:
    """A row whose lost update is refused (`Stale`); `version` is also its ETag."""

    version: Mapped[int] = mapped_column(nullable=False)

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:
        return {"version_id_col": cls.version}


class ScopeViolation(RuntimeError):
    """A programming error: a statement or row that would cross from one enterprise to another."""


class Database:
    """Engine and sessions of one process. Made after the fork in forking servers."""

    def __init__(self, url: str, *, pool_size: int = 5, max_overflow: int = 10) -> None:
        self.engine = create_engine(
            url,
            pool_size=pool_size,
            max_overflow=max_overflow,
            # What is written is personal; a statement that fails is told without it, in logs as well.
            hide_parameters=True,
            pool_timeout=5,
            connect_args={"connect_timeout": 3, "options": "-c statement_timeout=30000"},
        )
        replace_the_left(self.engine)
        event.listen(self.engine, "before_execute", _guard)
        self._sessions = sessionmaker(self.engine, expire_on_commit=False)

    @contextmanager
    def begin(self, scope: Scope) -> Iterator[Session]:
        """A transaction in `scope`: committed at the end, rolled back by an exception.

        Raises Stale when a versioned row was changed by somebody else in the meantime.
        """
        session = self._sessions(info={"scope": scope})
        try:
            with session.begin():
                yield session
        except StaleDataError as error:
            raise Stale from error
        finally:
            session.close()

    def dispose(self) -> None:
        self.engine.dispose()


def model_table(model: type[Base]) -> Table:
    """The table of a model whose table is one."""
    table: Table = model.__table__  # type: ignore[assignment]
    return table


class TenantTables:
    """The only way to a data object's table: its statements are bound to one enterprise.

    Core statements are not filtered by the ORM; here the predicate is added and inserts stamped.
    """

    def __init__(self, session: Session) -> None:
        scope: Scope = session.info["scope"]
        if scope.enterprise_id is None:
            raise ScopeViolation("data objects are reached in an enterprise's scope only")
        self._session = session
        self.enterprise_id: UUID = scope.enterprise_id

    def execute(self, statement: Any, parameters: Mapping[str, Any] | None = None) -> Any:
        """Run a SELECT, UPDATE or DELETE with the enterprise's predicate on each tenant table.

        parameters: of a statement that `for_any` has made.
        """
        self._note(statement)
        if parameters is not None:
            given = {**parameters, OWN_ENTERPRISE: self.enterprise_id}
            return self._session.execute(statement, given)
        return self._session.execute(self._bound(statement), execution_options={SCOPED: True})

    @staticmethod
    def for_any(statement: Any) -> Any:
        """A SELECT to be kept and run for whichever enterprise: to make one costs as much as to run it."""
        return _bound(statement, bindparam(OWN_ENTERPRISE)).execution_options(**{SCOPED: True})

    def execute_many(self, statement: Any, rows: Sequence[Mapping[str, Any]]) -> None:
        """Run an UPDATE or DELETE for each of `rows`, the values of its parameters."""
        self._note(statement)
        self._session.execute(self._bound(statement), rows, execution_options={SCOPED: True})

    def insert(self, statement: Any, row: Mapping[str, Any]) -> Any:
        """Run an INSERT of a row, stamped with the enterprise."""
        self._note(statement)
        stamped = {**row, "enterprise_id": self.enterprise_id}
        return self._session.execute(statement, [stamped], execution_options={SCOPED: True})

    def insert_all(self, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
        """Insert rows in order, each stamped with the enterprise. What a row does not name is NULL.

        Columns that none of them fills, most of hundreds, are left out: each takes time.
        """
        if not rows:
            return
        stamped = [{**row, "enterprise_id": self.enterprise_id} for row in rows]
        filled = {name for row in stamped for name, value in row.items() if value is not None}
        statement = insertion(table, tuple(sorted(filled)))
        self._note(statement)
        self._session.execute(statement, parameters(stamped), execution_options={SCOPED: True})

    def part(self, statement: Any) -> Any:
        """A SELECT for a condition of another statement, with a predicate of its own."""
        return self._bound(statement).execution_options(**{SCOPED: True})

    def _note(self, statement: Any) -> None:
        if isinstance(statement, UpdateBase):
            self._session.info.setdefault("written", set()).add(statement.table)

    def _bound(self, statement: Any) -> Any:
        return _bound(statement, self.enterprise_id)


def _bound(statement: Any, enterprise_id: Any) -> Any:
    for table in _tenant_tables(statement):
        statement = statement.where(table.c.enterprise_id == enterprise_id)
    return statement


def written(session: Session) -> AbstractSet[Table]:
    """Tables on which `TenantTables` has run an INSERT, UPDATE or DELETE here, whatever came of it."""
    found: set[Table] = session.info.get("written", set())
    return found


def _tenant_tables(statement: ClauseElement) -> list[Table]:
    """But for those of its parts that carry the predicate already."""
    found: dict[Table, None] = {}
    rest: list[Any] = [statement]
    while rest:
        element = rest.pop()
        if isinstance(element, Table) and "enterprise_id" in element.c:
            found[element] = None
        rest += [each for each in element.get_children() if not _is_bound(each)]
    return list(found)


def _is_bound(element: Any) -> bool:
    return isinstance(element, Executable) and bool(element.get_execution_options().get(SCOPED))


def _guard(
    connection: Connection,
    statement: Any,
    _multiparams: Any,
    _params: Any,
    execution_options: dict[str, Any],
) -> None:
    if execution_options.get(SCOPED) or connection.info.get("flushing"):
        return
    if isinstance(statement, ClauseElement) and (tables := _tenant_tables(statement)):
        names = ", ".join(table.name for table in tables)
        raise ScopeViolation(f"statement on {names} without TenantTables")


@contextmanager
def narrowed(session: Session, enterprise_id: UUID) -> Iterator[None]:
    """In here the transaction is of this one enterprise's scope: what the platform does for it."""
    whole: Scope = session.info["scope"]
    session.flush()
    _narrow(session, Scope(enterprise_id, whole.actor))
    try:
        yield
        session.flush()
    finally:
        session.info["scope"] = whole
    # After an exception nothing more is done: the transaction ends in the narrower scope.
    _narrow(session, whole)


def _narrow(session: Session, scope: Scope) -> None:
    session.info["scope"] = scope
    _tell_postgresql(session.connection(), scope)


@event.listens_for(Session, "after_begin")
def _tell_postgresql_the_scope(
    session: Session, transaction: SessionTransaction, connection: Connection
) -> None:
    scope: Scope | None = session.info.get("scope")
    # A savepoint lies in a transaction that has been told.
    if scope is not None and not transaction.nested:
        _tell_postgresql(connection, scope)


_SCOPE = text(
    "SELECT set_config('app.enterprise_id', :enterprise, true),"
    " set_config('app.platform', :platform, true)"
)


def _tell_postgresql(connection: Connection, scope: Scope) -> None:
    connection.execute(
        _SCOPE,
        {
            "enterprise": "" if scope.is_platform else str(scope.enterprise_id),
            "platform": "on" if scope.is_platform else "off",
        },
    )


@event.listens_for(Session, "do_orm_execute")
def _filter_by_enterprise(state: ORMExecuteState) -> None:
    scope: Scope | None = state.session.info.get("scope")
    if scope is None:
        raise ScopeViolation("a session without a scope")
    if not state.is_orm_statement:
        return
    state.update_execution_options(**{SCOPED: True})
    enterprise_id = scope.enterprise_id
    if enterprise_id is not None and not state.is_column_load and not state.is_relationship_load:
        state.statement = state.statement.options(
            with_loader_criteria(
                TenantRow,
                lambda row: row.enterprise_id == enterprise_id,
                include_aliases=True,
            )
        )


@event.listens_for(Session, "before_flush")
def _stamp(session: Session, _context: UOWTransaction, _instances: Any) -> None:
    scope: Scope = session.info["scope"]
    for row in (*session.new, *session.dirty, *session.deleted):
        if not isinstance(row, TenantRow) or scope.enterprise_id is None:
            continue
        if row.enterprise_id is None:
            row.enterprise_id = scope.enterprise_id  # type: ignore[unreachable]
        if row.enterprise_id != scope.enterprise_id:
            raise ScopeViolation(f"{type(row).__name__} of another enterprise")
    session.connection().info["flushing"] = True


@event.listens_for(Session, "after_flush")
def _flushed(session: Session, _context: UOWTransaction) -> None:
    session.connection().info.pop("flushing", None)


@event.listens_for(Session, "after_rollback")
def _rolled_back(session: Session) -> None:
    session.info.pop("events", None)


@event.listens_for(Engine, "checkin")
def _forget_flush(_connection: Any, record: Any) -> None:
    # A flush that failed never reached after_flush; the next user must meet the guard again.
    record.info.pop("flushing", None)
