"""Who gets whom."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from callcenter.acd.claims import Need, Ring, Rules
from callcenter.acd.queue import MOST_AT_ONCE, Match, Matcher, Waiting
from callcenter.acd.strategies import Strategy

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
SALES, REPAIRS = UUID(int=1), UUID(int=2)
ANNA, BEN, CARL = (UUID(int=n) for n in (11, 12, 13))


LATER = NOW + timedelta(hours=1)


def at(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def caller(
    number: int, since: float = 0, priority: int = 5, service: UUID = SALES, **more: Any
) -> Waiting:
    return Waiting(UUID(int=1000 + number), service, priority, at(since), **more)


def matcher(
    *callers: Waiting, ready: dict[UUID, float] | None = None, **members: set[UUID]
) -> Matcher:
    made = Matcher()
    made.set_members(
        {SALES: members.get("sales", {ANNA, BEN}), REPAIRS: members.get("repairs", ())}
    )
    for one in callers:
        made.add(one)
    for agent, since in (ready or {}).items():
        made.set_ready(agent, at(since))
    return made


def served(found: list[Match]) -> list[tuple[int, UUID]]:
    return [(match.call_id.int - 1000, match.agent_id) for match in found]


def test_who_waits_longest_is_served_first() -> None:
    queues = matcher(caller(1, 30), caller(2, 10), caller(3, 20), ready={ANNA: 0})
    assert served(queues.match(LATER)) == [(2, ANNA)]


def test_the_urgent_go_before_those_who_wait_longer() -> None:
    queues = matcher(caller(1, 0, priority=1), caller(2, 50, priority=9), ready={ANNA: 0})
    assert served(queues.match(LATER)) == [(2, ANNA)]


def test_who_is_idle_longest_takes_the_call() -> None:
    queues = matcher(caller(1), ready={ANNA: 20, BEN: 10})
    assert served(queues.match(LATER)) == [(1, BEN)]


def test_an_agent_of_another_service_is_left_alone() -> None:
    queues = matcher(caller(1), ready={CARL: 0})
    assert queues.match(LATER) == []


def test_a_caller_nobody_serves_does_not_hold_up_the_others() -> None:
    queues = matcher(caller(1, 0, service=REPAIRS), caller(2, 10), ready={ANNA: 0}, repairs={CARL})
    assert served(queues.match(LATER)) == [(2, ANNA)]


def test_the_longest_waiting_of_all_services_gets_the_shared_agent() -> None:
    queues = matcher(caller(1, 10), caller(2, 0, service=REPAIRS), ready={ANNA: 0}, repairs={ANNA})
    assert served(queues.match(LATER)) == [(2, ANNA)]


def test_both_leave_at_once() -> None:
    queues = matcher(caller(1), caller(2, 1), ready={ANNA: 0})
    assert len(queues.match(LATER)) == 1
    assert queues.match(LATER) == []
    assert queues.ready_in(SALES) == 0
    assert [w.call_id.int for w in queues.waiting_in(SALES)] == [1002]


def test_who_comes_back_after_an_offer_in_vain_has_the_old_place() -> None:
    first = caller(1, 0)
    queues = matcher(first, caller(2, 5), ready={ANNA: 0})
    queues.match(LATER)
    queues.add(first)
    assert queues.position(first.call_id) == 1


def test_who_is_added_twice_waits_once() -> None:
    queues = matcher(caller(1), caller(1))
    assert len(queues.waiting_in(SALES)) == 1


def test_who_has_gone_is_not_served() -> None:
    queues = matcher(caller(1), caller(2, 1), ready={ANNA: 0})
    assert queues.remove(UUID(int=1001)) == caller(1)
    assert queues.remove(UUID(int=1001)) is None
    assert served(queues.match(LATER)) == [(2, ANNA)]


def test_a_caller_may_wait_for_one_agent_alone() -> None:
    queues = matcher(caller(1, 0, for_agent=BEN), caller(2, 10), ready={ANNA: 0})
    assert served(queues.match(LATER)) == [(2, ANNA)]
    queues.set_ready(BEN, at(0))
    assert served(queues.match(LATER)) == [(1, BEN)]


def test_nobody_waits_for_an_agent_outside_the_service() -> None:
    queues = matcher(caller(1, for_agent=CARL), ready={ANNA: 0, CARL: 0})
    assert queues.match(LATER) == []


def test_a_service_without_members_keeps_its_callers() -> None:
    queues = matcher(caller(1), ready={ANNA: 0})
    queues.set_members({})
    assert queues.match(LATER) == []
    assert queues.position(UUID(int=1001)) == 1
    queues.set_members({SALES: [ANNA]})
    assert served(queues.match(LATER)) == [(1, ANNA)]


def test_a_service_nobody_knows_has_an_empty_queue() -> None:
    queues = Matcher()
    assert queues.waiting_in(SALES) == []
    assert queues.ready_in(SALES) == 0
    assert queues.position(UUID(int=1)) == 0


def test_an_agent_who_became_busy_gets_nothing() -> None:
    queues = matcher(caller(1), ready={ANNA: 0})
    queues.set_busy(ANNA)
    assert queues.match(LATER) == []


ENGLISH = UUID(int=50)
RINGS = (Ring(0, (Need(ENGLISH, 7),)), Ring(30, (Need(ENGLISH, 3),)), Ring(60))
SKILLS = {ANNA: {ENGLISH: 8}, BEN: {ENGLISH: 4}}


def skilled(*ready: UUID) -> Matcher:
    """Sales asks for English: at once 7, after 30 s 3, after a minute nothing any more."""
    made = Matcher()
    made.set_members({SALES: [ANNA, BEN, CARL]}, {SALES: Rules(rings=RINGS)}, SKILLS)
    for agent in ready:
        made.set_ready(agent, NOW)
    return made


def test_a_ring_opens_when_its_time_has_come() -> None:
    queues = skilled(BEN, CARL)
    queues.add(caller(1))
    assert queues.match(at(0)) == []
    assert queues.next_change() == at(30)
    assert queues.match(at(29)) == []
    assert served(queues.match(at(30))) == [(1, BEN)]
    queues.add(caller(2))
    assert served(queues.match(at(60))) == [(2, CARL)]
    assert queues.next_change() is None


def test_who_waits_for_the_able_does_not_hold_up_a_caller_whom_others_may_take() -> None:
    queues = skilled(CARL)
    queues.add(caller(1, 0))
    queues.add(caller(2, -70))
    assert served(queues.match(at(0))) == [(2, CARL)]


def test_rings_that_are_changed_count_for_those_who_wait_already() -> None:
    queues = skilled(CARL)
    queues.add(caller(1))
    assert queues.match(at(0)) == []
    queues.set_members({SALES: [CARL]}, {SALES: Rules()}, SKILLS)
    assert served(queues.match(at(1))) == [(1, CARL)]


def preferring(*agents: UUID, number: int = 1, seconds: float = 20) -> Waiting:
    return caller(number, prefer=agents, prefer_until=at(seconds))


def test_a_preferred_agent_alone_gets_the_call_at_first() -> None:
    queues = matcher(ready={ANNA: 0, BEN: 0})
    queues.set_busy(BEN)
    queues.add(preferring(BEN))
    queues.add(caller(2, 1))
    assert served(queues.match(at(5))) == [(2, ANNA)]
    queues.set_ready(BEN, at(9))
    assert served(queues.match(at(10))) == [(1, BEN)]


def test_after_a_while_anybody_gets_a_call_that_preferred_somebody() -> None:
    queues = matcher(ready={ANNA: 0})
    queues.set_busy(BEN)
    queues.add(preferring(BEN))
    assert queues.match(at(19)) == []
    assert queues.next_change() == at(20)
    assert served(queues.match(at(20))) == [(1, ANNA)]


def test_nobody_waits_for_a_preferred_agent_who_takes_no_calls() -> None:
    queues = matcher(ready={ANNA: 0})
    queues.add(preferring(BEN))
    assert served(queues.match(at(0))) == [(1, ANNA)]


def test_when_the_preferred_agent_goes_the_caller_is_anybodys_at_once() -> None:
    queues = matcher(ready={ANNA: 0})
    queues.set_busy(BEN)
    queues.add(preferring(BEN))
    assert queues.match(at(1)) == []
    queues.set_away(BEN)
    assert served(queues.match(at(1))) == [(1, ANNA)]


def test_of_two_preferred_agents_the_first_named_is_the_better() -> None:
    queues = matcher(preferring(BEN, ANNA), ready={})
    queues.set_ready(ANNA, NOW)
    queues.set_ready(BEN, at(5))
    queues.add(preferring(BEN, ANNA))
    assert served(queues.match(at(6))) == [(1, BEN)]


def test_a_preferred_agent_need_not_have_the_skill_but_must_serve_the_service() -> None:
    queues = skilled(CARL)
    queues.add(preferring(CARL))
    queues.add(preferring(UUID(int=99), number=2))
    assert served(queues.match(at(1))) == [(1, CARL)]


def test_all_who_are_ready_ring_together_and_no_more_than_ten() -> None:
    agents = [UUID(int=n) for n in range(100, 115)]
    queues = Matcher()
    queues.set_members({SALES: agents}, {SALES: Rules(Strategy.RING_ALL)})
    for number, agent in enumerate(reversed(agents)):
        queues.set_ready(agent, at(number))
    queues.add(caller(1))
    queues.add(caller(2, 1))
    first, second = queues.match(at(20))
    assert first.agents == tuple(reversed(agents))[:MOST_AT_ONCE]
    assert second.agents == tuple(reversed(agents))[MOST_AT_ONCE:]


def test_a_caller_who_waits_long_passes_one_who_came_with_a_higher_priority() -> None:
    queues = Matcher()
    queues.set_members({SALES: [ANNA]}, {SALES: Rules(ageing_seconds=30)})
    queues.add(caller(1, 0, priority=3))
    queues.add(caller(2, 80, priority=6))
    queues.match(at(80))
    assert [w.call_id.int for w in queues.waiting_in(SALES)] == [1002, 1001]
    assert queues.next_change() == at(90)
    queues.match(at(90))
    assert queues.position(UUID(int=1001)) == 1


def test_nothing_is_left_of_those_who_have_gone() -> None:
    queues = matcher(preferring(BEN), caller(2), ready={})
    for number in (1, 2):
        queues.remove(UUID(int=1000 + number))
    assert queues.next_change() is None
    assert queues.waiting_in(SALES) == []
