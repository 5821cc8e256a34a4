"""How often: counted over all processes, in any span and not by the clock's minute."""

import pytest
from redis import Redis

from callcenter.core.clock import ManualClock
from callcenter.core.errors import TooManyRequests, Unavailable
from callcenter.core.ids import new_id
from callcenter.core.limits import Limit, Limiter

pytestmark = pytest.mark.integration


@pytest.fixture
def limiter(redis: Redis, redis_url: str, clock: ManualClock):
    client = Redis.from_url(redis_url, decode_responses=True)
    yield Limiter(client, clock)
    client.close()


def three_a_minute() -> Limit:
    return Limit(str(new_id()), 3, 60)


def wait_of(limiter: Limiter, *limits: Limit) -> int:
    with pytest.raises(TooManyRequests) as refused:
        limiter.take(*limits)
    return refused.value.details["retry_after"]


def test_in_no_minute_more_than_agreed_wherever_it_begins(limiter, clock) -> None:
    limit = three_a_minute()
    for _ in range(3):
        limiter.take(limit)
        clock.advance(10)
    assert wait_of(limiter, limit) == 30
    clock.advance(29.5)
    assert wait_of(limiter, limit) == 1
    clock.advance(0.6)
    limiter.take(limit)
    assert wait_of(limiter, limit) == 10


def test_what_is_refused_does_not_count(limiter, clock) -> None:
    limit = three_a_minute()
    for _ in range(3):
        limiter.take(limit)
    for _ in range(5):
        wait_of(limiter, limit)
    clock.advance(60.1)
    limiter.take(limit)


def test_of_several_limits_none_is_charged_when_one_refuses(limiter) -> None:
    wide, narrow = Limit(str(new_id()), 2, 60), Limit(str(new_id()), 1, 60)
    limiter.take(wide, narrow)
    assert wait_of(limiter, wide, narrow) == 60
    limiter.take(wide)


def test_an_act_that_fails_gives_back_what_it_took(limiter) -> None:
    limit = Limit(str(new_id()), 1, 60)
    with pytest.raises(ZeroDivisionError), limiter.taken(limit):
        raise ZeroDivisionError
    with limiter.taken(limit):
        pass
    wait_of(limiter, limit)


def test_one_subject_is_not_held_up_by_another(limiter) -> None:
    for limit in (Limit(str(new_id()), 1, 60), Limit(str(new_id()), 1, 60)):
        limiter.take(limit)


def test_without_redis_nothing_is_let_through(clock) -> None:
    nowhere = Redis(port=1, socket_connect_timeout=0.2, decode_responses=True)
    with pytest.raises(Unavailable):
        Limiter(nowhere, clock).take(three_a_minute())
