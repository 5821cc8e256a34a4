"""Writes what a part says anew, node by node: what is not known here is not written."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from sqlglot import exp

from callcenter.queries.expert import spelling
from callcenter.queries.expert.allowed import (
    AGGREGATES,
    CALLS,
    CAPPED,
    MOST_CHARACTERS,
    MOST_PADDED,
    ORDERED,
    TYPES,
    UNITS,
    WINDOWED,
    WORDS,
    Call,
)
from callcenter.queries.expert.dialect import Placed
from callcenter.queries.expert.parts import BadStatement, Parameter
from callcenter.queries.expert.scopes import Found, Made, Origin, Scope

if TYPE_CHECKING:
    from callcenter.queries.expert.selects import Selects

_BINARY: Mapping[type[exp.Expr], str] = {
    exp.And: "AND", exp.Or: "OR", exp.EQ: "=", exp.NEQ: "<>", exp.GT: ">", exp.GTE: ">=",
    exp.LT: "<", exp.LTE: "<=", exp.NullSafeEQ: "IS NOT DISTINCT FROM",
    exp.NullSafeNEQ: "IS DISTINCT FROM", exp.Add: "+", exp.Sub: "-", exp.Mul: "*", exp.Div: "/",
    exp.Mod: "%%",
}  # fmt: skip
_CONSTANTS: Mapping[type[exp.Expr], str] = {
    exp.Null: "NULL", exp.CurrentDate: "CURRENT_DATE", exp.CurrentTimestamp: "CURRENT_TIMESTAMP",
}  # fmt: skip
_HARMLESS: Mapping[type[exp.Expr], set[str]] = {
    exp.Div: {"typed", "safe"},
    exp.Cast: {"_type"},
    exp.Ordered: {"explicit_null_ordering"},
    exp.DataType: {"nested"},
    exp.Window: {"over"},
}
"""What sqlglot notes of a node that changes nothing in what is written."""

PHONE = "phone"
"""`phone(column) as name`: what comes out are telephone numbers. Of data sources only."""

MOST_WEIGHT = 10_000
"""Of a statement: names, signs and values, as `scopes.Found.weight`."""

_FRAMES = {"CURRENT ROW", "UNBOUNDED"}
_SIDES = {"PRECEDING", "FOLLOWING"}


class Expressions:
    """Of one text, in PostgreSQL's language; others' differ in what is named here.

    parameters: those that it may name.
    """

    calls: ClassVar[Mapping[str, Call]] = CALLS
    aggregates: ClassVar[Mapping[str, Call]] = AGGREGATES
    ordered_ones: ClassVar[Mapping[str, Call]] = ORDERED
    windowed: ClassVar[Mapping[str, Call]] = WINDOWED
    capped: ClassVar[frozenset[str]] = CAPPED
    words: ClassVar[frozenset[str]] = WORDS
    units: ClassVar[frozenset[str]] = UNITS
    types: ClassVar[Mapping[str, str]] = TYPES
    # `substring` of two texts looks for a pattern, which may take as long as it likes.
    safer: ClassVar[Mapping[str, str]] = {"substring": "substr"}
    without: ClassVar[frozenset[type[exp.Expr]]] = frozenset()
    """Nodes that this language does not have."""
    sides: ClassVar[frozenset[str]] = frozenset({"", "LEFT", "RIGHT", "FULL"})
    """Of joins."""

    name = staticmethod(spelling.name)
    text = staticmethod(spelling.text)
    bound = staticmethod(spelling.bound)

    def __init__(
        self, placed: Placed, parameters: Mapping[str, Parameter], found: Found, selects: "Selects"
    ) -> None:
        self.placed = placed
        self._parameters = parameters
        self._found = found
        self._selects = selects
        self._writers = self._all_writers()

    def _all_writers(self) -> dict[type[exp.Expr], Callable[[Any, Scope], str]]:
        return {
            exp.Alias: self._no_alias, exp.Anonymous: self._call, exp.AtTimeZone: self._zone,
            exp.Between: self._between, exp.Boolean: self._boolean, exp.Case: self._case,
            exp.Cast: self._cast, exp.Column: self._column, exp.DPipe: self._joined,
            exp.Escape: self._escape, exp.Exists: self._exists, exp.Extract: self._extract,
            exp.Filter: self._aggregated, exp.ILike: self._like, exp.In: self._in,
            exp.Interval: self._interval, exp.Is: self._is, exp.Like: self._like,
            exp.Literal: self._literal, exp.Neg: self._negative, exp.Not: self._not,
            exp.Paren: self._paren, exp.Placeholder: self._parameter, exp.Subquery: self._query,
            exp.Window: self._window, exp.WithinGroup: self._aggregated,
        }  # fmt: skip

    def write(self, node: Any, scope: Scope) -> str:
        """Raises BadStatement."""
        self._weigh(node, 1)
        kind = type(node)
        if kind in self.without:
            raise self.refused(node)
        if kind in _BINARY:
            return self._binary(node, scope)
        if kind in _CONSTANTS:
            self.only(node)
            return _CONSTANTS[kind]
        writer = self._writers.get(kind)
        if writer is None:
            raise self.refused(node)
        return writer(node, scope)

    def _binary(self, node: Any, scope: Scope) -> str:
        self.only(node, "this", "expression")
        sign = _BINARY[type(node)]
        return f"{self.write(node.this, scope)} {sign} {self.write(node.expression, scope)}"

    def _weigh(self, node: Any, weight: int) -> None:
        """PostgreSQL puts what a column is made of wherever it is named, before any limit of time
        holds: columns made of columns made of columns would take it minutes, and all memory.
        """
        self._found.weight += weight
        if self._found.weight > MOST_WEIGHT:
            raise self.placed.problem(node, "expert.too_heavy")

    def refused(self, node: Any) -> BadStatement:
        what = type(node).__name__ if isinstance(node, exp.Expr) else str(node)
        return self.placed.problem(node if isinstance(node, exp.Expr) else None,
                                   "expert.not_allowed", what=what)  # fmt: skip

    def only(self, node: exp.Expr, *names: str) -> None:
        """Whatever else the node says would be lost by not being written; so it is refused."""
        harmless = _HARMLESS.get(type(node), set())
        for each, value in node.args.items():
            if each not in names and each not in harmless and value not in (None, False, [], ""):
                raise self.placed.problem(node, "expert.not_allowed", what=each.strip("_"))

    def origin(self, node: exp.Expr, scope: Scope) -> Origin | Made | None:
        """Of a plain column that was written already."""
        if not isinstance(node, exp.Column):
            return None
        column = _folded(node.this)
        if node.args.get("table") is not None:
            source = scope.called(_folded(node.args["table"]))
            return source.columns.get(column) if source else None
        return scope.having(column)[0].columns.get(column)

    # -- names and values ------------------------------------------------------------------------

    def _column(self, node: exp.Column, scope: Scope) -> str:
        self.only(node, "this", "table")
        if not isinstance(node.this, exp.Identifier):
            raise self.placed.problem(node, "expert.star")
        column = _folded(node.this)
        if node.args.get("table") is not None:
            alias = _folded(node.args["table"])
            source = scope.called(alias)
            if source is None:
                raise self.placed.problem(node.args["table"], "expert.unknown_alias", name=alias)
            sources = [source] if column in source.columns else []
        else:
            sources = scope.having(column)
        if not sources:
            raise self.placed.problem(node.this, "expert.unknown_field", name=column)
        if len(sources) > 1:
            raise self.placed.problem(node.this, "expert.ambiguous", name=column)
        sources[0].used.add(column)
        if isinstance(made := sources[0].columns[column], Made):
            self._weigh(node, made.weight)
        return f"{self.name(sources[0].alias)}.{self.name(column)}"

    def _literal(self, node: exp.Literal, _scope: Scope) -> str:
        value = str(node.this)
        if node.is_string:
            return self.text(value)
        if not spelling.is_number(value):
            raise self.placed.problem(node, "expert.number")
        return value

    @staticmethod
    def _boolean(node: exp.Boolean, _scope: Scope) -> str:
        return "TRUE" if node.this else "FALSE"

    def _parameter(self, node: exp.Placeholder, _scope: Scope, *, many: bool = False) -> str:
        self.only(node, "this", "jdbc")
        called = node.this if isinstance(node.this, str) else "?"
        declared = self._parameters.get(called)
        if declared is None:
            raise self.placed.problem(node, "expert.unknown_parameter", name=called)
        if declared.many is not many:
            raise self.placed.problem(node, "expert.list_parameter", name=called)
        self._found.parameters.add(called)
        return self.bound(called, declared)

    def _interval(self, node: exp.Interval, _scope: Scope) -> str:
        self.only(node, "this", "unit")
        unit = node.args.get("unit")
        said = node.this
        if not isinstance(said, exp.Literal) or not said.is_string:
            raise self.refused(node)
        if unit is not None and (
            not isinstance(unit, exp.Var) or str(unit.this).lower() not in self.units
        ):
            raise self.refused(node)
        return self._lasting(str(said.this), str(unit.this) if unit is not None else "")

    def _lasting(self, length: str, unit: str) -> str:
        return f"INTERVAL {self.text(f'{length} {unit}'.rstrip())}"

    # -- conditions ------------------------------------------------------------------------------

    def _paren(self, node: exp.Paren, scope: Scope) -> str:
        self.only(node, "this")
        return f"({self.write(node.this, scope)})"

    def _not(self, node: exp.Not, scope: Scope) -> str:
        self.only(node, "this")
        if isinstance(node.this, exp.In):
            return self._in(node.this, scope, negated=True)
        if isinstance(node.this, exp.Between):
            return self._between(node.this, scope, negated=True)
        return f"NOT {self.write(node.this, scope)}"

    def _negative(self, node: exp.Neg, scope: Scope) -> str:
        self.only(node, "this")
        return f"- {self.write(node.this, scope)}"  # two signs beside each other begin a comment

    def _is(self, node: exp.Is, scope: Scope) -> str:
        self.only(node, "this", "expression", "negate")
        if not isinstance(node.expression, exp.Null | exp.Boolean):
            raise self.refused(node)
        said = "IS NOT" if node.args.get("negate") else "IS"
        return f"{self.write(node.this, scope)} {said} {self.write(node.expression, scope)}"

    def _between(self, node: exp.Between, scope: Scope, *, negated: bool = False) -> str:
        self.only(node, "this", "low", "high")
        low, high = self.write(node.args["low"], scope), self.write(node.args["high"], scope)
        said = "NOT BETWEEN" if negated else "BETWEEN"
        return f"{self.write(node.this, scope)} {said} {low} AND {high}"

    def _like(self, node: exp.Like | exp.ILike, scope: Scope) -> str:
        self.only(node, "this", "expression", "negate")
        verb = "LIKE" if isinstance(node, exp.Like) else "ILIKE"
        said = f"NOT {verb}" if node.args.get("negate") else verb
        return f"{self.write(node.this, scope)} {said} {self.write(node.expression, scope)}"

    def _escape(self, node: exp.Escape, scope: Scope) -> str:
        self.only(node, "this", "expression")
        if not isinstance(node.this, exp.Like | exp.ILike):
            raise self.refused(node)
        return f"{self.write(node.this, scope)} ESCAPE {self._literal_only(node.expression, scope)}"

    def _in(self, node: exp.In, scope: Scope, *, negated: bool = False) -> str:
        self.only(node, "this", "expressions", "query")
        tested, said = self.write(node.this, scope), "NOT IN" if negated else "IN"
        if (query := node.args.get("query")) is not None:
            return f"{tested} {said} {self._query(query, scope)}"
        values = node.expressions
        if len(values) == 1 and isinstance(values[0], exp.Placeholder) and self._is_list(values[0]):
            return self._in_list(
                tested, self._parameter(values[0], scope, many=True), negated=negated
            )
        if not values:
            raise self.refused(node)
        return f"{tested} {said} ({', '.join(self.write(each, scope) for each in values)})"

    @staticmethod
    def _in_list(tested: str, listed: str, *, negated: bool) -> str:
        return f"{tested} {'<> ALL' if negated else '= ANY'}({listed})"

    def _is_list(self, node: exp.Placeholder) -> bool:
        declared = self._parameters.get(str(node.this))
        return declared is not None and declared.many

    def _exists(self, node: exp.Exists, scope: Scope) -> str:
        self.only(node, "this")
        return f"EXISTS ({self._selects.query(self, node.this, scope)[0]})"

    def _query(self, node: Any, scope: Scope) -> str:
        if not isinstance(node, exp.Subquery):
            raise self.refused(node)
        self.only(node, "this")
        return f"({self._selects.query(self, node.this, scope)[0]})"

    # -- what is worked out ----------------------------------------------------------------------

    def _case(self, node: exp.Case, scope: Scope) -> str:
        self.only(node, "this", "ifs", "default")
        written = ["CASE"]
        if node.this is not None:
            written.append(self.write(node.this, scope))
        for each in node.args["ifs"]:
            self.only(each, "this", "true")
            written.append(f"WHEN {self.write(each.this, scope)}")
            written.append(f"THEN {self.write(each.args['true'], scope)}")
        if (default := node.args.get("default")) is not None:
            written.append(f"ELSE {self.write(default, scope)}")
        return " ".join([*written, "END"])

    def _cast(self, node: exp.Cast, scope: Scope) -> str:
        self.only(node, "this", "to")
        into = node.args["to"]
        if not isinstance(into, exp.DataType) or not isinstance(into.this, exp.DType):
            raise self.placed.problem(node, "expert.unknown_type")
        self.only(into, "this", "expressions", "kind")
        written = self.types.get(into.this.value)
        sizes = [str(each.this.this) for each in into.expressions
                 if isinstance(each, exp.DataTypeParam) and isinstance(each.this, exp.Literal)]  # fmt: skip
        if written is None or len(sizes) != len(into.expressions):
            raise self.placed.problem(node, "expert.unknown_type")
        if into.this is exp.DType.DECIMAL and sizes:
            if not all(each.isdigit() and len(each) <= 2 for each in sizes) or len(sizes) > 2:
                raise self.placed.problem(node, "expert.unknown_type")
            written = f"{written}({', '.join(sizes)})"
        return f"CAST({self.write(node.this, scope)} AS {written})"

    def _zone(self, node: exp.AtTimeZone, scope: Scope) -> str:
        self.only(node, "this", "zone")
        return f"{self.write(node.this, scope)} AT TIME ZONE {self._literal_only(node.args['zone'], scope)}"

    def _extract(self, node: exp.Extract, scope: Scope) -> str:
        self.only(node, "this", "expression")
        word = str(node.this.this).lower() if isinstance(node.this, exp.Var) else ""
        if word not in self.words:
            raise self.placed.problem(node, "expert.unknown_word", name=word)
        return f"EXTRACT({word} FROM {self.write(node.expression, scope)})"

    def _joined(self, node: exp.DPipe, scope: Scope) -> str:
        """A chain is as long as its texts, but chains of chains would double without end."""
        parts: list[str] = []
        rest: Any = node
        while isinstance(rest, exp.DPipe):
            self.only(rest, "this", "expression", "safe")
            parts.insert(0, self.write(rest.expression, scope))
            rest = rest.this
        parts.insert(0, self.write(rest, scope))
        return _capped(" || ".join(parts))

    def _literal_only(self, node: Any, scope: Scope) -> str:
        if not isinstance(node, exp.Literal) or not node.is_string:
            raise self.refused(node)
        return self._literal(node, scope)

    # -- functions -------------------------------------------------------------------------------

    def _call(self, node: exp.Anonymous, scope: Scope) -> str:
        called = self._called(node)
        if called in self.ordered_ones or called in self.windowed:
            raise self.placed.problem(node, "expert.needs_window", name=called)
        written = self._applied(node, scope)
        return _capped(written) if called in self.capped else written

    @classmethod
    def known(cls) -> frozenset[str]:
        """Functions that may be called."""
        return frozenset({*cls.calls, *cls.aggregates, *cls.ordered_ones, *cls.windowed})

    def _called(self, node: exp.Anonymous) -> str:
        self.only(node, "this", "expressions")
        called = node.this.lower() if isinstance(node.this, str) else ""
        if called not in self.known():
            # What says of a column what it holds stands around it, and nowhere else.
            if called == PHONE:
                raise self.placed.problem(node, "expert.phone_alone")
            shown = called or node.name
            raise self.placed.problem(node, "expert.unknown_function", name=shown)
        return called

    def _applied(self, node: exp.Anonymous, scope: Scope) -> str:
        called = self._called(node)
        given = [*node.expressions]
        if called in self.aggregates:
            return f"{called}({self._aggregate_arguments(node, called, given, scope)})"
        rule = self.calls.get(called) or self.ordered_ones.get(called) or self.windowed[called]
        self._counted(node, called, rule, len(given))
        if called in {"lpad", "rpad"}:
            self._padded(given[1])
        written = [
            self._word(each) if place == rule.word else self.write(each, scope)
            for place, each in enumerate(given)
        ]
        return f"{self.safer.get(called, called)}({', '.join(written)})"

    def _aggregate_arguments(
        self, node: exp.Anonymous, called: str, given: list[Any], scope: Scope
    ) -> str:
        order = ""
        distinct = ""
        if given and isinstance(given[-1], exp.Order):
            self.only(given[-1], "this", "expressions")
            order = f" ORDER BY {self.ordered(given[-1].expressions, scope)}"
            given = [*given[:-1], given[-1].this]
        if len(given) == 1 and isinstance(given[0], exp.Distinct):
            self.only(given[0], "expressions")
            distinct, given = "DISTINCT ", [*given[0].expressions]
        self._counted(node, called, self.aggregates[called], len(given))
        if called == "count" and isinstance(given[0], exp.Star) and not distinct and not order:
            self.only(given[0])
            return "*"
        return distinct + ", ".join(self.write(each, scope) for each in given) + order

    def _counted(self, node: exp.Expr, called: str, rule: Call, given: int) -> None:
        if not rule.least <= given <= rule.most:
            raise self.placed.problem(node, "expert.arguments", name=called)

    def _padded(self, node: Any) -> None:
        fits = isinstance(node, exp.Literal) and not node.is_string and str(node.this).isdigit()
        if not fits or len(str(node.this)) > 3 or int(node.this) > MOST_PADDED:
            raise self.placed.problem(node, "expert.padded", max=MOST_PADDED)

    def _word(self, node: Any) -> str:
        word = str(node.this).lower() if isinstance(node, exp.Literal) else ""
        if word not in self.words:
            raise self.placed.problem(node, "expert.unknown_word", name=word)
        return self.text(word)

    def _aggregated(self, node: exp.Filter | exp.WithinGroup, scope: Scope) -> str:
        inner, called = self._over_rows(node, scope)
        return _capped(inner) if called in self.capped else inner

    def _over_rows(self, node: Any, scope: Scope) -> tuple[str, str]:
        """An aggregate with its filter, or ordered within its group; and its name."""
        if type(node) in self.without:
            raise self.refused(node)
        if isinstance(node, exp.Filter):
            self.only(node, "this", "expression")
            inner, called = self._over_rows(node.this, scope)
            if called not in self.aggregates and called not in self.ordered_ones:
                raise self.refused(node)
            self.only(node.expression, "this")
            condition = self.write(node.expression.this, scope)
            return f"{inner} FILTER (WHERE {condition})", called
        if isinstance(node, exp.WithinGroup):
            self.only(node, "this", "expression")
            inner = node.this
            if not isinstance(inner, exp.Anonymous) or self._called(inner) not in self.ordered_ones:
                raise self.refused(node)
            self.only(node.expression, "expressions")
            order = self.ordered(node.expression.expressions, scope)
            return (
                f"{self._applied(inner, scope)} WITHIN GROUP (ORDER BY {order})",
                self._called(inner),
            )
        if not isinstance(node, exp.Anonymous):
            raise self.refused(node)
        return self._applied(node, scope), self._called(node)

    def _window(self, node: exp.Window, scope: Scope) -> str:
        self.only(node, "this", "partition_by", "order", "spec")
        inner, called = self._over_rows(node.this, scope)
        if called not in self.aggregates and called not in self.windowed:
            raise self.refused(node)
        said = []
        if partition := node.args.get("partition_by"):
            said.append(f"PARTITION BY {', '.join(self.write(each, scope) for each in partition)}")
        if order := node.args.get("order"):
            self.only(order, "expressions")
            said.append(f"ORDER BY {self.ordered(order.expressions, scope)}")
        if spec := node.args.get("spec"):
            said.append(self._frame(spec))
        written = f"{inner} OVER ({' '.join(said)})"
        return _capped(written) if called in self.capped else written

    def _frame(self, spec: exp.WindowSpec) -> str:
        self.only(spec, "kind", "start", "start_side", "end", "end_side")
        kind = str(spec.args.get("kind")).upper()
        ends = [self._frame_end(spec, "start")]
        if spec.args.get("end") is not None:
            ends.append(self._frame_end(spec, "end"))
        if kind not in {"ROWS", "RANGE"}:
            raise self.refused(spec)
        return f"{kind} BETWEEN {ends[0]} AND {ends[1]}" if len(ends) > 1 else f"{kind} {ends[0]}"

    def _frame_end(self, spec: exp.WindowSpec, which: str) -> str:
        value = spec.args.get(which)
        side = str(spec.args.get(f"{which}_side") or "").upper()
        if isinstance(value, exp.Literal) and str(value.this).isdigit():
            word = str(value.this)
        else:
            word = str(value).upper()
            if word not in _FRAMES:
                raise self.refused(spec)
        if word == "CURRENT ROW":
            return word
        if side not in _SIDES:
            raise self.refused(spec)
        return f"{word} {side}"

    def ordered(
        self, nodes: list[Any], scope: Scope, outputs: Mapping[str, Any] | None = None
    ) -> str:
        """outputs: names of the columns that come out, by which the whole may be ordered."""
        return ", ".join(self._order_of(each, scope, outputs or {}) for each in nodes)

    def _order_of(self, node: Any, scope: Scope, outputs: Mapping[str, Any]) -> str:
        if not isinstance(node, exp.Ordered):
            raise self.refused(node)
        self.only(node, "this", "desc", "nulls_first")
        by = self._output(node.this, outputs) or self.write(node.this, scope)
        return self._sorted(
            by, down=bool(node.args.get("desc")), nulls_first=bool(node.args.get("nulls_first"))
        )

    @staticmethod
    def _sorted(by: str, *, down: bool, nulls_first: bool) -> str:
        return f"{by} {'DESC' if down else 'ASC'} NULLS {'FIRST' if nulls_first else 'LAST'}"

    def _output(self, node: Any, outputs: Mapping[str, Any]) -> str | None:
        plain = isinstance(node, exp.Column) and node.args.get("table") is None
        if plain and isinstance(node.this, exp.Identifier) and _folded(node.this) in outputs:
            return self.name(_folded(node.this))
        return None

    def _no_alias(self, node: exp.Alias, _scope: Scope) -> str:
        raise self.refused(node)


def folded(node: exp.Expr) -> str:
    """A name as PostgreSQL reads it: in small letters unless it was quoted."""
    return _folded(node)


def _folded(node: Any) -> str:
    text = str(node.this)
    return text if node.args.get("quoted") else text.lower()


def _capped(written: str) -> str:
    return f"left({written}, {MOST_CHARACTERS})"
