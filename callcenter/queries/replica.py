"""Queries asked of a replica of the product's database: it only reads, and the product is spared.

Where it is away, or too far behind, the product's own database answers, and the answer says so. Rights
are the same there: row-level security and roles are replicated with everything else.
"""

import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import structlog
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as NoConnection
from sqlalchemy.orm import Session

from callcenter.core.clock import Clock
from callcenter.core.db import Database
from callcenter.core.errors import AppError
from callcenter.core.metrics import Counter
from callcenter.queries.answers import Answer, Row
from callcenter.queries.errors import TooSlow
from callcenter.queries.expert.errors import TooDear
from callcenter.queries.external.guard import Cut, Guard

if TYPE_CHECKING:
    from callcenter.queries.service.running import Wanted

REST = 10.0
"""Seconds for which a replica that was away is not asked again."""

GRACE = 2.0
_PATIENCE, _LOOKS = 0.03, 4
"""Seconds between looks at one that is behind, and how many."""

_MOST_BYTES = 4 * 1024**3
_WRITTEN = text("SELECT pg_current_wal_insert_lsn()::text")
_REPLAYED = text(
    "SELECT pg_is_in_recovery() AS replays,"
    " pg_last_wal_replay_lsn() >= CAST(:written AS pg_lsn) AS whole,"
    " extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp()) AS behind"
)

log = structlog.get_logger()
_instead = Counter(
    "callcenter_replica_fallbacks_total", "Queries that the product answered instead", ["reason"]
)


class _Unfit(Exception):
    """It should not be asked now."""


class Replica:
    """most_behind: seconds; database: of the replica, as the role that row-level security holds."""

    def __init__(self, database: Database, clock: Clock, most_behind: float) -> None:
        self._database = database
        self._clock = clock
        self._most_behind = most_behind
        self._rests_until = 0.0
        self._wait = threading.Event()

    @contextmanager
    def reading(self, own: Session, seconds: float) -> Iterator[Session | None]:
        """A transaction there in the same scope, for so long; None where it should not be asked.

        own: of the product's database, which says how far it has written.
        """
        with ExitStack() as stack:
            try:
                session = self._opened(stack, own, seconds)
            except (_Unfit, DBAPIError, NoConnection) as error:
                with suppress(SQLAlchemyError):
                    stack.close()
                self.gave_up(str(error) if isinstance(error, _Unfit) else "away")
                session = None
            yield session

    @staticmethod
    def was_late(there: Session) -> bool:
        """Whether its transaction ended because its time was over, and not because it was lost."""
        guard: Guard = there.info["guard"]
        return guard.cut is Cut.LATE

    def gave_up(self, reason: str) -> None:
        """The product answers instead. reason: away, behind, lost, resting."""
        _instead.labels(reason=reason).inc()
        log.warning("replica.not_asked", reason=reason)
        if reason in ("away", "lost"):
            self._rests_until = self._clock.monotonic() + REST

    def _opened(self, stack: ExitStack, own: Session, seconds: float) -> Session:
        """Raises _Unfit, DBAPIError, TimeoutError."""
        if self._clock.monotonic() < self._rests_until:
            raise _Unfit("resting")
        connection = stack.enter_context(self._database.engine.connect())
        # From here on whatever it does ends in time, also where it only hangs.
        driver: Any = connection.connection.driver_connection
        guard = Guard(self._clock, self._clock.monotonic() + seconds, _MOST_BYTES)
        stack.enter_context(guard.over(socket.socket(fileno=socket.dup(driver.fileno()))))
        info = {"scope": own.info["scope"], "guard": guard}
        session = Session(connection, expire_on_commit=False, info=info)
        stack.enter_context(session)
        self._check(own, session)
        return session

    def _check(self, own: Session, there: Session) -> None:
        """Raises _Unfit."""
        written = own.execute(_WRITTEN).scalar_one()
        found: Any = None
        for _ in range(_LOOKS):
            found = there.execute(_REPLAYED, {"written": written}).one()
            if not found.replays:
                raise _Unfit("away")  # it has become a database of its own
            if found.whole:
                return
            # Mostly it is there a moment later, and then whoever has just saved finds it.
            self._wait.wait(_PATIENCE)
        if found.behind is None or found.behind > self._most_behind:
            raise _Unfit("behind")


class AtReplica:
    """Asks as `inner` does, of the replica where it can be.

    elsewhere: the same, but that it shares nothing of what it has read with who reads the product's:
    definitions may be older there.
    """

    def __init__(self, inner: Any, elsewhere: Any, replica: Replica, milliseconds: int) -> None:
        self._inner = inner
        self._elsewhere = elsewhere
        self._replica = replica
        self._seconds = milliseconds / 1000 + GRACE

    def problems(self, session: Session, query: Any, roles: Sequence[str] = ()) -> Any:
        return self._inner.problems(session, query, roles)

    def run(self, session: Session, query: Any, wanted: "Wanted") -> Answer:
        """Raises what `inner` raises."""
        with self._replica.reading(session, self._seconds) as there:
            if there is not None:
                try:
                    found: Answer = self._elsewhere.run(there, query, wanted)
                except (OperationalError, InterfaceError) as error:
                    self._give_up(there, error)
                except (TooSlow, TooDear):
                    raise
                except AppError:
                    # What it refuses may have come into force since: the product judges.
                    pass
                else:
                    return found
        answer: Answer = self._inner.run(session, query, wanted)
        return replace(answer, fallback=True)

    def ready(self, session: Session, query: Any, wanted: "Wanted") -> Any:
        return self._inner.ready(session, query, wanted)

    def showing(self, session: Session, ready: Any) -> Any:
        return self._inner.showing(session, ready)

    def count(self, session: Session, ready: Any) -> int | None:
        found: int | None = self._inner.count(session, ready)
        return found

    def rows(self, session: Session, ready: Any, batch: int) -> Iterator[Sequence[Row]]:
        """All of one or all of the other: what has begun is not put together of both."""
        with self._replica.reading(session, self._seconds) as there:
            if there is not None:
                batches = self._elsewhere.rows(there, ready, batch)
                try:
                    first = next(batches, None)
                except (OperationalError, InterfaceError) as error:
                    self._give_up(there, error)
                else:
                    if first is not None:
                        yield first
                        yield from batches
                    return
        yield from self._inner.rows(session, ready, batch)

    def _give_up(self, there: Session, error: Exception) -> None:
        """Raises TooSlow: what took all of its time there would take it again of the product."""
        if self._replica.was_late(there):
            raise TooSlow({"seconds": round(self._seconds - GRACE)}) from error
        self._replica.gave_up("lost")
