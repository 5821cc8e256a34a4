"""Entries at a PIN, counted in Redis: calls side by side have no attempts of their own."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from callcenter.core.async_redis import async_redis
from callcenter.core.ids import new_id
from callcenter.core.numbers import parse_number
from callcenter.telephony.guesses import CROWD, Guesses
from callcenter.telephony.live import Direction, LiveCall

pytestmark = pytest.mark.integration

ENTERPRISE, MOST, LOCK = new_id(), 3, 60
PIN, ROOM = "verify:pin", "room:1"


def a_call(number: str = "13800000001", called: str = "02160000001") -> LiveCall:
    now = datetime(2026, 11, 24, 2, tzinfo=UTC)
    call = LiveCall(new_id(), ENTERPRISE, Direction.INBOUND, now, parse_number(number))
    call.access_number = called
    return call


@pytest.fixture
async def guesses(redis_url: str) -> AsyncIterator[Guesses]:
    client = async_redis(redis_url, timeout=4, connect_timeout=2)
    yield Guesses(client)
    await client.aclose()


async def test_ten_calls_of_one_number_at_once_have_three_attempts_together(
    guesses: Guesses,
) -> None:
    counts = await asyncio.gather(*(guesses.count(a_call(), PIN, MOST, LOCK) for _ in range(10)))
    assert sorted(counts) == [*range(1, 11)]
    assert await guesses.count(a_call("13800000002"), PIN, MOST, LOCK) == 1


async def test_who_goes_on_entering_does_not_make_the_lock_longer(guesses: Guesses) -> None:
    for _ in range(MOST):
        await guesses.count(a_call(), PIN, MOST, LOCK)
    (key,) = await guesses._redis.keys("ivr:wrong:*")
    await guesses._redis.expire(key, 5)
    assert await guesses.count(a_call(), PIN, MOST, LOCK) == MOST + 1
    assert 0 < await guesses._redis.ttl(key) <= 5


async def test_what_nobody_could_compare_is_given_back_and_what_was_right_forgotten(
    guesses: Guesses,
) -> None:
    await guesses.count(a_call(), PIN, MOST, LOCK)
    await guesses.give_back(a_call(), PIN)
    assert await guesses.count(a_call(), PIN, MOST, LOCK) == 1
    await guesses.forget(a_call(), PIN)
    assert await guesses.count(a_call(), PIN, MOST, LOCK) == 1


async def test_who_knows_one_secret_has_no_more_attempts_at_another(guesses: Guesses) -> None:
    await guesses.count(a_call(), PIN, MOST, LOCK)
    await guesses.count(a_call(), ROOM, MOST, LOCK)
    await guesses.forget(a_call(), ROOM)
    assert await guesses.count(a_call(), PIN, MOST, LOCK) == 2


async def test_a_shorter_lock_ends_no_longer_one(guesses: Guesses) -> None:
    await guesses.count(a_call(), PIN, MOST, LOCK)
    await guesses.count(a_call(), PIN, MOST, LOCK // 10)
    (key,) = await guesses._redis.keys("ivr:wrong:*")
    assert await guesses._redis.ttl(key) > LOCK // 10


async def test_who_shows_no_number_is_not_locked_by_others_who_show_none(
    guesses: Guesses,
) -> None:
    first, second = a_call("anonymous"), a_call("anonymous")
    for _ in range(MOST):
        await guesses.count(first, PIN, MOST, LOCK)
    assert await guesses.count(second, PIN, MOST, LOCK) == 1
    assert await guesses.count(first, PIN, MOST, LOCK) == MOST + 1


async def test_who_shows_no_number_gets_no_new_attempts_for_ever_by_calling_again(
    guesses: Guesses,
) -> None:
    """Others, and who calls another number, or enters what is right, are not concerned."""
    for _ in range(MOST * CROWD):
        assert await guesses.count(a_call("anonymous"), PIN, MOST, LOCK) == 1
    assert await guesses.count(a_call("anonymous"), PIN, MOST, LOCK) == MOST + 1
    assert await guesses.count(a_call(), PIN, MOST, LOCK) == 1
    assert await guesses.count(a_call("anonymous", "02160000002"), PIN, MOST, LOCK) == 1
    assert await guesses.count(a_call("anonymous"), ROOM, MOST, LOCK) == 1


async def test_those_who_show_no_number_and_know_it_do_not_lock_each_other_out(
    guesses: Guesses,
) -> None:
    for _ in range(MOST * CROWD + 1):
        caller = a_call("anonymous")
        assert await guesses.count(caller, PIN, MOST, LOCK) == 1
        await guesses.forget(caller, PIN)


async def test_the_window_of_those_who_show_no_number_ends_by_itself(guesses: Guesses) -> None:
    await guesses.count(a_call("anonymous"), PIN, MOST, LOCK)
    (key,) = await guesses._redis.keys("*:withheld:*")
    await guesses._redis.expire(key, 5)
    await guesses.count(a_call("anonymous"), PIN, MOST, LOCK)
    assert 0 < await guesses._redis.ttl(key) <= 5


async def test_what_ran_out_meanwhile_gives_nothing_back(guesses: Guesses) -> None:
    await guesses.give_back(a_call(), PIN)
    assert await guesses._redis.keys("ivr:wrong:*") == []
    assert await guesses.count(a_call(), PIN, MOST, LOCK) == 1
