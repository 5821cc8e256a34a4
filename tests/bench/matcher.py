"""How long one match takes with 1,000 callers waiting for 200 agents: the pure core alone.

Every agent of 20 services becomes ready, is matched, becomes busy, and the caller is replaced by a
new one: the queue stays as long as it is. The same once more where claims change: priorities age,
skills are asked for in three rings, and every fifth caller waits for an agent of the caller's own.
"""

import random
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from callcenter.acd.claims import Need, Ring, Rules
from callcenter.acd.queue import Matcher, Waiting
from tests.bench.samples import Raw, made

WAITING, AGENTS, SERVICES, EACH, ROUNDS = 1_000, 200, 20, 3, 20_000
START = datetime(2026, 11, 24, tzinfo=UTC)
SKILL, PREFERRING = UUID(int=50), 0.2
RINGS = (Ring(0, (Need(SKILL, 8),)), Ring(30, (Need(SKILL, 5),)), Ring(90))
RULES = Rules(ageing_seconds=30, rings=RINGS)


def run(number: int) -> Raw:
    samples = {
        "match_ms": measure(number),
        "rush_ms": measure_rush(number),
        "claims_ms": measure(number, claims=True),
    }
    notes = {"waiting": WAITING, "agents": AGENTS, "services": SERVICES, "seed": number}
    return made("matcher", number, samples, notes)


def measure(seed: int, *, claims: bool = False) -> list[float]:
    """Milliseconds of each of ROUNDS matches."""
    chance = random.Random(seed)
    services = [UUID(int=n) for n in range(1, SERVICES + 1)]
    agents = [UUID(int=n) for n in range(1_000, 1_000 + AGENTS)]
    members: dict[UUID, set[UUID]] = {service: set() for service in services}
    for agent in agents:
        for service in chance.sample(services, EACH):
            members[service].add(agent)
    matcher = Matcher()
    skills = {agent: {SKILL: chance.randint(1, 9)} for agent in agents}
    matcher.set_members(members, dict.fromkeys(services, RULES) if claims else None, skills)
    for agent in agents:
        matcher.set_busy(agent)

    def come(number: int) -> None:
        caller = _caller(chance, services, number)
        if claims and chance.random() < PREFERRING:
            own = chance.choice([*members[caller.service_id]])
            until = caller.queued_at + timedelta(seconds=20)
            caller = replace(caller, prefer=(own,), prefer_until=until)
        matcher.add(caller)

    for number in range(WAITING):
        come(number)
    samples = []
    for number in range(WAITING, WAITING + ROUNDS):
        agent = chance.choice(agents)
        began = time.perf_counter_ns()
        matcher.set_ready(agent, START + timedelta(seconds=number))
        matches = matcher.match(START + timedelta(seconds=number))
        samples.append((time.perf_counter_ns() - began) / 1e6)
        matcher.set_busy(agent)
        for _ in matches:
            come(number)
    return samples


def measure_rush(seed: int) -> list[float]:
    """Milliseconds for 200 agents who become ready together, 100 times over."""
    chance = random.Random(seed)
    services = [UUID(int=n) for n in range(1, SERVICES + 1)]
    agents = [UUID(int=n) for n in range(1_000, 1_000 + AGENTS)]
    samples = []
    for _ in range(100):
        matcher = Matcher()
        matcher.set_members({service: chance.sample(agents, 30) for service in services})
        for number in range(WAITING):
            matcher.add(_caller(chance, services, number))
        for number, agent in enumerate(agents):
            matcher.set_ready(agent, START + timedelta(seconds=number))
        began = time.perf_counter_ns()
        matcher.match(START)
        samples.append((time.perf_counter_ns() - began) / 1e6)
    return samples


def _caller(chance: random.Random, services: list[UUID], number: int) -> Waiting:
    since = START + timedelta(seconds=number)
    return Waiting(
        UUID(int=chance.getrandbits(100)), chance.choice(services), chance.randint(0, 9), since
    )
