"""Who gets whom."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from callcenter.acd.queue import Match, Matcher, Waiting

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
SALES, REPAIRS = UUID(int=1), UUID(int=2)
ANNA, BEN, CARL = (UUID(int=n) for n in (11, 12, 13))


def at(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def caller(
    number: int, since: float = 0, priority: int = 5, service: UUID = SALES, **more: UUID
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
    assert served(queues.match()) == [(2, ANNA)]


def test_the_urgent_go_before_those_who_wait_longer() -> None:
    queues = matcher(caller(1, 0, priority=1), caller(2, 50, priority=9), ready={ANNA: 0})
    assert served(queues.match()) == [(2, ANNA)]


def test_who_is_idle_longest_takes_the_call() -> None:
    queues = matcher(caller(1), ready={ANNA: 20, BEN: 10})
    assert served(queues.match()) == [(1, BEN)]


def test_an_agent_of_another_service_is_left_alone() -> None:
    queues = matcher(caller(1), ready={CARL: 0})
    assert queues.match() == []


def test_a_caller_nobody_serves_does_not_hold_up_the_others() -> None:
    queues = matcher(caller(1, 0, service=REPAIRS), caller(2, 10), ready={ANNA: 0}, repairs={CARL})
    assert served(queues.match()) == [(2, ANNA)]


def test_the_longest_waiting_of_all_services_gets_the_shared_agent() -> None:
    queues = matcher(caller(1, 10), caller(2, 0, service=REPAIRS), ready={ANNA: 0}, repairs={ANNA})
    assert served(queues.match()) == [(2, ANNA)]


def test_both_leave_at_once() -> None:
    queues = matcher(caller(1), caller(2, 1), ready={ANNA: 0})
    assert len(queues.match()) == 1
    assert queues.match() == []
    assert queues.ready_in(SALES) == 0
    assert [w.call_id.int for w in queues.waiting_in(SALES)] == [1002]


def test_who_comes_back_after_an_offer_in_vain_has_the_old_place() -> None:
    first = caller(1, 0)
    queues = matcher(first, caller(2, 5), ready={ANNA: 0})
    queues.match()
    queues.add(first)
    assert queues.position(first.call_id) == 1


def test_who_is_added_twice_waits_once() -> None:
    queues = matcher(caller(1), caller(1))
    assert len(queues.waiting_in(SALES)) == 1


def test_who_has_gone_is_not_served() -> None:
    queues = matcher(caller(1), caller(2, 1), ready={ANNA: 0})
    assert queues.remove(UUID(int=1001)) == caller(1)
    assert queues.remove(UUID(int=1001)) is None
    assert served(queues.match()) == [(2, ANNA)]


def test_a_caller_may_wait_for_one_agent_alone() -> None:
    queues = matcher(caller(1, 0, for_agent=BEN), caller(2, 10), ready={ANNA: 0})
    assert served(queues.match()) == [(2, ANNA)]
    queues.set_ready(BEN, at(0))
    assert served(queues.match()) == [(1, BEN)]


def test_nobody_waits_for_an_agent_outside_the_service() -> None:
    queues = matcher(caller(1, for_agent=CARL), ready={ANNA: 0, CARL: 0})
    assert queues.match() == []


def test_a_service_without_members_keeps_its_callers() -> None:
    queues = matcher(caller(1), ready={ANNA: 0})
    queues.set_members({})
    assert queues.match() == []
    assert queues.position(UUID(int=1001)) == 1
    queues.set_members({SALES: [ANNA]})
    assert served(queues.match()) == [(1, ANNA)]


def test_a_service_nobody_knows_has_an_empty_queue() -> None:
    queues = Matcher()
    assert queues.waiting_in(SALES) == []
    assert queues.ready_in(SALES) == 0
    assert queues.position(UUID(int=1)) == 0


def test_an_agent_who_became_busy_gets_nothing() -> None:
    queues = matcher(caller(1), ready={ANNA: 0})
    queues.set_busy(ANNA)
    assert queues.match() == []


AGENTS = [UUID(int=n) for n in range(20, 28)]
SERVICES = [UUID(int=n) for n in range(1, 5)]
callers = st.builds(
    Waiting,
    call_id=st.uuids(),
    service_id=st.sampled_from(SERVICES),
    priority=st.integers(0, 9),
    queued_at=st.integers(0, 5).map(at),
    for_agent=st.none() | st.sampled_from(AGENTS),
)
everyone = st.lists(callers, max_size=30, unique_by=lambda waiting: waiting.call_id)
membership = st.dictionaries(st.sampled_from(SERVICES), st.frozensets(st.sampled_from(AGENTS)))
readiness = st.dictionaries(st.sampled_from(AGENTS), st.integers(0, 5).map(at))


@given(everyone, membership, readiness)
def test_nobody_is_passed_by_one_of_lower_claim_whom_the_same_agent_serves(
    waiting, members, ready
) -> None:
    queues = Matcher()
    queues.set_members(members)
    for one in waiting:
        queues.add(one)
    for agent, since in ready.items():
        queues.set_ready(agent, since)
    found = queues.match()
    by_id = {one.call_id: (order, one) for order, one in enumerate(waiting)}
    taken = {match.call_id: match.agent_id for match in found}
    assert len(taken) == len(found) == len(set(taken.values()))

    def may(agent: UUID, one: Waiting) -> bool:
        return agent in members.get(one.service_id, ()) and one.for_agent in (None, agent)

    def claim(call_id: UUID) -> tuple[int, datetime, int]:
        order, one = by_id[call_id]
        return -one.priority, one.queued_at, order

    for match in found:
        one = by_id[match.call_id][1]
        assert match.service_id == one.service_id
        assert may(match.agent_id, one)
    for left in by_id.keys() - taken.keys():
        one = by_id[left][1]
        assert not any(may(agent, one) for agent in ready.keys() - set(taken.values()))
        for match in found:
            if may(match.agent_id, one) and by_id[match.call_id][1].service_id == one.service_id:
                assert claim(match.call_id) < claim(left)


@given(everyone, st.lists(st.integers(0, 29), max_size=10))
def test_the_order_is_the_positions(waiting, leavers) -> None:
    queues = Matcher()
    for one in waiting:
        queues.add(one)
    for index in leavers:
        if index < len(waiting):
            queues.remove(waiting[index].call_id)
    for service in SERVICES:
        line = queues.waiting_in(service)
        assert [queues.position(one.call_id) for one in line] == list(range(1, len(line) + 1))
        assert line == sorted(line, key=lambda one: (-one.priority, one.queued_at))
