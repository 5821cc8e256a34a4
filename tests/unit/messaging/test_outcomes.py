"""What becomes of a message by how an attempt ended."""

from datetime import UTC, datetime, timedelta

import pytest

from callcenter.messaging.models import MessageState
from callcenter.messaging.outcomes import Ending, Outcome, after

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)


def state(ending: Ending, attempts: int = 1, *, repeatable: bool = False) -> tuple[str, float]:
    standing = after(Outcome(ending), attempts, NOW, repeatable=repeatable)
    return standing.state, (standing.next_at - NOW) / timedelta(minutes=1)


@pytest.mark.parametrize(("attempts", "minutes"), [(1, 1), (2, 5), (3, 30)])
def test_what_certainly_has_not_gone_is_tried_again_ever_later(attempts, minutes) -> None:
    assert state(Ending.UNSENT, attempts) == (MessageState.QUEUED, minutes)


def test_after_the_fourth_attempt_it_is_given_up() -> None:
    assert state(Ending.UNSENT, 4) == (MessageState.GIVEN_UP, 0)


def test_what_may_have_gone_is_left_to_a_person_at_once() -> None:
    assert state(Ending.UNKNOWN) == (MessageState.UNCERTAIN, 0)


def test_it_goes_again_only_where_a_second_one_is_known_as_the_same() -> None:
    assert state(Ending.UNKNOWN, 1, repeatable=True) == (MessageState.QUEUED, 1)
    # In the end it still may have gone: it is not called given up.
    assert state(Ending.UNKNOWN, 4, repeatable=True) == (MessageState.UNCERTAIN, 0)


def test_what_is_refused_has_failed_and_what_is_taken_is_sent() -> None:
    assert state(Ending.REFUSED) == (MessageState.FAILED, 0)
    assert state(Ending.SENT, 3) == (MessageState.SENT, 0)


def test_what_others_say_is_cleaned_of_what_cannot_be_written_down() -> None:
    told = {"answer": "no\x00\ud800!", "code": 7}
    outcome = Outcome(Ending.REFUSED, "message.server_refused", told, "id\x00\udfff")
    assert outcome.provider_id == "id?"
    assert outcome.reason == {
        "key": "message.server_refused", "parameters": {"answer": "no?!", "code": 7},
    }  # fmt: skip
