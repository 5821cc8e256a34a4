"""What one enterprise's flood of callers does to the matching of another's, on the same node.

Alone: a caller a second for ready agents of a small enterprise. Then the same while callers stream
into the queue of a large one, hundreds of whom wait. What is compared is the whole way, from the
caller's INVITE to that at the agent's phone; matching itself is the time between two of the ledger's
facts, the caller's entering the queue and the agent's reservation.
"""

import asyncio
import tempfile
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import select

from callcenter.acd.agent import AgentState
from callcenter.calls.events import FactType
from callcenter.calls.models import TelephonyFact
from callcenter.core.ids import new_id
from callcenter.core.tenant import Scope
from deploy.lab.sip import Arrival, arrive
from tests.bench.figures import p95, p99
from tests.bench.floor import (
    NUMBER,
    Floor,
    Site,
    found_enterprise,
    free_udp_port,
    running_floor,
)
from tests.bench.samples import Raw, made
from tests.support.stack import Stack
from tests.support.waiting import wait_until

SMALL, SMALL_NUMBER = "200002", "02160000098"
SMALL_SEATS, LARGE_SEATS = 10, 30
CALLS, TALK = 40, 1.0
FLOOD, FLOOD_RATE, FLOOD_TALK = 600, 20.0, 3.0
"""Twice as many callers a second as thirty agents can take."""

RTP = {"CALLCENTER_RTP_START": "20000", "CALLCENTER_RTP_END": "27999"}
ENDED_WITHIN = 60


def run(number: int) -> Raw:
    return asyncio.run(_run(number))


async def _run(number: int) -> Raw:
    with Stack(**RTP) as stack, tempfile.TemporaryDirectory(prefix="cc-") as folder:
        await asyncio.to_thread(stack.wait_ready, 300)
        await asyncio.to_thread(found_enterprise, stack, SMALL, SMALL_NUMBER)
        home = Path(folder)
        async with (
            running_floor(stack, home / "large", LARGE_SEATS, "serve") as (_, large),
            running_floor(
                stack, home / "small", SMALL_SEATS, "serve", SMALL, SMALL_NUMBER
            ) as (floor, small),
        ):  # fmt: skip
            alone = await _way(small, 0)
            flood = asyncio.create_task(_stream(large))
            await asyncio.sleep(FLOOD / FLOOD_RATE / 4)
            beside = await _way(small, CALLS)
            await flood
            matching = await asyncio.to_thread(_matching, floor)
    samples = {
        "alone_match_ms": matching[:CALLS],
        "flooded_match_ms": matching[CALLS:],
        "alone_way_ms": alone,
        "flooded_way_ms": beside,
        "match_delay_ms": [p99(matching[CALLS:]) - p99(matching[:CALLS])],
        "delay_ms": [p95(beside) - p95(alone)],
    }
    notes = {"flood": FLOOD, "flood_rate": FLOOD_RATE, "agents": LARGE_SEATS, "calls": CALLS}
    return made("fairness", number, samples, notes)


def _number(place: int, talk: float) -> str:
    return f"138{place:04d}{round(talk * 100):04d}"


async def _way(site: Site, first: int) -> list[float]:
    """Milliseconds from each caller's INVITE to that at a phone; one caller a second."""
    known = len(site.phones.told())
    callers = [Arrival(_number(first + place, TALK), float(place)) for place in range(CALLS)]
    home = site.home / f"arrivals-{new_id()}"
    arrived = await arrive(callers, SMALL_NUMBER, site.speech, free_udp_port(), site.target, home)
    told = site.phones.told(known)
    offered = {one.number: one.at for one in told if one.what == "offered"}
    return [1000 * (offered[one.number] - one.at) for one in arrived]


async def _stream(site: Site) -> None:
    callers = [Arrival(_number(n, FLOOD_TALK), n / FLOOD_RATE) for n in range(FLOOD)]
    home = site.home / f"arrivals-{new_id()}"
    await arrive(callers, NUMBER, site.speech, free_udp_port(), site.target, home)


def _matching(floor: Floor) -> list[float]:
    """Milliseconds of each call of the small enterprise, in the order in which they came."""
    wait_until(lambda: floor.calls_in("ended") >= 2 * CALLS, ENDED_WITHIN, "all calls have ended")
    with floor.database.begin(Scope(floor.enterprise)) as session:
        query = select(TelephonyFact).order_by(TelephonyFact.at)
        return _paired(session.scalars(query).all())


def _paired(facts: Sequence[TelephonyFact]) -> list[float]:
    queued = {fact.call_id: fact.at for fact in facts if fact.type == FactType.CALL_QUEUED}
    reserved = {
        fact.call_id: fact.at
        for fact in facts
        if fact.type == FactType.AGENT_STATE and fact.data["state"] == AgentState.RESERVED
    }
    return [1000 * (reserved[call] - at).total_seconds() for call, at in queued.items()]
