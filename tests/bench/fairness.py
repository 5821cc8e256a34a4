"""What one enterprise's flood of callers does to the matching of another's, on the same node.

Alone: callers of a small enterprise, for whom an agent is always ready. Then the same while callers
stream into the queue of a large one, hundreds of whom wait. Matching is the time between two of the
ledger's facts, the caller's entering the queue and the agent's reservation; beside it the whole way,
from the caller's INVITE to that at the agent's phone.
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
SMALL_SEATS, LARGE_SEATS = 20, 30
CALLS, RATE, TALK = 200, 5.0, 1.0
"""Of the small one, a second. So many that their 99th percentile is not the slowest of all."""

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
    }
    notes = {
        "flood": FLOOD, "flood_rate": FLOOD_RATE, "agents": LARGE_SEATS, "calls": CALLS,
        "rate": RATE, "seats": SMALL_SEATS,
    }  # fmt: skip
    return made("fairness", number, samples, notes)


def _number(place: int, talk: float) -> str:
    return f"138{place:04d}{round(talk * 100):04d}"


async def _way(site: Site, first: int) -> list[float]:
    """Milliseconds from each caller's INVITE to that at a phone."""
    known = len(site.phones.told())
    callers = [Arrival(_number(first + place, TALK), place / RATE) for place in range(CALLS)]
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
