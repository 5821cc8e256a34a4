"""Cached objects: answered from Redis, and by nobody's fault with what is no longer so."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any
from uuid import UUID

import pytest
from redis import Redis
from redis.client import Pipeline
from structlog.testing import capture_logs

from callcenter.core.clock import ManualClock
from callcenter.core.db import Database
from callcenter.objects.service import CachedRows, Records, caching
from callcenter.objects.service.caching import KEPT, PAUSE, TIMEOUT
from callcenter.processes.means import means
from tests.integration.objects.cached import (
    GOODS,
    ORDERS,
    asked,
    goods,
    named,
    orders,
    read,
    records,
)
from tests.integration.objects.firm import Firm, a_firm, make
from tests.integration.objects.shaping import PUMPS, RECORDS, Shaping, a_field, a_pump, seen
from tests.integration.objects.triggering import changed
from tests.support.office import Caller, Office, Seeded

pytestmark = pytest.mark.integration


@pytest.fixture
def shop(firm: Firm, app: Any, clock: ManualClock) -> Firm:
    """Goods and orders, in a process that has no reason to leave Redis alone."""
    clock.advance(PAUSE)
    firm.keeps(goods(), orders())
    return firm


@pytest.fixture
def pump(shop: Firm, admin: Caller) -> str:
    """Goods that somebody has looked at."""
    made = make(admin, GOODS, "水泵", code="P1", price="12.5")
    read(admin, made)
    return made


@pytest.fixture
def order(pump: str, admin: Caller) -> str:
    """It names the pump, and has been looked at."""
    made = make(admin, ORDERS, "一号", goods=pump)
    assert named(admin, made) == "水泵"
    return made


# -- what is answered ------------------------------------------------------------------------------


def test_a_record_is_answered_without_asking_for_its_row(
    pump: str, admin: Caller, database: Database, office: Office, redis: Redis
) -> None:
    with asked(database, office) as statements:
        kept = read(admin, pump)
    assert statements == []
    assert kept["values"] == {
        "name": "水泵", "owner": None, "crew": None, "code": "P1", "price": "12.50",
    }  # fmt: skip
    redis.flushall()
    with asked(database, office) as statements:
        assert read(admin, pump) == kept
    assert len(statements) == 1


def test_its_page_is_answered_without_asking_for_its_row(
    pump: str, admin: Caller, database: Database, office: Office
) -> None:
    with asked(database, office) as statements:
        for part in ("log", "comments", "attachments"):
            assert admin.get(f"{GOODS}/{pump}/{part}").status_code == 200
    assert statements == []


def test_titles_of_references_are_answered_without_asking_for_rows(
    order: str, admin: Caller, database: Database, office: Office
) -> None:
    second = make(admin, ORDERS, "二号", goods=make(admin, GOODS, "滤芯"))
    listed = admin.get(ORDERS, sort="name").json["items"]
    assert {each["display"]["goods"] for each in listed} == {"水泵", "滤芯"}
    with asked(database, office) as statements:
        assert (named(admin, order), named(admin, second)) == ("水泵", "滤芯")
        assert admin.get(ORDERS, sort="name").json["items"] == listed
    assert statements == []


def test_records_of_other_objects_are_read_from_their_table(
    order: str, admin: Caller, database: Database, office: Office, redis: Redis
) -> None:
    with asked(database, office, "purchase") as statements:
        read(admin, order, ORDERS)
    assert len(statements) == 1
    kept = [str(key) for key in redis.keys("record:*")]
    assert not [key for key in kept if order in key]


def test_lists_and_searches_are_the_databases(
    pump: str, admin: Caller, database: Database, office: Office
) -> None:
    with asked(database, office) as statements:
        assert admin.get(GOODS, q="水").json["total"] == 1
    assert statements


def test_what_is_kept_goes_by_itself_and_is_never_large(
    pump: str, admin: Caller, redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    (key,) = redis.keys("record:*")
    assert 0 < int(redis.ttl(key)) <= KEPT
    monkeypatch.setattr(caching, "LARGEST", 500)
    large = make(admin, GOODS, "水" * 200, code="x" * 200)
    read(admin, large)
    assert not [one for one in redis.keys("record:*") if large in str(one)]


# -- who sees what ---------------------------------------------------------------------------------


def test_what_is_kept_is_nobodys_answer(
    firm: Firm, admin: Caller, agent: Caller, database: Database, office: Office, clock: ManualClock
) -> None:
    clock.advance(PAUSE)
    hidden = a_field("cost", "money", rights={"agent": "hide"})
    masked = a_field("supplier", rights={"agent": "mask"})
    firm.keeps(goods(hidden, masked, permissions={"read": {"admin": "all", "agent": "all"},
                                                  "create": {"admin": "all"}}))  # fmt: skip
    made = make(admin, GOODS, "水泵", cost="7", supplier="格兰富")
    assert read(admin, made)["values"]["supplier"] == "格兰富"
    with asked(database, office) as statements:
        seen_by_agent = read(agent, made)
    assert statements == []
    assert "cost" not in seen_by_agent["values"]
    assert "格兰富" not in str(seen_by_agent)
    assert seen_by_agent["masked"] == ["supplier"]
    assert read(admin, made)["values"]["cost"] == "7.00"


def test_what_is_out_of_reach_is_not_found_though_it_is_kept(
    pump: str, agent: Caller, leader: Caller, database: Database, office: Office
) -> None:
    assert agent.get(f"{GOODS}/{pump}").status_code == 404
    assert leader.get(f"{GOODS}/{pump}").status_code == 404
    mine = make(agent, GOODS, "滤芯")
    read(agent, mine)
    with asked(database, office) as statements:
        assert read(agent, mine)["title"] == read(leader, mine)["title"] == "滤芯"
    assert statements == []


def test_another_enterprise_finds_nothing_of_it(
    pump: str,
    stranger: Caller,
    seeded: Seeded,
    database: Database,
    other: Office,
    clock: ManualClock,
) -> None:
    assert stranger.get(f"{GOODS}/{pump}").status_code == 404
    with a_firm(seeded, database, other, clock) as theirs:
        theirs.keeps(goods())
        assert stranger.get(f"{GOODS}/{pump}").status_code == 404


# -- truth -----------------------------------------------------------------------------------------


def test_a_reader_who_raced_a_writer_keeps_it_where_nobody_looks(
    pump: str, database: Database, office: Office, clock: ManualClock, redis: Redis
) -> None:
    redis.flushall()

    class Late(Redis):
        """Between reading a row and keeping it somebody else changes it."""

        def pipeline(self, *args: Any, **options: Any) -> Pipeline:
            with database.begin(office.scope()) as session:
                records(None, clock).update(session, "goods", UUID(pump), {"name": "泵"}, 1)
            return super().pipeline(*args, **options)

    late = Late(connection_pool=redis.connection_pool)
    with database.begin(office.scope()) as session:
        assert records(late, clock).read(session, "goods", UUID(pump))["title"] == "水泵"
    assert len(redis.keys("record:*")) == 1
    with database.begin(office.scope()) as session:
        assert records(redis, clock).read(session, "goods", UUID(pump))["title"] == "泵"


def test_who_writes_reads_what_was_written_and_keeps_none_of_it(
    pump: str, database: Database, office: Office, clock: ManualClock, redis: Redis, admin: Caller
) -> None:
    service = records(redis, clock)
    before = redis.keys("record:*")
    with suppress(LookupError), database.begin(office.scope()) as session:
        service.update(session, "goods", UUID(pump), {"name": "泵"}, 1)
        assert service.read(session, "goods", UUID(pump))["title"] == "泵"
        raise LookupError
    assert redis.keys("record:*") == before
    assert read(admin, pump)["title"] == "水泵"


def test_what_a_savepoint_took_back_is_not_kept_either(
    pump: str, database: Database, office: Office, clock: ManualClock, redis: Redis
) -> None:
    service = records(redis, clock)
    with database.begin(office.scope()) as session:
        with suppress(LookupError), session.begin_nested():
            service.update(session, "goods", UUID(pump), {"name": "泵"}, 1)
            raise LookupError
        assert service.read(session, "goods", UUID(pump))["title"] == "水泵"
    with database.begin(office.scope()) as session:
        assert service.read(session, "goods", UUID(pump))["title"] == "水泵"


def test_another_version_finds_its_own_columns(pumps: Shaping, admin: Caller) -> None:
    pumps.save({**pumps.document, "cached": True})
    pumps.published(a_field("code"), a_field("size", "integer"))
    record = a_pump(admin, code="P1", size=50)
    assert seen(admin, record, "size") == 50
    pumps.published(a_field("code", indexed=True), a_field("size", "text"), a_field("place"))
    assert [seen(admin, record, key) for key in ("code", "size", "place")] == ["P1", "50", None]
    pumps.save({**pumps.document, "cached": False})
    assert pumps.publish().status_code == 200
    assert changed(admin, RECORDS, record["id"], size="65").status_code == 200
    pumps.save({**pumps.document, "cached": True})
    assert pumps.publish().status_code == 200
    assert seen(admin, record, "size") == "65"


def test_only_base_objects_are_cached_and_none_that_is_kept_by_month(pumps: Shaping) -> None:
    pumps.save({**pumps.document, "cached": True, "monthly": True})
    (problem,) = pumps.conf.get(PUMPS).json["problems"]
    assert (problem["path"], "按月" in problem["message"]) == ("cached", True)


# -- without Redis ---------------------------------------------------------------------------------


@pytest.fixture
def frozen(redis: Redis) -> Iterator[Callable[[], None]]:
    """Redis accepts and answers nothing from the call until the test is over."""
    pid = int(redis.info()["process_id"])
    yield lambda: os.kill(pid, signal.SIGSTOP)
    os.kill(pid, signal.SIGCONT)


def test_a_redis_that_is_away_is_not_missed_and_not_asked_for_a_while(
    pump: str, database: Database, office: Office, clock: ManualClock
) -> None:
    class Away(Redis):
        asked = 0

        def execute_command(self, *args: Any, **options: Any) -> Any:
            self.asked += 1
            return super().execute_command(*args, **options)

    away = Away(port=1, socket_connect_timeout=TIMEOUT)
    away.set_retry(None)  # type: ignore[arg-type]
    service = records(away, clock)
    for _ in range(3):
        with database.begin(office.scope()) as session:
            assert service.read(session, "goods", UUID(pump))["title"] == "水泵"
    assert away.asked == 1
    clock.advance(PAUSE)
    with database.begin(office.scope()) as session:
        assert service.read(session, "goods", UUID(pump))["title"] == "水泵"
    assert away.asked == 2


def test_a_frozen_redis_holds_one_reader_up_for_a_moment(
    pump: str,
    database: Database,
    office: Office,
    clock: ManualClock,
    redis_url: str,
    frozen: Callable[[], None],
) -> None:
    service = Records(means(clock, rows=CachedRows.at(redis_url, clock)))
    frozen()
    start = time.monotonic()
    with capture_logs() as logs:
        for _ in range(3):
            with database.begin(office.scope()) as session:
                assert service.read(session, "goods", UUID(pump))["title"] == "水泵"
    assert TIMEOUT <= time.monotonic() - start < 10 * TIMEOUT
    assert len(logs) == 1


def test_a_write_that_redis_did_not_see_is_seen_all_the_same(
    pump: str, database: Database, office: Office, clock: ManualClock, redis: Redis, admin: Caller
) -> None:
    """It needs to be told nothing: what it kept lies under a stamp that nobody asks for."""
    with database.begin(office.scope()) as session:
        records(None, clock).update(session, "goods", UUID(pump), {"name": "泵"}, 1)
    assert read(admin, pump)["title"] == "泵"
