"""What is tried again, when, and when it has failed for good."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from psycopg import errors
from sqlalchemy.exc import OperationalError

from callcenter.core.errors import Forbidden, Invalid, NotFound, Stale
from callcenter.core.outbound import NotAllowed, OutboundFailed
from callcenter.objects.models import TriggerRun
from callcenter.objects.service.triggers.retrying import go_on, may_pass, put_back

NOW = datetime(2026, 11, 27, 2, 0, tzinfo=UTC)
SILENCE = OutboundFailed("outbound.no_answer", may_pass=True)
WHY = {"key": "outbound.no_answer", "parameters": {}}


def a_run() -> TriggerRun:
    return TriggerRun(state="waiting", place=0, tries=0, steps=[])


def in_database(fault: type[errors.Error], *, gone: bool = False) -> OperationalError:
    return OperationalError("UPDATE", {}, fault(), connection_invalidated=gone)


@pytest.mark.parametrize(
    ("failure", "passes"),
    [
        (SILENCE, True),
        (OutboundFailed("outbound.refused", {"status": 404}), False),
        (NotAllowed("outbound.not_listed"), False),
        (in_database(errors.DeadlockDetected), True),
        (in_database(errors.SerializationFailure), True),
        (in_database(errors.LockNotAvailable), True),
        (in_database(errors.QueryCanceled), True),
        (in_database(errors.AdminShutdown, gone=True), True),
        (in_database(errors.DiskFull), False),
        (Stale(), True),
        (Invalid(), False),
        (NotFound(), False),
        (Forbidden(), False),
        (ValueError("x"), False),
    ],
)
def test_what_may_pass(failure: Exception, passes: bool) -> None:
    assert may_pass(failure) is passes


def test_it_is_tried_after_one_five_and_thirty_minutes_and_then_no_more() -> None:
    run, told = a_run(), []
    for _ in range(4):
        put_back(run, SILENCE, WHY, NOW)
        told.append((run.state, run.next_at and run.next_at - NOW))
    minutes = [timedelta(minutes=each) for each in (1, 5, 30)]
    assert told == [*(("waiting", each) for each in minutes), ("failed", None)]
    assert (run.tries, run.message) == (4, WHY)


def test_what_is_refused_for_good_ends_at_once() -> None:
    run = a_run()
    put_back(run, Invalid(), WHY, NOW)
    assert (run.state, run.tries, run.next_at) == ("failed", 1, None)


def test_the_next_action_has_its_own_tries() -> None:
    run: Any = a_run()
    put_back(run, SILENCE, WHY, NOW)
    go_on(run)
    assert (run.place, run.tries, run.next_at, run.message) == (1, 0, None, None)
