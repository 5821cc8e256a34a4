"""How many calls are with an outside number: by sessions that dial there, and by legs that live."""

from contextlib import suppress

import pytest

from callcenter.calls.events import FactType
from callcenter.telephony.live import LiveCall
from callcenter.telephony.memory import Memory
from callcenter.telephony.outside import Outside
from callcenter.telephony.session import SessionGone
from tests.fakes.switchboard import ANNA, CUSTOMER_LEG, ELSEWHERE, HOME, TRUNK, World

NUMBER, OTHER = "13800000009", "13800000010"
OUTSIDE_LEG = "1795480688.7"


class Forwarding:
    """A caller, and a number outside."""

    def __init__(self) -> None:
        self.world = World()
        self.outside = Outside(self.world.clock, self.world.board)
        self.world.channel(CUSTOMER_LEG, TRUNK)
        self.call = self.world.inbound()

    def talks(self) -> None:
        self.world.channel(OUTSIDE_LEG, "PJSIP/demo-00000001")
        self.world.up(CUSTOMER_LEG, OUTSIDE_LEG)
        self.world.join("b1", CUSTOMER_LEG, OUTSIDE_LEG)

    def cut_off(self) -> None:
        """The session is gone in the middle of the talk, which goes on without it."""
        with suppress(SessionGone), self.outside.leading(self.call, NUMBER):
            self.talks()
            raise SessionGone

    def born_again(self) -> tuple[Outside, LiveCall]:
        """As the next process knows it: from the facts alone."""
        memory = Memory()
        for fact in self.world.facts.all:
            memory.fold(fact)
        world = World()
        for leg in memory.live_legs():
            world.tracker.legs[leg.uniqueid] = leg
        (call,) = memory.live_calls()
        world.board.calls[call.id] = call
        return Outside(world.clock, world.board), call


@pytest.fixture
def forwarding() -> Forwarding:
    return Forwarding()


def counts(outside: Outside) -> tuple[int, int, int]:
    """At the number; at another; and of another enterprise."""
    asked = ((HOME, NUMBER), (HOME, OTHER), (ELSEWHERE, NUMBER))
    first, second, third = (outside.count(*each) for each in asked)
    return first, second, third


def test_a_call_counts_from_before_its_leg_is_there_to_the_end_of_the_talk(
    forwarding: Forwarding,
) -> None:
    with forwarding.outside.leading(forwarding.call, NUMBER):
        assert counts(forwarding.outside) == (1, 0, 0)
        forwarding.talks()
        assert counts(forwarding.outside) == (1, 0, 0)
    assert counts(forwarding.outside) == (0, 0, 0)
    (told,) = forwarding.world.facts.of(FactType.CALL_OUTSIDE)
    assert (told.call_id, told.data) == (forwarding.call.id, {"number": NUMBER})


def test_a_talk_whose_session_was_cut_off_counts_as_long_as_it_goes_on(
    forwarding: Forwarding,
) -> None:
    forwarding.cut_off()
    assert counts(forwarding.outside) == (1, 0, 0)
    forwarding.world.hang_up(OUTSIDE_LEG)
    assert counts(forwarding.outside) == (0, 0, 0)


def test_the_next_life_counts_whom_it_finds_there(forwarding: Forwarding) -> None:
    forwarding.cut_off()
    outside, call = forwarding.born_again()
    assert (call.outside, counts(outside)) == (NUMBER, (1, 0, 0))


def test_who_was_led_there_in_vain_is_not_counted_in_the_next_life(forwarding: Forwarding) -> None:
    """Nor is a leg to somebody else outside."""
    forwarding.cut_off()
    forwarding.world.hang_up(OUTSIDE_LEG)
    forwarding.world.channel("1795480688.8", "PJSIP/demo-00000002")
    outside, call = forwarding.born_again()
    assert (call.outside, counts(outside)) == ("", (0, 0, 0))


def test_each_time_that_a_call_is_led_there_is_told(forwarding: Forwarding) -> None:
    for number in (NUMBER, OTHER, NUMBER):
        with forwarding.outside.leading(forwarding.call, number):
            forwarding.world.clock.advance(1)
    told = forwarding.world.facts.of(FactType.CALL_OUTSIDE)
    assert [fact.data["number"] for fact in told] == [NUMBER, OTHER, NUMBER]
    assert forwarding.outside.count(HOME, NUMBER) == 0


def test_who_was_cut_off_before_anybody_was_called_and_is_with_an_agent_is_not_outside(
    forwarding: Forwarding,
) -> None:
    with suppress(SessionGone), forwarding.outside.leading(forwarding.call, NUMBER):
        raise SessionGone
    forwarding.world.phone_of(ANNA, "1795480688.9")
    assert counts(forwarding.outside) == (0, 0, 0)
