"""A data source that fails: told in clear words, within its limits, and nobody else waits for it."""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import psycopg
import pytest

from callcenter.core.clock import ManualClock, SystemClock
from callcenter.core.db import Database
from callcenter.core.errors import AppError
from callcenter.core.i18n import LOCALES, caption
from callcenter.core.outbound import Outbound
from callcenter.core.sealed import Seal
from callcenter.processes.hosts import allowed_hosts
from callcenter.processes.means import means
from callcenter.queries.answers import Answer
from callcenter.queries.errors import TooSlow
from callcenter.queries.expert.document import ExpertQuery
from callcenter.queries.expert.errors import BadText
from callcenter.queries.expert.parts import Parts
from callcenter.queries.external import errors, running
from callcenter.queries.external.opening import Sources
from callcenter.queries.external.places import OF_SOURCE, Places
from callcenter.queries.external.running import ForeignRuns
from callcenter.queries.service import Wanted
from tests.integration.objects.shaping import label
from tests.integration.queries.external.shop import EXPERTS, QUERIES, SOURCES, Shop
from tests.support.foreign import DATABASE, USER, Foreign, Mariadb, Way, a_way_to
from tests.support.logged import enterprises_of
from tests.support.office import SEALING_KEY, Caller, Office
from tests.support.ports import free_port

pytestmark = pytest.mark.integration

STATEMENT, GRACE = 800, 0.3
"""Milliseconds of a statement here, and seconds beyond them."""

LIMIT = STATEMENT / 1000 + GRACE


@dataclass
class Asking:
    """Asks a source as an agent of the office does, under limits that a test can wait for."""

    database: Database
    office: Office
    runs: ForeignRuns
    took: list[float] = field(default_factory=list)

    def page(self, who: str = "agent", key: str = "shop", **texts: str) -> Answer:
        said = {"select": "o.id", "source": "orders o", "order": "o.id", **texts}
        query = ExpertQuery(Parts(**said), data_source=key)
        begun = time.monotonic()
        try:
            with self.database.begin(self.office.scope(who)) as session:
                ready = self.runs.ready(session, query, Wanted({}))
            return self.runs.answer(ready, Wanted({}))
        finally:
            self.took.append(time.monotonic() - begun)

    def fails(self, kind: type[AppError], who: str = "agent", **texts: str) -> AppError:
        """With this, in words of both languages, and in time."""
        with pytest.raises(kind) as caught:
            self.page(who, **texts)
        for locale in LOCALES:
            words = caption(f"error.{caught.value.code}", locale, caught.value.details)
            assert "{" not in words, words
            assert not words.startswith("error."), words
        assert self.took[-1] < LIMIT + 5
        return caught.value


