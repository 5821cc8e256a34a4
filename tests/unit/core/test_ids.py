"""Identifiers, events and the clock."""

from datetime import UTC, datetime, timedelta

from callcenter.core.audit import difference
from callcenter.core.bus import Event
from callcenter.core.clock import ManualClock, SystemClock
from callcenter.core.ids import fact_id, new_id

NOW = datetime(2026, 11, 24, 2, 0, 0, 120000, tzinfo=UTC)


def test_ids_are_new_and_sort_by_when_they_were_made():
    made = [new_id() for _ in range(1000)]
    assert len(set(made)) == 1000
    assert made == sorted(made)
    assert {one.version for one in made} == {7}


def test_the_same_fact_has_the_same_id_however_it_is_learned():
    assert fact_id("leg", "1.1", "started") == fact_id("leg", "1.1", "started")
    assert fact_id("leg", "1.1", "started") != fact_id("leg", "1.1", "ended")


def test_an_event_is_read_as_it_was_written():
    event = Event(new_id(), "team.changed", NOW, new_id(), {"name": "一组 😀"})
    assert Event.load(event.dump()) == event
    assert Event.load(event.dump().encode()) == event
    assert '"at": "2026-11-24T02:00:00.120000Z"' in event.dump()


def test_the_difference_is_what_changed_as_it_was_and_is():
    before, after = {"a": 1, "b": 2, "c": None}, {"a": 1, "b": 3, "d": 4}
    assert difference(before, after) == ({"b": 2, "d": None}, {"b": 3, "d": 4})


def test_a_clock_moves_by_hand():
    clock = ManualClock(NOW)
    before = clock.monotonic()
    clock.advance(1.5)
    assert clock.now() - NOW == timedelta(seconds=1.5)
    assert clock.monotonic() - before == 1.5


def test_the_systems_clock_tells_utc_and_never_goes_back():
    clock = SystemClock()
    assert clock.now().utcoffset() == timedelta(0)
    assert clock.monotonic() <= clock.monotonic()
