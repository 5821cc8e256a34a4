"""Queries asked of a real streaming replica: the same rows for the same people, or the product answers."""

import time
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from callcenter.core.clock import ManualClock, SystemClock
from callcenter.core.db import Database
from callcenter.core.tenant import Scope
from callcenter.processes.means import means
from callcenter.queries import replica as replicas
from callcenter.queries.document import load
from callcenter.queries.errors import TooSlow
from callcenter.queries.expert.document import ExpertQuery
from callcenter.queries.expert.errors import BadText
from callcenter.queries.expert.parts import Parts
from callcenter.queries.replica import Replica
from callcenter.queries.service import Running, Wanted
from tests.integration.objects.firm import CLIENTS, JOBS, Firm, make
from tests.integration.queries.making import a_firm_at_work, jobs_and_clients
from tests.support.databases import DataServices
from tests.support.office import Caller, Office, Seeded
from tests.support.ports import free_port
from tests.support.replica import Standby, a_standby

pytestmark = pytest.mark.integration
EXPERT = ExpertQuery(
    Parts("c.name", "client c", order="c.name"), page_size=50, data_source="replica"
)


@pytest.fixture(scope="module")
def standby(seeded: Seeded, migrated: DataServices) -> Iterator[Standby]:
    with a_standby(migrated) as made:
        yield made


@pytest.fixture
def there(standby: Standby, seeded: Seeded) -> Iterator[Database]:
    opened = Database(standby.url(seeded.database.app_url), pool_size=1)
    yield opened
    opened.dispose()


@pytest.fixture(autouse=True)
def world(firm: Firm, agent: Caller) -> None:
    a_firm_at_work(firm)
    customer = make(agent, CLIENTS, name="anna")
    make(agent, JOBS, name="leak", customer=customer)


@pytest.fixture
def running(
    there: Database, clock: ManualClock, world: None, standby: Standby, seeded: Seeded
) -> Running:
    """Of a replica that has all by now."""
    standby.catch_up(seeded.owner)
    return Running(means(clock), replica=Replica(there, SystemClock(), 10))


def ask(
    running: Running, database: Database, scope: Scope, query: Any = EXPERT
) -> tuple[list[Any], bool]:
    with database.begin(scope) as session:
        answer = running.of(query).run(session, query, Wanted({}))
    return [next(iter(row.values.values())) for row in answer.rows], answer.fallback


def built() -> Any:
    return load({**jobs_and_clients(), "data_source": "replica"})


def test_it_is_the_replica_that_answers_and_it_only_reads(
    running: Running, there: Database, database: Database, office: Office
) -> None:
    scope = office.scope("agent")
    with there.begin(scope) as session:
        assert session.execute(text("SELECT pg_is_in_recovery()")).scalar_one()
    statements = _statements(there)
    for query in (EXPERT, built()):
        rows, fallback = ask(running, database, scope, query)
        assert rows
        assert not fallback
    assert any("client" in each for each in statements)


def test_whoever_asks_there_sees_what_he_sees_here(
    running: Running, database: Database, office: Office, other: Office
) -> None:
    plain = Running(means(ManualClock(running._clock.now())))
    for scope in (*(office.scope(who) for who in ("agent", "leader", "outsider", "admin")),):
        for query in (EXPERT, built()):
            with database.begin(scope) as session:
                own = plain.of(query).run(session, query, Wanted({}))
            rows, fallback = ask(running, database, scope, query)
            assert not fallback
            assert rows == [next(iter(row.values.values())) for row in own.rows]
    with pytest.raises(BadText):
        ask(running, database, other.scope("conf"))


def test_what_was_just_written_is_there_or_the_product_answers(
    running: Running, database: Database, office: Office, agent: Caller, standby: Standby,
    seeded: Seeded,
) -> None:  # fmt: skip
    make(agent, CLIENTS, name="aaa first")
    standby.catch_up(seeded.owner)
    rows, fallback = ask(running, database, office.scope("agent"))
    assert (rows[0], fallback) == ("aaa first", False)
    running._replica._most_behind = 0.0
    with standby.held_up():
        make(agent, CLIENTS, name="aaa before")
        rows, fallback = ask(running, database, office.scope("agent"))
        assert (rows[0], fallback) == ("aaa before", True)


def test_one_that_is_away_is_left_in_peace_and_the_product_answers(
    database: Database, office: Office, clock: ManualClock, seeded: Seeded
) -> None:
    nobody = Standby(free_port(), 0, "").url(seeded.database.app_url)
    away = Database(nobody, pool_size=1)
    running = Running(means(clock), replica=Replica(away, SystemClock(), 10))
    for _ in range(2):
        rows, fallback = ask(running, database, office.scope("agent"))
        assert rows
        assert fallback
    away.dispose()


def test_one_that_hangs_holds_nobody_beyond_the_limit(
    running: Running, database: Database, office: Office, standby: Standby,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    scope = office.scope("agent")
    assert ask(running, database, scope)[1] is False
    monkeypatch.setattr(replicas, "GRACE", 0.5)
    monkeypatch.setattr(running, "_longest", 0)
    begun = time.monotonic()
    with standby.frozen():
        rows, fallback = ask(running, database, scope)
    assert rows
    assert fallback
    assert time.monotonic() - begun < 5


def test_what_took_all_of_its_time_there_is_not_asked_of_the_product_as_well(
    running: Running, database: Database, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    asking = running.of(EXPERT)

    def slow(there: Session, *_: Any) -> None:
        there.execute(text("SELECT pg_sleep(20)"))

    scope = office.scope("agent")
    monkeypatch.setattr(asking, "_seconds", 1.0)
    monkeypatch.setattr(asking._elsewhere, "run", slow)
    with database.begin(scope) as session, pytest.raises(TooSlow):
        asking.run(session, EXPERT, Wanted({}))
    monkeypatch.undo()
    # It was the query, not the replica: others are answered by it.
    assert ask(running, database, scope)[1] is False


def test_a_database_that_is_no_replica_is_not_asked(
    database: Database, office: Office, clock: ManualClock
) -> None:
    running = Running(means(clock), replica=Replica(database, SystemClock(), 10))
    assert ask(running, database, office.scope("agent"))[1]


def test_files_are_written_from_the_replica(
    running: Running, there: Database, database: Database, office: Office
) -> None:
    statements = _statements(there)
    for query in (EXPERT, built()):
        asking = running.of(query)
        with database.begin(office.scope("agent")) as session:
            ready = asking.ready(session, query, Wanted({}))
            with closing(asking.rows(session, ready, 2)) as batches:
                rows = [row for batch in batches for row in batch]
        assert rows
    assert any("client" in each for each in statements)


def _statements(there: Database) -> list[str]:
    from sqlalchemy import event

    found: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        found.append(statement)

    event.listen(there.engine, "before_cursor_execute", note)
    return found
