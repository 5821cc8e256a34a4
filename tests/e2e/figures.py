"""One ledger, many screens: wall, reports, facts and CEL must tell the same day."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import pytest

from callcenter.core.ids import call_id_of
from tests.e2e.people import Api
from tests.support.books import Books, Channel, first_talk

TALK = {"talking", "hold", "consulting"}
WITHIN = 5.0
COUNTS = ("offered", "answered", "abandoned")


async def assert_figures_agree(api: Api, books: Books) -> None:
    """api: somebody's who may see the whole enterprise. Nobody is in a call."""
    services = await api.get("/reports/services")
    agents = {row["employee_code"]: row for row in await api.get("/reports/agents")}
    wall = await _wall_with(api, services, agents)
    for name in ("offered", "answered", "within", "abandoned", "short_abandoned"):
        assert wall["figures"][name] == sum(row[name] for row in services), name
    assert sum(part["answered"] for part in wall["trend"]) == wall["figures"]["answered"]
    _assert_facts(services, agents, books)
    _assert_cel(books)


async def _wall_with(
    api: Api, services: list[dict[str, Any]], agents: Mapping[str, dict[str, Any]]
) -> dict[str, Any]:
    """The wall, whose rooms follow the ledger by moments, once it shows what the reports say."""
    counted = {row["service"]["id"]: [row[name] for name in COUNTS] for row in services}
    seen: Any = None
    try:
        async with asyncio.timeout(WITHIN):
            while True:
                wall: dict[str, Any] = await api.get("/supervision/wall")
                shown = {row["id"]: [row[name] for name in COUNTS] for row in wall["services"]}
                seats = {seat["employee_code"]: seat["today"] for seat in wall["seats"]}
                seen = (shown, seats)
                if shown == counted and all(
                    _same_day(seats[code], agents[code]) for code in agents
                ):
                    return wall
                await asyncio.sleep(0.1)
    except TimeoutError:
        told = f"the wall shows {seen}, the reports {counted} {agents}"
        raise AssertionError(told) from None


def _same_day(seat: Mapping[str, Any], row: Mapping[str, Any]) -> bool:
    """The wall counts whole seconds."""
    return (
        seat["answered"] == row["answered"]
        and seat["missed"] == row["missed"]
        and abs(seat["talk_seconds"] - row["talk_seconds"]) <= 1
    )


def _assert_facts(
    services: list[dict[str, Any]], agents: Mapping[str, dict[str, Any]], books: Books
) -> None:
    facts = books.facts()
    outbound = {f.call_id for f in facts if f.data.get("direction") == "outbound"}
    left = Counter(f.data["reason"] for f in facts if f.type == "call.dequeued")
    assert sum(row["offered"] for row in services) == left.total()
    assert sum(row["answered"] for row in services) == left["connected"]
    assert sum(row["abandoned"] for row in services) == left.total() - left["connected"]
    talked: dict[UUID, float] = defaultdict(float)
    for interval in books.intervals():
        if interval.state in TALK and interval.until:
            talked[interval.agent_id] += (interval.until - interval.since).total_seconds()
    told = Counter((f.type, f.agent_id, f.call_id in outbound) for f in facts)
    for row in agents.values():
        agent = UUID(row["agent"]["id"])
        assert row["answered"] == told["call.connected", agent, False]
        assert row["connected_out"] == told["call.connected", agent, True]
        assert row["offered"] == told["call.offered", agent, False]
        assert row["dialled"] == told["call.started", agent, True]
        assert row["talk_seconds"] == pytest.approx(talked[agent], abs=0.1)


def _assert_cel(books: Books) -> None:
    """Every call that the ledger knows, whosever it is, was one for Asterisk too, and came as far."""
    families: dict[UUID, list[Channel]] = defaultdict(list)
    for channel in books.channels().values():
        families[call_id_of(channel.born_by)].append(channel)
    talks = {call_id: first_talk(channels) is not None for call_id, channels in families.items()}
    known = {call.id: call.connected_at is not None for call in books.everybodys_calls()}
    assert talks == known
