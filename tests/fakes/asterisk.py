"""The manager's side that acts, in memory: what was asked for is kept, and may be refused."""

import asyncio
from typing import Any

from callcenter.telephony.ami import AmiDown, AmiEvent


class Asterisk:
    """Takes actions; those that are followed end well unless it `fails`; `down` and `refuses` one by name do not; `held` keeps them until it is set."""

    def __init__(self) -> None:
        self.actions: list[dict[str, Any]] = []
        self.connected, self.down = True, False
        self.refuses, self.fails = "", False
        self.held: asyncio.Event | None = None

    async def call(self, action: dict[str, Any]) -> None:
        if self.held is not None:
            await self.held.wait()
        if self.down or action["Action"] == self.refuses:
            raise AmiDown("gone")
        self.actions.append(action)

    async def follow(self, action: dict[str, Any], event: str, _deadline: float) -> AmiEvent:
        await self.call(action)
        response = "Failure" if self.fails else "Success"
        channel = f"{action['Channel']}-0000000b"
        return AmiEvent({"event": event, "response": response, "channel": channel})

    def names(self) -> list[str]:
        return [action["Action"] for action in self.actions]
