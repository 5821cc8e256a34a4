"""Today's figures out of the facts."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from callcenter.acd.agent import AgentState
from callcenter.calls.events import Fact, FactType
from callcenter.telephony.directory import Directory
from callcenter.telephony.figures import Figures
from tests.fakes.switchboard import SERVICE, World, service
from tests.unit.telephony import made
from tests.unit.telephony.made import AGENTS, CALLS, connected, dequeued, queued, state

ANNA = AGENTS[0]
SHANGHAI = ZoneInfo("Asia/Shanghai")


def directory() -> Directory:
    return World(service(level_seconds=20, short_call_seconds=5)).agents.directory


def folded(*facts: Fact, zone: ZoneInfo = SHANGHAI) -> Figures:
    figures, known = Figures(zone), directory()
    for fact in facts:
        figures.fold(fact, known)
    return figures


def shanghai(hour: int, minute: int = 0, day: int = 24) -> float:
    """Seconds from the facts' NOW to this time in Shanghai."""
    at = datetime(2026, 11, day, hour, minute, tzinfo=SHANGHAI)
    return (at.astimezone(UTC) - made.NOW).total_seconds()


def test_a_call_is_offered_and_then_answered() -> None:
    day = folded(queued(), connected(ANNA, 12), dequeued("connected", 12)).services[SERVICE]
    assert (day.offered, day.answered, day.within, day.abandoned) == (1, 1, 1, 0)


def test_an_answer_after_the_target_lowers_the_level() -> None:
    assert folded(queued(), dequeued("connected", 21)).services[SERVICE].level_percent == 0.0


def test_an_abandoned_call_counts_unless_it_was_short() -> None:
    day = folded(
        queued(CALLS[0]), dequeued("abandoned", 4, CALLS[0]),
        queued(CALLS[1]), dequeued("abandoned", 40, CALLS[1]),
    ).services[SERVICE]  # fmt: skip
    assert (day.abandoned, day.short, day.level_percent) == (2, 1, 0.0)


def test_who_waits_counts_as_offered_only() -> None:
    day = folded(queued()).services[SERVICE]
    assert (day.offered, day.answered, day.abandoned, day.level_percent) == (1, 0, 0, None)


def test_a_call_that_is_queued_again_after_our_absence_is_offered_once() -> None:
    day = folded(queued(), queued(), dequeued("connected", 5)).services[SERVICE]
    assert (day.offered, day.answered) == (1, 1)


def test_a_call_that_comes_to_the_queue_again_by_transfer_is_offered_again() -> None:
    day = folded(
        queued(), dequeued("connected", 5), queued(seconds=60), dequeued("abandoned", 90)
    ).services[SERVICE]
    assert (day.offered, day.answered, day.abandoned) == (2, 1, 1)


def test_leaving_a_queue_that_was_never_entered_says_nothing() -> None:
    assert folded(dequeued("connected")).services == {}


def test_calls_in_and_out_are_counted_apart() -> None:
    day = folded(connected(ANNA), connected(ANNA, 9, CALLS[1], service=False)).agents[ANNA]
    assert (day.answered, day.dialled) == (1, 1)


def test_missed_calls_are_the_agents() -> None:
    missed = made.fact(FactType.CALL_MISSED, agent=ANNA, reason="no_answer", offer=1)
    assert folded(missed).agents[ANNA].missed == 1


def test_talk_time_includes_hold_and_consultation_but_no_ringing_and_no_wrap_up() -> None:
    states = ["ringing", "talking", "hold", "talking", "consulting", "wrap_up", "ready"]
    each = (state(ANNA, AgentState(one), 10 * n) for n, one in enumerate(states))
    day = folded(*each).agents[ANNA]
    assert day.talk_seconds == 40


def test_the_day_turns_at_midnight_of_the_enterprise() -> None:
    before, after = shanghai(23, 59), shanghai(0, 1, day=25)
    figures = folded(
        queued(CALLS[0], before), dequeued("connected", before + 5, CALLS[0]),
        queued(CALLS[1], after),
    )  # fmt: skip
    assert figures.day == "2026-11-25"
    assert (figures.services[SERVICE].offered, figures.services[SERVICE].answered) == (1, 0)


def test_the_same_moment_is_still_yesterday_elsewhere() -> None:
    facts = [queued(CALLS[0], shanghai(23, 59)), queued(CALLS[1], shanghai(0, 1, day=25))]
    assert folded(*facts, zone=ZoneInfo("Europe/Berlin")).services[SERVICE].offered == 2


def test_who_waits_over_midnight_is_answered_today() -> None:
    before = shanghai(23, 59)
    figures = folded(queued(seconds=before), dequeued("connected", before + 90))
    day = figures.services[SERVICE]
    assert (day.offered, day.answered) == (0, 1)


def test_what_belongs_to_a_day_that_is_over_is_not_counted_today() -> None:
    figures = folded(queued(CALLS[0]), queued(CALLS[1], -timedelta(days=1).total_seconds()))
    assert figures.services[SERVICE].offered == 1


def test_the_day_turns_also_when_nothing_happens() -> None:
    figures = folded(queued())
    figures.turn_to(made.NOW + timedelta(days=1))
    assert figures.services == {}


def work(seconds: float, *facts: Fact) -> tuple[int, float]:
    done = folded(*facts).work_of(ANNA, made.NOW + timedelta(seconds=seconds))
    return done.calls, round(done.occupancy, 2)


def test_an_agents_work_is_the_calls_and_the_share_of_the_time_signed_in() -> None:
    facts = (
        state(ANNA, AgentState.READY, 0),
        state(ANNA, AgentState.RINGING, 50),
        state(ANNA, AgentState.TALKING, 60),
        connected(ANNA, 60),
        state(ANNA, AgentState.WRAP_UP, 80),
        state(ANNA, AgentState.READY, 100),
    )
    assert work(100, *facts) == (1, 0.5)


def test_the_state_under_way_counts_as_far_as_it_has_come() -> None:
    busy = (state(ANNA, AgentState.READY, 0), state(ANNA, AgentState.TALKING, 50))
    assert work(100, *busy) == (0, 0.5)
    # Who is idle for long is less and less occupied, though nothing happens.
    idle = (*busy, state(ANNA, AgentState.READY, 100))
    assert [work(seconds, *idle)[1] for seconds in (100, 200, 500)] == [0.5, 0.25, 0.1]


def test_who_is_signed_out_works_no_longer_and_whoever_never_was_has_done_nothing() -> None:
    facts = (
        state(ANNA, AgentState.TALKING, 0),
        state(ANNA, AgentState.READY, 50),
        state(ANNA, AgentState.OFFLINE, 100),
    )
    assert work(5_000, *facts) == (0, 0.5)
    assert work(100) == (0, 0.0)
