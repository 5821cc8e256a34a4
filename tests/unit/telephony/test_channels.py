"""IVR channels: limits of the enterprise and of a number, what is shown, and given back."""

from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest

from callcenter.core.ids import new_id
from callcenter.core.numbers import parse_number
from callcenter.routing.rules import Target, TargetKind
from callcenter.routing.service import RoutingPlan
from callcenter.telephony.channels import IvrChannels
from callcenter.telephony.directory import Directory
from callcenter.telephony.live import Direction, LiveCall
from callcenter.telephony.outlet import queues_room
from callcenter.tenancy.service import EnterprisePlan, NumberPlan

NOW = datetime(2026, 11, 24, 2, tzinfo=UTC)
OURS, SERVICE = UUID(int=1), UUID(int=2)
MAIN, OTHER = "02160000001", "02160000002"
INSTEAD = Target(TargetKind.AGENT_SERVICE, SERVICE)


class House:
    def __init__(self, limit: int = 0, own: int | None = None) -> None:
        enterprise = EnterprisePlan(
            OURS, "100001", "x", "021", "Asia/Shanghai", True, None, {"ivr_channels": limit}
        )
        numbers = [
            NumberPlan(new_id(), each, new_id(), OURS, None, None, True) for each in (MAIN, OTHER)
        ]
        numbers[0] = replace(numbers[0], ivr_channels=own, ivr_overflow=INSTEAD)
        plan = RoutingPlan({OURS: enterprise}, {}, {each.number: each for each in numbers}, {})
        self.shown: dict[str, Any] = {}
        agents: Any = SimpleNamespace(directory=Directory({}, plan))
        rooms: Any = SimpleNamespace(set=self._set)
        self.channels = IvrChannels(agents, rooms)

    def _set(self, room: str, key: str, value: dict[str, Any] | None) -> None:
        assert (room, key) == (queues_room(OURS), "ivr")
        self.shown = value or {}


def call(number: str = MAIN) -> LiveCall:
    caller = parse_number("13800000001")
    return LiveCall(new_id(), OURS, Direction.INBOUND, NOW, caller, number)


def test_without_limits_everybody_finds_one_and_the_use_is_shown() -> None:
    house = House()
    with house.channels.taken(call()) as first, house.channels.taken(call(OTHER)) as second:
        assert first
        assert second
        assert (house.shown["used"], house.shown["channels"]) == (2, None)
        assert house.shown["numbers"] == [
            {"number": MAIN, "used": 1, "channels": None},
            {"number": OTHER, "used": 1, "channels": None},
        ]
    assert (house.shown["used"], house.shown["numbers"]) == (0, [])


def test_the_enterprises_limit_counts_all_its_numbers() -> None:
    house = House(limit=2)
    with house.channels.taken(call()), house.channels.taken(call(OTHER)):
        with house.channels.taken(call()) as third:
            assert not third
        assert house.shown["used"] == 2
    with house.channels.taken(call()) as again:
        assert again


def test_a_numbers_limit_is_its_own() -> None:
    house = House(own=1)
    with house.channels.taken(call()), house.channels.taken(call()) as second:
        assert not second
        with house.channels.taken(call(OTHER)) as other:
            assert other
    house.channels.show_all()
    assert house.shown["numbers"] == [{"number": MAIN, "used": 0, "channels": 1}]


def test_a_flow_that_fails_gives_its_channel_back() -> None:
    house = House(limit=1)
    with pytest.raises(RuntimeError), house.channels.taken(call()):
        raise RuntimeError
    with house.channels.taken(call()) as free:
        assert free


def test_the_overflow_is_the_numbers() -> None:
    house = House()
    assert house.channels.overflow(call()) == INSTEAD
    assert house.channels.overflow(call(OTHER)) is None
