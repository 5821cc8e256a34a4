"""A data source opened: who it is told in the enterprise's transaction, the talk comes after."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from callcenter.core.clock import Clock
from callcenter.core.metrics import Counter
from callcenter.core.outbound import Outbound, OutboundFailed
from callcenter.core.sealed import CannotOpen, Seal
from callcenter.queries.external.errors import (
    SourceFailed,
    SourceNotListed,
    SourceOff,
    SourcePrivate,
    SourceRefused,
    SourceUnknownHost,
)
from callcenter.queries.external.guard import Guard
from callcenter.queries.external.lines import Driver, Line, Login
from callcenter.queries.external.places import Place, Places
from callcenter.queries.models import DataSource

log = structlog.get_logger()

PORTS: Mapping[str, int] = {"postgresql": 5432, "mysql": 3306}
"""Where a host's name on the enterprise's list is enough."""

MOST_BYTES = 32 * 1024**2
"""That may come for a page."""

Allowed = Callable[[Session], frozenset[str]]

_failures = Counter(
    "callcenter_data_source_failures_total", "Data sources that gave no answer", ["reason"]
)


@dataclass(frozen=True, slots=True)
class Opened:
    """What is needed to talk to it. allowed: the hosts that its enterprise may reach."""

    place: Place
    kind: str
    host: str
    port: int
    database: str
    user: str
    password: str = field(repr=False)
    tls: str
    ca: str
    allowed: frozenset[str]


class Sources:
    """seconds: that a connection may last; most_bytes: that may come over it."""

    def __init__(
        self,
        clock: Clock,
        outbound: Outbound,
        seal: Seal,
        allowed: Allowed,
        places: Places,
        *,
        drivers: Mapping[str, Driver] | None = None,
    ) -> None:
        self.clock = clock
        self._outbound = outbound
        self._seal = seal
        self._allowed = allowed
        self._places = places
        self._drivers = drivers

    def find(self, session: Session, key: str) -> DataSource:
        """Raises SourceOff."""
        row = session.scalar(select(DataSource).where(DataSource.key == key))
        if row is None or not row.active:
            raise SourceOff(row.name if row else key)
        return row

    def opened(self, session: Session, row: DataSource, password: str | None = None) -> Opened:
        """password: in place of the one that is kept. Raises SourceRefused where that does not open."""
        if password is None:
            try:
                password = self._seal.open(row.sealed, about(row)) if row.sealed else ""
            except CannotOpen as error:
                log.error("data_source.sealed", source=str(row.id))  # noqa: TRY400 (told by its id)
                raise SourceRefused(row.name, said="—") from error
        place = Place(row.enterprise_id, row.id, row.version or 0, row.name)
        return Opened(
            place, row.kind, row.host, row.port, row.database, row.user, password, row.tls,
            row.ca, self._allowed(session),
        )  # fmt: skip

    @contextmanager
    def line(
        self,
        source: Opened,
        zone: ZoneInfo,
        seconds: float,
        *,
        most_bytes: int = MOST_BYTES,
        at_once: int | None = None,
        anyway: bool = False,
    ) -> Iterator[Line]:
        """A connection that ends in time whatever happens. at_once: as `Guard`; anyway: as `Places.taken`.

        Raises SourceFailed.
        """
        whose = {
            "enterprise": str(source.place.enterprise_id), "source": str(source.place.source_id),
        }  # fmt: skip
        address = f"{source.host}:{source.port}"
        try:
            with (
                self._places.taken(source.place, anyway=anyway),
                self._outbound.noted("data_source.asked", address=address, **whose),
            ):
                until = self.clock.monotonic() + seconds
                guard = Guard(self.clock, until, most_bytes, at_once)
                login = self._login(source)
                with self._driver(source.kind)(login, zone, guard) as line:
                    yield line
        except SourceFailed as failure:
            _failures.labels(reason=failure.code).inc()
            log.warning("data_source.failed", reason=failure.code, **whose)
            raise

    def _login(self, source: Opened) -> Login:
        """Raises SourceFailed."""
        name = source.place.name
        told = {"host": f"{source.host}:{source.port}"}
        try:
            address = self._outbound.pinned(
                source.host, source.port, [PORTS[source.kind]], source.allowed
            )
        except OutboundFailed as failure:
            kinds = {"outbound.not_listed": SourceNotListed, "outbound.private": SourcePrivate}
            raise kinds.get(failure.key, SourceUnknownHost)(name, **told) from failure
        return Login(
            name, source.host, address, source.port, source.database, source.user,
            source.password, source.tls, source.ca,
        )  # fmt: skip

    def _driver(self, kind: str) -> Driver:
        if self._drivers is not None:
            return self._drivers[kind]
        # Most processes never talk to either.
        if kind == "mysql":
            from callcenter.queries.external.mysql import mysql

            return partial(mysql, clock=self.clock)
        from callcenter.queries.external.postgresql import postgresql

        return postgresql


def about(row: DataSource) -> str:
    """What its password is sealed for."""
    return f"data_source:{row.enterprise_id}:{row.id}"
