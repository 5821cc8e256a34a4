"""Reads an expert query: every problem with its place, or a statement that is wholly our own. Pure."""

from collections.abc import Callable, Mapping
from typing import TypeVar

from sqlglot import exp

from callcenter.queries.expert.dialect import Placed
from callcenter.queries.expert.expressions import Expressions
from callcenter.queries.expert.languages import PRODUCT, Language
from callcenter.queries.expert.parts import (
    BadStatement,
    Parameter,
    Parts,
    Problem,
    Relation,
)
from callcenter.queries.expert.scopes import Columns, Found, Origin, Scope, mark
from callcenter.queries.expert.segments import segments
from callcenter.queries.expert.selects import Selects
from callcenter.queries.expert.statement import Checked, Condition, Table

_Read = TypeVar("_Read")


def read(
    parts: Parts,
    relations: Mapping[str, Relation],
    parameters: Mapping[str, Parameter],
    language: Language = PRODUCT,
) -> Checked:
    """Raises BadStatement with all that is wrong, as far as one text does not hang on another."""
    reading = _Reading(relations, parameters, language)
    checked = reading.read(parts)
    if reading.problems or checked is None:
        raise BadStatement(tuple(reading.problems))
    return checked


class _Reading:
    def __init__(
        self,
        relations: Mapping[str, Relation],
        parameters: Mapping[str, Parameter],
        language: Language,
    ) -> None:
        self._language = language
        self._parameters = parameters
        self._found = Found()
        self._selects = Selects(relations, parameters, self._found, phones=language.phones)
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
        origins = {key: each if isinstance(each, Origin) else None for key, each in names.items()}
        return Checked(
            columns[0], source, where, group, having, order, origins, tables,
            frozenset(self._found.parameters), self._language.nulls_last,
            frozenset(self._found.phones),
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
        placed = Placed(part, text, self._language.reads)
        select = placed.read()
        writes = self._language.writes
        return writes(placed, self._parameters, self._found, self._selects), select

    def _source(self, text: str) -> str:
        if not text.strip():
            raise BadStatement((Problem("source", 1, 1, 1, "validation.required"),))
        texts, select = self._texts("source", text)
        return self._selects.source(texts, select, self._scope)

    def _select(self, text: str) -> tuple[str, Columns]:
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

    def _group(self, text: str, names: Columns) -> str:
        if not text.strip():
            return ""
        texts, select = self._texts("group", text)
        return self._selects.grouped(texts, select.args["group"], self._scope, names)

    def _order(self, text: str, names: Columns) -> str:
        if not text.strip():
            return ""
        texts, select = self._texts("order", text)
        order = select.args["order"]
        texts.only(order, "expressions")
        return texts.ordered(order.expressions, self._scope, names)
