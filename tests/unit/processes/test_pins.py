"""An entry at a PIN is counted before it is looked at, and not where nobody could look."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from callcenter.processes.telephony.beyond import CallBeyond
from ivr.effects import Verify
from tests.fakes.switchboard import World
from tests.unit.telephony.test_conferences import Guard

PIN = Verify("pin", 3, 30, "1234")


class Counted(Guard):
    async def give_back(self, call: Any, secret: str) -> None:
        self.counted[call.customer, secret] -= 1


class Door:
    """right: what the record says, of each entry; None: nobody can say."""

    def __init__(self, right: bool | None) -> None:
        self.guesses, self.right = Counted(), right
        self.looking = asyncio.Event()
        self.looked = 0
        parts: Any = SimpleNamespace(guesses=self.guesses, work=self)
        self.call = World().inbound()
        session: Any = SimpleNamespace()
        self._beyond = CallBeyond(parts, session, self.call, self.call.id)

    async def use(self, _call: Any, _work: Any) -> bool | None:
        self.looked += 1
        await self.looking.wait()
        return self.right

    def enter(self) -> "asyncio.Task[Any]":
        return asyncio.create_task(self._beyond(PIN))  # type: ignore[arg-type]


async def exits(*tasks: "asyncio.Task[Any]") -> list[str]:
    return [outcome.exit for outcome in await asyncio.gather(*tasks)]


async def test_of_ten_calls_at_once_three_are_looked_at() -> None:
    door = Door(right=False)
    entries = [door.enter() for _ in range(10)]
    await asyncio.sleep(0)
    door.looking.set()
    assert sorted(await exits(*entries)) == ["refused"] * 8 + ["wrong"] * 2
    assert door.looked == 3


async def test_what_is_right_is_forgotten_and_what_nobody_knows_was_no_attempt() -> None:
    for right, exit_ in ((True, "verified"), (None, "unknown")):
        door = Door(right)
        door.looking.set()
        assert await exits(door.enter()) == [exit_]
        assert door.guesses.counted.total() == 0


async def test_an_entry_that_the_flow_gives_up_on_was_no_attempt() -> None:
    door = Door(right=False)
    entry = door.enter()
    await asyncio.sleep(0)
    assert door.guesses.counted.total() == 1
    entry.cancel()
    with pytest.raises(asyncio.CancelledError):
        await entry
    assert door.guesses.counted.total() == 0
