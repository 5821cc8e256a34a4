"""What each process holds after 10,000 calls, against what it held after 2,000; who is stuck then."""

import asyncio
import tempfile
from pathlib import Path

from tests.bench.floor import running_floor
from tests.bench.samples import Raw, made
from tests.bench.sustain import OURS, RTP, SEATS, Sustained, sustain
from tests.support.stack import Stack

RATE, PORTIONS = 25.0, [2_000, 8_000]


def run(number: int) -> Raw:
    done, wrong = asyncio.run(_run())
    growth = done.growth("memory_kb")
    samples = {
        "growth_percent": [growth[name] for name in (*OURS, "asterisk")],
        "growth_of_stores_percent": [growth[name] for name in ("redis", "postgres", "nginx")],
        "wrong_states": [float(wrong)],
    }
    notes = {
        "rate": RATE,
        "calls": done.calls,
        "failed": done.failed,
        "retransmissions": done.retransmissions,
        "memory_kb": {mark.calls: mark.memory_kb for mark in done.marks},
        "growth_percent": {name: round(percent, 2) for name, percent in growth.items()},
    }
    return made("memory", number, samples, notes)


async def _run() -> tuple[Sustained, int]:
    """wrong: seats that are not ready again."""
    with Stack(**RTP) as stack, tempfile.TemporaryDirectory(prefix="cc-") as folder:
        await asyncio.to_thread(stack.wait_ready, 300)
        async with running_floor(stack, Path(folder), SEATS) as (floor, site):
            done = await sustain(site, stack, RATE, PORTIONS)
            return done, sum(state != "ready" for _, state in floor.states())
