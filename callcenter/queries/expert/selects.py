"""Writes statements anew: what follows FROM, and statements within others."""

from collections.abc import Mapping
from typing import Any

from sqlglot import exp

from callcenter.queries.expert.expressions import PHONE, Expressions, folded
from callcenter.queries.expert.parts import Parameter, Relation
from callcenter.queries.expert.scopes import Columns, Found, Made, Origin, Scope, Source, mark

MOST_TABLES = 12
MOST_DEPTH = 8
_SETS: Mapping[type[exp.Expr], str] = {
    exp.Union: "UNION", exp.Except: "EXCEPT", exp.Intersect: "INTERSECT",
}  # fmt: skip
_HARMLESS_TABLE = {"this", "alias", "db"}


class Selects:
    def __init__(
        self,
        relations: Mapping[str, Relation],
        parameters: Mapping[str, Parameter],
        found: Found,
        *,
        phones: bool = False,
    ) -> None:
        """phones: as `languages.Language`."""
        self._phones = phones
        self._relations = relations
        self._parameters = parameters
        self._found = found

    # -- columns that come out -------------------------------------------------------------------

    def outputs(
        self, texts: Expressions, select: exp.Select, scope: Scope, *, named: bool = True
    ) -> tuple[str, Columns]:
        """What follows SELECT, and the names that come out, each once; raises BadStatement.

        named: whether each must have one; of a statement in a condition nobody asks.
        """
        top = self._found.depth == 0
        written: list[str] = []
        names: dict[str, Origin | Made] = {}
        for place, each in enumerate(select.expressions):
            node = each.this if isinstance(each, exp.Alias) else each
            if isinstance(node, exp.Star) or isinstance(node.this, exp.Star):
                raise texts.placed.problem(each, "expert.star")
            if isinstance(each, exp.Alias):
                texts.only(each, "this", "alias")
            called = self._called(texts, each) if named else f"c{place}"
            if top and self._phones and (held := _phone_of(node)) is not None:
                node = held
                self._found.phones.add(called)
            before = self._found.weight
            text = texts.write(node, scope)
            if called in names:
                raise texts.placed.problem(each, "expert.twice", name=called)
            made = Made(self._found.weight - before)
            names[called] = texts.origin(node, scope) or made
            written.append(f"{text} AS {texts.name(called)}")
        distinct = select.args.get("distinct")
        if distinct is not None:
            texts.only(distinct)
        return ("DISTINCT " if distinct is not None else "") + ", ".join(written), names

    @staticmethod
    def _called(texts: Expressions, node: Any) -> str:
        named = node.args.get("alias") if isinstance(node, exp.Alias) else None
        if named is None and isinstance(node, exp.Column):
            named = node.this
        if not isinstance(named, exp.Identifier):
            raise texts.placed.problem(node, "expert.nameless")
        called = folded(named)
        if not called.strip() or len(called) > 60:
            raise texts.placed.problem(node, "expert.nameless")
        if len(called.encode()) > 63:
            raise texts.placed.problem(node, "expert.long_name")
        return called

    # -- FROM ------------------------------------------------------------------------------------

    def source(self, texts: Expressions, select: exp.Select, scope: Scope) -> str:
        """What follows FROM; its tables are in `scope` from then on."""
        begun = select.args.get("from_")
        if begun is None:
            return ""
        texts.only(begun, "this")
        written = self._table(texts, begun.this, scope)
        for join in select.args.get("joins") or []:
            written += self._join(texts, join, scope)
        return written

    def _join(self, texts: Expressions, join: exp.Join, scope: Scope) -> str:
        texts.only(join, "this", "side", "kind", "on")
        side, kind = str(join.args.get("side") or ""), str(join.args.get("kind") or "")
        on = join.args.get("on")
        if side not in texts.sides or kind not in {"", "INNER", "CROSS", "OUTER"}:
            raise texts.refused(join)
        table = self._table(texts, join.this, scope)
        if on is None:
            if side or kind not in {"", "CROSS"}:
                raise texts.placed.problem(join.this, "expert.join_on")
            return f" CROSS JOIN {table}" if kind else f", {table}"
        if kind == "CROSS":
            raise texts.refused(join)
        words = " ".join(word for word in (side, "JOIN") if word)
        return f" {words} {table} ON {texts.write(on, scope)}"

    def _table(self, texts: Expressions, node: Any, scope: Scope) -> str:
        if isinstance(node, exp.Subquery):
            texts.only(node, "this", "alias")
            # It does not see its neighbours: only what is around the whole statement.
            written, names = self.query(texts, node.this, scope.outer, named=True)
            alias = self._alias(texts, node, scope)
            scope.sources[alias] = Source(alias, names)
            return f"({written}) AS {texts.name(alias)}"
        if not isinstance(node, exp.Table) or not isinstance(node.this, exp.Identifier):
            raise texts.placed.problem(
                node if isinstance(node, exp.Expr) else None, "expert.only_objects"
            )
        texts.only(node, *_HARMLESS_TABLE)
        called = ".".join(folded(part) for part in (node.args.get("db"), node.this) if part)
        relation = self._relations.get(called)
        if relation is None:
            raise texts.placed.problem(node, "expert.unknown_object", name=called)
        if len(self._found.tables) >= MOST_TABLES:
            raise texts.placed.problem(node, "expert.too_many_objects", max=MOST_TABLES)
        alias = self._alias(texts, node, scope)
        columns: Columns = {
            column: Origin(relation.name, column, kind, len(self._found.tables))
            for column, kind in relation.columns.items()
        }
        source = Source(alias, columns, relation.name)
        scope.sources[alias] = source
        self._found.tables.append(source)
        return f"{mark(len(self._found.tables) - 1)} AS {texts.name(alias)}"

    @staticmethod
    def _alias(texts: Expressions, node: Any, scope: Scope) -> str:
        named = node.args.get("alias")
        if named is not None:
            texts.only(named, "this")
        if named is None and isinstance(node, exp.Table):
            alias = folded(node.this)
        elif named is None or not isinstance(named.this, exp.Identifier):
            raise texts.placed.problem(node, "expert.needs_alias")
        else:
            alias = folded(named.this)
        if alias in scope.sources:
            raise texts.placed.problem(node, "expert.twice", name=alias)
        return alias

    # -- statements within others ----------------------------------------------------------------

    def query(
        self, texts: Expressions, node: Any, outer: Scope | None, *, named: bool = False
    ) -> tuple[str, Columns]:
        """A statement, and the names of its columns; raises BadStatement."""
        if self._found.depth >= MOST_DEPTH:
            raise texts.placed.problem(node, "expert.too_deep")
        self._found.depth += 1
        try:
            if type(node) in _SETS:
                return self._set(texts, node, outer, named=named)
            if isinstance(node, exp.Subquery):
                texts.only(node, "this")
                written, names = self.query(texts, node.this, outer, named=named)
                return f"({written})", names
            if not isinstance(node, exp.Select):
                raise texts.refused(node)
            return self._select(texts, node, outer, named=named)
        finally:
            self._found.depth -= 1

    def _set(
        self, texts: Expressions, node: Any, outer: Scope | None, *, named: bool
    ) -> tuple[str, Columns]:
        texts.only(node, "this", "expression", "distinct")
        left, names = self.query(texts, node.this, outer, named=named)
        right, others = self.query(texts, node.expression, outer, named=named)
        every = "" if node.args.get("distinct") else " ALL"
        both = {
            name: _either(origin, other)
            for (name, origin), other in zip(names.items(), others.values(), strict=False)
        }
        if len(names) != len(others):
            raise texts.placed.problem(node.expression, "expert.set_columns")
        return f"({left}) {_SETS[type(node)]}{every} ({right})", both

    def _select(
        self, texts: Expressions, node: exp.Select, outer: Scope | None, *, named: bool
    ) -> tuple[str, Columns]:
        known = ("expressions", "distinct", "from_", "joins", "where", "group", "having", "order")
        texts.only(node, *known, "limit", "offset")
        scope = Scope(outer)
        source = self.source(texts, node, scope)
        written, names = self.outputs(texts, node, scope, named=named)
        said = [f"SELECT {written}"]
        if source:
            said.append(f"FROM {source}")
        for part, word in (("where", "WHERE"), ("having", "HAVING")):
            if part == "having" and (group := node.args.get("group")) is not None:
                said.append(f"GROUP BY {self.grouped(texts, group, scope)}")
            if (condition := node.args.get(part)) is not None:
                texts.only(condition, "this")
                said.append(f"{word} {texts.write(condition.this, scope)}")
        if (order := node.args.get("order")) is not None:
            texts.only(order, "expressions")
            said.append(f"ORDER BY {texts.ordered(order.expressions, scope, names)}")
        for part, word in (("limit", "LIMIT"), ("offset", "OFFSET")):
            if (bound := node.args.get(part)) is not None:
                said.append(f"{word} {_count(texts, bound)}")
        return " ".join(said), names

    @staticmethod
    def grouped(
        texts: Expressions,
        group: exp.Group,
        scope: Scope,
        outputs: Columns | None = None,
    ) -> str:
        """outputs: names that come out, by which it may be grouped where no field is called so."""
        texts.only(group, "expressions")
        written = []
        for each in group.expressions:
            plain = isinstance(each, exp.Column) and each.args.get("table") is None
            called = folded(each.this) if plain and isinstance(each.this, exp.Identifier) else ""
            if called in (outputs or {}) and not scope.having(called):
                written.append(texts.name(called))
            else:
                written.append(texts.write(each, scope))
        return ", ".join(written)


def _either(one: Origin | Made, other: Origin | Made) -> Origin | Made:
    """A column that is one of two, as the rows come."""
    if isinstance(one, Origin) and one == other:
        return one
    return Made(sum(each.weight if isinstance(each, Made) else 1 for each in (one, other)))


def _phone_of(node: Any) -> Any:
    """What is within `phone(…)`; None where it is something else."""
    marked = isinstance(node, exp.Anonymous) and str(node.this).lower() == PHONE
    return node.expressions[0] if marked and len(node.expressions) == 1 else None


def _count(texts: Expressions, node: exp.Expr) -> str:
    texts.only(node, "expression")
    number = node.args.get("expression")
    digits = str(number.this) if isinstance(number, exp.Literal) and not number.is_string else ""
    if not digits.isdigit() or len(digits) > 7:
        raise texts.placed.problem(node, "expert.number")
    return digits
