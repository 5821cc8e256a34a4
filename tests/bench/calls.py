"""Inbound calls: the highest clean rate of the product against that of a static dialplan.

Both answer the same callers with the same phones, talk for the same time with sound in both
directions and record both sides. Clean: no call failed, nothing was sent twice, and 95 % of the
callers heard ringing within the limit. The two sides take turns, step by step, so whatever else
slows the machine slows both.
"""

import asyncio
import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from deploy.lab.sip import LoadResult
from tests.bench.figures import p95
from tests.bench.floor import Floor, Site, running_floor
from tests.bench.processes import cpu_seconds, descendants
from tests.bench.samples import Raw, Samples, made
from tests.bench.static import static_site
from tests.support.stack import PROGRAMS, Stack

SEATS, HOLD, LIMIT_MS = 301, 2.0, 200.0
"""Seats: an odd number, as the static dialplan's rotation needs."""

FIRST_RATE, STEP, FINEST, PROBE_SECONDS, TRIES = 20.0, 1.4, 1.1, 6.0, 2
CPU_RATE, CPU_SECONDS = 10.0, 10.0
RTP = {"CALLCENTER_RTP_START": "20000", "CALLCENTER_RTP_END": "25999"}
OURS = tuple(name for name in PROGRAMS if name != "asterisk")
LEDGER_WITHIN = 30


@dataclass
class Search:
    """The highest clean rate of one side: up by steps until it fails, then halving the gap."""

    site: Site
    clean: float = 0.0
    failed: float = 0.0
    times: tuple[float, ...] = ()
    probes: list[dict[str, Any]] = field(default_factory=list)

    @property
    def over(self) -> bool:
        return bool(self.failed) and self.failed <= max(self.clean, 1.0) * FINEST

    @property
    def next_rate(self) -> float:
        if not self.failed:
            return self.clean * STEP or FIRST_RATE
        if not self.clean:
            return self.failed / 2
        return (self.clean * self.failed) ** 0.5

    async def probe(self) -> None:
        rate = round(self.next_rate, 1)
        for _ in range(TRIES):
            result = await self.site.ring(rate, int(rate * PROBE_SECONDS), HOLD)
            self.probes.append(_told(rate, result))
            if _is_clean(result):
                self.clean, self.times = rate, result.response_times_ms
                return
        self.failed = rate


def _is_clean(result: LoadResult) -> bool:
    return (
        result.failed == 0
        and result.retransmissions == 0
        and p95(result.response_times_ms) <= LIMIT_MS
    )


def _told(rate: float, result: LoadResult) -> dict[str, Any]:
    return {
        "rate": rate,
        "calls": result.calls,
        "failed": result.failed,
        "retransmissions": result.retransmissions,
        "p95_ms": p95(result.response_times_ms) if result.response_times_ms else None,
    }


def run(number: int) -> Raw:
    return asyncio.run(_run(number))


async def _run(number: int) -> Raw:
    with Stack(**RTP) as stack, tempfile.TemporaryDirectory(prefix="cc-") as folder:
        await asyncio.to_thread(stack.wait_ready, 300)
        home = Path(folder)
        async with (
            running_floor(stack, home / "product", SEATS) as (floor, product),
            static_site(floor, home / "static") as (asterisk, static),
        ):
            ours = {name: stack.process(name).pid for name in (*OURS, "asterisk")}
            cpu = await _cpu(product, static, ours, asterisk.pid)
            sides = {"static": Search(static), "product": Search(product)}
            while not all(side.over for side in sides.values()):
                for side in sides.values():
                    if not side.over:
                        await side.probe()
            missing = await _missing_in_ledger(floor, sides["product"])
    return made("calls", number, _samples(sides, cpu), _notes(sides, missing))


def _samples(sides: dict[str, Search], cpu: Samples) -> Samples:
    product, static = sides["product"], sides["static"]
    return cpu | {
        "product_rate": [product.clean],
        "static_rate": [static.clean],
        "ratio": [product.clean / static.clean],
        "invite_to_180_ms": list(product.times),
        "static_invite_to_180_ms": list(static.times),
    }


def _notes(sides: dict[str, Search], missing: int) -> dict[str, Any]:
    return {
        "seats": SEATS,
        "hold_seconds": HOLD,
        "probe_seconds": PROBE_SECONDS,
        "calls_missing_in_ledger": missing,
        **{f"{name}_probes": side.probes for name, side in sides.items()},
    }


async def _cpu(product: Site, static: Site, ours: dict[str, int], asterisk: int) -> Samples:
    """CPU of a call at a moderate rate, less what each process takes when nobody calls."""
    spent = await _spent(product, ours)
    alone = await _spent(static, {"asterisk": asterisk})
    return {
        "cpu_asterisk_static_ms": [alone["asterisk"]],
        "cpu_asterisk_product_ms": [spent["asterisk"]],
        "cpu_added_ms": [sum(spent[name] for name in OURS)],
        **{f"cpu_{name}_ms": [spent[name]] for name in OURS},
    }


async def _spent(site: Site, pids: dict[str, int]) -> dict[str, float]:
    calls = int(CPU_RATE * CPU_SECONDS)

    async def ring() -> None:
        await site.ring(CPU_RATE, calls, HOLD)

    async def rest() -> None:
        await asyncio.sleep(CPU_SECONDS + HOLD)

    idle, busy = await _measured(rest, pids), await _measured(ring, pids)
    return {name: 1000 * max(0.0, busy[name] - idle[name]) / calls for name in pids}


async def _measured(act: Callable[[], Awaitable[None]], pids: dict[str, int]) -> dict[str, float]:
    before = {name: cpu_seconds(descendants(pid)) for name, pid in pids.items()}
    await act()
    return {name: cpu_seconds(descendants(pid)) - before[name] for name, pid in pids.items()}


async def _missing_in_ledger(floor: Floor, product: Search) -> int:
    """Calls of the clean probes that the ledger has not as ended soon after the last one."""
    asked = sum(probe["calls"] for probe in product.probes) + int(CPU_RATE * CPU_SECONDS)
    ended = 0
    for _ in range(LEDGER_WITHIN):
        ended = await asyncio.to_thread(floor.calls_in, "ended")
        if ended >= asked:
            break
        await asyncio.sleep(1)
    return asked - ended
