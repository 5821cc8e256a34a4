"""Room for messages that are sent at once."""

from callcenter.core.ids import new_id
from callcenter.messaging.load import Load


def test_a_channel_has_its_room_and_an_enterprise_has_its_own() -> None:
    load = Load(of_a_channel=2, of_an_enterprise=3)
    here, there = new_id(), new_id()
    first, second, third, elsewhere = (new_id() for _ in range(4))
    assert [load.take(here, first) for _ in range(3)] == [True, True, False]
    assert (load.full_channels, load.full_enterprises) == ([first], [])
    assert [load.take(here, each) for each in (second, third)] == [True, False]
    assert load.full_enterprises == [here]
    assert load.take(there, elsewhere)
