"""How long one match takes with 1,000 callers waiting for 200 agents.

    python tests/bench/bench_matcher.py docs/bench/matcher.json

Every agent of 20 services becomes ready, is matched, becomes busy, and the caller is replaced by a
new one: the queue stays as long as it is. Written: nanoseconds of each match, as they were
measured. Target: p99 at most 5 ms.
"""

import json
import random
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

from callcenter.acd.queue import Matcher, Waiting

WAITING, AGENTS, SERVICES, EACH, ROUNDS = 1_000, 200, 20, 3, 20_000
TARGET_MS = 5.0
START = datetime(2026, 11, 24, tzinfo=UTC)


def measure(seed: int) -> list[int]:
    """Nanoseconds of each of ROUNDS matches."""
    chance = random.Random(seed)
    services = [UUID(int=n) for n in range(1, SERVICES + 1)]
    agents = [UUID(int=n) for n in range(1_000, 1_000 + AGENTS)]
    members: dict[UUID, set[UUID]] = {service: set() for service in services}
    for agent in agents:
        for service in chance.sample(services, EACH):
            members[service].add(agent)
    matcher = Matcher()
    matcher.set_members(members)
    for number in range(WAITING):
        matcher.add(_caller(chance, services, number))
    samples = []
    for number in range(WAITING, WAITING + ROUNDS):
        agent = chance.choice(agents)
        began = time.perf_counter_ns()
        matcher.set_ready(agent, START + timedelta(seconds=number))
        matches = matcher.match()
        samples.append(time.perf_counter_ns() - began)
        matcher.set_busy(agent)
        for _ in matches:
            matcher.add(_caller(chance, services, number))
    return samples


def measure_rush(seed: int) -> list[int]:
    """Nanoseconds for 200 agents who become ready together, 100 times over."""
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
        matcher.match()
        samples.append(time.perf_counter_ns() - began)
    return samples


def _caller(chance: random.Random, services: list[UUID], number: int) -> Waiting:
    since = START + timedelta(seconds=number)
    return Waiting(
        UUID(int=chance.getrandbits(100)), chance.choice(services), chance.randint(0, 9), since
    )


def p99_ms(samples: list[int]) -> float:
    return sorted(samples)[int(len(samples) * 0.99)] / 1e6


def main(file: Path) -> None:
    match, rush = measure(1), measure_rush(1)
    figures = {"match_p99_ms": p99_ms(match), "rush_p99_ms": p99_ms(rush), "target_ms": TARGET_MS}
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps({**figures, "match_ns": match, "rush_ns": rush}))
    sys.stdout.write(json.dumps(figures) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
