"""Who may ask a data source, and when one that failed is asked again."""

import threading
from contextlib import ExitStack
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest

from callcenter.core.clock import ManualClock
from callcenter.queries.external import places
from callcenter.queries.external.errors import (
    SourceBusy,
    SourceResting,
    SourceSilent,
    SourceTooLarge,
)
from callcenter.queries.external.places import OF_ALL, OF_ENTERPRISE, OF_SOURCE, Place, Places

ONE, OTHER = uuid4(), uuid4()


def place(enterprise: UUID = ONE, version: int = 1, source: UUID | None = None) -> Place:
    return Place(enterprise, source or uuid4(), version, "shop")


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(datetime(2026, 11, 29, tzinfo=UTC))


@pytest.fixture
def all_places(clock: ManualClock, monkeypatch: pytest.MonkeyPatch) -> Places:
    monkeypatch.setattr(places, "WAITED", 0.02)
    return Places(clock)


def fail(taken: Places, at: Place) -> None:
    with pytest.raises(SourceSilent), taken.taken(at):
        raise SourceSilent("shop", seconds=5)


def test_a_source_and_an_enterprise_have_so_many_and_no_more(all_places: Places) -> None:
    here = place()
    with ExitStack() as stack:
        for _ in range(OF_SOURCE):
            stack.enter_context(all_places.taken(here))
        with pytest.raises(SourceBusy), all_places.taken(here):
            pass
        stack.enter_context(all_places.taken(place()))
        assert OF_SOURCE + 1 == OF_ENTERPRISE
        with pytest.raises(SourceBusy), all_places.taken(place()):
            pass
        stack.enter_context(all_places.taken(place(OTHER)))
        assert OF_ENTERPRISE + 1 == OF_ALL
        with pytest.raises(SourceBusy), all_places.taken(place(uuid4())):
            pass
    with all_places.taken(here):
        pass


def test_whoever_waits_gets_the_place_that_becomes_free(
    clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(places, "WAITED", 10)
    all_places, here, got = Places(clock), place(), threading.Event()

    def wait() -> None:
        with all_places.taken(here):
            got.set()

    with ExitStack() as stack:
        for _ in range(OF_SOURCE):
            stack.enter_context(all_places.taken(here))
        waiting = threading.Thread(target=wait)
        waiting.start()
    waiting.join(10)
    assert got.is_set()


def test_one_that_failed_rests_longer_each_time_and_no_longer_once_it_answers(
    all_places: Places, clock: ManualClock
) -> None:
    here = place()
    for rest in (5, 10, 20, 40, 60, 60):
        fail(all_places, here)
        with pytest.raises(SourceResting) as resting, all_places.taken(here):
            pass
        assert resting.value.details["retry_after"] == rest
        clock.advance(rest + 1)
    with all_places.taken(here):
        pass
    fail(all_places, here)
    with pytest.raises(SourceResting) as resting, all_places.taken(here):
        pass
    assert resting.value.details["retry_after"] == 5


def test_other_settings_other_sources_and_tests_are_asked_at_once(all_places: Places) -> None:
    source = uuid4()
    fail(all_places, place(source=source))
    for others in (place(source=source, version=2), place()):
        with all_places.taken(others):
            pass
    with all_places.taken(place(source=source), anyway=True):
        pass


def test_what_is_no_fault_of_the_server_lets_it_be_asked_on(all_places: Places) -> None:
    here = place()
    with pytest.raises(SourceTooLarge), all_places.taken(here):
        raise SourceTooLarge("shop", megabytes=32)
    with all_places.taken(here):
        pass
