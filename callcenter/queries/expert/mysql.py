"""MySQL's and MariaDB's language: what is written otherwise than for PostgreSQL."""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from sqlglot import exp

from callcenter.queries.expert.allowed import MOST_CHARACTERS, WINDOWED, Call
from callcenter.queries.expert.expressions import Expressions
from callcenter.queries.expert.parts import Parameter
from callcenter.queries.expert.scopes import Scope
from callcenter.queries.expert.spelling import key_of

CALLS: Mapping[str, Call] = {
    # texts
    "char_length": Call(1, 1), "concat": Call(1, 20), "concat_ws": Call(2, 20),
    "instr": Call(2, 2), "left": Call(2, 2), "length": Call(1, 1), "locate": Call(2, 3),
    "lower": Call(1, 1), "lpad": Call(3, 3), "ltrim": Call(1, 1), "replace": Call(3, 3),
    "reverse": Call(1, 1), "right": Call(2, 2), "rpad": Call(3, 3), "rtrim": Call(1, 1),
    "substr": Call(2, 3), "substring": Call(2, 3), "substring_index": Call(3, 3),
    "trim": Call(1, 1), "upper": Call(1, 1),
    # numbers
    "abs": Call(1, 1), "ceil": Call(1, 1), "ceiling": Call(1, 1), "floor": Call(1, 1),
    "mod": Call(2, 2), "round": Call(1, 2), "sign": Call(1, 1), "sqrt": Call(1, 1),
    "truncate": Call(2, 2),
    # any
    "coalesce": Call(1, 20), "greatest": Call(2, 20), "if": Call(3, 3), "ifnull": Call(2, 2),
    "json_extract": Call(2, 2), "json_unquote": Call(1, 1), "least": Call(2, 20),
    "nullif": Call(2, 2),
    # days and moments
    "curdate": Call(0, 0), "date": Call(1, 1), "date_add": Call(2, 2), "date_format": Call(2, 2),
    "date_sub": Call(2, 2), "datediff": Call(2, 2), "day": Call(1, 1), "dayofmonth": Call(1, 1),
    "dayofweek": Call(1, 1), "dayofyear": Call(1, 1), "from_unixtime": Call(1, 2),
    "hour": Call(1, 1), "last_day": Call(1, 1), "minute": Call(1, 1), "month": Call(1, 1),
    "now": Call(0, 0), "quarter": Call(1, 1), "second": Call(1, 1), "str_to_date": Call(2, 2),
    "timestampdiff": Call(3, 3, word=0), "unix_timestamp": Call(0, 1), "week": Call(1, 2),
    "weekday": Call(1, 1), "year": Call(1, 1),
}  # fmt: skip
"""As `allowed.CALLS`: nothing that reads a file, waits, locks, or tells of the server."""

AGGREGATES: Mapping[str, Call] = {
    name: Call(1, 1) for name in ("avg", "count", "max", "min", "stddev", "sum", "variance")
}
_WINDOWED = {name: rule for name, rule in WINDOWED.items() if name != "percent_rank"}
_UNITS = frozenset({"second", "minute", "hour", "day", "week", "month", "quarter", "year"})
TYPES: Mapping[str, str] = {
    "BIGINT": "SIGNED", "CHAR": "CHAR", "DATE": "DATE", "DATETIME": "DATETIME",
    "DECIMAL": "DECIMAL", "DOUBLE": "DOUBLE", "INT": "SIGNED", "TEXT": "CHAR", "TIME": "TIME",
    "TIMESTAMP": "DATETIME", "UBIGINT": "UNSIGNED", "UINT": "UNSIGNED", "VARCHAR": "CHAR",
}  # fmt: skip


def name(text: str) -> str:
    doubled = text.replace("`", "``").replace("%", "%%")
    return f"`{doubled}`"


def text(value: str) -> str:
    """Whatever the server's `sql_mode` says of backslashes and quotes, it is this text."""
    if value.isprintable() and "'" not in value and "\\" not in value:
        return f"'{value.replace('%', '%%')}'"
    return f"_utf8mb4 X'{value.encode().hex()}'"


def bound(parameter: str, declared: Parameter) -> str:
    """A list is written as one, in parentheses; a value tells its own type."""
    del declared
    return f"%({key_of(parameter)})s"


class MysqlExpressions(Expressions):
    calls = CALLS
    aggregates = AGGREGATES
    ordered_ones: ClassVar[Mapping[str, Call]] = {}
    windowed = _WINDOWED
    capped = frozenset({"concat", "concat_ws", "replace"})
    words = _UNITS
    units = _UNITS
    types = TYPES
    safer: ClassVar[Mapping[str, str]] = {}
    without = frozenset({exp.AtTimeZone, exp.DPipe, exp.Filter, exp.ILike, exp.WithinGroup})
    sides = frozenset({"", "LEFT", "RIGHT"})

    name = staticmethod(name)
    text = staticmethod(text)
    bound = staticmethod(bound)

    def _all_writers(self) -> dict[type[exp.Expr], Callable[[Any, Scope], str]]:
        return {**super()._all_writers(), exp.GroupConcat: self._group_concat}

    def _binary(self, node: Any, scope: Scope) -> str:
        if not isinstance(node, exp.NullSafeEQ | exp.NullSafeNEQ):
            return super()._binary(node, scope)
        self.only(node, "this", "expression")
        same = f"({self.write(node.this, scope)} <=> {self.write(node.expression, scope)})"
        return same if isinstance(node, exp.NullSafeEQ) else f"(NOT {same})"

    def _lasting(self, length: str, unit: str) -> str:
        return f"INTERVAL {self.text(length)} {unit.upper()}"

    @staticmethod
    def _in_list(tested: str, listed: str, *, negated: bool) -> str:
        return f"{tested} {'NOT IN' if negated else 'IN'} {listed}"

    def _word(self, node: Any) -> str:
        plain = isinstance(node, exp.Column) and node.args.get("table") is None
        word = str(node.this.this).lower() if plain else str(node.this).lower()
        if word not in self.words:
            raise self.placed.problem(node, "expert.unknown_word", name=word)
        return word.upper()

    @staticmethod
    def _sorted(by: str, *, down: bool, nulls_first: bool) -> str:
        """Nothing is less than anything there."""
        if nulls_first is not down:
            return f"{by} {'DESC' if down else 'ASC'}"
        return f"{by} IS NULL {'DESC' if nulls_first else 'ASC'}, {by} {'DESC' if down else 'ASC'}"

    def _group_concat(self, node: exp.GroupConcat, scope: Scope) -> str:
        self.only(node, "this", "separator")
        inner, order, distinct = node.this, "", ""
        if isinstance(inner, exp.Order):
            self.only(inner, "this", "expressions")
            order = f" ORDER BY {self.ordered(inner.expressions, scope)}"
            inner = inner.this
        if isinstance(inner, exp.Distinct):
            self.only(inner, "expressions")
            if len(inner.expressions) != 1:
                raise self.refused(node)
            distinct, inner = "DISTINCT ", inner.expressions[0]
        separator = node.args.get("separator")
        between = f" SEPARATOR {self._literal_only(separator, scope)}" if separator else ""
        between = between.replace("_utf8mb4 ", "")  # no introducer may stand there
        written = f"GROUP_CONCAT({distinct}{self.write(inner, scope)}{order}{between})"
        return f"LEFT({written}, {MOST_CHARACTERS})"
