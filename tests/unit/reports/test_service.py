"""Counting: pure, from facts and states."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from callcenter.calls.service import Moment, Span
from callcenter.core.directory import ServiceCard
from callcenter.core.ids import new_id
from callcenter.reports.service import count_agents, count_services, stretch_of

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
SERVICE, AGENT = new_id(), new_id()
CARDS = {SERVICE: ServiceCard(SERVICE, "售后", 80, 20, 5, "work_order", frozenset(), active=True)}


def moment(kind: str, second: float, call_id: UUID, reason: str = "") -> Moment:
    at = NOW + timedelta(seconds=second)
    return Moment(kind, at, call_id, AGENT, SERVICE, reason, "inbound")


def test_a_day_of_the_zone_ends_now_when_it_is_today() -> None:
    today = stretch_of(date(2026, 11, 24), ZONE, NOW)
    assert (today.start, today.end) == (datetime(2026, 11, 23, 16, 0, tzinfo=UTC), NOW)
    yesterday = stretch_of(date(2026, 11, 23), ZONE, NOW)
    assert yesterday.end == today.start
    tomorrow = stretch_of(date(2026, 11, 25), ZONE, NOW)
    assert tomorrow.start == tomorrow.end


def test_a_caller_who_is_queued_again_after_a_miss_entered_once() -> None:
    call = new_id()
    told = [
        moment("call.queued", 0, call),
        moment("call.queued", 15, call),
        moment("call.dequeued", 25, call, "connected"),
    ]
    day = count_services(told, CARDS)[SERVICE]
    assert (day.offered, day.answered, day.within) == (1, 1, 0)


def test_who_hangs_up_at_once_lowers_no_level() -> None:
    told = []
    for waited, reason in ((10, "connected"), (3, "abandoned"), (60, "abandoned")):
        call = new_id()
        told += [moment("call.queued", 0, call), moment("call.dequeued", waited, call, reason)]
    told.sort(key=lambda each: each.at)
    day = count_services(told, CARDS)[SERVICE]
    assert (day.offered, day.answered, day.abandoned, day.short) == (3, 1, 2, 1)
    assert day.level_percent == 50.0


def test_states_are_cut_to_the_day_and_the_open_one_lasts_until_now() -> None:
    stretch = stretch_of(date(2026, 11, 24), ZONE, NOW)
    spans = [
        Span(AGENT, "ready", None, stretch.start - timedelta(hours=1), stretch.start + timedelta(hours=2)),
        Span(AGENT, "talking", None, NOW - timedelta(minutes=10), None),
    ]  # fmt: skip
    figures = count_agents([], spans, stretch)[AGENT]
    assert dict(figures.seconds) == {"ready": 7200.0, "talking": 600.0}
    assert figures.dump()["utilisation"] == 7.7
    assert figures.dump()["talk_average"] is None
