"""Reads a part by sqlglot, as a database's language; what it means is decided elsewhere.

Functions stay names with arguments: sqlglot's own translations (formats of dates, functions of other
databases) would be guesses, and `allowed.py` decides by the name.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

from sqlglot import Dialect, exp
from sqlglot.dialects.mysql import MySQL
from sqlglot.dialects.postgres import Postgres
from sqlglot.errors import ErrorLevel, SqlglotError
from sqlglot.parsers.mysql import MySQLParser
from sqlglot.parsers.postgres import PostgresParser

from callcenter.queries.expert.parts import LONGEST, BadStatement, Problem
from callcenter.queries.expert.segments import place_of

_KEPT = ("CAST", "EXTRACT")
_BEFORE: Mapping[str, str] = {
    "select": "SELECT\n",
    "source": "SELECT 1 FROM\n",
    "where": "SELECT 1 FROM x WHERE\n",
    "group": "SELECT 1 FROM x GROUP BY\n",
    "having": "SELECT 1 FROM x HAVING\n",
    "order": "SELECT 1 FROM x ORDER BY\n",
}
_OWN: Mapping[str, frozenset[str]] = {
    "select": frozenset({"expressions", "distinct"}),
    "source": frozenset({"expressions", "from_", "joins"}),
    "where": frozenset({"expressions", "from_", "where"}),
    "group": frozenset({"expressions", "from_", "group"}),
    "having": frozenset({"expressions", "from_", "having"}),
    "order": frozenset({"expressions", "from_", "order"}),
}


class _Parser(PostgresParser):
    FUNCTIONS: ClassVar[Any] = {}
    FUNCTION_PARSERS: ClassVar[Any] = {
        name: PostgresParser.FUNCTION_PARSERS[name] for name in _KEPT
    }
    NO_PAREN_FUNCTION_PARSERS: ClassVar[Any] = {
        "CASE": PostgresParser.NO_PAREN_FUNCTION_PARSERS["CASE"]
    }


class Expert(Postgres):
    """PostgreSQL with functions that are not understood."""

    Parser = _Parser


class _MysqlParser(MySQLParser):
    FUNCTIONS: ClassVar[Any] = {}
    FUNCTION_PARSERS: ClassVar[Any] = {
        name: MySQLParser.FUNCTION_PARSERS[name] for name in (*_KEPT, "GROUP_CONCAT")
    }
    NO_PAREN_FUNCTION_PARSERS: ClassVar[Any] = {
        "CASE": MySQLParser.NO_PAREN_FUNCTION_PARSERS["CASE"]
    }


class ExpertMysql(MySQL):
    """MySQL likewise."""

    Parser = _MysqlParser


class Placed:
    """A text, and where what was read from it stands."""

    def __init__(self, part: str, text: str, dialect: type[Dialect] = Expert) -> None:
        self.part = part
        self.text = text
        self._dialect = dialect
        self._before = len(_BEFORE[part])

    def problem(self, node: exp.Expr | None, key: str, **parameters: Any) -> BadStatement:
        """At the node's beginning, or at the text's where nothing tells."""
        places = [n.meta for n in node.walk() if "start" in n.meta] if node is not None else []
        first = min((each["start"] for each in places), default=self._before)
        own = node.meta if node is not None else {}
        length = own["end"] - own["start"] + 1 if "start" in own else 1
        return self._at(first - self._before, length, key, parameters)

    def _at(self, start: int, length: int, key: str, parameters: Mapping[str, Any]) -> BadStatement:
        line, column = place_of(self.text, max(start, 0))
        return BadStatement((Problem(self.part, line, column, length, key, parameters),))

    def read(self) -> exp.Select:
        """The statement with this one part; raises BadStatement."""
        if len(self.text) > LONGEST:
            raise self._at(0, 1, "expert.too_long", {"max": LONGEST})
        if "\0" in self.text:
            raise self._at(self.text.index("\0"), 1, "expert.syntax", {})
        try:
            whole = _BEFORE[self.part] + self.text
            found = self._dialect().parse(whole, error_level=ErrorLevel.IMMEDIATE)
        except SqlglotError as error:
            raise self._of(error) from None
        except RecursionError:
            raise self._at(0, 1, "expert.too_deep", {}) from None
        if len(found) != 1 or not isinstance(found[0], exp.Select):
            raise self._at(0, 1, "expert.one_statement", {})
        select = found[0]
        if self._dialect is ExpertMysql:
            # There names are the same however they are written, between quotes as well.
            for each in select.find_all(exp.Identifier):
                each.set("quoted", False)
        for name, value in select.args.items():
            if value and name not in _OWN[self.part]:
                node = value[0] if isinstance(value, list) else value
                at = node if isinstance(node, exp.Expr) else None
                raise self.problem(at, "expert.other_part", what=name.strip("_"))
        return select

    def _of(self, error: SqlglotError) -> BadStatement:
        told = getattr(error, "errors", None)
        if not told or not told[0].get("line"):
            return self._at(0, 1, "expert.syntax", {})
        # Lines count from 1 and the first is ours; the column is that of the token's end.
        line, column = told[0]["line"] - 1, told[0]["col"] or 1
        word = told[0].get("highlight") or ""
        if line < 1:
            return self._at(0, 1, "expert.syntax", {})
        start = max(column - len(word) + 1, 1)
        problem = Problem(self.part, line, start, max(len(word), 1), "expert.syntax", {})
        return BadStatement((problem,))
