"""The texts of an expert query, what may stand for their names, and what is wrong with them. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

PARTS = ("select", "source", "where", "group", "having", "order")
"""In the order in which they are read; `source` is what follows FROM."""

LONGEST = 10_000
"""Characters of one text."""

POSTGRESQL: Mapping[str, str] = {
    "boolean": "boolean",
    "date": "date",
    "datetime": "timestamptz",
    "decimal": "numeric",
    "integer": "bigint",
    "phone": "text",
    "reference": "uuid",
    "team": "uuid",
    "text": "text",
    "time": "time",
    "user": "uuid",
}
"""The type of a parameter, as of a field → the type that its value is bound with."""


@dataclass(frozen=True, slots=True)
class Parts:
    """As somebody writes them; each is text of SQL without its keyword.

    In `where` and `having` a condition between `[[` and `]]` is left out as long as one of the
    parameters in it is empty.
    """

    select: str
    source: str
    where: str = ""
    group: str = ""
    having: str = ""
    order: str = ""


@dataclass(frozen=True, slots=True)
class Parameter:
    """What a statement names as `:name`. type: of `POSTGRESQL`; many: a list, for `in (:name)`."""

    type: str
    many: bool = False


@dataclass(frozen=True, slots=True)
class Relation:
    """An object, or a table of a source: its columns by name, each with its type."""

    name: str
    columns: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Problem:
    """part: a name of PARTS. line and column count from 1, length in characters.

    key, parameters: of the caption that says it. place: of what is no text (`colors.1.when`).
    """

    part: str
    line: int
    column: int
    length: int
    key: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    place: str = ""


class BadStatement(Exception):
    """What was written is not carried out; problems in the order of the texts."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__(", ".join(f"{p.part}:{p.line}:{p.column} {p.key}" for p in problems))
        self.problems = problems
