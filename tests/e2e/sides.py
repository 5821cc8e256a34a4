"""What the two sides of a recording sound like while one of them speaks, or nobody does."""

import asyncio
import time
from collections.abc import Awaitable
from dataclasses import dataclass, field
from typing import Self, TypeVar
from uuid import UUID

import numpy as np

from tests.e2e.people import Api
from tests.support.books import Books
from tests.support.sound import between, level, read_channels, share_of_music

SPOKEN, SILENT = -45.0, -65.0
"""dB below full scale; in between nothing is expected."""
MARGIN = 0.4
"""Seconds at each end of a stretch: our clock is not the channel's."""

T = TypeVar("T")


@dataclass
class Moments:
    """What happened when, in seconds of the epoch."""

    stretches: dict[str, tuple[float, float]] = field(default_factory=dict)

    async def during(self, what: str, doing: Awaitable[T]) -> T:
        start = time.time()
        result = await doing
        self.stretches[what] = (start, time.time())
        return result

    def cut(self, samples: np.ndarray, began: float, what: str) -> np.ndarray:
        """The stretch of a sound that began at `began`."""
        start, end = (moment - began for moment in self.stretches[what])
        return between(samples, start + MARGIN, end - MARGIN)


@dataclass
class Sides:
    """A call's recording, as the inspector hears it: left the agent, right the customer."""

    moments: Moments
    began: float
    agent: np.ndarray
    customer: np.ndarray

    @classmethod
    async def of(cls, moments: Moments, api: Api, books: Books, call_id: UUID) -> Self:
        await recorded(api, call_id)
        link = await api.get(f"/calls/{call_id}/recording")
        sound = await api.http.get(link["url"].removeprefix("/api/v1"))
        began = [fact.at for fact in books.facts(call_id) if fact.type == "recording.started"]
        return cls(moments, began[0].timestamp(), *read_channels(sound.content))

    def during(self, what: str) -> tuple[np.ndarray, np.ndarray]:
        moments = self.moments
        return (
            moments.cut(self.agent, self.began, what),
            moments.cut(self.customer, self.began, what),
        )

    def assert_only_customer(self, what: str) -> None:
        agent, customer = self.during(what)
        assert level(customer) > SPOKEN
        assert level(agent) < SILENT

    def assert_only_agent(self, what: str) -> None:
        agent, customer = self.during(what)
        assert level(agent) > SPOKEN
        assert share_of_music(agent) < 0.5
        assert level(customer) < SILENT


async def recorded(api: Api, call_id: UUID) -> None:
    """Until the worker has made the recording ready; it tells nobody."""
    path = f"/calls/{call_id}/recording"
    async with asyncio.timeout(20):
        while (await api.http.get(path)).status_code != 200:  # noqa: ASYNC110
            await asyncio.sleep(0.2)
