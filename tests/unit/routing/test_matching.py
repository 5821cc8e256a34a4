"""With what priority a caller enters the queue."""

from uuid import UUID

import pytest

from callcenter.routing.deciding import Told
from callcenter.routing.matching import Matching, priority, read_matching

GOOD, BAD = UUID(int=1), UUID(int=2)
MATCHING = Matching(
    numbers={"400": 2}, lists={GOOD: 3, BAD: -4}, customer_field="level", values={"vip": 3}
)


@pytest.mark.parametrize(
    ("called", "told", "expected"),
    [
        ("100", Told(), 4),
        ("400", Told(), 6),
        ("400", Told(frozenset({GOOD})), 9),
        ("100", Told(frozenset({GOOD, BAD})), 3),
        ("100", Told(fields={"level": "vip"}), 7),
        ("100", Told(fields={"level": "plain"}), 4),
        ("400", Told(frozenset({GOOD}), fields={"level": "vip"}), 9),
        ("100", Told(frozenset({BAD})), 0),
    ],
)
def test_steps_add_up_and_stay_between_0_and_9(called: str, told: Told, expected: int) -> None:
    assert priority(4, MATCHING, called, told) == expected


def test_only_what_is_asked_for_is_read() -> None:
    assert not Matching(numbers={"400": 2}).needs
    assert Matching(lists={GOOD: 1}).needs.lists == {GOOD}
    assert MATCHING.needs.fields == {"level"}


def test_an_empty_document_is_every_default() -> None:
    assert read_matching({}) == Matching()
    assert read_matching({"rings": []}) == Matching()
