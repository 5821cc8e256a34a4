"""The manager's side that acts, in memory: what was asked for is kept, and may be refused."""

import asyncio
from typing import Any

from callcenter.telephony.ami import AmiDown


class Asterisk:
    """Takes actions; `down` and `refuses` one by name do not; `held` keeps them until it is set."""

    def __init__(self) -> None:
        self.actions: list[dict[str, Any]] = []
        self.connected, self.down = True, False
        self.refuses = ""
        self.held: asyncio.Event | None = None

    async def call(self, action: dict[str, Any]) -> None:
        if self.held is not None:
            await self.held.wait()
        if self.down or action["Action"] == self.refuses:
            raise AmiDown("gone")
        self.actions.append(action)

    def names(self) -> list[str]:
        return [action["Action"] for action in self.actions]
