"""Calls one after another for minutes, and what the processes hold meanwhile."""

import asyncio
from dataclasses import dataclass, field

from deploy.lab.sip import LoadResult
from tests.bench.floor import Site
from tests.bench.processes import descendants, memory_kb, open_files
from tests.support.stack import PROGRAMS, Stack

THEIRS = ("asterisk", "nginx", "redis", "postgres")
OURS = tuple(name for name in PROGRAMS if name not in THEIRS)
HOLD, SEATS, TALKS_END = 1.0, 101, 4.0
RTP = {"CALLCENTER_RTP_START": "20000", "CALLCENTER_RTP_END": "25999"}


@dataclass
class Held:
    """Of each program, at one moment."""

    calls: int
    memory_kb: dict[str, int]
    open_files: dict[str, int]


@dataclass
class Sustained:
    """marks: what was held after each portion of the calls, with nobody on the phone."""

    results: list[LoadResult] = field(default_factory=list)
    marks: list[Held] = field(default_factory=list)

    @property
    def calls(self) -> int:
        return sum(result.calls for result in self.results)

    @property
    def failed(self) -> int:
        return sum(result.failed for result in self.results)

    @property
    def retransmissions(self) -> int:
        return sum(result.retransmissions for result in self.results)

    def growth(self, kind: str) -> dict[str, float]:
        """Percent by which each program holds more at the last mark than at the first."""
        first, last = (getattr(mark, kind) for mark in (self.marks[0], self.marks[-1]))
        return {name: 100 * (last[name] / first[name] - 1) for name in first}


async def sustain(site: Site, stack: Stack, rate: float, portions: list[int]) -> Sustained:
    """Place the calls of each portion, and look what is held after it."""
    done = Sustained()
    for calls in portions:
        done.results.append(await site.ring(rate, calls, HOLD))
        await asyncio.sleep(TALKS_END)
        done.marks.append(await asyncio.to_thread(_held, stack, done.calls))
    return done


def _held(stack: Stack, calls: int) -> Held:
    pids = {name: _pids(stack, name) for name in PROGRAMS}
    return Held(
        calls,
        {name: memory_kb(own) for name, own in pids.items()},
        {name: open_files(own) for name, own in pids.items()},
    )


def _pids(stack: Stack, name: str) -> list[int]:
    pid = stack.process(name).pid
    # A worker's children are jobs: each lives for one.
    return [pid] if name == "worker" else descendants(pid)
