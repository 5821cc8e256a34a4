"""The outbox: what was committed is published once the relay runs, in order, and nothing else is."""

import psycopg
import pytest
from redis import ConnectionPool, Redis
from redis.exceptions import ConnectionError as NoConnection
from sqlalchemy import func, select, text

from callcenter.core.bus import (
    DOMAIN_STREAM,
    OUTBOX_CHANNEL,
    Event,
    Outbox,
    OutboxEvent,
    OutboxRelay,
    entries,
)
from callcenter.core.tenant import Scope

pytestmark = pytest.mark.integration


@pytest.fixture
def outbox(clock):
    return Outbox(clock)


@pytest.fixture(autouse=True)
def relay(database, redis):
    """What earlier tests left is away before the test begins."""
    relay = OutboxRelay(database, redis)
    relay.relay()
    redis.delete(DOMAIN_STREAM)
    return relay


def published(redis):
    return [Event.load(fields[b"event"]) for _, fields in redis.xrange(DOMAIN_STREAM)]


def test_a_committed_event_is_published_with_its_envelope(
    database, redis, ours, outbox, relay, clock
):
    with database.begin(ours) as session:
        outbox.record(session, "team.changed", 7, ["name"])
    assert relay.relay() == 1
    [event] = published(redis)
    assert (event.type, event.at, event.enterprise_id) == (
        "team.changed",
        clock.now(),
        ours.enterprise_id,
    )
    assert event.data == {
        "entity_id": "7",
        "actor_id": str(ours.actor.user_id),
        "changed": ["name"],
    }


def test_an_event_of_an_act_that_failed_is_never_published(database, redis, ours, outbox, relay):
    def fail():
        with database.begin(ours) as session:
            outbox.record(session, "team.changed", 7)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert relay.relay() == 0
    assert published(redis) == []


def test_events_keep_their_order(database, redis, ours, theirs, outbox, relay):
    for number in range(20):
        with database.begin(ours if number % 3 else theirs) as session:
            outbox.record(session, "team.changed", number)
    relay.relay()
    assert [event.data["entity_id"] for event in published(redis)] == [str(n) for n in range(20)]


def test_what_was_published_is_not_published_again(database, redis, ours, outbox, relay):
    with database.begin(ours) as session:
        outbox.record(session, "team.changed", 1)
    assert (relay.relay(), relay.relay()) == (1, 0)
    with database.begin(Scope.platform()) as session:
        assert session.scalar(select(func.count(OutboxEvent.id))) == 0


def test_an_event_waits_while_redis_is_away(database, redis, redis_url, ours, outbox):
    nowhere = Redis(connection_pool=ConnectionPool(host="127.0.0.1", port=1))
    with database.begin(ours) as session:
        outbox.record(session, "team.changed", 1)
    with pytest.raises(NoConnection):
        OutboxRelay(database, nowhere).relay()
    assert OutboxRelay(database, redis).relay() == 1


def test_a_second_relay_stands_back_while_one_is_at_work(database, redis, ours, outbox, relay):
    with database.begin(ours) as session:
        outbox.record(session, "team.changed", 1)
    with database.begin(Scope.platform()) as session:
        session.execute(text("SELECT pg_advisory_xact_lock(:n)"), {"n": OutboxRelay._LOCK})
        assert relay.relay() == 0
    assert relay.relay() == 1


def test_the_relay_is_woken_at_commit(database, shared_database, ours, outbox):
    dsn = shared_database.app_url.replace("postgresql+psycopg", "postgresql")
    with psycopg.connect(dsn, autocommit=True) as listener:
        listener.execute(f"LISTEN {OUTBOX_CHANNEL}")
        with database.begin(ours) as session:
            outbox.record(session, "team.changed", 1)
        assert [n.channel for n in listener.notifies(timeout=5, stop_after=1)] == [OUTBOX_CHANNEL]


@pytest.mark.parametrize("protocol", [2, 3])
def test_entries_are_read_under_either_protocol(redis, redis_url, protocol):
    with Redis.from_url(redis_url, protocol=protocol, decode_responses=True) as client:
        client.xadd("s", {"n": "1"})
        client.xadd("s", {"n": "2"})
        found = entries(client.xread({"s": "0"}))
    assert [fields["n"] for _, fields in found] == ["1", "2"]


def test_no_entries_are_read_from_silence():
    assert entries(None) == entries([]) == entries({}) == []
