"""When an open callback may be dialled: window, pause, hours of day, schedule, expiry."""

from datetime import UTC, datetime, time, timedelta
from uuid import UUID

import pytest

from callcenter.callbacks.line import CallbackPlan, OpenCallback, Standing, expires, standing

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
TEN = time(10)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def callback(**changes) -> OpenCallback:
    values = {
        "id": UUID(int=1), "enterprise_id": UUID(int=2), "service_id": UUID(int=3),
        "number": "e164:+8613800000001", "display_number": "", "language": "zh-CN", "priority": 5,
        "queued_at": NOW, "not_before": None, "not_after": NOW + HOUR,
    }  # fmt: skip
    return OpenCallback(**(values | changes))


@pytest.mark.parametrize(
    ("changes", "local", "is_open", "stands"),
    [
        ({}, TEN, True, Standing.IN_LINE),
        ({"not_before": NOW + MINUTE}, TEN, True, Standing.RESTING),
        ({"not_before": NOW}, TEN, True, Standing.IN_LINE),
        ({"retry_at": NOW + MINUTE}, TEN, True, Standing.RESTING),
        ({"retry_at": NOW - MINUTE, "not_before": NOW - HOUR}, TEN, True, Standing.IN_LINE),
        ({}, time(7, 59), True, Standing.RESTING),
        ({}, time(8), True, Standing.IN_LINE),
        ({}, time(21), True, Standing.RESTING),
        ({}, TEN, False, Standing.RESTING),
        ({"not_after": NOW}, TEN, True, Standing.EXPIRED),
        ({"not_after": NOW, "retry_at": NOW + HOUR}, time(3), False, Standing.EXPIRED),
    ],
)
def test_it_is_dialled_only_when_all_allow_it(changes, local, is_open, stands) -> None:
    assert standing(callback(**changes), CallbackPlan(), NOW, local, is_open=is_open) is stands


def test_it_expires_counted_from_when_it_may_first_be_dialled() -> None:
    plan = CallbackPlan(lasts_seconds=3600)
    assert expires(plan, NOW, None) == NOW + HOUR
    assert expires(plan, NOW, NOW + HOUR) == NOW + 2 * HOUR
    assert expires(plan, NOW, NOW - HOUR) == NOW + HOUR