@pytest.fixture
def ask(
    database: Database, office: Office, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> Asking:
    monkeypatch.setattr(running, "GRACE", GRACE)
    watch = SystemClock()
    sources = Sources(watch, Outbound(watch), Seal(SEALING_KEY), allowed_hosts, Places(watch))
    return Asking(database, office, ForeignRuns(means(clock), sources, milliseconds=STATEMENT))


@pytest.fixture
def way(there: Foreign) -> Iterator[Way]:
    with a_way_to(there.port) as made:
        yield made


def test_one_that_is_down_is_told_and_then_left_in_peace_for_a_while(
    shop: Shop, there: Foreign, ask: Asking
) -> None:
    shop.keeps(there)
    nobody = free_port()
    shop.lists(nobody)
    _set(ask, port=nobody)
    with enterprises_of("data_source.asked") as whose:
        failed = ask.fails(errors.SourceUnreachable)
    assert whose == {str(ask.office.id)}
    assert failed.details["host"] == f"127.0.0.1:{nobody}"
    rests = ask.fails(errors.SourceResting)
    assert 1 <= rests.details["retry_after"] <= 5
    assert ask.took[-1] < LIMIT


def test_a_wrong_password_and_a_wrong_database_are_told(
    shop: Shop, there: Foreign, ask: Asking
) -> None:
    made = shop.keeps(there)
    _set(ask, database="nothing")
    assert "nothing" in ask.fails(errors.SourceRefused).details["said"]
    _set(ask, database=DATABASE)
    body = {"password": "wrong"}
    change = shop.conf.send("PATCH", f"{SOURCES}/{made['id']}", body, version=2)
    assert change.status_code in (200, 412)
    if change.status_code == 412:
        version = shop.conf.get(f"{SOURCES}/{made['id']}").json["version"]
        shop.conf.send("PATCH", f"{SOURCES}/{made['id']}", body, version=version)
    refused = ask.fails(errors.SourceRefused)
    assert USER in refused.details["said"]
    assert "wrong" not in str(refused.details)


def test_one_that_hangs_in_the_middle_is_cut(
    shop: Shop, there: Foreign, way: Way, ask: Asking
) -> None:
    shop.keeps(there, port=way.port)
    assert len(ask.page().rows) == 3
    way.hold()
    ask.fails(errors.SourceSilent)
    way.release()
    ask.fails(errors.SourceResting)


def test_a_server_that_is_frozen_whole_is_cut_and_answers_when_it_goes_on(
    shop: Shop, mariadb: Mariadb, ask: Asking
) -> None:
    shop.keeps(mariadb)
    with mariadb.frozen():
        ask.fails(errors.SourceSilent)
    tested = shop.conf.post(f"{SOURCES}/test", {**_settings(mariadb), "name": "商城"})
    assert tested.json["works"], tested.json


def test_a_slow_statement_is_ended_by_the_server_itself(
    shop: Shop, there: Foreign, ask: Asking
) -> None:
    _fill(there)
    shop.keeps(there)
    much = {"select": "count(*) as n", "source": "many a, many b, many c, many d", "order": ""}
    assert ask.fails(TooSlow, **much).details == {"seconds": 0}
    # It was the statement, not the source: others are asked on.
    assert len(ask.page().rows) == 3


def test_endless_rows_end_with_the_page_and_are_not_counted_for_ever(
    shop: Shop, there: Foreign, ask: Asking
) -> None:
    _fill(there)
    shop.keeps(there)
    found = ask.page(select="a.n", source="many a, many b", order="")
    assert len(found.rows) == 20
    assert found.total is not None
    assert (found.total.count, found.total.exact) == (10_000, False)


def test_what_is_too_large_is_cut_before_it_is_in_memory(
    shop: Shop, there: Foreign, ask: Asking, monkeypatch: pytest.MonkeyPatch
) -> None:
    _fill_large(there)
    shop.keeps(there)
    query = ExpertQuery(Parts("m.text", "large m"), data_source="shop")
    with ask.database.begin(ask.office.scope("agent")) as session:
        ready = ask.runs.ready(session, query, Wanted({}))
        with (
            pytest.raises(errors.SourceTooLarge) as caught,
            ask.runs._asking(ready, 5_000, 4 * 1024**2) as line,
        ):
            [*line.ask(ready.written(), ready.bound, 5_000).rows]
    assert caught.value.details["megabytes"] == 4


def test_a_table_that_is_gone_is_told_to_designers_in_their_servers_words(
    shop: Shop, there: Foreign, ask: Asking
) -> None:
    _fill(there)
    shop.keeps(there)
    _run(there, "DROP TABLE many")
    texts = {"select": "m.n", "source": "many m", "order": "m.n"}
    told = ask.fails(BadText, "conf", **texts)
    assert "many" in str(told.details["problems"])
    quiet = ask.fails(BadText, "agent", **texts)
    assert [each["key"] for each in quiet.details["problems"]] == ["expert.values"]


def test_after_a_restart_of_the_server_it_answers_again(
    shop: Shop, mariadb: Mariadb, ask: Asking
) -> None:
    shop.keeps(mariadb)
    mariadb.stop()
    ask.fails(errors.SourceUnreachable)
    mariadb.start()
    tested = shop.conf.post(f"{SOURCES}/test", {**_settings(mariadb), "name": "商城"})
    assert tested.json["works"], tested.json


def test_a_connection_that_ends_in_the_middle_is_told(
    shop: Shop, there: Foreign, way: Way, ask: Asking
) -> None:
    _fill(there)
    shop.keeps(there, port=way.port)
    much = {"select": "count(*) as n", "source": "many a, many b, many c, many d", "order": ""}
    cutting = threading.Timer(0.3, way.cut)
    cutting.start()
    ask.fails(errors.SourceLost, **much)
    cutting.join()


def test_tls_that_does_not_come_about_is_told(shop: Shop, there: Foreign, ask: Asking) -> None:
    shop.keeps(there)
    for tls in ("required", "verified"):
        _set(ask, tls=tls)
        ask.fails(errors.SourceInsecure)


def test_hosts_off_the_list_and_private_ones_are_not_even_tried(
    shop: Shop, there: Foreign, way: Way, ask: Asking
) -> None:
    shop.keeps(there, port=way.port)
    made = way.made
    shop.lists(there.port + 1)
    ask.fails(errors.SourceNotListed)
    shop.lists(5432, 3306, host="localhost")
    standard = {"postgresql": 5432, "mysql": 3306}[there.kind]
    _list_by_name(shop, "localhost")
    _set(ask, host="localhost", port=standard)
    ask.fails(errors.SourcePrivate)
    assert way.made == made


def test_nobody_else_waits_for_one_that_hangs(
    shop: Shop, there: Foreign, way: Way, ask: Asking, postgresql: Foreign
) -> None:
    """Six ask a source that hangs: two wait for it, four are sent away; another source answers."""
    ask.runs._longest = 30_000
    shop.keeps(there, port=way.port)
    shop.lists(way.port, postgresql.port)
    other = shop.conf.post(SOURCES, shop.body(postgresql, key="other", name="另一个"))
    assert other.status_code == 201
    assert shop.conf.post(f"{SOURCES}/{other.json['id']}/refresh").status_code == 200
    way.hold()
    ended: list[type[Exception] | None] = []
    crowd = [threading.Thread(target=_note, args=[ask.page, ended]) for _ in range(6)]
    for each in crowd:
        each.start()
    assert len(ask.page(key="other").rows) == 3
    # It did not wait for any of them: those that hang hang on.
    assert {*ended} <= {errors.SourceBusy}
    assert _comes(lambda: len(ended) == len(crowd) - OF_SOURCE)
    way.release()
    for each in crowd:
        each.join()
    assert ended.count(None) == OF_SOURCE
    assert ended.count(errors.SourceBusy) == len(crowd) - OF_SOURCE


def test_no_transaction_of_the_product_waits_for_one_that_hangs(
    shop: Shop, postgresql: Foreign, way_to_postgresql: Way, agent: Caller
) -> None:
    way = way_to_postgresql
    shop.keeps(postgresql, port=way.port)
    shop.query()
    document, task = shop.document(), shop.conf
    agents = {"roles": ["agent"]}

    def version() -> int:
        return int(task.get(f"{EXPERTS}/orders").json["version"])

    asks: list[Callable[[], Any]] = [
        lambda: agent.post(f"{QUERIES}/orders/run", {}),
        lambda: task.post(f"{EXPERTS}/run", {"document": document}),
        lambda: task.send("PATCH", f"{EXPERTS}/orders", {"document": document}, version=version()),
        lambda: task.send("PATCH", f"{EXPERTS}/orders", agents, version=version()),
        lambda: task.post(
            f"{EXPERTS}", {"key": "new", "name": label("新"), "roles": [], "document": document}
        ),
        lambda: task.post("/templates/preview", {"text": "{{ fetch('orders').customer }}"}),
    ]
    for ask in asks:
        made, answers = way.made, list[Any]()
        way.hold()
        asking = threading.Thread(target=_take, args=[ask, answers])
        asking.start()
        assert _comes(lambda made=made: way.made > made)  # type: ignore[misc] # of this round
        assert shop.database.engine.pool.checkedout() == 0  # type: ignore[attr-defined]
        assert not answers
        way.release()
        asking.join()
        assert answers[0].status_code in (200, 201), answers[0].json


@pytest.fixture
def way_to_postgresql(postgresql: Foreign) -> Iterator[Way]:
    with a_way_to(postgresql.port) as made:
        yield made


def _exhaust(batches: Iterator[Any]) -> None:
    for _ in batches:
        pass


def _take(ask: Callable[[], Any], answers: list[Any]) -> None:
    answers.append(ask())


def _comes(true: Callable[[], bool], seconds: float = 20.0) -> bool:
    until = time.monotonic() + seconds
    while not true() and time.monotonic() < until:
        time.sleep(0.01)
    return true()


def test_rows_of_a_file_are_held_a_few_at_once(
    shop: Shop, there: Foreign, ask: Asking, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Four rows of 8 MB: one by one they come, all at once they are cut before they are in memory."""
    monkeypatch.setattr(running, "AT_ONCE", 20 * 1024**2)
    ask.runs._longest = 30_000
    _fill_large(there)
    shop.keeps(there)
    query = ExpertQuery(Parts("m.text", "large m"), data_source="shop")
    with ask.database.begin(ask.office.scope("agent")) as session:
        ready = ask.runs.ready(session, query, Wanted({}))
    whole = [len(batch) for batch in ask.runs.rows(session, ready, 1)]
    assert whole == [1, 1, 1, 1]
    with pytest.raises(errors.SourceTooLarge) as caught:
        [*ask.runs.rows(session, ready, 500)]
    assert caught.value.details["megabytes"] == 20


def test_one_that_stops_in_the_middle_of_its_rows_is_slow_and_does_not_rest(
    shop: Shop, there: Foreign, way: Way, ask: Asking
) -> None:
    ask.runs._longest = 3_000
    _fill_large(there)
    shop.keeps(there, port=way.port)
    query = ExpertQuery(Parts("m.text", "large m"), data_source="shop")
    with ask.database.begin(ask.office.scope("agent")) as session:
        ready = ask.runs.ready(session, query, Wanted({}))
    batches = ask.runs.rows(session, ready, 1)
    assert len(next(batches)) == 1
    way.hold()
    with pytest.raises(TooSlow):
        _exhaust(batches)
    way.release()
    assert len(ask.page().rows) == 3


def _note(ask: Callable[[], Any], ended: list[type[Exception] | None]) -> None:
    try:
        ask()
        ended.append(None)
    except AppError as error:
        ended.append(type(error))


def _settings(there: Foreign) -> dict[str, Any]:
    return {**there.settings}


def _set(ask: Asking, **values: Any) -> None:
    """As somebody would who may not, since the password would have to be given again."""
    from callcenter.queries.models import DataSource

    with ask.database.begin(ask.office.scope()) as session:
        for row in session.query(DataSource):
            for name, value in values.items():
                setattr(row, name, value)


def _list_by_name(shop: Shop, host: str) -> None:
    from callcenter.core.tenant import Scope
    from callcenter.processes.hosts import HOSTS
    from callcenter.tenancy.service import Options

    with shop.database.begin(Scope.platform()) as session:
        Options().set(session, shop.office.id, {HOSTS: host})


def _run(there: Foreign, *statements: str) -> None:
    if isinstance(there, Mariadb):
        there.run(f"USE {DATABASE}", *statements)
        return
    settings = there.settings
    with psycopg.connect(
        host=settings["host"], port=settings["port"], dbname=DATABASE, user=USER,
        password=settings["password"], autocommit=True,
    ) as connection:  # fmt: skip
        for each in statements:
            connection.execute(each)


def _fill(there: Foreign) -> None:
    """A table to make much of."""
    numbers = ", ".join(f"({n})" for n in range(400))
    _run(
        there,
        "DROP TABLE IF EXISTS many",
        "CREATE TABLE many (n bigint)",
        f"INSERT INTO many VALUES {numbers}",  # noqa: S608 - our own
    )


def _fill_large(there: Foreign) -> None:
    """A table with large values."""
    mysql = isinstance(there, Mariadb)
    large = "REPEAT('x', 8000000)" if mysql else "repeat(md5(random()::text), 250000)"
    kind = "LONGTEXT" if mysql else "text"
    _run(
        there,
        "DROP TABLE IF EXISTS large", f"CREATE TABLE large (text {kind})",
        f"INSERT INTO large VALUES ({large}), ({large}), ({large}), ({large})",  # noqa: S608
    )  # fmt: skip
