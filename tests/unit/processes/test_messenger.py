"""Whoever gives messages out: within the room there is, and what goes wrong is told."""

import threading
from collections.abc import Sequence
from typing import Any

from structlog.testing import capture_logs

from callcenter.core.ids import new_id
from callcenter.core.places import PROJECT
from callcenter.messaging.load import Load
from callcenter.messaging.models import GATEWAY_SECONDS
from callcenter.messaging.tasks import Claimed
from callcenter.processes.messenger import AT_ONCE, OF_A_CHANNEL, OF_AN_ENTERPRISE, Dispatcher
from callcenter.processes.supervisor import PATIENCE
from tests.support.waiting import wait_until


class _Courier:
    """Has messages of `waiting`, in this order; each hangs until `over`, and then cannot be told."""

    def __init__(self, waiting: Sequence[Claimed]) -> None:
        self.waiting = list(waiting)
        self.over = threading.Event()

    def claim(self, most: int, load: Load) -> list[Claimed]:
        taken = [one for one in self.waiting if load.take(one.enterprise_id, one.channel_id)][:most]
        self.waiting = [one for one in self.waiting if one not in taken]
        return taken

    def deliver(self, _claimed: Claimed) -> None:
        self.over.wait()
        raise OSError("lost")


def test_an_enterprise_that_hangs_with_all_its_channels_leaves_room_for_others() -> None:
    here, there, channels = new_id(), new_id(), [new_id() for _ in range(5)]
    waiting = [Claimed(new_id(), here, channels[n % 4], 1) for n in range(40)]
    other = Claimed(new_id(), there, channels[4], 1)
    courier = _Courier([*waiting, other])
    made: Any = courier
    dispatcher = Dispatcher(made)
    try:
        assert dispatcher.fill()
        assert not dispatcher.fill()
        assert other not in courier.waiting
        assert len(courier.waiting) == 40 - OF_AN_ENTERPRISE
        assert OF_A_CHANNEL < OF_AN_ENTERPRISE < AT_ONCE
    finally:
        courier.over.set()


def test_what_could_not_be_written_down_is_told() -> None:
    courier: Any = _Courier([Claimed(new_id(), new_id(), new_id(), 1)])
    dispatcher = Dispatcher(courier)
    courier.over.set()

    def told() -> bool:
        with capture_logs() as logs:
            dispatcher.fill()
        return any(each["event"] == "message.lost" for each in logs)

    wait_until(told, 5, "the loss to be told")


def test_it_has_longer_to_end_than_a_gateway_may_take_and_its_supervisor_still_longer() -> None:
    line = next(
        one
        for one in (PROJECT / "Procfile").read_text().splitlines()
        if one.startswith("messenger")
    )
    grace = float(line.partition("--grace ")[2].split()[0])
    assert GATEWAY_SECONDS < grace < PATIENCE
