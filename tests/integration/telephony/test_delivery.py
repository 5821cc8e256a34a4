"""From the journal to the database and the stream, with either of them away."""

import threading
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from redis import Redis
from sqlalchemy.exc import OperationalError

from callcenter.calls.events import Fact, FactType
from callcenter.core.bus import FACTS_STREAM
from callcenter.telephony.delivery import Delivery, forget_delivered, to_stream
from callcenter.telephony.journal import Journal
from callcenter.telephony.memory import Memory
from tests.support.waiting import wait_until
from tests.unit.telephony.made import fact

pytestmark = pytest.mark.integration


def numbered(count: int, first: int = 0) -> list[Fact]:
    return [fact(FactType.CALL_ROUTED, n, number=n) for n in range(first, first + count)]


class Books:
    """A database that may be away."""

    def __init__(self) -> None:
        self.facts: list[Fact] = []
        self.away = False
        self.asked = threading.Event()
        self._has = threading.Condition()

    def deliver(self, lines: list[str]) -> None:
        self.asked.set()
        if self.away:
            raise OperationalError("away", {}, Exception("away"))
        with self._has:
            self.facts += map(Fact.load, lines)
            self._has.notify_all()

    def wait_for(self, count: int) -> None:
        with self._has:
            assert self._has.wait_for(lambda: len(self.facts) >= count, 10)


@pytest.fixture
async def journal(tmp_path: Path) -> AsyncIterator[Journal]:
    made = Journal(tmp_path, Memory().dump)
    made.begin_segment()
    yield made
    made.close()


@pytest.fixture
def books() -> Books:
    return Books()


async def write(journal: Journal, facts: list[Fact]) -> None:
    for one in facts:
        journal.emit(one)
    await journal.flush()


@pytest.fixture
def running(books: Books, tmp_path: Path) -> Iterator[Delivery]:
    delivery = Delivery("database", tmp_path, books.deliver)
    thread = threading.Thread(target=delivery.run)
    thread.start()
    yield delivery
    delivery.stop()
    thread.join(10)
    assert not thread.is_alive()


async def test_what_is_journalled_is_delivered_in_order(journal, books, running) -> None:
    await write(journal, numbered(1200))
    books.wait_for(1200)
    assert books.facts == numbered(1200)


async def test_with_the_database_away_nothing_is_lost_and_all_comes_later(
    journal, books, running
) -> None:
    books.away = True
    await write(journal, numbered(3))
    assert books.asked.wait(5)
    await write(journal, numbered(3, first=3))
    assert books.facts == []
    books.away = False
    books.wait_for(6)
    assert books.facts == numbered(6)


async def test_a_new_life_goes_on_where_the_old_one_was(journal, books, tmp_path) -> None:
    await write(journal, numbered(3))
    delivery = Delivery("database", tmp_path, books.deliver)
    while delivery.step():
        pass
    await write(journal, numbered(2, first=3))
    again = Delivery("database", tmp_path, books.deliver)
    assert again.step()
    assert books.facts == numbered(5)


async def test_a_batch_whose_position_was_not_kept_comes_again(journal, books, tmp_path) -> None:
    await write(journal, numbered(3))
    delivery = Delivery("database", tmp_path, books.deliver)
    books.away = True
    with pytest.raises(OperationalError):
        delivery.step()
    books.away = False
    assert delivery.step()
    assert books.facts == numbered(3)


async def test_it_is_behind_until_what_lay_there_is_delivered(
    journal, books, tmp_path, monkeypatch
) -> None:
    monkeypatch.setattr("callcenter.telephony.delivery.BATCH", 2)
    await write(journal, numbered(3))
    delivery = Delivery("database", tmp_path, books.deliver)
    assert delivery.step()
    assert not delivery.caught_up
    assert delivery.step()
    assert delivery.caught_up


async def test_it_is_behind_again_when_the_database_goes_away(journal, books, running) -> None:
    wait_until(lambda: running.caught_up, 5)
    books.away = True
    await write(journal, numbered(1))
    assert books.asked.wait(5)
    wait_until(lambda: not running.caught_up, 5)
    books.away = False
    wait_until(lambda: running.caught_up, 5)
    assert books.facts == numbered(1)


async def test_the_stream_has_every_fact_as_the_journal_has_it(
    journal, redis: Redis, redis_url: str, tmp_path
) -> None:
    await write(journal, numbered(3))
    client = Redis.from_url(redis_url, decode_responses=True)
    stream = Delivery("stream", tmp_path, to_stream(client))
    assert stream.step()
    entries = client.xrange(FACTS_STREAM)
    assert [Fact.load(fields["event"]) for _, fields in entries] == numbered(3)
    client.close()


async def test_each_receiver_has_its_own_pace(journal, books, redis_url, tmp_path) -> None:
    await write(journal, numbered(3))
    client = Redis.from_url(redis_url, decode_responses=True)
    database = Delivery("database", tmp_path, books.deliver)
    stream = Delivery("stream", tmp_path, to_stream(client))
    books.away = True
    with pytest.raises(OperationalError):
        database.step()
    assert stream.step()
    assert stream.position > database.position
    client.close()


async def test_segments_go_when_the_slowest_receiver_has_them(
    journal, books, redis_url, tmp_path
) -> None:
    await write(journal, numbered(3))
    journal.begin_segment()
    with Redis.from_url(redis_url, decode_responses=True) as client:
        database = Delivery("database", tmp_path, books.deliver)
        stream = Delivery("stream", tmp_path, to_stream(client))
        assert stream.step()
        forget_delivered(tmp_path, [database, stream])
        assert journal.segments.numbers() == [1, 2]
        assert database.step()
        forget_delivered(tmp_path, [database, stream])
    assert journal.segments.numbers() == [2]
