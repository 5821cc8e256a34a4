"""Batches are written in their order, one behind; whatever happens, what was begun is ended."""

from threading import Event

import pytest

from callcenter.objects.service.transfer.behind import WriteBehind


class _FailedError(Exception):
    pass


def fails() -> None:
    raise _FailedError


def test_who_gives_goes_on_and_waits_only_when_it_settles() -> None:
    go, done = Event(), Event()

    def write() -> None:
        assert go.wait(10)
        done.set()

    with WriteBehind() as behind:
        assert not behind.settle()
        behind.give(write)
        assert not done.is_set()
        go.set()
        assert behind.settle()
        assert done.is_set()
        assert not behind.settle()


def test_what_is_being_written_comes_to_its_end_before_a_failure_is_told() -> None:
    go, done = Event(), Event()

    def write() -> None:
        assert go.wait(10)
        done.set()

    def gives_and_fails() -> None:
        with WriteBehind() as behind:
            behind.give(write)
            go.set()
            fails()

    with pytest.raises(_FailedError):
        gives_and_fails()
    assert done.is_set()


def test_a_batch_that_failed_is_told_to_who_settles() -> None:
    with WriteBehind() as behind:
        behind.give(fails)
        with pytest.raises(_FailedError):
            behind.settle()


def test_a_batch_that_failed_last_is_told_at_the_end_whatever_else_happened() -> None:
    def gives_and_fails() -> None:
        with WriteBehind() as behind:
            behind.give(fails)
            raise KeyError

    with pytest.raises(_FailedError):
        gives_and_fails()


def test_afterwards_nobody_writes() -> None:
    with WriteBehind() as behind:
        pass
    with pytest.raises(RuntimeError):
        behind.give(fails)
