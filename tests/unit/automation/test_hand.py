"""Runs in hand: an enterprise leaves a runner to the others, and what is quick waits for nothing long."""

from uuid import UUID, uuid4

from callcenter.automation.hand import AHEAD, LONGEST_WAIT, PATIENCE, Claimed, Hand

ONE, OTHER = uuid4(), uuid4()
RUNNERS, MOST = 4, 3
LONG = PATIENCE + 0.1


def a_run(enterprise_id: UUID = ONE) -> Claimed:
    return Claimed(uuid4(), uuid4(), enterprise_id, 1, "purge", {}, uuid4(), 0, 60)


def given(hand: Hand, now: float = 0.0) -> list[Claimed]:
    """To all of the runners that are free, in turn."""
    free = [one for one in range(RUNNERS) if hand.under_way(one) is None]
    return [run for one in free if (run := hand.give(one, now))]


def a_hand(*runs: Claimed) -> Hand:
    hand = Hand(MOST)
    hand.take(runs, 0.0)
    return hand


def test_they_are_given_out_in_order_and_one_enterprise_leaves_a_runner_to_the_others() -> None:
    own, other = [a_run() for _ in range(5)], a_run(OTHER)
    hand = a_hand(*own, other)
    assert given(hand) == [*own[:3], other]
    assert hand.give(9, 0.0) is None
    assert hand.over(0) is not None
    assert given(hand) == [own[3]]


def test_of_an_enterprise_whose_runners_are_all_at_work_for_longer_nothing_is_claimed() -> None:
    hand = a_hand(*(a_run() for _ in range(MOST)))
    given(hand)
    quick, slow = hand.room(RUNNERS, PATIENCE), hand.room(RUNNERS, LONG)
    assert quick is not None
    assert slow is not None
    assert (list(quick.full), list(slow.full)) == ([], [ONE])


def test_when_all_runners_are_at_work_for_longer_nothing_is_claimed_at_all() -> None:
    hand = a_hand(*(a_run() for _ in range(MOST)), a_run(OTHER))
    given(hand)
    assert hand.room(RUNNERS, PATIENCE) is not None
    assert hand.room(RUNNERS, LONG) is None
    assert Hand(MOST).room(0, 0.0) is None, "nor before there are runners"


def test_there_is_room_for_so_many_of_an_enterprise_and_what_waits_is_counted() -> None:
    hand = a_hand(*(a_run() for _ in range(AHEAD - 1)))
    room = hand.room(RUNNERS, 0.0)
    assert room is not None
    assert [room.take(ONE), room.take(ONE), room.take(OTHER)] == [True, False, True]
    hand.take([a_run()], 0.0)
    full = hand.room(RUNNERS, 0.0)
    assert full is not None
    assert list(full.full) == [ONE]


def test_what_would_wait_for_something_long_is_put_back_and_others_are_not() -> None:
    own, other = [a_run() for _ in range(5)], a_run(OTHER)
    hand = a_hand(*own)
    given(hand)
    hand.take([other], 0.0)
    assert hand.put_back(RUNNERS, PATIENCE) == []
    assert hand.put_back(RUNNERS, LONG) == own[3:]
    assert (hand.waiting, given(hand, LONG)) == (1, [other])


def test_what_waits_behind_many_quick_ones_is_put_back_only_after_longer() -> None:
    own = [a_run() for _ in range(9)]
    hand = a_hand(*own)
    given(hand, LONG)
    assert hand.put_back(RUNNERS, 2 * LONG - 0.2) == []
    assert hand.put_back(RUNNERS, LONGEST_WAIT + 0.1) == own[3:]


def test_one_is_dropped_before_it_begins_and_all_are_let_go_at_the_end() -> None:
    own = [a_run() for _ in range(4)]
    hand = a_hand(*own)
    assert hand.drop(own[1].run_id) == own[1]
    assert hand.drop(uuid4()) is None
    assert (hand.let_go(), hand.waiting) == ([own[0], own[2], own[3]], 0)
