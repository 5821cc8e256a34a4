"""What the two sides of a recording sound like while one of them speaks, or nobody does."""

from dataclasses import dataclass
from typing import Self
from uuid import UUID

import numpy as np

from tests.e2e.people import Api
from tests.support.books import Books
from tests.support.sound import SILENT, SPOKEN, Moments, level, read_channels, share_of_music
from tests.support.waiting import ask_until


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

    async def is_there() -> bool:
        return (await api.http.get(f"/calls/{call_id}/recording")).status_code == 200

    await ask_until(is_there, what="the recording")
