"""Which of the ready agents takes the call, by what the service asks for."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from callcenter.acd.queue import Matcher, Rules, Waiting
from callcenter.acd.strategies import Strategy, Work

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
SALES = UUID(int=1)
ANNA, BEN, CARL = (UUID(int=n) for n in (13, 11, 12))
"""In the service's order, which is not that of their ids."""


def at(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def matcher(strategy: Strategy, **works: Work) -> Matcher:
    made = Matcher()
    made.set_members({SALES: [ANNA, BEN, CARL]}, {SALES: Rules(strategy)})
    named = {ANNA: works.get("anna"), BEN: works.get("ben"), CARL: works.get("carl")}
    made.work = lambda agent: named[agent] or Work()
    return made


def taken(queues: Matcher, *ready: tuple[UUID, float], call: int = 1) -> UUID:
    """Who takes one call of those who are ready since then."""
    for agent, since in ready:
        queues.set_ready(agent, at(since))
    queues.add(Waiting(UUID(int=1000 + call), SALES, 5, at(call)))
    (match,) = queues.match(at(call))
    for agent, _ in ready:
        queues.set_busy(agent)
    return match.agent_id


EVERYBODY = ((ANNA, 30), (BEN, 20), (CARL, 10))


def test_the_longest_idle() -> None:
    assert taken(matcher(Strategy.LONGEST_IDLE), *EVERYBODY) == CARL


def test_the_first_in_the_services_order() -> None:
    queues = matcher(Strategy.FIXED_ORDER)
    assert taken(queues, *EVERYBODY) == ANNA
    assert taken(queues, (CARL, 0), (BEN, 50)) == BEN


def test_one_after_the_other_from_whoever_was_last() -> None:
    queues = matcher(Strategy.ROUND_ROBIN)
    assert [taken(queues, *EVERYBODY, call=n) for n in range(1, 5)] == [ANNA, BEN, CARL, ANNA]
    # Whose turn it is may be busy; the next one takes it, and the round goes on from there.
    assert taken(queues, (ANNA, 0), (CARL, 0), call=5) == CARL
    assert taken(queues, *EVERYBODY, call=6) == ANNA


def test_who_had_the_fewest_calls_today() -> None:
    queues = matcher(Strategy.FEWEST_CALLS, anna=Work(9), ben=Work(7), carl=Work(8))
    assert taken(queues, *EVERYBODY) == BEN
    equal = matcher(Strategy.FEWEST_CALLS, anna=Work(7), ben=Work(9), carl=Work(7))
    assert taken(equal, *EVERYBODY) == CARL


def test_who_was_least_occupied_today() -> None:
    works = {"anna": Work(1, 0.5), "ben": Work(9, 0.7), "carl": Work(9, 0.6)}
    assert taken(matcher(Strategy.LEAST_OCCUPIED, **works), *EVERYBODY) == ANNA


def test_a_new_order_counts_from_the_next_call() -> None:
    queues = matcher(Strategy.FIXED_ORDER)
    queues.set_members({SALES: [CARL, BEN, ANNA]}, {SALES: Rules(Strategy.FIXED_ORDER)})
    assert taken(queues, *EVERYBODY) == CARL


AGENTS = [UUID(int=n) for n in range(20, 28)]


@given(
    st.sampled_from([*Strategy]),
    st.permutations(AGENTS),
    st.lists(st.sets(st.sampled_from(AGENTS), min_size=1), max_size=30),
)
def test_whoever_is_chosen_is_ready_and_the_choice_repeats_itself(
    strategy: Strategy, order: list[UUID], rounds: list[set[UUID]]
) -> None:
    def chosen() -> list[UUID]:
        queues = Matcher()
        queues.set_members({SALES: order}, {SALES: Rules(strategy)})
        queues.work = lambda agent: Work(agent.int % 3, agent.int % 5 / 5)
        return [
            taken(queues, *((agent, agent.int % 4) for agent in ready), call=number)
            for number, ready in enumerate(rounds)
        ]

    first = chosen()
    assert all(agent in ready for agent, ready in zip(first, rounds, strict=True))
    assert first == chosen()
