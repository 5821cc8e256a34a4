"""From `call.offered` to 200 signed-in sockets: all of them see the queue lose a ready agent."""

import asyncio
import json
import tempfile
from datetime import datetime
from pathlib import Path
from typing import Any

from callcenter.core.bus import FACTS_STREAM
from tests.bench.floor import Floor, Site, running_floor
from tests.bench.samples import Raw, made
from tests.bench.sockets import Told, listening
from tests.support.stack import Stack

CLIENTS, CALLS, EVERY, HOLD, WITHIN = 200, 30, 1.0, 0.3, 10.0


class Receipts:
    """When each client saw one agent fewer ready than there are."""

    def __init__(self, agents: int) -> None:
        self._agents = agents
        self.moments: list[list[float]] = [[]]

    def by(self, _code: str) -> Told:
        before = [self._agents]

        def told(change: dict[str, Any], at: float) -> None:
            if not change["room"].startswith("queues:") or not change["value"]:
                return
            ready = change["value"]["ready"]
            if ready == self._agents - 1 and before[0] == self._agents:
                self.moments[-1].append(at)
            before[0] = ready

        return told

    async def all_have_seen(self) -> list[float]:
        async with asyncio.timeout(WITHIN):
            while len(self.moments[-1]) < CLIENTS:  # noqa: ASYNC110 (counted by 200 sockets)
                await asyncio.sleep(0.02)
        return self.moments[-1]


def run(number: int) -> Raw:
    samples = asyncio.run(_run())
    return made("fanout", number, {"offer_ms": samples}, {"clients": CLIENTS, "calls": CALLS})


async def _run() -> list[float]:
    with Stack() as stack, tempfile.TemporaryDirectory(prefix="cc-") as folder:
        await asyncio.to_thread(stack.wait_ready, 300)
        async with running_floor(stack, Path(folder), CLIENTS) as (floor, site):
            receipts = Receipts(CLIENTS)
            async with listening(floor, list(floor.agents), receipts.by):
                return [one for _ in range(CALLS) for one in await _call(floor, site, receipts)]


async def _call(floor: Floor, site: Site, receipts: Receipts) -> list[float]:
    receipts.moments.append([])
    before = floor.redis.xlen(FACTS_STREAM)
    calling = asyncio.create_task(site.ring(1, 1, HOLD))
    seen = list(await receipts.all_have_seen())
    await calling
    await asyncio.sleep(EVERY)
    offered = _offered_at(floor, int(before))
    return [(at - offered) * 1000 for at in seen]


def _offered_at(floor: Floor, before: int) -> float:
    """The fact's own time: when telephony decided."""
    entries: Any = floor.redis.xrange(FACTS_STREAM)
    for _, fields in entries[before:]:
        fact = json.loads(fields["event"])
        if fact["type"] == "call.offered":
            return datetime.fromisoformat(fact["at"]).timestamp()
    raise AssertionError("the call was offered to nobody")
