"""Waiting in the product's queue and in Asterisk's own, with the same callers, talks and phones.

Each seed is one pair: Poisson arrivals and exponential talks that both sides get, taking turns at who
is first. A caller's number says how long its talk is, so the phones of both sides serve alike. A rush
of short talks then tells how many calls a second each side offers.
"""

import asyncio
import random
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from callcenter.core.ids import new_id
from deploy.lab.sip import Arrival, Told, arrive
from tests.bench.figures import p95
from tests.bench.floor import NUMBER, Floor, Site, free_udp_port, running_floor
from tests.bench.samples import Raw, Samples, made
from tests.bench.static import static_site
from tests.support.stack import Stack
from tests.support.waiting import wait_until

SEATS, SEEDS, CALLERS = 20, 5, 150
RATE, TALK = 3.0, 6.0
"""Calls a second and mean seconds: nine tenths of the agents' time, so that callers do wait."""

RUSH, RUSH_RATE, RUSH_TALK = 300, 60.0, 0.3
RTP = {"CALLCENTER_RTP_START": "20000", "CALLCENTER_RTP_END": "25999"}
BACK_WITHIN = 20


def run(number: int) -> Raw:
    return asyncio.run(_run(number))


async def _run(number: int) -> Raw:
    with Stack(**RTP) as stack, tempfile.TemporaryDirectory(prefix="cc-") as folder:
        await asyncio.to_thread(stack.wait_ready, 300)
        home = Path(folder)
        async with (
            running_floor(stack, home / "product", SEATS, "serve") as (floor, product),
            static_site(floor, home / "static", queue=True) as (_, static),
        ):
            sides = {"product": product, "queue": static}
            samples: Samples = {}
            for seed in range(SEEDS):
                for site in sides.values():
                    await site.phones.renew(floor.phones)
                callers = list(_poisson(100 * number + seed))
                order = list(sides) if seed % 2 else list(reversed(sides))
                waits = {name: await _waits(sides[name], callers) for name in order}
                _compare(samples, waits)
            for name, site in sides.items():
                samples[f"{name}_offers"] = [await _offers(site)]
            placed = SEEDS * CALLERS + RUSH
            samples["wrong_states"] = [await asyncio.to_thread(_wrong, floor, placed)]
    samples["offers_ratio"] = [samples["product_offers"][0] / samples["queue_offers"][0]]
    notes = {"seats": SEATS, "seeds": SEEDS, "callers": CALLERS, "rate": RATE, "talk": TALK}
    return made("queues", number, samples, notes | {"rush": RUSH, "rush_rate": RUSH_RATE})


def _compare(samples: Samples, waits: dict[str, list[float]]) -> None:
    """Seconds of each caller, and of each pair how much longer the product's callers waited (%)."""
    for name, own in waits.items():
        samples.setdefault(f"{name}_wait_s", []).extend(own)
    for figure, compute in (("mean", _mean), ("p95", p95)):
        ours, theirs = compute(waits["product"]), compute(waits["queue"])
        samples.setdefault(f"{figure}_longer_percent", []).append(100 * (ours / theirs - 1))


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def _poisson(seed: int) -> Iterator[Arrival]:
    chance, after = random.Random(seed), 0.0
    for place in range(CALLERS):
        after += chance.expovariate(RATE)
        yield Arrival(_number(place, chance.expovariate(1 / TALK)), after)


def _number(place: int, talk: float) -> str:
    """A mobile number that ends with its talk in hundredths of a second."""
    return f"139{place:04d}{min(max(round(talk * 100), 10), 9999):04d}"


async def _waits(site: Site, callers: Sequence[Arrival]) -> list[float]:
    """Seconds from each caller's INVITE to the answer of the phone that had it."""
    arrived, served = await _served(site, callers)
    answered = {one.number: one.at for one in served if one.what == "answered"}
    return [answered[one.number] - one.at for one in arrived]


async def _offers(site: Site) -> float:
    """Calls offered a second while more wait than there are agents."""
    callers = [Arrival(_number(n, RUSH_TALK), n / RUSH_RATE) for n in range(RUSH)]
    _, served = await _served(site, callers)
    offered = sorted(one.at for one in served if one.what == "offered")
    # The first are taken by agents who were free; and the end has fewer callers than agents.
    busy = offered[SEATS:-SEATS]
    return (len(busy) - 1) / (busy[-1] - busy[0])


async def _served(site: Site, callers: Sequence[Arrival]) -> tuple[list[Told], list[Told]]:
    known = len(site.phones.told())
    home = site.home / f"arrivals-{new_id()}"
    arrived = await arrive(callers, NUMBER, site.speech, free_udp_port(), site.target, home)
    return arrived, site.phones.told(known)


def _wrong(floor: Floor, placed: int) -> float:
    """Seats that are not ready again, once the ledger has all calls."""
    wait_until(lambda: floor.calls_in("ended") >= placed, BACK_WITHIN, "all calls in the ledger")
    return float(sum(state != "ready" for _, state in floor.states()))
