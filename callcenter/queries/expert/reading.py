"""Reads an expert query: every problem with its place, or a statement that is wholly our own. Pure."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import TypeVar

from sqlglot import exp

from callcenter.queries.expert.dialect import Placed
from callcenter.queries.expert.expressions import Expressions
from callcenter.queries.expert.parts import (
    BadStatement,
    Parameter,
    Parts,
    Problem,
    Relation,
)
from callcenter.queries.expert.scopes import Found, Origin, Scope, mark
from callcenter.queries.expert.segments import segments
from callcenter.queries.expert.selects import Selects

_Read = TypeVar("_Read")


@dataclass(frozen=True, slots=True)
class Table:
    """What stands for `mark` in a statement: so many columns of a relation, in this order."""

    mark: str
    relation: str
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Condition:
    """needs: without a value for each of these it is left out; empty where it always holds."""

    text: str
    needs: frozenset[str]


@dataclass(frozen=True, slots=True)
class Checked:
    """A statement in the writing of psycopg, but that a mark stands for each of its tables.

    columns: what comes out, in order; each with the object's column that it is, if it is one.
    parameters: the names that have to have a value, or none.
    """

    select: str
    source: str
    where: tuple[Condition, ...]
    group: str
    having: tuple[Condition, ...]
    order: str
    columns: Mapping[str, Origin | None]
    tables: tuple[Table, ...]
    parameters: frozenset[str]

    def statement(
        self,
        given: Collection[str],
        order_by: tuple[str, bool] | None = None,
        *,
        bare: bool = False,
    ) -> str:
        """given: parameters that have a value.

        order_by: a column that comes out, and whether downwards, in place of the statement's own order.
        bare: without any order, to be counted.
        """
        said = [f"SELECT {self.select}", f"FROM {self.source}"]
        if where := _held(self.where, given):
            said.append(f"WHERE {where}")
        if self.group:
            said.append(f"GROUP BY {self.group}")
        if having := _held(self.having, given):
            said.append(f"HAVING {having}")
        if order_by is not None and order_by[0] in self.columns:
            place = [*self.columns].index(order_by[0]) + 1
            said.append(f"ORDER BY {place} {'DESC' if order_by[1] else 'ASC'} NULLS LAST")
        elif self.order and not bare:
            said.append(f"ORDER BY {self.order}")
        return " ".join(said)


def read(
    parts: Parts, relations: Mapping[str, Relation], parameters: Mapping[str, Parameter]
) -> Checked:
    """Raises BadStatement with all that is wrong, as far as one text does not hang on another."""
    reading = _Reading(relations, parameters)
    checked = reading.read(parts)
    if reading.problems or checked is None:
        raise BadStatement(tuple(reading.problems))
    return checked


class _Reading:
    def __init__(
        self, relations: Mapping[str, Relation], parameters: Mapping[str, Parameter]
    ) -> None:
        self._parameters = parameters
        self._found = Found()
        self._selects = Selects(relations, parameters, self._found)
        self._scope = Scope()
        self.problems: list[Problem] = []

    def read(self, parts: Parts) -> Checked | None:
        source = self._try(lambda: self._source(parts.source))
        # Where nobody knows what FROM means, every name would be a problem.
        if source is None:
            return None
        columns = self._try(lambda: self._select(parts.select))
        names = columns[1] if columns else {}
        where = self._try(lambda: self._conditions("where", parts.where))
        group = self._try(lambda: self._group(parts.group, names))
        having = self._try(lambda: self._conditions("having", parts.having))
        order = self._try(lambda: self._order(parts.order, names))
        if columns is None or where is None or group is None or having is None or order is None:
            return None
        tables = tuple(
            Table(
                mark(place),
                source.relation or "",
                tuple(c for c in source.columns if c in source.used),
            )
            for place, source in enumerate(self._found.tables)
        )
        return Checked(
            columns[0], source, where, group, having, order, names, tables,
            frozenset(self._found.parameters),
        )  # fmt: skip

    def _try(self, read: Callable[[], _Read]) -> _Read | None:
        try:
            return read()
        except BadStatement as bad:
            self.problems += bad.problems
        except RecursionError:
            self.problems.append(Problem("source", 1, 1, 1, "expert.too_deep"))
        return None

    def _texts(self, part: str, text: str) -> tuple[Expressions, exp.Select]:
        placed = Placed(part, text)
        select = placed.read()
        return Expressions(placed, self._parameters, self._found, self._selects), select

    def _source(self, text: str) -> str:
        if not text.strip():
            raise BadStatement((Problem("source", 1, 1, 1, "validation.required"),))
        texts, select = self._texts("source", text)
        return self._selects.source(texts, select, self._scope)

    def _select(self, text: str) -> tuple[str, Mapping[str, Origin | None]]:
        if not text.strip():
            raise BadStatement((Problem("select", 1, 1, 1, "validation.required"),))
        texts, select = self._texts("select", text)
        return self._selects.outputs(texts, select, self._scope)

    def _conditions(self, part: str, text: str) -> tuple[Condition, ...]:
        found = []
        for segment in segments(part, text):
            texts, select = self._texts(part, segment.text)
            before = self._found.parameters
            self._found.parameters = set()
            node = select.args[part]
            texts.only(node, "this")
            written = texts.write(node.this, self._scope)
            needs = frozenset(self._found.parameters if segment.optional else ())
            if segment.optional and not needs:
                raise texts.placed.problem(node.this, "expert.optional_constant")
            self._found.parameters |= before
            found.append(Condition(written, needs))
        return tuple(found)

    def _group(self, text: str, names: Mapping[str, Origin | None]) -> str:
        if not text.strip():
            return ""
        texts, select = self._texts("group", text)
        return self._selects.grouped(texts, select.args["group"], self._scope, names)

    def _order(self, text: str, names: Mapping[str, Origin | None]) -> str:
        if not text.strip():
            return ""
        texts, select = self._texts("order", text)
        order = select.args["order"]
        texts.only(order, "expressions")
        return texts.ordered(order.expressions, self._scope, names)


def _held(conditions: tuple[Condition, ...], given: Collection[str]) -> str:
    """In parentheses each: `a OR b` and another must not become `a OR b AND c`."""
    known = {*given}
    return " AND ".join(f"({each.text})" for each in conditions if each.needs <= known)
