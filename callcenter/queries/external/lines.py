"""What a connection to a data source is, whatever database stands behind it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from callcenter.queries.external.guard import Guard


@dataclass(frozen=True, slots=True)
class Login:
    """Where, and as whom. address: of `host`, looked up once. tls: `off`, `required` or `verified`;

    ca: by whose certificates it is known, PEM; the system's where it is empty.
    """

    name: str
    host: str
    address: str
    port: int
    database: str
    user: str
    password: str = field(repr=False)
    tls: str
    ca: str = ""


@dataclass(frozen=True, slots=True)
class ForeignColumn:
    """type: the kind that a page shows, as `queries.answers.Column`."""

    schema: str
    table: str
    name: str
    type: str


@dataclass(frozen=True, slots=True)
class Found:
    """types: kind of each column. rows: come as they are taken."""

    types: Sequence[str]
    rows: Iterator[Sequence[Any]]


class Line(Protocol):
    """One connection, for one question or a few. Its transaction only reads.

    Whatever goes wrong is raised as `StatementRefused`, `StatementTooSlow` or a `SourceFailed`.
    """

    def server(self) -> str:
        """Which database in which version answers."""
        ...

    def ask(self, statement: str, bound: Mapping[str, Any], milliseconds: int) -> Found:
        """All rows at once: of statements with a LIMIT."""
        ...

    def stream(
        self, statement: str, bound: Mapping[str, Any], milliseconds: int, batch: int
    ) -> Found:
        """As they come, so many at a time."""
        ...

    def columns(self) -> Iterator[ForeignColumn]:
        """Of every table and view that the login may read, in order."""
        ...


class Driver(Protocol):
    """Connects within the guard's time."""

    def __call__(self, login: Login, zone: ZoneInfo, guard: Guard) -> Any:
        """A context with a Line. Raises SourceFailed."""
        ...
