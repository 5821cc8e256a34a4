"""What becomes of a message: every edge that is, and none that is not."""

from itertools import product

import pytest

from callcenter.voicemail.states import MESSAGE_EDGES, MessageEvent, MessageState

WAYS = {
    ("new", "take"): "taken",
    ("taken", "release"): "new",
    ("taken", "finish"): "done",
    ("done", "reopen"): "new",
}


@pytest.mark.parametrize(("state", "event"), [*product(MessageState, MessageEvent)])
def test_a_message_goes_only_these_ways(state: MessageState, event: MessageEvent) -> None:
    assert MESSAGE_EDGES.get((state, event)) == WAYS.get((state.value, event.value))
